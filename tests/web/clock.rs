//! The second hand on real timers.

use crate::domain::run::RunStatus::{Running, Success};
use crate::page::{mount, pause, until};
use crate::samples::run;
use crate::ui::runs::elapsed::Elapsed;
use crate::ui::state::clock::Clock;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_hand_moves_only_while_a_run_is_under_way() {
    let shown = RwSignal::new(run(1, Running));
    let page = mount(move || {
        Clock::from_context().start();
        let run = Memo::new(move |_| shown.get());
        view! { <Elapsed run=run/> }
    });
    pause(50).await;
    assert!(page.clock.is_ticking());
    let before = page.text("[role=timer]");
    until("the hand has moved", || page.text("[role=timer]") != before).await;
    shown.set(run(1, Success));
    pause(50).await;
    assert!(!page.clock.is_ticking());
    assert_eq!(page.root.text_content().as_deref(), Some("5.0 s"));
}
