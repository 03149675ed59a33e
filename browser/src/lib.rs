//! The browser's entry point: takes over the page that the server has rendered.

#![cfg(target_arch = "wasm32")]

use leptos::prelude::*;
use runboard::api::pages::{PAGE_DATA, PageData};
use runboard::app::App;
use runboard::domain::wire::from_json;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script when the wasm module has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let json = document().get_element_by_id(PAGE_DATA).and_then(|element| element.text_content());
    match from_json::<PageData>(&json.unwrap_or_default()) {
        Ok(data) => leptos::mount::hydrate_body(move || view! { <App data=data/> }),
        // Page and program are of different builds; what the server rendered can still be read.
        Err(error) => leptos::logging::error!("the page's data cannot be read; reload the page: {error}"),
    }
}
