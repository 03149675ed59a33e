//! A run: one execution of an agent on a thread, its statuses and the transitions between them.

use super::failure::{FailureCause, FailureKind};
use super::finish::Finish;
use super::id::{AgentId, RunId, ThreadId};
use super::money::NanoDollars;
use super::request::RunBrief;
use super::signal::Signals;
use super::time::Timestamp;
use super::wire::FromWire;
use super::wire_enum::wire_enum;
use serde::Serialize;

wire_enum! {
    /// Where a run stands. Terminal states never change.
    RunStatus {
        /// Accepted, waiting for a worker.
        Queued = "queued",
        /// A worker is executing it.
        Running = "running",
        Success = "success",
        /// Ended without success; `failure_kind` and `error` say why.
        Failed = "failed",
        /// Stopped by a person before it could end by itself.
        Cancelled = "cancelled",
        /// Born terminal: a run that did not happen; `skip_reason` says why.
        Skipped = "skipped",
    }
}

impl RunStatus {
    /// Whether the run is over.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// Whether a run may go from this status to `next`.
    ///
    /// `queued → failed` is not legal: a run that fails has begun.
    pub fn can_become(self, next: Self) -> bool {
        use RunStatus::*;
        matches!((self, next), (Queued, Running | Cancelled) | (Running, Success | Failed | Cancelled))
    }

    /// Returns the statuses from which a run may become each of these.
    pub fn leading_to(all: &[Self]) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|from| all.iter().all(|to| from.can_become(*to))).collect()
    }
}

wire_enum! {
    /// The door a run came through, for retries and chat turns too.
    Trigger {
        /// A person, in the dashboard.
        Manual = "manual",
        /// The agent's cron schedule.
        Schedule = "schedule",
        /// The REST API.
        Api = "api",
    }
}

wire_enum! {
    /// Why a run did not happen.
    SkipReason {
        /// No server was up at its time.
        Missed = "missed",
        /// Everything was on hold at its time.
        Held = "held",
        /// The previous run was still going.
        Overlap = "overlap",
        /// The budget was used up.
        Budget = "budget",
    }
}

/// Tokens and cost of a run or of one step. `None` is "not known", never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct Usage {
    /// Tokens sent to the model, cached ones included.
    pub prompt_tokens: Option<i64>,
    /// Those of `prompt_tokens` that the provider read from its cache.
    pub cached_tokens: Option<i64>,
    /// Tokens the model wrote, its reasoning included.
    pub completion_tokens: Option<i64>,
    /// Those of `completion_tokens` that the model spent on reasoning.
    pub reasoning_tokens: Option<i64>,
    /// Sum of prompt and completion.
    pub total_tokens: Option<i64>,
    /// Cost in US dollars, a decimal on the wire; null where the model's price is not known.
    #[serde(rename = "total_cost_usd")]
    pub total_cost: Option<NanoDollars>,
    /// The provider reported no usage (a stopped stream never does), so the tokens are an estimate.
    pub usage_estimated: bool,
    /// Whether the cost is the provider's own bill, rather than computed from rates.
    pub cost_billed: bool,
}

/// Returns the sum of two counts as far as they are known; not known when neither is.
pub fn add_known(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (known, None) | (None, known) => known,
    }
}

/// Tokens for a number of characters, where nobody has counted them: about four make one.
pub fn estimated_tokens(chars: usize) -> i64 {
    i64::try_from(chars.div_ceil(4)).unwrap_or(i64::MAX)
}

impl Usage {
    /// Returns the usage of a run made of these model calls. Tokens that were counted are added up; the cost is known
    /// only if it is known of every call.
    pub fn sum<'a>(calls: impl IntoIterator<Item = &'a Self>) -> Self {
        calls
            .into_iter()
            .copied()
            .reduce(|sum, call| Self {
                prompt_tokens: add_known(sum.prompt_tokens, call.prompt_tokens),
                cached_tokens: add_known(sum.cached_tokens, call.cached_tokens),
                completion_tokens: add_known(sum.completion_tokens, call.completion_tokens),
                reasoning_tokens: add_known(sum.reasoning_tokens, call.reasoning_tokens),
                total_tokens: add_known(sum.total_tokens, call.total_tokens),
                total_cost: sum
                    .total_cost
                    .zip(call.total_cost)
                    .map(|(sum, cost)| NanoDollars(sum.0.saturating_add(cost.0))),
                usage_estimated: sum.usage_estimated || call.usage_estimated,
                cost_billed: (sum.cost_billed || call.cost_billed)
                    && sum.is_billed_or_free()
                    && call.is_billed_or_free(),
            })
            .unwrap_or_default()
    }

    fn is_billed_or_free(&self) -> bool {
        self.cost_billed || self.total_cost == Some(NanoDollars(0))
    }
}

