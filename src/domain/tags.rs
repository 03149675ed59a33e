//! Tags of agents and runs: short words that group and find them. Knows the rules, not who has tags.

use super::rules::{NO_NUL, length};
use super::text::one_line;
use crate::error::FieldError;
use serde_json::Value;

/// How many tags an agent or a run may have.
pub const MAX_TAGS: usize = 10;
/// Longest tag, in characters.
pub const MAX_TAG: usize = 64;

/// A mistake in a list of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFault {
    /// The place of the tag that it is about, from 0; `None` for the list.
    pub at: Option<usize>,
    /// Reads on from the name of the value: "must be …".
    pub detail: String,
}

/// Returns the values that a list may have: reads on from "must be".
pub fn bounds() -> String {
    format!("a list of at most {MAX_TAGS} tags of 1 to {MAX_TAG} characters")
}

/// Returns tags as they are kept: each on one line and once, in their order. Of too many only one too many, so that it takes
/// time in proportion to the list however long that is.
pub fn tidied(tags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| one_line(tag)) {
        if kept.len() > MAX_TAGS {
            break;
        }
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

/// Returns what is wrong with tags that are tidied. Filters read a comma as "or" and a leading `!` as "not", so a tag has
/// neither.
pub fn faults(tags: &[String]) -> Vec<TagFault> {
    if tags.len() > MAX_TAGS {
        return vec![TagFault { at: None, detail: format!("must be {}", bounds()) }];
    }
    let fault = |(at, tag): (usize, &String)| {
        let detail = match tag.as_str() {
            tag if !(1..=MAX_TAG).contains(&length(tag)) => format!("must be text of 1 to {MAX_TAG} characters"),
            tag if tag.contains('\0') => NO_NUL.to_owned(),
            tag if tag.contains(',') => "must not contain a comma".to_owned(),
            tag if tag.starts_with('!') => "must not begin with !".to_owned(),
            _ => return None,
        };
        Some(TagFault { at: Some(at), detail })
    };
    tags.iter().enumerate().filter_map(fault).collect()
}

/// Tags to add, and others to remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChange {
    pub add: Vec<String>,
    pub remove: Vec<String>,
}

impl TagChange {
    /// Returns the same as it is kept. The two lists are called `add` and `remove` in errors.
    ///
    /// # Errors
    /// Points at the values that are out of their bounds, or at `add` where there is nothing to change.
    pub fn checked(&self, add: &str, remove: &str) -> Result<Self, Vec<FieldError>> {
        let change = Self { add: tidied(&self.add), remove: tidied(&self.remove) };
        let mut errors = Vec::new();
        for (name, list) in [(add, &change.add), (remove, &change.remove)] {
            errors.extend(faults(list).into_iter().map(|fault| {
                let place = fault.at.map_or_else(|| name.to_owned(), |at| format!("{name}/{at}"));
                FieldError::of(&place, fault.detail)
            }));
        }
        if change.add.is_empty() && change.remove.is_empty() {
            errors.push(FieldError::of(add, format!("must have a tag, unless {remove} has one")));
        }
        if let Some(tag) = change.add.iter().find(|tag| change.remove.contains(tag)) {
            errors.push(FieldError::of(remove, format!("must not have {tag:?}, which is to be added")));
        }
        if errors.is_empty() { Ok(change) } else { Err(errors) }
    }

    /// Returns tags with the change.
    pub fn of(&self, tags: &[String]) -> Vec<String> {
        let kept = tags.iter().filter(|tag| !self.remove.contains(tag));
        tidied(&kept.chain(&self.add).cloned().collect::<Vec<_>>())
    }
}

/// Reads a list that somebody has written by hand.
///
/// # Errors
/// Points at each value that is no text, or at the list where it is none or far too long.
pub fn from_json(name: &str, value: Value) -> Result<Vec<String>, Vec<FieldError>> {
    let values = match value {
        Value::Array(values) if values.len() <= MAX_TAGS => values,
        _ => return Err(vec![FieldError::of(name, format!("must be {}", bounds()))]),
    };
    let (mut tags, mut errors) = (Vec::new(), Vec::new());
    for (at, value) in values.into_iter().enumerate() {
        match value {
            Value::String(tag) => tags.push(tag),
            _ => errors.push(FieldError::of(&format!("{name}/{at}"), "must be text")),
        }
    }
    if errors.is_empty() { Ok(tags) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_tag_is_one_line_and_there_once() {
        assert_eq!(tidied(&tags(&[" p2", "web\nhooks", "p2"])), tags(&["p2", "web hooks"]));
    }

    #[test]
    fn a_tag_and_a_list_have_their_ends() {
        let most: Vec<String> = (0..MAX_TAGS).map(|nr| format!("{nr}{}", "é".repeat(MAX_TAG - 1))).collect();
        assert_eq!(faults(&most), []);
        let many = faults(&[most, tags(&["one more"])].concat());
        assert_eq!((many[0].at, many.len()), (None, 1));
        assert!(many[0].detail.contains("at most 10 tags"), "{many:?}");
        let wrong = faults(&tags(&["ok", "", "a,b", "!c", "d\0", &"x".repeat(65)]));
        assert_eq!(wrong.iter().map(|fault| fault.at.unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert!(wrong.iter().all(|fault| fault.detail.starts_with("must ")));
    }
}
