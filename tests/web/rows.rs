//! Rows of a history in a real document.

use crate::domain::failure::{FailureCause, FailureKind};
use crate::domain::id::RunId;
use crate::domain::normal::Normal;
use crate::domain::request::RunBrief;
use crate::domain::run::AgentRun;
use crate::domain::run::RunStatus::{Failed, Queued, Running, Skipped, Success};
use crate::domain::signal::{Signal, Signals};
use crate::page::{Mounted, mount, pause};
use crate::samples::run;
use crate::ui::model::history::Around;
use crate::ui::runs::row::HistoryRow;
use crate::ui::state::menu::RowMenu;
use crate::ui::state::rows::Rows;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

/// Returns a table of these runs, and what is behind it.
fn table(runs: Vec<AgentRun>) -> (Mounted, Rows<RunId, AgentRun>) {
    table_with(runs, Around::default())
}

/// Returns the same among these other runs.
fn table_with(runs: Vec<AgentRun>, around: Around) -> (Mounted, Rows<RunId, AgentRun>) {
    let slot = std::rc::Rc::new(std::cell::Cell::new(None));
    let mounted = mount({
        let slot = slot.clone();
        move || {
            let rows = Rows::by(|run: &AgentRun| run.id);
            rows.show(&runs);
            slot.set(Some(rows));
            let menu = RowMenu::new("menu");
            let around = Callback::new(move |_| around.clone());
            view! {
                <table>
                    <tbody>
                        <For
                            each=move || rows.list()
                            key=|(id, _)| *id
                            children=move |(_, run)| {
                                view! { <HistoryRow run=RwSignal::from(run) around=around menu=menu/> }
                            }
                        />
                    </tbody>
                </table>
            }
        }
    });
    (mounted, slot.take().unwrap())
}

#[wasm_bindgen_test]
async fn a_running_row_follows_the_second_hand() {
    let (page, _) = table(vec![run(1, Running)]);
    pause(0).await;
    assert_eq!(page.text("[role=timer]"), "10 s");
    page.set_second(93_000);
    pause(0).await;
    assert_eq!(page.text("[role=timer]"), "1 m 23 s");
}

#[wasm_bindgen_test]
async fn a_queued_row_says_how_long_it_has_waited() {
    let (page, _) = table(vec![run(1, Queued)]);
    pause(0).await;
    assert_eq!(page.text("tr td:nth-child(3)"), "waiting 11 s");
    assert_eq!(page.find(".dash").get_attribute("aria-label").as_deref(), Some("not yet known"));
}

#[wasm_bindgen_test]
async fn a_row_says_what_came_of_its_run() {
    let answered = AgentRun { answer_preview: Some("All is well.".to_owned()), failed_calls: 1, ..run(2, Success) };
    let (page, rows) = table_with(vec![answered, run(1, Queued)], Around { ahead: Some(2), ..Around::default() });
    pause(0).await;
    assert_eq!(page.text("[data-run='2'] .mark"), "1 tool call failed");
    assert_eq!(page.text("[data-run='2'] .result [dir]"), "All is well.");
    let label = page.find("[data-run='2'] .row-link").get_attribute("aria-label").unwrap();
    assert!(label.starts_with("Success · 1 tool call failed: run #2"), "{label}");
    assert_eq!(page.text("[data-run='1'] .result").trim(), "2 runs ahead");
    let failed = AgentRun { failure_cause: Some(FailureCause::Loop), ..run(2, Failed) };
    rows.show(&[failed, run(1, Running)]);
    pause(0).await;
    assert_eq!(page.text("[data-run='2'] .result").trim(), "Stuck in a loop");
    assert_eq!(page.text("[data-run='1'] .result").trim(), "");
}

#[wasm_bindgen_test]
async fn a_queued_row_ends_with_its_duration() {
    let (page, rows) = table(vec![run(1, Queued)]);
    for status in [Queued, Running, Success] {
        pause(0).await;
        rows.show(&[run(1, status)]);
    }
    pause(0).await;
    assert_eq!(page.text("tr td:nth-child(3)"), "5.0 s");
}

#[wasm_bindgen_test]
async fn an_update_changes_values_and_keeps_elements() {
    let (page, rows) = table(vec![run(2, Running), run(1, Success)]);
    pause(0).await;
    let (row, button) = (page.find("[data-run='2']"), page.find("[data-run='2'] .col-menu button"));
    rows.show(&[run(3, Queued), run(2, Success), run(1, Success)]);
    pause(0).await;
    assert_eq!(page.find("tbody tr").get_attribute("data-run").as_deref(), Some("3"));
    assert!(row.is_same_node(Some(&page.find("[data-run='2']"))));
    assert!(button.is_same_node(Some(&page.find("[data-run='2'] .col-menu button"))));
    assert_eq!(page.text("[data-run='2'] .status"), "Success");
    assert_eq!(page.text("[data-run='2'] td:nth-child(3)"), "5.0 s");
    assert!(!row.class_list().contains("is-running"));
}

#[wasm_bindgen_test]
async fn a_row_that_leaves_the_list_leaves_the_page() {
    let (page, rows) = table(vec![run(2, Running), run(1, Running)]);
    pause(0).await;
    rows.show(&[run(3, Queued), run(2, Running)]);
    pause(0).await;
    assert!(page.try_find("[data-run='1']").is_none());
    page.set_second(30_000);
    pause(0).await;
    assert_eq!(page.text("[data-run='2'] [role=timer]"), "20 s");
}

