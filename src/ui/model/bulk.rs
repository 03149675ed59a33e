//! Actions on many runs in words. Pure.

use crate::domain::bulk::{BulkAction, BulkItem, BulkJob, BulkResult, BulkState};
use crate::domain::duration::format_count;
use crate::domain::id::BulkId;

/// Beginning of the part of the page's address that says which action is shown.
const MARK: &str = "bulk=";

/// Returns the part of the address, after its `#`, that says which action is shown.
pub fn fragment(id: BulkId) -> String {
    format!("{MARK}{id}")
}

/// Returns the action that the address says is shown.
pub fn of_fragment(fragment: &str) -> Option<BulkId> {
    fragment.trim_start_matches('#').strip_prefix(MARK)?.parse().ok()
}

/// `1 run`, `1,204 runs`.
pub fn runs_words(count: i64) -> String {
    match count {
        1 => "1 run".to_owned(),
        count => format!("{} runs", format_count(count)),
    }
}

/// Returns what is asked before an action is carried out.
pub fn question(action: BulkAction, count: i64) -> String {
    let runs = runs_words(count);
    match action {
        BulkAction::Stop => format!("Stop {runs}?"),
        BulkAction::Retry => format!("Retry {runs}?"),
        BulkAction::Tag => format!("Change the tags of {runs}"),
        BulkAction::Delete => format!("Delete {runs}?"),
    }
}

/// Returns what the button says that carries an action out.
pub fn consent(action: BulkAction, count: i64) -> String {
    match action {
        BulkAction::Stop => format!("Stop {}", runs_words(count)),
        BulkAction::Retry => format!("Retry {}", runs_words(count)),
        BulkAction::Tag => "Change tags".to_owned(),
        BulkAction::Delete => format!("Delete {}", runs_words(count)),
    }
}

/// Returns what an action does to a run, and to which it does nothing.
pub fn effect(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Stop => {
            "Runs that are queued are cancelled at once, running ones end once they have settled. Runs that are over stay as they are."
        }
        BulkAction::Retry => {
            "Each run that is over is started again with what it was given, which costs what runs cost. Runs that are not over are left alone."
        }
        BulkAction::Tag => {
            "With commas between. A run has 10 tags at most; one that would have more keeps those it has."
        }
        BulkAction::Delete => {
            "Each run goes with its steps, messages and answer. This cannot be undone. What it cost stays in the figures and \
             counts towards budgets. Runs that are not over or are kept for good are left alone; chats go only as a whole."
        }
    }
}

/// `Stopping 1,204 runs`, and whether it is over.
pub fn heading(job: &BulkJob) -> String {
    let runs = runs_words(job.total);
    let doing = match job.action {
        BulkAction::Stop => format!("Stopping {runs}"),
        BulkAction::Retry => format!("Retrying {runs}"),
        BulkAction::Tag => format!("Changing the tags of {runs}"),
        BulkAction::Delete => format!("Deleting {runs}"),
    };
    match job.state {
        BulkState::Running => doing,
        BulkState::Finished => format!("{doing}: finished"),
        BulkState::Cancelled => format!("{doing}: cancelled"),
    }
}

/// `1,200 done, 3 unchanged, 1 failed, 400 left`: those of which there are any.
pub fn progress(job: &BulkJob) -> String {
    let counts = [
        (job.done, "done"),
        (job.unchanged, "unchanged"),
        (job.failed, "failed"),
        (job.cancelled, "cancelled"),
        (job.left, "left"),
    ];
    let some: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", format_count(*n))).collect();
    if some.is_empty() { "No run was chosen".to_owned() } else { some.join(", ") }
}

/// Returns what came of one run, in words.
pub fn item_words(item: &BulkItem) -> String {
    match (item.result, &item.detail) {
        (None, _) => "Waits for its turn".to_owned(),
        (Some(_), Some(detail)) => detail.clone(),
        (Some(BulkResult::Done), None) => "Done".to_owned(),
        (Some(BulkResult::Unchanged), None) => "Unchanged".to_owned(),
        (Some(BulkResult::Failed), None) => "Failed".to_owned(),
        (Some(BulkResult::Cancelled), None) => "Cancelled: left as it was".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::RunId;
    use crate::domain::time::Timestamp;

    fn job(done: i64, failed: i64, left: i64) -> BulkJob {
        BulkJob {
            id: BulkId(7),
            action: BulkAction::Stop,
            state: if left == 0 { BulkState::Finished } else { BulkState::Running },
            tags: Vec::new(),
            remove: Vec::new(),
            filter: None,
            total: done + failed + left,
            done,
            unchanged: 0,
            failed,
            cancelled: 0,
            left,
            created_at: Timestamp::from_ms(0),
            finished_at: (left == 0).then(|| Timestamp::from_ms(1)),
        }
    }

    #[test]
    fn progress_says_what_there_is() {
        assert_eq!(progress(&job(1_200, 1, 400)), "1,200 done, 1 failed, 400 left");
        assert_eq!(progress(&job(0, 0, 0)), "No run was chosen");
        assert_eq!(heading(&job(1, 0, 0)), "Stopping 1 run: finished");
        assert_eq!(heading(&job(1, 0, 1_203)), "Stopping 1,204 runs");
        let cancelled =
            BulkJob { action: BulkAction::Delete, state: BulkState::Cancelled, cancelled: 3, total: 4, ..job(1, 0, 0) };
        assert_eq!(
            (heading(&cancelled), progress(&cancelled)),
            ("Deleting 4 runs: cancelled".into(), "1 done, 3 cancelled".into())
        );
    }

    #[test]
    fn the_address_says_which_action_is_shown() {
        assert_eq!(of_fragment(&format!("#{}", fragment(BulkId(7)))), Some(BulkId(7)));
        assert!(["", "#", "#main", "#bulk=", "#bulk=x"].into_iter().all(|text| of_fragment(text).is_none()));
    }

    #[test]
    fn a_result_is_in_words() {
        let item = |result, detail: Option<&str>| {
            let detail = detail.map(str::to_owned);
            item_words(&BulkItem { run_id: RunId(1), result, detail, new_run_id: None })
        };
        assert_eq!(item(None, None), "Waits for its turn");
        assert_eq!(item(Some(BulkResult::Done), None), "Done");
        assert_eq!(item(Some(BulkResult::Failed), Some("There is no run #1.")), "There is no run #1.");
    }
}
