//! Instructions with names between double braces, such as `{{customer}}`, each of which stands for a value that a run is
//! given. That is all of the syntax: no filters, no blocks, no comments, and whatever is not between double braces is as it
//! was written. Pure, and shared: the form marks mistakes by it, the server fills in the values, the pages show what comes
//! of them. Two readers of one syntax would differ some day, so there is this one.

use std::fmt;

/// Longest text that comes of filling in values, in bytes: the same as the longest message of a chat.
pub const MAX_FILLED: usize = 1024 * 1024;
/// Longest name, in characters.
pub const MAX_NAME: usize = 64;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";
/// How much of a mistake is quoted, in characters.
const QUOTED: usize = 40;

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'t> {
    parts: Vec<Part<'t>>,
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// Stands as it is.
    Text(&'t str),
    /// Stands for a value.
    Name(&'t str),
}

/// Double braces without a name between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAName {
    /// From 1.
    line: usize,
    /// The braces and what is between, as far as it is not too long.
    quoted: String,
}

impl fmt::Display for NotAName {
    /// Reads on from the name of a setting.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, quoted } = self;
        write!(
            f,
            "must have only names such as {{{{customer}}}} between double braces, of letters, digits and _: line {line} has \
             {quoted}. Turn templates off to keep braces as they are"
        )
    }
}

/// Why values could not be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfilled {
    /// There is no value for this name.
    Missing(String),
    /// The text would be longer than [`MAX_FILLED`].
    TooLong,
}

/// Whether a value may be called that: letters, digits and `_`, no digit first.
pub fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl<'t> Template<'t> {
    /// Reads a text.
    ///
    /// # Errors
    /// Double braces are open without a name and double braces that close after it.
    pub fn parse(text: &'t str) -> Result<Self, NotAName> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(at) = rest.find(OPEN) {
            let (before, opened) = rest.split_at(at);
            let inner = &opened[OPEN.len()..];
            let end = inner.find(CLOSE);
            let name = end.map(|end| inner[..end].trim()).filter(|name| is_name(name));
            let (Some(end), Some(name)) = (end, name) else {
                let line = text[..text.len() - opened.len()].matches('\n').count() + 1;
                return Err(NotAName { line, quoted: quoted(opened, end) });
            };
            parts.extend(Some(before).filter(|before| !before.is_empty()).map(Part::Text));
            parts.push(Part::Name(name));
            rest = &inner[end + CLOSE.len()..];
        }
        parts.extend(Some(rest).filter(|rest| !rest.is_empty()).map(Part::Text));
        Ok(Self { parts })
    }

    /// Returns its pieces, in order.
    pub fn parts(&self) -> &[Part<'t>] {
        &self.parts
    }

    /// Returns its names, each as often as it is there.
    pub fn names(&self) -> impl Iterator<Item = &'t str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(*name),
            Part::Text(_) => None,
        })
    }

    /// Returns the text with values in place of names. Values are not read again: braces in them stay braces.
    ///
    /// # Errors
    /// A name has no value, or the text would be too long; nothing is made of it then.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, Unfilled> {
        let (mut pieces, mut bytes) = (Vec::with_capacity(self.parts.len()), 0usize);
        for part in &self.parts {
            let piece: &str = match part {
                Part::Text(text) => text,
                Part::Name(name) => value(name).ok_or_else(|| Unfilled::Missing((*name).to_owned()))?,
            };
            bytes += piece.len();
            if bytes > MAX_FILLED {
                return Err(Unfilled::TooLong);
            }
            pieces.push(piece);
        }
        Ok(pieces.concat())
    }
}

fn quoted(opened: &str, end: Option<usize>) -> String {
    let whole = end.map_or(opened, |end| &opened[..OPEN.len() + end + CLOSE.len()]);
    let line = whole.lines().next().unwrap_or_default();
    match line.char_indices().nth(QUOTED) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
