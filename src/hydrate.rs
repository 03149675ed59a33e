//! The browser's entry point: takes over the page that the server has rendered.

use crate::app::App;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script when the wasm module has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
