//! Tests of the differences between two versions of settings.

use super::*;
use crate::domain::agent::version::{DiffLine, LineKind};
use crate::domain::tool::{BuiltInTool, ToolPick};
use proptest::prelude::*;

fn with(text: &str) -> AgentSettings {
    AgentSettings { system_instructions: text.to_owned(), ..AgentSettings::named("Test") }
}

/// Shows a difference as `diff` does, with `*` around words that differ.
fn shown(lines: &[DiffLine]) -> Vec<String> {
    let text = |line: &DiffLine| {
        let part = |part: &crate::domain::agent::version::DiffPart| match part.changed {
            true => format!("*{}*", part.text),
            false => part.text.clone(),
        };
        line.parts.iter().map(part).collect::<String>()
    };
    let line = |line: &DiffLine| match line.kind {
        LineKind::Same => format!(" {}", text(line)),
        LineKind::Removed => format!("-{}", text(line)),
        LineKind::Added => format!("+{}", text(line)),
        LineKind::Skipped => format!("@{}", line.skipped),
    };
    lines.iter().map(line).collect()
}

#[test]
fn lists_say_in_words_what_has_changed() {
    let before = AgentSettings { description: "Old".into(), ..with("One\nTwo\nThree") };
    let picks = vec![ToolPick::BuiltIn(BuiltInTool::CurrentTime), ToolPick::Server("files".into())];
    let says = |after: AgentSettings| in_words(&before, &after);
    assert_eq!(says(before.clone()), "");
    assert_eq!(says(AgentSettings { model: "openai/gpt-5".into(), ..before.clone() }), "Model openai/gpt-5");
    assert_eq!(
        says(AgentSettings { timeout_s: 120, tools: picks, ..before.clone() }),
        "Time limit 2 min, 1 tool added"
    );
    assert_eq!(says(AgentSettings { tools: Vec::new(), paused: true, ..before.clone() }), "Paused On, 1 tool removed");
    let text = |text: &str| AgentSettings { system_instructions: text.into(), ..before.clone() };
    assert_eq!(says(text("One\nZwei\nThree")), "1 line of system instructions");
    assert_eq!(says(text("One\nTwo\nThree\nFour\nFive\n")), "2 lines of system instructions");
    assert_eq!(says(text(&"long\n".repeat(10_000))), "Much of system instructions");
    let long = AgentSettings { name: "n".repeat(99), ..before.clone() };
    assert_eq!(says(long), format!("Name {}…", "n".repeat(60)));
    let all = AgentSettings {
        name: "A".into(),
        model: "demo/quick".into(),
        paused: true,
        catch_up: true,
        timeout_s: 5,
        max_steps: 3,
        tools: Vec::new(),
        ..before.clone()
    };
    assert_eq!(says(all), "Name A, Model demo/quick, Paused On, Catch up on missed times On, Time limit 5 s, 2 more");
}

#[test]
fn a_text_differs_by_line_and_word_with_three_lines_around() {
    let old: Vec<String> = (1..=20).map(|n| format!("Line {n} of the old text")).collect();
    let mut new = old.clone();
    new[9] = "Line 10 of the new text".into();
    let settings = between(&with(&old.join("\n")), &with(&new.join("\n")));
    let [diff] = &settings[..] else { panic!("{settings:?}") };
    assert_eq!((diff.name.as_str(), diff.label.as_str()), ("system_instructions", "System instructions"));
    assert_eq!(
        shown(&diff.lines),
        [
            "@6",
            " Line 7 of the old text",
            " Line 8 of the old text",
            " Line 9 of the old text",
            "-Line 10 of the *old* text",
            "+Line 10 of the *new* text",
            " Line 11 of the old text",
            " Line 12 of the old text",
            " Line 13 of the old text",
            "@7"
        ]
    );
    let numbers: Vec<_> = diff.lines.iter().map(|line| (line.before, line.after)).collect();
    assert_eq!(numbers[3..6], [(Some(9), Some(9)), (Some(10), None), (None, Some(10))]);
}

#[test]
fn other_settings_show_both_values() {
    let (before, after) = (with(""), AgentSettings { run_budget_tokens: Some(2_000), ..with("") });
    let settings = between(&before, &after);
    let [diff] = &settings[..] else { panic!("{settings:?}") };
    assert_eq!((diff.before.as_str(), diff.after.as_str(), diff.lines.len()), ("No limit", "2,000 tokens", 0));
    assert!(between(&before, &before).is_empty());
}

/// The longest texts there may be, of which no line is as it was.
#[test]
fn texts_without_a_line_in_common_are_compared_in_time() {
    let text = |first: char| (0..60_000).map(|n| format!("{first}{n:x}\n")).collect::<String>()[..200_000].to_owned();
    let began = std::time::Instant::now();
    let settings = between(&with(&text('a')), &with(&text('b')));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    assert!(settings[0].lines.len() > 50_000);
    let long = |c: &str| with(&format!("{}\n", format!("{c} ").repeat(100_000)));
    assert_eq!(between(&long("a"), &long("b"))[0].lines.len(), 2);
}

proptest! {
    /// Whatever differs, the first text is what is in both or removed, and the second what is in both or added.
    #[test]
    fn both_texts_can_be_made_of_a_difference(old in "[ab c\n]{0,40}", new in "[ab c\n]{0,40}") {
        let lines = lines::between(&old, &new);
        let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
        let (mut at_old, mut at_new) = (0, 0);
        for line in &lines {
            let text: String = line.parts.iter().map(|part| part.text.as_str()).collect();
            if line.kind == LineKind::Skipped {
                let skipped = line.skipped as usize;
                prop_assert_eq!(&old[at_old..at_old + skipped], &new[at_new..at_new + skipped]);
                (at_old, at_new) = (at_old + skipped, at_new + skipped);
                continue;
            }
            if line.kind != LineKind::Added {
                prop_assert_eq!((old[at_old], line.before), (text.as_str(), Some(at_old as i64 + 1)));
                at_old += 1;
            }
            if line.kind != LineKind::Removed {
                prop_assert_eq!((new[at_new], line.after), (text.as_str(), Some(at_new as i64 + 1)));
                at_new += 1;
            }
        }
        prop_assert!(lines.is_empty() || (at_old, at_new) == (old.len(), new.len()));
        prop_assert!(!lines.is_empty() || old == new);
    }
}
