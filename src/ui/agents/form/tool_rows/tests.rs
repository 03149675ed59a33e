//! Tests of how the form shows what a server writes about its tools.

use super::*;

#[test]
fn names_and_reasons_of_tools_that_are_left_out_read_in_their_own_direction() {
    let tools = vec![LeftOut { name: "بحث".to_owned(), reason: "its name is no text".to_owned() }];
    let html = Owner::new().with(|| view! { <LeftOutTools tools=tools/> }.to_html());
    assert!(html.contains("<code dir=\"auto\">بحث<"), "{html}");
    assert!(html.contains("<small dir=\"auto\">its name is no text<"), "{html}");
}
