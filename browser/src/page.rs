//! Path from a page's data to its view.

use leptos::prelude::AnyView;
use runboard::app::PageView;
use runboard::domain::wire::{FromWire, Unreadable, from_json};

/// Makes a page of its data.
pub type Reader = fn(&str) -> Result<PageView, Unreadable>;

/// Reads a page's data for the function that shows it.
pub fn read<T: FromWire + 'static>(json: &str, page: fn(T) -> AnyView) -> Result<PageView, Unreadable> {
    let data = from_json(json)?;
    Ok(Box::new(move || page(data)))
}
