//! Steps of a run's page in a real document.

use crate::domain::run::RunStatus::Running;
use crate::domain::step::{RunStep, StepKind, StepTry};
use crate::domain::time::Timestamp;
use crate::page::{mount, until};
use crate::samples::{detail, run, step};
use crate::ui::model::run_view::RunView;
use crate::ui::runs::steps::RunSteps;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_step_that_was_there_first_is_shown_as_it_changes() {
    let failed = StepTry { at: Timestamp::from_ms(0), error: "429".into(), wait_ms: 1_000 };
    let begun = RunStep { tries: vec![failed], revision: 2, ..step(1, StepKind::ModelCall) };
    let mut view = RunView::new(detail(run(7, Running)));
    view.detail.steps = vec![begun.clone()];
    let view = RwSignal::new(view);
    let page = mount(move || {
        let view = Memo::new(move |_| view.get());
        view! { <RunSteps view=view/> }
    });
    let shows = async |text: &str| until(text, || page.root.text_content().unwrap().contains(text)).await;
    shows("Retrying (2 of 5)").await;
    let ended =
        RunStep { finished_at: Some(Timestamp::from_ms(1_200)), duration_ms: Some(1_200), revision: 3, ..begun };
    view.update(|view| view.detail.steps = vec![ended]);
    shows("2 attempts").await;
    shows("1.2 s").await;
}