/// One execution of an agent, as the wire shows it.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentRun {
    pub id: RunId,
    pub agent_id: AgentId,
    pub thread_id: ThreadId,
    pub status: RunStatus,
    pub trigger: Trigger,
    /// Whether the run answers a chat thread rather than the agent's task.
    pub chat: bool,
    pub queued_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// Milliseconds from start to finish; null until finished.
    pub duration_ms: Option<i64>,
    /// `provider/model` as it was when the run was created.
    pub model: String,
    /// The version of its agent that it is executed with: the one of when it was accepted, with the model, the
    /// instructions, the tools and the limits of one run. Later changes make no difference to it, also while it is queued;
    /// only what is about the agent as a whole is as it is now: how many runs at once, and what a month may cost. A run on
    /// a thread that was begun by another, such as a retry, goes on with that thread's messages, instructions of then
    /// included. Null where it is not known, of runs that are older than versions.
    pub agent_version: Option<i64>,
    #[serde(flatten)]
    pub usage: Usage,
    pub error: Option<String>,
    pub failure_kind: Option<FailureKind>,
    /// Why it failed, more precisely; null unless it did.
    pub failure_cause: Option<FailureCause>,
    /// The one thing that the cause is about, such as `429`; see [`FailureCause`].
    pub failure_detail: Option<String>,
    pub skip_reason: Option<SkipReason>,
    pub scheduled_for: Option<Timestamp>,
    /// The run this one repeats.
    pub retry_of: Option<RunId>,
    /// When somebody asked to keep it for good; null for a run that is removed in its time.
    pub kept_at: Option<Timestamp>,
    /// The first run of the retry chain; null for a run that repeats none.
    pub root_run_id: Option<RunId>,
    /// How often a worker has claimed the run; 0 while none has.
    pub attempt: i32,
    /// When a stop was asked; the status follows once the executor has settled.
    pub cancel_requested_at: Option<Timestamp>,
    /// When the execution let go of its model or tools after a stop was asked. That the stop is done, `finished_at` says.
    pub cancel_acknowledged_at: Option<Timestamp>,
    /// The part of the cost that arose after a stop was asked, in US dollars; null where none was asked or the price is
    /// not known.
    #[serde(rename = "cost_after_stop_usd")]
    pub cost_after_stop: Option<NanoDollars>,
    /// Whether it has called the same tool with the same arguments several times in a row.
    pub looping: bool,
    /// Why the model stopped writing, the last time that it did; null where it has not, or its answer broke off.
    pub finish: Option<Finish>,
    /// Tool calls that failed while the run went on.
    pub failed_calls: i32,
    /// The beginning of its answer, or of what there was of it, on one line; null where it wrote nothing.
    pub answer_preview: Option<String>,
    /// The signals of anything out of the ordinary: while it is under way what shows by then, and the rest when it is over.
    pub signals: Signals,
    /// The model that it was served last, as the provider calls it; null where the provider does not say.
    pub served_model: Option<String>,
    /// The request that it was started with.
    #[serde(flatten)]
    pub brief: RunBrief,
}

impl AgentRun {
    /// Returns the time by which it has its place in its agent's queue.
    pub fn ordered_at(&self) -> Timestamp {
        self.brief.priority.ordered_at(self.queued_at)
    }

    /// Whether a stop was asked and has not yet taken effect.
    pub fn is_stopping(&self) -> bool {
        self.cancel_requested_at.is_some() && !self.status.is_terminal()
    }

    /// Whether a step that has finished with an error did so only because the run was ended: stopped, timed out or interrupted.
    /// Steps that are still open then end at the very instant at which the run does.
    pub fn has_ended_step(&self, finished_at: Timestamp) -> bool {
        match (self.status, self.failure_kind) {
            (RunStatus::Cancelled, _) => self.cancel_requested_at.is_some_and(|asked| finished_at >= asked),
            (RunStatus::Failed, Some(FailureKind::Timeout | FailureKind::Interrupted)) => {
                self.finished_at == Some(finished_at)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_states_never_change() {
        for from in RunStatus::ALL.iter().filter(|s| s.is_terminal()) {
            for to in RunStatus::ALL {
                assert!(!from.can_become(*to), "{from} → {to}");
            }
        }
    }

    #[test]
    fn nothing_is_skipped_or_queued_after_birth() {
        for from in RunStatus::ALL {
            assert!(!from.can_become(RunStatus::Skipped));
            assert!(!from.can_become(RunStatus::Queued));
        }
    }

    #[test]
    fn a_sum_knows_its_cost_only_if_every_part_does() {
        let call = |tokens, cost: Option<i64>| Usage {
            total_tokens: Some(tokens),
            total_cost: cost.map(NanoDollars),
            ..Usage::default()
        };
        let (known, free, unknown) = (call(3, Some(20)), call(4, Some(0)), call(5, None));
        assert_eq!(Usage::sum([&known, &free]), call(7, Some(20)));
        assert_eq!(Usage::sum([&known, &unknown]), call(8, None));
        assert_eq!(Usage::sum([]), Usage::default());
    }

    #[test]
    fn every_word_reads_back_as_its_value() {
        for status in RunStatus::ALL {
            assert_eq!(RunStatus::parse(status.as_str()), Some(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{status}\""));
        }
        assert_eq!(RunStatus::parse("Success"), None);
    }
}
