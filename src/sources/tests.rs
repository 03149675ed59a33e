//! Tests of what is read of sources.

use super::*;

#[test]
fn paths_are_read_however_they_are_written() {
    let source = "use crate::ui::runs::row::{self, Row};\nuse crate::ui::{kit::{Icon, Tick as T}, model,};\n\
                  // crate::ui::agents\nlet x = crate::ui::state::live::<u8>();\n#[cfg(test)]\nmod samples;\n\
                  impl X {\n    #[cfg(test)]\n    fn at() {}\n\n    fn after() { crate::ui::dom::focus() }\n}\n#[cfg(test)]\nmod tests {\n    use crate::ui::chats;\n}\n";
    let expected =
        ["runs::row::self", "runs::row::Row", "kit::Icon", "kit::Tick", "model", "state::live", "dom::focus"];
    assert_eq!(paths_after(&code_of(source), "crate::ui::"), expected);
}
