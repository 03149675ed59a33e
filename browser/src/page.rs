//! Which part of the program a page needs.

use crate::chunks;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use runboard::app::PageView;
use runboard::domain::wire::from_json;
use runboard::ui::pages::dashboard::DashboardPage;
use serde::de::DeserializeOwned;

/// Makes a page of its data.
pub type Reader = fn(&str) -> serde_json::Result<PageView>;

/// The page that most are at: its code is not split off, and what others share with it is here already.
pub const HOME: &str = "dashboard";

/// The reader of the page of that name, once it is loaded.
pub async fn reader(name: &str) -> Result<Reader, SplitLoaderError> {
    match name {
        "new_agent" => chunks::new_agent().await,
        "agent" => chunks::agent().await,
        "agent_settings" => chunks::agent_settings().await,
        "run" => chunks::run().await,
        "chat" => chunks::chat().await,
        "not_found" => chunks::not_found().await,
        _ => Ok(|json| read(json, |data| view! { <DashboardPage data=data/> }.into_any())),
    }
}

/// Reads a page's data for the function that shows it.
pub fn read<T: DeserializeOwned + 'static>(json: &str, page: fn(T) -> AnyView) -> serde_json::Result<PageView> {
    let data = from_json(json)?;
    Ok(Box::new(move || page(data)))
}
