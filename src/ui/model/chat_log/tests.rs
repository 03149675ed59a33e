//! Tests of a chat's page with updates and responses.

use super::*;
use crate::domain::agent::StripCell;
use crate::domain::id::MessageId;
use crate::domain::live::{Deleted, RunState, Writing};
use crate::domain::run::RunStatus::{self, Cancelled, Queued, Running, Success};
use crate::domain::run::Usage;
use crate::domain::thread::{Role, Thread, ThreadKind};
use crate::domain::time::Timestamp;
use crate::domain::views::chat::{Exchange as Read, OpenChat};
use crate::samples::{AGENT, agent_state, run};

const THREAD: ThreadId = ThreadId(3);

fn chat_run(id: i64, status: RunStatus) -> AgentRun {
    AgentRun { thread_id: THREAD, chat: true, ..run(id, status) }
}

/// Returns the thread with one message for each of these runs.
fn chat(seq: i64, runs: &[AgentRun]) -> Chat {
    let at = Timestamp::from_ms(0);
    let exchange = |run: &AgentRun| Read {
        message: Message {
            id: MessageId(run.id.0),
            thread_id: THREAD,
            run_id: None,
            role: Role::User,
            content: "And?".into(),
            created_at: at,
        },
        turns: vec![RunState { run: run.clone(), steps: Vec::new(), said: Vec::new(), writing: Writing::default() }],
    };
    let thread = Thread {
        id: THREAD,
        agent_id: AGENT,
        kind: ThreadKind::Chat,
        title: "Talk".into(),
        created_at: at,
        updated_at: at,
    };
    let row = |id, last: Option<&AgentRun>| ThreadRow {
        id,
        title: "Talk".into(),
        updated_at: at,
        run: last.map(StripCell::from),
    };
    Chat {
        server_now: at,
        seq,
        agent_name: "Agent 1".into(),
        model: "demo/quick".into(),
        threads: vec![row(THREAD, runs.last()), row(ThreadId(2), None)],
        open: Some(OpenChat { thread, exchanges: runs.iter().map(exchange).collect(), has_earlier: false }),
    }
}

fn log(seq: i64, runs: &[AgentRun]) -> ChatLog {
    ChatLog::new(AGENT, chat(seq, runs))
}

fn update(seq: i64, run: AgentRun) -> ServerMessage {
    ServerMessage::RunUpdate { topic: Topic::Agent(AGENT), seq, data: Box::new(run), normal: None }
}

fn statuses(log: &ChatLog) -> Vec<RunStatus> {
    log.turns().map(|turn| turn.state.run.status).collect()
}

#[test]
fn a_run_of_the_thread_goes_on() {
    let mut log = log(3, &[chat_run(7, Queued)]);
    assert_eq!(log.hear(&update(4, chat_run(7, Running))), Heard::Known(Outcome::Applied));
    assert_eq!(log.hear(&update(5, chat_run(7, Success))), Heard::Read, "for its last words");
    assert_eq!(statuses(&log), [Success]);
    assert_eq!(log.threads[0].run.as_ref().map(|cell| cell.status), Some(Success));
}

#[test]
fn what_is_new_in_the_thread_or_among_the_threads_is_read() {
    let mut log = log(3, &[chat_run(7, Success)]);
    assert_eq!(log.hear(&update(4, chat_run(8, Queued))), Heard::Read);
    assert_eq!(log.hear(&update(5, AgentRun { thread_id: ThreadId(9), ..chat_run(9, Queued) })), Heard::Read);
}

#[test]
fn other_threads_change_in_the_list_only_and_tasks_not_at_all() {
    let mut log = log(3, &[chat_run(7, Success)]);
    let other = AgentRun { thread_id: ThreadId(2), ..chat_run(8, Running) };
    assert_eq!(log.hear(&update(4, other)), Heard::Known(Outcome::Applied));
    assert_eq!(log.threads[1].run.as_ref().map(|cell| cell.status), Some(Running));
    assert_eq!(log.hear(&update(5, run(9, Running))), Heard::Known(Outcome::Ignored));
    assert_eq!(statuses(&log), [Success]);
}

#[test]
fn a_hole_makes_it_subscribe_again_and_a_newer_snapshot_makes_it_read() {
    let mut log = log(3, &[]);
    assert_eq!(log.hear(&update(5, run(9, Running))), Heard::Known(Outcome::Resubscribe));
    assert_eq!(log.hear(&agent_state(5, Vec::new())), Heard::Read);
    assert_eq!(log.hear(&agent_state(5, Vec::new())), Heard::Known(Outcome::Ignored));
    assert_eq!(log.hear(&update(6, run(9, Success))), Heard::Known(Outcome::Ignored));
}

#[test]
fn an_agent_that_was_deleted_is_gone() {
    let topic = Topic::Agent(AGENT);
    let message = ServerMessage::AgentDeleted { topic, seq: 4, data: Deleted { id: AGENT } };
    assert_eq!(log(3, &[]).hear(&message), Heard::Gone);
}

#[test]
fn a_slow_answer_brings_what_is_new_and_takes_nothing_back() {
    let mut log = log(3, &[chat_run(7, Running)]);
    log.hear(&update(4, chat_run(8, Queued)));
    log.hear(&update(5, chat_run(7, Success)));
    log.refresh(chat(4, &[chat_run(7, Running), chat_run(8, Queued)]));
    assert_eq!(statuses(&log), [Success, Queued]);
    assert_eq!(log.hear(&update(6, chat_run(8, Running))), Heard::Known(Outcome::Applied));
}

#[test]
fn an_answer_that_was_overtaken_is_dropped() {
    let mut log = log(3, &[chat_run(7, Success)]);
    log.refresh(chat(6, &[chat_run(7, Success), chat_run(8, Queued)]));
    log.refresh(chat(5, &[chat_run(7, Success)]));
    assert_eq!(statuses(&log), [Success, Queued]);
}

#[test]
fn the_earliest_run_that_is_not_over_is_the_active_one() {
    let log = log(3, &[chat_run(7, Cancelled), chat_run(8, Running), chat_run(9, Queued)]);
    assert_eq!(log.active().map(|run| run.id), Some(RunId(8)));
}

#[test]
fn a_thread_stands_as_the_run_that_is_under_way_or_else_as_the_newest() {
    let mut log = log(3, &[chat_run(7, Running)]);
    let mut stands = |seq, run| {
        log.hear(&update(seq, run));
        log.threads[0].run.as_ref().map(|cell| (cell.run_id.0, cell.status)).unwrap()
    };
    assert_eq!(stands(4, chat_run(8, Queued)), (7, Running));
    assert_eq!(stands(5, chat_run(9, Cancelled)), (7, Running));
    assert_eq!(stands(6, chat_run(7, Success)), (7, Success));
    assert_eq!(stands(7, chat_run(8, Running)), (8, Running));
    assert_eq!(stands(8, chat_run(8, Success)), (8, Success));
}

#[test]
fn an_unknown_cost_makes_the_sum_unknown() {
    let paid = |id, cost: Option<i64>| AgentRun {
        usage: Usage { total_cost: cost.map(NanoDollars), ..Usage::default() },
        ..chat_run(id, Success)
    };
    assert_eq!(
        log(3, &[paid(7, Some(5)), paid(8, Some(6)), chat_run(9, Queued)]).figures(),
        (3, Some(NanoDollars(11)))
    );
    assert_eq!(log(3, &[paid(7, Some(5)), paid(8, None)]).figures(), (2, None));
}
