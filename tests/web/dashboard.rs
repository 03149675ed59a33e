//! The whole dashboard, as its page data says it.

use crate::domain::live::{ServerMessage, Topic};
use crate::domain::time::Timestamp;
use crate::domain::views::page::DashboardData;
use crate::error::AppError;
use crate::page::{Mounted, mount, pause, until};
use crate::samples::row;
use crate::ui::agents::pages::dashboard::show;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::js_sys::{Function, Promise, Reflect};
use web_sys::{Element, HtmlElement};

fn agents() -> ServerMessage {
    let (topic, server_now) = (Topic::Agents, Timestamp::from_ms(20_000));
    ServerMessage::AgentsState {
        topic,
        server_now,
        data: vec![row(1, "Support triage"), row(2, "Invoices")],
        page: None,
    }
}

fn dashboard(query: &str, agents: Result<ServerMessage, AppError>) -> Mounted {
    let busy = || AppError::busy("The database is busy. Try again.");
    let (query, summary) = (query.into(), Err(busy()));
    let data = DashboardData { query, agents, summary, history: None, provider_notice: false };
    mount(move || show(data))
}

fn alerts(page: &Mounted) -> String {
    let all = page.root.get_elements_by_tag_name("*");
    let all = (0..all.length()).filter_map(|at| all.item(at));
    let text =
        |element: Element| element.get_attribute("role").filter(|role| role == "alert").and(element.text_content());
    all.filter_map(text).collect()
}

/// Makes `fetch` return this text until dropped; keeps the addresses asked for.
struct Answers {
    asked: Rc<RefCell<Vec<String>>>,
    real: JsValue,
    _stub: Closure<dyn Fn(JsValue) -> Promise>,
}

impl Answers {
    fn with(json: String) -> Self {
        let asked = Rc::new(RefCell::new(Vec::new()));
        let real = Reflect::get(&window(), &"fetch".into()).unwrap();
        let stub = Closure::<dyn Fn(JsValue) -> Promise>::new({
            let asked = asked.clone();
            move |request: JsValue| {
                let url = Reflect::get(&request, &"url".into()).unwrap_or_default();
                asked.borrow_mut().push(url.as_string().or_else(|| request.as_string()).unwrap_or_default());
                let make = Function::new_with_args("text", "return new Response(text)");
                Promise::resolve(&make.call1(&JsValue::NULL, &json.clone().into()).unwrap())
            }
        });
        Reflect::set(&window(), &"fetch".into(), stub.as_ref()).unwrap();
        Self { asked, real, _stub: stub }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        Reflect::set(&window(), &"fetch".into(), &self.real).unwrap();
    }
}

#[wasm_bindgen_test]
async fn a_part_that_could_not_be_read_says_so_and_is_read_again() {
    let page = dashboard("", Err(AppError::busy("The database is busy. Try again.")));
    pause(0).await;
    assert!(alerts(&page).contains("The list of agents could not be loaded.The database is busy."));
    assert!(alerts(&page).contains("The figures of the last 24 hours could not be loaded."));
    assert!(page.try_find("table").is_none());
    let answers = Answers::with(serde_json::to_string(&agents()).unwrap());
    page.find(".agents-box [role=alert] button").unchecked_into::<HtmlElement>().click();
    until("it has been read", || page.try_find("[data-agent='2'] a").is_some()).await;
    assert!(answers.asked.borrow().iter().any(|url| url.contains("/ui/agents")), "{:?}", answers.asked.borrow());
    assert_eq!(page.text("[data-agent='2'] a"), "Invoices");
    until("what went wrong is said no longer", || page.try_find(".agents-box [role=alert]").is_none()).await;
}

/// The query in the browser's address until dropped.
struct Query(String);

impl Query {
    fn set(query: &str) -> Self {
        let before = window().location().search().unwrap();
        show_query(&format!("?{query}"));
        Self(before)
    }
}

impl Drop for Query {
    fn drop(&mut self) {
        show_query(if self.0.is_empty() { "?" } else { &self.0 });
    }
}

fn show_query(query: &str) {
    window().history().unwrap().replace_state_with_url(&JsValue::NULL, "", Some(query)).unwrap();
}

#[wasm_bindgen_test]
async fn a_search_in_the_address_filters_the_rows() {
    let _address = Query::set("q=invoi");
    let page = dashboard("q=invoi", Ok(agents()));
    pause(50).await;
    assert!(page.try_find("[data-agent='1']").is_none());
    assert_eq!(page.text("[data-agent='2'] a"), "Invoices");
}

/// Returns the names of the agents that are shown, in order.
fn names(page: &Mounted) -> Vec<String> {
    let rows = page.root.get_elements_by_class_name("agent__name");
    (0..rows.length()).filter_map(|at| rows.item(at)?.first_element_child()?.text_content()).collect()
}

#[wasm_bindgen_test]
async fn an_order_in_the_address_orders_the_rows_and_a_head_turns_it_round() {
    let _address = Query::set("sort=name");
    let page = dashboard("sort=name", Ok(agents()));
    pause(50).await;
    assert_eq!(names(&page), ["Invoices", "Support triage"]);
    page.find("[aria-sort='ascending'] > a").unchecked_into::<HtmlElement>().click();
    until("the order is turned round", || names(&page) == ["Support triage", "Invoices"]).await;
    assert_eq!(window().location().search().unwrap(), "?sort=-name");
}

#[wasm_bindgen_test]
async fn an_address_that_changed_before_hydration_is_followed() {
    let _address = Query::set("q=support");
    let page = dashboard("q=invoi", Ok(agents()));
    // A row that was shown once stays, hidden.
    let shows = |agent: &str| page.try_find(&format!("[data-agent='{agent}']:not([hidden]) a")).is_some();
    until("the address is followed", || shows("1") && !shows("2")).await;
}