#[wasm_bindgen_test]
async fn a_failed_row_says_what_went_wrong() {
    let mut failed = run(1, Failed);
    failed.failure_kind = Some(FailureKind::Timeout);
    failed.error = Some("no answer <b>within</b> 600 s".into());
    let (page, rows) = table(vec![run(1, Running)]);
    pause(0).await;
    assert!(page.try_find(".run-error").is_none());
    rows.show(&[failed]);
    pause(0).await;
    assert_eq!(page.text(".status"), "Timed out");
    assert_eq!(page.text(".run-error"), "no answer <b>within</b> 600 s");
}

#[wasm_bindgen_test]
async fn times_become_the_readers_own_after_hydration() {
    let (page, _) = table(vec![run(1, Success)]);
    pause(0).await;
    let time = page.find("time");
    assert_eq!(time.get_attribute("datetime").as_deref(), Some("1970-01-01T00:00:10.000Z"));
    assert!(time.get_attribute("title").is_some_and(|title| title == "1 Jan 1970, 00:00:10 UTC"));
    page.hydrated.set();
    pause(0).await;
    assert!(time.is_same_node(Some(&page.find("time"))));
}

#[wasm_bindgen_test]
async fn several_new_rows_at_once_leave_the_focus_where_it_is() {
    let (page, rows) = table(vec![run(2, Success), run(1, Success)]);
    pause(0).await;
    let link = page.find("[data-run='1'] a");
    link.unchecked_ref::<HtmlElement>().focus().unwrap();
    rows.show(&[run(5, Queued), run(4, Running), run(3, Success), run(2, Success), run(1, Success)]);
    pause(50).await;
    let order = page.root.get_elements_by_tag_name("tr");
    let order: Vec<_> = (0..order.length()).filter_map(|at| order.item(at)?.get_attribute("data-run")).collect();
    assert_eq!(order, ["5", "4", "3", "2", "1"]);
    assert!(link.is_same_node(document().active_element().as_deref()), "the focus stays");
}

#[wasm_bindgen_test]
async fn what_is_overtaken_is_not_shown_afterwards() {
    let (page, rows) = table(vec![run(1, Success)]);
    pause(0).await;
    rows.show(&[run(4, Queued), run(3, Queued), run(2, Queued), run(1, Success)]);
    rows.show(&[run(3, Success), run(1, Success)]);
    pause(50).await;
    let shown = page.root.get_elements_by_tag_name("tr");
    let shown: Vec<_> = (0..shown.length()).filter_map(|at| shown.item(at)?.get_attribute("data-run")).collect();
    assert_eq!(shown, ["3", "1"]);
    assert_eq!(page.text("[data-run='3'] .status"), "Success");
}

#[wasm_bindgen_test]
async fn a_row_says_when_its_run_takes_far_longer_than_normal_and_still_does_when_it_is_over() {
    let normal = Some(Normal { runs: 3, duration_ms: 10_000, cost: None });
    let (page, rows) = table_with(vec![run(1, Running)], Around { normal, ..Around::default() });
    pause(0).await;
    assert!(page.try_find(".mark:not([hidden])").is_none(), "10 s are normal");
    page.set_second(45_000);
    pause(0).await;
    assert_eq!(page.text(".mark"), "3× slower than usual");
    page.set_second(50_000);
    pause(0).await;
    assert_eq!(page.text(".mark"), "4× slower than usual");
    rows.show(&[AgentRun { duration_ms: Some(52_000), ..run(1, Success) }]);
    pause(0).await;
    assert_eq!(page.text(".mark"), "5× slower than usual");
}

#[wasm_bindgen_test]
async fn a_run_that_goes_in_circles_says_so_as_soon_as_it_shows_and_when_it_is_over() {
    let (page, rows) = table(vec![run(1, Running)]);
    pause(0).await;
    assert!(page.try_find(".mark:not([hidden])").is_none());
    let signals = Signals::default().with(Signal::Looping, true);
    rows.show(&[AgentRun { signals, ..run(1, Running) }]);
    pause(0).await;
    assert_eq!(page.text(".mark"), "looping");
    rows.show(&[AgentRun { signals: signals.with(Signal::EmptyAnswer, true), ..run(1, Failed) }]);
    pause(0).await;
    assert_eq!(page.text(".mark"), "looping, empty answer");
}

#[wasm_bindgen_test]
async fn why_a_run_was_skipped_is_no_error() {
    let error = Some("The previous run was still going.".to_owned());
    let failed = AgentRun { error: error.clone(), ..run(1, Failed) };
    let (page, _) = table(vec![AgentRun { error, ..run(2, Skipped) }, failed]);
    pause(0).await;
    let label = |row: &str| page.find(&format!("{row} button")).get_attribute("aria-label");
    assert_eq!(label(".is-quiet").as_deref(), Some("Show full reason of run #2"));
    assert_eq!(label(".run-error:not(.is-quiet)").as_deref(), Some("Show full error of run #1"));
}

#[wasm_bindgen_test]
async fn a_row_begins_with_what_its_run_was_given() {
    let brief = RunBrief {
        input_preview: Some("\n Deliveries are late.\nSince noon.".to_owned()),
        tags: ["webhooks", "p2", "eu"].map(str::to_owned).into(),
        ..RunBrief::default()
    };
    let answered = AgentRun { answer_preview: Some("All is well.".to_owned()), brief, ..run(1, Success) };
    let (page, _) = table(vec![answered, run(2, Running)]);
    assert_eq!(page.text("[data-run='1'] .what__text").trim(), "Deliveries are late. → All is well.");
    assert_eq!(page.text("[data-run='1'] .tags"), "webhooksp2+1");
    assert!(page.try_find("[data-run='2'] .tag").is_none());
}
