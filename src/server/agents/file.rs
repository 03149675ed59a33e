//! Agents in a file: TOML for git, with nothing in it that changes by itself. Pure; knows no agents but those in the text.
//!
//! Every setting is written, so that neither a default that changes one day nor a value that happens to be the default makes
//! a difference; left out are those that have no value, for which TOML has no word. Each setting stands at the place that it has
//! in the form, each list with more than one item and each text of several lines goes on below, so that a difference of two
//! files is one of lines.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use self::read::{FileAgent, read};
pub use self::write::write;

/// The name of the tables: each `[[agent]]` is one.
const TABLE: &str = "agent";
