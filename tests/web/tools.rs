//! Picking tools, with servers in every state.

use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::tool::{ToolCatalogue, ToolInfo, ToolServer, ToolServerState};
use crate::page::{Mounted, mount, pause};
use crate::ui::agents::form::tool_fields::ToolFields;
use crate::ui::state::form::AgentForm;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

fn catalogue() -> ToolCatalogue {
    let info = |name: &str| ToolInfo { name: name.into(), description: format!("Does {name}.") };
    let server = |name: &str, state, error: Option<&str>, tools: &[&str]| ToolServer {
        name: name.into(),
        state,
        error: error.map(Into::into),
        next_try: None,
        tools: tools.iter().map(|name| info(name)).collect(),
        left_out: vec![],
    };
    ToolCatalogue {
        built_in: vec![info("current_time"), info("http_request")],
        servers: vec![
            server("files", ToolServerState::Ready, None, &["read", "write"]),
            server("mail", ToolServerState::Connecting, None, &[]),
            server("web", ToolServerState::Down, Some("It ended with status 1."), &["fetch"]),
        ],
    }
}

/// Returns the tools of an agent with these picks, and its form.
fn tools(picks: &[&str]) -> (Mounted, AgentForm) {
    let tools = picks.iter().map(|pick| pick.parse().unwrap()).collect();
    let slot = Rc::new(Cell::new(None));
    let mounted = mount({
        let slot = slot.clone();
        move || {
            Hydrated::from_context().set();
            let form = AgentForm::of(AgentSettings { tools, ..AgentSettings::named("A") }, 1);
            slot.set(Some(form));
            view! { <ToolFields form=form tools=catalogue()/> }
        }
    });
    (mounted, slot.take().unwrap())
}

/// Finds the row of a tool by its text.
fn row(page: &Mounted, text: &str) -> HtmlElement {
    let rows = page.root.get_elements_by_tag_name("li");
    let mut rows = (0..rows.length()).filter_map(|at| rows.item(at));
    let row = rows.find(|row| row.text_content().unwrap_or_default().contains(text));
    row.unwrap_or_else(|| panic!("no row says {text:?}")).unchecked_into()
}

fn matches(row: &HtmlElement, selector: &str) -> bool {
    row.query_selector(&format!("input{selector}")).unwrap().is_some()
}

async fn toggle(row: &HtmlElement) {
    row.query_selector("input").unwrap().unwrap().unchecked_into::<HtmlElement>().click();
    pause(0).await;
}

fn picked(form: AgentForm) -> String {
    form.value(Setting::Tools).get_untracked().replace('\n', " ")
}

#[wasm_bindgen_test]
async fn a_whole_server_has_all_of_its_tools_in_it() {
    let (page, form) = tools(&["current_time", "mcp:files/read"]);
    pause(0).await;
    let (whole, read, write) = (row(&page, "All tools"), row(&page, "Does read."), row(&page, "Does write."));
    assert!(matches(&read, ":checked:enabled") && matches(&write, ":not(:checked):enabled"));
    toggle(&whole).await;
    assert!(matches(&read, ":checked:disabled") && matches(&write, ":checked:disabled"));
    assert_eq!(picked(form), "current_time mcp:files/read mcp:files");
    toggle(&whole).await;
    assert!(matches(&read, ":checked:enabled") && matches(&write, ":not(:checked):enabled"));
    toggle(&write).await;
    assert_eq!(picked(form), "current_time mcp:files/read mcp:files/write");
    toggle(&write).await;
    assert!(form.changed().is_empty(), "as it was");
}

#[wasm_bindgen_test]
async fn a_server_says_how_it_stands_and_keeps_its_picks() {
    let (page, form) = tools(&["mcp:web/fetch", "mcp:mail/send", "mcp:old"]);
    pause(0).await;
    let all = page.root.text_content().unwrap_or_default();
    for says in ["Ready", "Connecting", "Down", "It ended with status 1."] {
        assert!(all.contains(says), "{says} is missing in {all}");
    }
    for kept in ["Does fetch.", "send", "No server is called old any more."] {
        assert!(matches(&row(&page, kept), ":checked:enabled"), "{kept}");
    }
    let old = row(&page, "No server is called old any more.");
    toggle(&old).await;
    assert_eq!(picked(form), "mcp:web/fetch mcp:mail/send");
    assert!(matches(&row(&page, "No server is called old any more."), ":not(:checked)"), "it can be ticked again");
}
