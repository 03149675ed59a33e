//! Markdown from models as HTML that is safe to show. Models are trusted in nothing: HTML in it is shown as it was
//! written, links lead to the web or to mail only, pictures become links, formulas are set without script, and what
//! comes of it is checked once more.
//!
//! Every step takes time and memory in proportion to the text, however it is made up. A long one still takes its time,
//! so this is called through [`aside`](crate::server::aside).

mod check;
mod delimiters;
mod direction;
mod formula;
mod growing;
mod html;

pub use growing::{Growing, Tail};

/// Returns the HTML of a text's top-level blocks.
pub fn blocks(text: &str) -> Vec<String> {
    Growing::default().read(text).blocks
}

#[cfg(test)]
mod tests;
