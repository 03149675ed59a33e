//! The browser's entry point: takes over the page that the server has rendered.
//!
//! A crate of its own, for what a split program imports is there only after cargo-leptos has split it; tests in the
//! browser are not split.

#![cfg(target_arch = "wasm32")]

mod chunks;
mod lazy;
mod page;
mod room;

use leptos::prelude::*;
use runboard::app::App;
use runboard::domain::hold::HoldStatus;
use runboard::domain::views::page::{HOLD_DATA, PAGE_DATA};
use runboard::domain::wire::from_json;
use wasm_bindgen::prelude::{Closure, JsError, JsValue, wasm_bindgen};

/// Called once by the page's script: gets what the page needs besides this, and returns the function that takes the
/// page over. That one does all at once, so that nothing can come in between.
///
/// # Errors
/// Page and program are of different builds, or the page's part of the program cannot be loaded. The page that the
/// server rendered can still be read.
#[wasm_bindgen]
pub async fn load() -> Result<JsValue, JsError> {
    console_error_panic_hook::set_once();
    let data = |id| document().get_element_by_id(id).ok_or(JsError::new("the page has no data"));
    let element = data(PAGE_DATA)?;
    let name = element.get_attribute("data-page").unwrap_or_default();
    let read = chunks::reader(&name).await?;
    let page = read(&element.text_content().unwrap_or_default())?;
    let hold: HoldStatus = from_json(&data(HOLD_DATA)?.text_content().unwrap_or_default())?;
    Ok(Closure::once_into_js(move || {
        leptos::mount::hydrate_body(move || {
            view! { <App name=name hold=hold page=page lazy=lazy::lazy_views()/> }
        })
    }))
}
