//! Path from a page's data to its view.

use leptos::prelude::AnyView;
use runboard::app::PageView;
use runboard::domain::wire::from_json;
use serde::de::DeserializeOwned;

/// Makes a page of its data.
pub type Reader = fn(&str) -> serde_json::Result<PageView>;

/// Reads a page's data for the function that shows it.
pub fn read<T: DeserializeOwned + 'static>(json: &str, page: fn(T) -> AnyView) -> serde_json::Result<PageView> {
    let data = from_json(json)?;
    Ok(Box::new(move || page(data)))
}
