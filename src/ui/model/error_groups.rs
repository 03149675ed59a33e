//! Groups of errors in words, and where their runs are. Pure.

use crate::domain::duration::format_count;
use crate::domain::error_group::{ErrorGroup, ErrorState};
use crate::domain::id::AgentId;
use crate::ui::model::words::Look;

/// Words of a message that runs are looked for by, and the length from which they say something.
const WORDS: usize = 5;
const TELLING: usize = 4;

/// Returns the status of a group, and its text.
pub fn group_look(group: &ErrorGroup) -> (Look, String) {
    let look = |class, word| Look { class, icon: class, word };
    match group.state {
        ErrorState::Open => {
            let runs = if group.runs == 1 { "run" } else { "runs" };
            (look("failed", "Open"), format!("{} {runs}", format_count(group.runs)))
        }
        ErrorState::Resolved => (look("success", "Resolved"), "Resolved".to_owned()),
        ErrorState::Ignored => (look("idle", "Ignored"), "Ignored".to_owned()),
    }
}

/// Returns where the failed runs of an agent are whose error has the words that a group has in common.
pub fn runs_of(agent: AgentId, group: &ErrorGroup) -> String {
    let is_telling = |word: &&str| word.len() >= TELLING && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let words: Vec<&str> = group.message.split([' ', ':', ',', '.', '(', ')']).filter(is_telling).take(WORDS).collect();
    match words.is_empty() {
        true => format!("/runs?agent={agent}&status=failed"),
        false => format!("/runs?agent={agent}&status=failed&q={}", words.join("+")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::FailureKind;
    use crate::domain::id::{ErrorGroupId, RunId};
    use crate::domain::time::Timestamp;

    fn group(message: &str, state: ErrorState, runs: i64) -> ErrorGroup {
        let at = Timestamp::from_ms(0);
        ErrorGroup {
            id: ErrorGroupId(1),
            failure_kind: FailureKind::Error,
            message: message.to_owned(),
            sample: message.to_owned(),
            runs,
            first_seen: at,
            last_seen: at,
            last_run_id: RunId(1),
            state,
            state_changed_at: at,
        }
    }

    #[test]
    fn what_is_open_says_how_often_it_came() {
        let text = |state, runs| group_look(&group("x", state, runs)).1;
        assert_eq!(text(ErrorState::Open, 1), "1 run");
        assert_eq!(text(ErrorState::Open, 1_200), "1,200 runs");
        assert_eq!(text(ErrorState::Ignored, 3), "Ignored");
    }

    #[test]
    fn runs_are_looked_for_by_the_words_that_stay_the_same() {
        let href = |message| runs_of(AgentId(4), &group(message, ErrorState::Open, 1));
        assert_eq!(
            href("ToolError: fetch_page: upstream timed out after … s (GET https://x.y…)"),
            "/runs?agent=4&status=failed&q=ToolError+fetch_page+upstream+timed+after"
        );
        assert_eq!(href("… & <no>"), "/runs?agent=4&status=failed");
    }
}
