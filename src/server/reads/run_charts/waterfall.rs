//! The steps of a run on one axis of time, with the tries of a call and the pauses between them. Pure.
//!
//! Where things stand is by the clock, which may be set meanwhile; how long they took is by the stopwatch, as all other places have
//! it.

use crate::domain::duration::{format_count, format_ms, format_ticking};
use crate::domain::failure::FailureKind;
use crate::domain::finish::Finish;
use crate::domain::run::AgentRun;
use crate::domain::step::StepKind;
use crate::domain::time::Timestamp;
use crate::server::charts::waterfall::{Bar, Fill, Row, Waterfall, span_words};
use crate::server::store::timed_steps::TimedStep;

/// Returns the waterfall of a run as of `now`; `None` before there is a step.
pub fn waterfall(run: &AgentRun, steps: &[TimedStep], now: Timestamp) -> Option<Waterfall> {
    let origin = run.started_at.unwrap_or(steps.first()?.started_at);
    let end = run.finished_at.unwrap_or(now);
    let time = Time { run, origin, end };
    let last = steps.iter().map(|step| time.end_of(step)).max()?;
    let took = run.duration_ms.unwrap_or_else(|| end.ms_since(origin));
    let mut calls = 0;
    let row = |step: &TimedStep| {
        calls += i32::from(step.kind == StepKind::ModelCall);
        time.row(step, calls)
    };
    Some(Waterfall {
        id: "timeline",
        title: "Timeline",
        about: time.about(steps, took),
        took: took.max(last),
        heads: ["Step", "Duration", "Tokens"],
        rows: steps.iter().map(row).collect(),
    })
}

/// The time of a run, from its start to now or to its end.
struct Time<'a> {
    run: &'a AgentRun,
    origin: Timestamp,
    end: Timestamp,
}

impl Time<'_> {
    /// Returns how many milliseconds after the start something was.
    fn at(&self, time: Timestamp) -> i64 {
        time.ms_since(self.origin)
    }

    fn end_of(&self, step: &TimedStep) -> i64 {
        let from = self.at(step.started_at);
        match step.duration_ms {
            Some(ms) => from.saturating_add(ms),
            None => self.at(step.finished_at.unwrap_or(self.end)).max(from),
        }
    }

    /// Returns how many milliseconds a step took, or has taken until now.
    fn took(&self, step: &TimedStep) -> i64 {
        self.end_of(step) - self.at(step.started_at)
    }

    /// `38.6 s, models 30.0 s, of which 1.0 s between attempts, tools 8.3 s, 200 ms in the queue before`.
    fn about(&self, steps: &[TimedStep], took: i64) -> String {
        let of = |kind| {
            let steps = steps.iter().filter(|step| step.kind == kind);
            steps.map(|step| self.took(step)).fold(0, i64::saturating_add)
        };
        // As far as they took place: a run may end meanwhile.
        let waits = steps.iter().flat_map(|step| self.bars(step, false)).filter(|bar| bar.fill == Fill::Wait);
        let waits = waits.map(|bar| bar.to - bar.from).fold(0, i64::saturating_add);
        // A run that was put off waits from then on.
        let queued_at = self.run.brief.not_before.map_or(self.run.queued_at, |at| at.max(self.run.queued_at));
        let queued = self.run.started_at.map_or(0, |started| started.ms_since(queued_at));
        let parts = [
            (of(StepKind::ModelCall), "models ", ""),
            (waits, "of which ", " between attempts"),
            (of(StepKind::ToolCall), "tools ", ""),
            (queued, "", " in the queue before"),
        ];
        let parts = parts.into_iter().filter(|(ms, ..)| *ms > 0);
        let words = parts.map(|(ms, before, after)| format!(", {before}{}{after}", format_ms(ms)));
        format_ms(took) + &words.collect::<String>()
    }

    /// Returns the row of a step; `call` is the number of the model call that it is or follows.
    fn row(&self, step: &TimedStep, call: i32) -> Row {
        let is_model = step.kind == StepKind::ModelCall;
        let ended = self.ended_words(step);
        let has_failed = step.has_failed && ended.is_none();
        let from = self.at(step.started_at);
        let note = match (ended, step.tries.len()) {
            (Some(ended), _) => ended.to_owned(),
            _ if has_failed => "Failed".to_owned(),
            (_, 0) if step.finished_at.is_none() => "Running".to_owned(),
            _ if step.finished_at.is_none() => "Retrying".to_owned(),
            _ if matches!(step.finish, Some(Finish::Length | Finish::Context)) => "Cut off".to_owned(),
            (_, 0) => String::new(),
            (_, tries) => format!("{} attempts", tries + 1),
        };
        let took = match step.finished_at {
            Some(_) => format_ms(self.took(step)),
            None => format_ticking(self.took(step)),
        };
        let about = if step.usage_estimated { "~" } else { "" };
        let tokens = step.total_tokens.map(|tokens| about.to_owned() + &format_count(tokens));
        Row {
            label: if is_model { format!("Model call {call}") } else { step.name.clone() },
            is_name: !is_model,
            is_inner: !is_model,
            icon: match (has_failed, is_model) {
                (true, _) => "failed",
                (false, true) => "model",
                (false, false) => "tool",
            },
            note,
            has_failed,
            href: format!("#step-{}", step.position),
            bars: self.bars(step, has_failed),
            words: span_words(from, step.finished_at.map(|_| self.end_of(step))),
            figures: [took, tokens.unwrap_or_default()],
        }
    }

    /// Returns how a step ended that was ended with its run and has not failed by itself, in the words of its record.
    fn ended_words(&self, step: &TimedStep) -> Option<&'static str> {
        let is_ended = step.has_failed && step.finished_at.is_some_and(|at| self.run.has_ended_step(at));
        match self.run.failure_kind {
            _ if !is_ended => None,
            None => Some("Stopped"),
            Some(FailureKind::Timeout) => Some("Timed out"),
            Some(_) => None,
        }
    }

    /// Returns the tries of a step, the pauses after them, and the last attempt.
    fn bars(&self, step: &TimedStep, has_failed: bool) -> Vec<Bar> {
        let end = self.end_of(step);
        let (mut bars, mut from) = (Vec::new(), self.at(step.started_at));
        for tried in &step.tries {
            let failed = self.at(tried.at).min(end).max(from);
            let again = failed.saturating_add(tried.wait_ms).min(end);
            bars.push(Bar { from, to: failed, fill: Fill::Failed });
            bars.push(Bar { from: failed, to: again, fill: Fill::Wait });
            from = again;
        }
        let fill = match step.kind {
            _ if step.finished_at.is_none() => Fill::Open,
            _ if has_failed => Fill::Failed,
            StepKind::ModelCall => Fill::Main,
            StepKind::ToolCall => Fill::Second,
        };
        // During a pause nothing is under way.
        if from < end || bars.is_empty() {
            bars.push(Bar { from, to: end, fill });
        }
        bars
    }
}
