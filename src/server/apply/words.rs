//! A report of an import as people read it in a terminal.

use crate::domain::agent::import::{ImportReport, ImportResult, ImportedAgent};
use crate::domain::agent::version::{DiffLine, LineKind, SettingDiff};
use std::fmt::Write;

/// Returns what is new, what differs and what is wrong; nothing of agents that stay as they are.
pub fn changes(report: &ImportReport) -> String {
    let mut out = String::new();
    for agent in &report.agents {
        let ImportedAgent { name, line, result, id, changes, errors, .. } = agent;
        // Writing to a string cannot fail.
        _ = match (result, id) {
            (ImportResult::Unchanged, _) => continue,
            (ImportResult::Created, _) => writeln!(out, "+ {name}: new"),
            (ImportResult::Changed, Some(id)) => writeln!(out, "~ {name}: agent #{id}"),
            _ => writeln!(out, "! {name}: line {line}"),
        };
        for error in errors {
            _ = writeln!(out, "    line {}: {}: {}", error.line, error.setting(), error.detail);
        }
        for change in changes {
            add(&mut out, change, *result);
        }
    }
    // Control characters in instructions must not reach the terminal.
    out.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

fn add(out: &mut String, SettingDiff { label, before, after, lines, .. }: &SettingDiff, result: ImportResult) {
    if lines.is_empty() {
        _ = match result {
            ImportResult::Created => writeln!(out, "    {label}: {after}"),
            _ => writeln!(out, "    {label}: {before} → {after}"),
        };
        return;
    }
    _ = writeln!(out, "    {label}:");
    for DiffLine { kind, skipped, parts, .. } in lines {
        let mark = match kind {
            LineKind::Same => ' ',
            LineKind::Removed => '-',
            LineKind::Added => '+',
            LineKind::Skipped => {
                _ = writeln!(out, "      … {skipped} lines");
                continue;
            }
        };
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        _ = writeln!(out, "      {mark} {text}");
    }
}

/// `1 created, 2 changed, 3 unchanged`.
pub fn summary(report: &ImportReport) -> String {
    let ImportReport { dry_run, created, changed, unchanged, failed, .. } = report;
    let (created, changed) = match dry_run {
        true => (format!("{created} to create"), format!("{changed} to change")),
        false => (format!("{created} created"), format!("{changed} changed")),
    };
    let failed = if *failed > 0 { format!(", {failed} with mistakes") } else { String::new() };
    format!("{created}, {changed}, {unchanged} unchanged{failed}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::import::ImportError;
    use crate::domain::agent::version::DiffPart;
    use crate::domain::id::AgentId;

    #[test]
    fn a_report_reads_as_a_difference() {
        let line = |kind, text: &str| DiffLine {
            kind,
            before: None,
            after: None,
            skipped: if kind == LineKind::Skipped { 7 } else { 0 },
            parts: vec![DiffPart { text: text.into(), changed: true }],
        };
        let change = |label: &str, before: &str, after: &str, lines| SettingDiff {
            name: String::new(),
            label: label.into(),
            before: before.into(),
            after: after.into(),
            lines,
        };
        let agent = |name: &str, result, id: Option<i64>, changes, errors| ImportedAgent {
            name: name.into(),
            line: 9,
            result,
            id: id.map(AgentId),
            version: id,
            changes,
            errors,
        };
        let lines = vec![
            line(LineKind::Skipped, ""),
            line(LineKind::Same, "one"),
            line(LineKind::Removed, "two"),
            line(LineKind::Added, "2\u{1b}[2J"),
        ];
        let changed = vec![change("Model", "demo/quick", "demo/slow", vec![]), change("Task", "", "", lines)];
        let error = ImportError { pointer: "/agent/3/tools/0".into(), detail: "unknown tool".into(), line: 12 };
        let report = ImportReport {
            dry_run: true,
            agents: vec![
                agent("New", ImportResult::Created, None, vec![change("Model", "None", "demo/quick", vec![])], vec![]),
                agent("Old", ImportResult::Changed, Some(4), changed, vec![]),
                agent("Same", ImportResult::Unchanged, Some(5), vec![], vec![]),
                agent("Bad", ImportResult::Failed, None, vec![], vec![error]),
            ],
            ..ImportReport::default()
        }
        .counted();
        let expected = "\
+ New: new
    Model: demo/quick
~ Old: agent #4
    Model: demo/quick → demo/slow
    Task:
      … 7 lines
        one
      - two
      + 2\u{fffd}[2J
! Bad: line 9
    line 12: tools/0: unknown tool
";
        assert_eq!(changes(&report), expected);
        assert_eq!(summary(&report), "1 to create, 1 to change, 1 unchanged, 1 with mistakes");
        assert_eq!(summary(&ImportReport { dry_run: false, failed: 0, ..report }), "1 created, 1 changed, 1 unchanged");
    }
}
