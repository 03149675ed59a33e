//! Runs, steps, agents and live messages for tests, natively and in a browser.

use crate::domain::agent::listing::AgentCounts;
use crate::domain::agent::{Agent, AgentPulse, AgentRow, AgentSettings, AgentStatus, DayFigures};
use crate::domain::id::{AgentId, RunId, StepId, ThreadId};
use crate::domain::live::{AgentState, ServerMessage, Topic, Writing};
use crate::domain::money::NanoDollars;
use crate::domain::request::{RunBrief, RunInput};
use crate::domain::run::{AgentRun, RunStatus, Trigger, Usage};
use crate::domain::signal::Signals;
use crate::domain::step::{RunStep, StepKind};
use crate::domain::summary::{HOURS, Hour, Summary};
use crate::domain::time::Timestamp;
use crate::domain::views::run::RunDetail;

/// The agent of these samples.
pub const AGENT: AgentId = AgentId(1);

/// Returns a run; under way since second 10, or over after 5 s.
pub fn run(id: i64, status: RunStatus) -> AgentRun {
    AgentRun {
        id: RunId(id),
        agent_id: AGENT,
        thread_id: ThreadId(id),
        status,
        trigger: Trigger::Manual,
        chat: false,
        queued_at: Timestamp::from_ms(9_000),
        started_at: (status != RunStatus::Queued).then(|| Timestamp::from_ms(10_000)),
        finished_at: status.is_terminal().then(|| Timestamp::from_ms(15_000)),
        duration_ms: status.is_terminal().then_some(5_000),
        model: "demo/echo".into(),
        agent_version: Some(1),
        usage: Usage::default(),
        error: None,
        failure_kind: None,
        failure_cause: None,
        failure_detail: None,
        skip_reason: None,
        scheduled_for: None,
        retry_of: None,
        kept_at: None,
        root_run_id: None,
        attempt: 1,
        cancel_requested_at: None,
        cancel_acknowledged_at: None,
        cost_after_stop: None,
        looping: false,
        finish: None,
        failed_calls: 0,
        answer_preview: None,
        signals: Signals::default(),
        served_model: None,
        brief: RunBrief::default(),
    }
}

/// Returns a step that has just begun, at second 0, and has used nothing.
pub fn step(position: i32, kind: StepKind) -> RunStep {
    RunStep {
        id: StepId(i64::from(position)),
        run_id: RunId(1),
        position,
        kind,
        name: "step".to_owned(),
        revision: 1,
        started_at: Timestamp::from_ms(0),
        finished_at: None,
        duration_ms: None,
        usage: Usage::default(),
        rates: None,
        input: None,
        input_cut: false,
        input_bytes: None,
        said: None,
        said_cut: false,
        calls: Vec::new(),
        call_id: None,
        output: None,
        output_cut: false,
        output_bytes: None,
        finish: None,
        reasoning: None,
        reasoning_cut: false,
        served_model: None,
        tries: Vec::new(),
        error: None,
    }
}

/// Returns the figures of a day without runs, at so many milliseconds.
pub fn summary(at: i64) -> Summary {
    Summary {
        at: Timestamp::from_ms(at),
        runs: 0,
        hours: vec![Hour::default(); HOURS],
        succeeded: 0,
        failed: 0,
        timed_out: 0,
        duration: None,
        tokens: 0,
        prompt_tokens: 0,
        cached_tokens: 0,
        cost: NanoDollars(0),
        priced: 0,
        unpriced: 0,
        before: None,
        agents: AgentCounts::default(),
    }
}

/// Returns what the page of a run shows that has done nothing.
pub fn detail(run: AgentRun) -> RunDetail {
    RunDetail {
        server_now: Timestamp::from_ms(0),
        seq: 1,
        agent_name: "Agent 1".into(),
        run,
        steps: Vec::new(),
        messages: Vec::new(),
        ahead: None,
        normal: None,
        retried_as: None,
        writing: Writing::default(),
        given: RunInput::default(),
        payloads_removed_at: None,
        changes: Vec::new(),
        since_good: None,
    }
}

/// Returns an idle agent without runs, as the dashboard lists it.
pub fn row(id: i64, name: &str) -> AgentRow {
    AgentRow {
        id: AgentId(id),
        seq: 1,
        name: name.to_owned(),
        description: String::new(),
        model: "demo/echo".into(),
        paused: false,
        tags: Vec::new(),
        pulse: AgentPulse {
            status: AgentStatus::Idle,
            running_count: 0,
            queued_count: 0,
            success_rate: None,
            day: DayFigures::default(),
            last_error: None,
            last_run: None,
            next_run_at: None,
        },
        strip: Vec::new(),
    }
}

/// Returns a snapshot of `agent:1`.
pub fn agent_state(seq: i64, runs: Vec<AgentRun>) -> ServerMessage {
    let at = Timestamp::from_ms(0);
    let agent = Agent {
        id: AGENT,
        settings: AgentSettings { model: "demo/echo".into(), tools: Vec::new(), ..AgentSettings::named("Agent 1") },
        next_due_at: None,
        version: 1,
        variables: Vec::new(),
        normal: None,
        status: AgentStatus::Idle,
        running_count: 0,
        queued_count: 0,
        last_run: None,
        success_rate: None,
        day: DayFigures::default(),
        created_at: at,
        updated_at: at,
    };
    let server_now = Timestamp::from_ms(20_000);
    ServerMessage::AgentState {
        topic: Topic::Agent(AGENT),
        seq,
        server_now,
        data: Box::new(AgentState { agent, runs }),
    }
}

/// Returns one transition on `agent:1`.
pub fn run_update(seq: i64, run: AgentRun) -> ServerMessage {
    ServerMessage::RunUpdate { topic: Topic::Agent(AGENT), seq, data: Box::new(run), normal: None }
}
