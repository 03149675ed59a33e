//! Differences between two texts, by line and, within lines that took the place of others, by word.

use crate::domain::agent::version::{DiffLine, DiffPart, LineKind};
use similar::{ChangeTag, DiffTag, InlineChange, TextDiff};
use std::time::{Duration, Instant};

/// Lines around a change that are shown with it.
const AROUND: usize = 3;
/// How long lines are compared; after that whatever lies between is taken as changed.
const LINES: Duration = Duration::from_millis(500);
/// How long words within lines are compared, in all.
const WORDS: Duration = Duration::from_millis(500);
/// Bytes of a line up to which its words are compared.
const LONG_LINE: usize = 8 * 1024;
/// Bytes of a text up to which its changed lines are counted where others wait meanwhile, and how long that may take.
const COUNTED: usize = 32 * 1024;
const COUNTING: Duration = Duration::from_millis(5);

/// Returns how many lines differ: the larger number of those added and those removed. `None` where that is not worth the
/// time.
pub fn changed(before: &str, after: &str) -> Option<usize> {
    if before.len().max(after.len()) > COUNTED {
        return None;
    }
    let (before, after) = (ended(before), ended(after));
    let diff = TextDiff::configure().timeout(COUNTING).diff_lines(before.as_str(), after.as_str());
    let changes = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    let (removed, added) =
        changes.fold((0, 0), |(removed, added), op| (removed + op.old_range().len(), added + op.new_range().len()));
    Some(removed.max(added))
}

/// Returns the lines that differ and those around them, in order; the others as how many are left out.
pub fn between(before: &str, after: &str) -> Vec<DiffLine> {
    let (before, after) = (ended(before), ended(after));
    let diff = TextDiff::configure().timeout(LINES).diff_lines(before.as_str(), after.as_str());
    let by_word = before.lines().chain(after.lines()).all(|line| line.len() <= LONG_LINE);
    let until = Instant::now() + WORDS;
    let mut lines = Vec::new();
    let mut shown = 0;
    for group in diff.grouped_ops(AROUND) {
        let first = group.first().map_or(shown, |op| op.old_range().start);
        lines.extend(skipped(first - shown));
        for op in &group {
            match by_word {
                true => lines.extend(diff.iter_inline_changes_deadline(op, Some(until)).map(|change| line(&change))),
                false => lines.extend(diff.iter_changes(op).map(|change| line(&change.into()))),
            }
            shown = op.old_range().end;
        }
    }
    if !lines.is_empty() {
        lines.extend(skipped(before.lines().count().saturating_sub(shown)));
    }
    lines
}

/// Returns a text whose last line ends as the others do.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn skipped(lines: usize) -> Option<DiffLine> {
    let skipped = i64::try_from(lines).unwrap_or(i64::MAX);
    (lines > 0).then(|| DiffLine { kind: LineKind::Skipped, before: None, after: None, skipped, parts: Vec::new() })
}

fn line(change: &InlineChange<'_, str>) -> DiffLine {
    let number = |index: Option<usize>| index.and_then(|index| i64::try_from(index + 1).ok());
    let part = |(changed, text): &(bool, &str)| {
        let text = text.trim_end_matches('\n');
        (!text.is_empty()).then(|| DiffPart { text: text.to_owned(), changed: *changed })
    };
    DiffLine {
        kind: match change.tag() {
            ChangeTag::Equal => LineKind::Same,
            ChangeTag::Delete => LineKind::Removed,
            ChangeTag::Insert => LineKind::Added,
        },
        before: number(change.old_index()),
        after: number(change.new_index()),
        skipped: 0,
        parts: change.values().iter().filter_map(part).collect(),
    }
}
