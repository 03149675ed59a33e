//! Differences between two versions of an agent's settings: in words, for lists, and setting by setting, those between texts
//! by line and word. Pure; what may take long is bounded, and then finds differences that are true but larger than need be.

mod lines;
#[cfg(test)]
mod tests;

use crate::domain::agent::AgentSettings;
use crate::domain::agent::settings::{Change, Kind};
use crate::domain::agent::version::SettingDiff;
use std::collections::HashSet;

/// Changes that are named in words; of more, how many there are.
const NAMED: usize = 5;
/// Characters of a value within words.
const SHOWN: usize = 60;

/// Says in words what has changed: "Model openai/gpt-5, 2 lines of system instructions, 1 tool added". Takes some
/// milliseconds at most.
pub fn in_words(before: &AgentSettings, after: &AgentSettings) -> String {
    let changes = before.changes(after);
    let mut words: Vec<_> = changes.iter().take(NAMED).map(|change| change_in_words(change, before, after)).collect();
    if changes.len() > NAMED {
        words.push(format!("{} more", changes.len() - NAMED));
    }
    let words = words.join(", ");
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// Returns the settings that differ, in the order of the form. For a thread of its own: it may take a second.
pub fn between(before: &AgentSettings, after: &AgentSettings) -> Vec<SettingDiff> {
    let diff = |Change { setting, before: from, after: to }: Change| {
        let kind = setting.kind();
        let is_text = matches!(kind, Kind::Text { .. });
        SettingDiff {
            name: setting.name().to_owned(),
            label: setting.label().to_owned(),
            before: if is_text { String::new() } else { from },
            after: if is_text { String::new() } else { to },
            lines: if is_text { lines::between(&kind.text(before), &kind.text(after)) } else { Vec::new() },
        }
    };
    before.changes(after).into_iter().map(diff).collect()
}

fn change_in_words(change: &Change, before: &AgentSettings, after: &AgentSettings) -> String {
    let (kind, label) = (change.setting.kind(), change.setting.label());
    match kind {
        Kind::Text { .. } => {
            let label = label.to_lowercase();
            match lines::changed(&kind.text(before), &kind.text(after)) {
                Some(1) => format!("1 line of {label}"),
                Some(count) => format!("{count} lines of {label}"),
                None => format!("much of {label}"),
            }
        }
        Kind::Tools { .. } => tools_in_words(&kind.text(before), &kind.text(after)),
        _ => format!("{label} {}", shortened(&change.after)),
    }
}

/// Of picks, one a line.
fn tools_in_words(before: &str, after: &str) -> String {
    let (old, new): (HashSet<_>, HashSet<_>) = (before.lines().collect(), after.lines().collect());
    let count = |picks: usize| if picks == 1 { "1 tool".to_owned() } else { format!("{picks} tools") };
    match (new.difference(&old).count(), old.difference(&new).count()) {
        (0, 0) => "order of tools".to_owned(),
        (added, 0) => format!("{} added", count(added)),
        (0, removed) => format!("{} removed", count(removed)),
        (added, removed) => format!("{} added, {removed} removed", count(added)),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}
