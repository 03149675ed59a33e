//! Words of an import. Pure.

use crate::domain::agent::import::{ImportReport, ImportResult};

/// Whether something keeps the file from being imported.
pub fn is_wrong(report: &ImportReport) -> bool {
    report.failed > 0
}

/// Says what came of the file as a whole.
pub fn summary(report: &ImportReport) -> String {
    let ImportReport { dry_run, created, changed, unchanged, failed, .. } = report;
    let mistakes = match failed {
        0 => None,
        1 => Some("1 agent in the file has mistakes.".to_owned()),
        count => Some(format!("{count} agents in the file have mistakes.")),
    };
    if let Some(mistakes) = mistakes {
        return format!("{mistakes} Nothing can be imported until they are mended.");
    }
    if !report.has_changes() {
        return match unchanged {
            0 => "There are no agents in the file.".to_owned(),
            _ => "Nothing to do: every agent is as the file has it.".to_owned(),
        };
    }
    let verbs = if *dry_run { ("to create", "to change") } else { ("created", "changed") };
    format!("{created} {}, {changed} {}, {unchanged} unchanged.", verbs.0, verbs.1)
}

/// Words of the button that carries it out.
pub fn apply_words(report: &ImportReport) -> String {
    match report.created + report.changed {
        1 => "Import 1 agent".to_owned(),
        count => format!("Import {count} agents"),
    }
}

/// The effect on one agent, in a word or two.
pub fn result_words(result: ImportResult, is_done: bool) -> &'static str {
    match (result, is_done) {
        (ImportResult::Created, false) => "New",
        (ImportResult::Created, true) => "Created",
        (ImportResult::Changed, false) => "Changes",
        (ImportResult::Changed, true) => "Changed",
        (ImportResult::Unchanged, _) => "Unchanged",
        (ImportResult::Failed, _) => "Cannot be imported",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_a_file_is_said_as_a_whole() {
        let report = |created, changed, unchanged, failed| ImportReport {
            dry_run: true,
            created,
            changed,
            unchanged,
            failed,
            ..ImportReport::default()
        };
        assert_eq!(summary(&report(1, 2, 3, 0)), "1 to create, 2 to change, 3 unchanged.");
        let done = ImportReport { dry_run: false, ..report(1, 2, 3, 0) };
        assert_eq!(summary(&done), "1 created, 2 changed, 3 unchanged.");
        assert_eq!(summary(&report(0, 0, 3, 0)), "Nothing to do: every agent is as the file has it.");
        assert_eq!(summary(&report(0, 0, 0, 0)), "There are no agents in the file.");
        assert!(summary(&report(9, 0, 0, 1)).starts_with("1 agent in the file has mistakes."));
        assert!(summary(&report(9, 0, 0, 2)).starts_with("2 agents in the file have mistakes."));
        assert_eq!(
            (apply_words(&report(1, 0, 9, 0)), apply_words(&report(1, 1, 9, 0))),
            ("Import 1 agent".into(), "Import 2 agents".into())
        );
    }
}
