//! The words of a hold: what waits, and what holding or releasing is about. Pure.

use crate::domain::duration::format_count;
use crate::domain::hold::HoldReach;
use crate::domain::run::Trigger;

/// Says through which door it was asked for, after "since 14:12".
pub fn door_words(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Manual => ", set in the dashboard",
        Trigger::Api | Trigger::Schedule => ", set through the API",
    }
}

/// `23 runs wait, 1 still runs.`
pub fn counts_words(queued: i64, running: i64) -> String {
    let waits = match queued {
        0 => "No run waits".to_owned(),
        1 => "1 run waits".to_owned(),
        many => format!("{} runs wait", format_count(many)),
    };
    match running {
        0 => format!("{waits}."),
        1 => format!("{waits}, 1 still runs."),
        many => format!("{waits}, {} still run.", format_count(many)),
    }
}

/// Returns a count and the words after it: `1`, `run is running`.
pub fn counted(count: i64, one: &'static str, many: &'static str) -> (String, &'static str) {
    (format_count(count), if count == 1 { one } else { many })
}

/// Says what begins with the release.
pub fn release_words(reach: &HoldReach) -> String {
    match reach.queued {
        0 => "No run waits.".to_owned(),
        1 => "The run that waits begins as soon as there is room for it.".to_owned(),
        many => format!("The {} runs that wait begin, as many at once as their agents allow.", format_count(many)),
    }
}

/// Says what becomes of the scheduled times that have come meanwhile; `None` where there are none.
pub fn missed_words(reach: &HoldReach) -> Option<String> {
    let agents = |count: i64| match count {
        1 => "1 agent".to_owned(),
        many => format!("{} agents", format_count(many)),
    };
    let catching_up = match reach.catching_up {
        0 => None,
        1 => Some(format!("{} runs once to catch up", agents(1))),
        many => Some(format!("{} run once to catch up", agents(many))),
    };
    let skipping = match reach.skipping {
        0 => None,
        1 => Some(format!("{} notes its times as skipped", agents(1))),
        many => Some(format!("{} note their times as skipped", agents(many))),
    };
    let words: Vec<String> = [catching_up, skipping].into_iter().flatten().collect();
    (!words.is_empty()).then(|| format!("Scheduled times came meanwhile: {}.", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_and_what_runs_is_counted() {
        let said = [(0, 0), (1, 0), (0, 1), (1_234, 2)].map(|(queued, running)| counts_words(queued, running));
        assert_eq!(
            said,
            ["No run waits.", "1 run waits.", "No run waits, 1 still runs.", "1,234 runs wait, 2 still run."]
        );
    }

    #[test]
    fn a_release_says_what_it_lets_go() {
        let of = |queued, catching_up, skipping| HoldReach { queued, catching_up, skipping, ..HoldReach::default() };
        assert_eq!(release_words(&of(0, 0, 0)), "No run waits.");
        assert_eq!(release_words(&of(23, 0, 0)), "The 23 runs that wait begin, as many at once as their agents allow.");
        assert_eq!(missed_words(&of(1, 0, 0)), None);
        assert_eq!(
            missed_words(&of(0, 4, 2)).unwrap(),
            "Scheduled times came meanwhile: 4 agents run once to catch up, 2 agents note their times as skipped."
        );
        assert_eq!(
            missed_words(&of(0, 0, 1)).unwrap(),
            "Scheduled times came meanwhile: 1 agent notes its times as skipped."
        );
    }
}
