//! Tests that need a browser: the pages' parts in a real document, on real timers.
//!
//! Runs in headless Chromium through wasm-bindgen-test. The reducers run natively too; here they run as wasm.

#![cfg(target_arch = "wasm32")]

// The samples name their types as the library does.
use runboard::{domain, error, ui};

#[path = "../src/samples.rs"]
#[expect(dead_code, reason = "native tests make more of them")]
mod samples;

#[path = "web/clock.rs"]
mod clock;
#[path = "web/connection.rs"]
mod connection;
#[path = "web/dashboard.rs"]
mod dashboard;
#[path = "web/dialog.rs"]
mod dialog;
#[path = "web/follow.rs"]
mod follow;
#[path = "web/menu.rs"]
mod menu;
#[path = "web/page.rs"]
mod page;
#[path = "web/reducers.rs"]
mod reducers;
#[path = "web/rows.rs"]
mod rows;
#[path = "web/steps.rs"]
mod steps;
#[path = "web/tools.rs"]
mod tools;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
