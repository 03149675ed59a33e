//! Differences between two texts by word.

use crate::domain::agent::version::DiffPart;
use crate::domain::views::comparison::WordDiff;
use similar::{DiffTag, TextDiff};
use std::time::Duration;

/// Bytes of each text up to which it is compared.
const COMPARED: usize = 64 * 1024;
/// How long words are compared; after that whatever lies between is taken as changed.
const LIMIT: Duration = Duration::from_millis(500);

/// Compares two texts by word, of long ones their beginnings. Takes half a second at most.
pub(super) fn between(a: &str, b: &str) -> WordDiff {
    let (now, then) = (beginning(a), beginning(b));
    let diff = TextDiff::configure().timeout(LIMIT).diff_words(then, now);
    let mut words = WordDiff { cut: now.len() < a.len() || then.len() < b.len(), ..WordDiff::default() };
    let mut same = 0;
    for op in diff.ops() {
        let changed = op.tag() != DiffTag::Equal;
        let old: String = op.old_range().filter_map(|at| diff.old_slice(at)).collect();
        let new: String = op.new_range().filter_map(|at| diff.new_slice(at)).collect();
        if changed {
            words.removed += count(&old);
            words.added += count(&new);
        } else {
            same += count(&new);
        }
        push(&mut words.b, old, changed);
        push(&mut words.a, new, changed);
    }
    let all = same + words.added.max(words.removed);
    words.same_percent = if all == 0 { 100 } else { same * 100 / all };
    words
}

/// Returns a text that is compared with itself.
pub(super) fn same(text: &str) -> WordDiff {
    let mut words = WordDiff { same_percent: 100, cut: beginning(text).len() < text.len(), ..WordDiff::default() };
    push(&mut words.a, beginning(text).to_owned(), false);
    words.b.clone_from(&words.a);
    words
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(COMPARED)]
}

fn count(text: &str) -> i64 {
    i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX)
}

fn push(parts: &mut Vec<DiffPart>, text: String, changed: bool) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        // Blanks between words that have changed would break what is one change into many.
        Some(last) if last.changed == changed => last.text.push_str(&text),
        _ => parts.push(DiffPart { text, changed }),
    }
}
