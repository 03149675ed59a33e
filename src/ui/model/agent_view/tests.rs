//! Tests of an agent's pages with responses and updates.

use super::*;
use crate::domain::agent::Agent;
use crate::domain::live::Topic;
use crate::domain::money::NanoDollars;
use crate::domain::run::RunStatus::{Queued, Success};
use crate::samples::{AGENT, agent_state, run, run_update};

fn detail(seq: i64, tokens: i64) -> AgentDetail {
    let spent = Spent { cost: NanoDollars(0), tokens, has_unknown_cost: false };
    AgentDetail { state: agent_state(seq, vec![run(1, Success)]), reading: Some("Every day".into()), spent }
}

fn agent_update(seq: i64, change: impl FnOnce(&mut Agent)) -> ServerMessage {
    let mut agent = AgentView::new(detail(1, 0)).unwrap().agent;
    change(&mut agent);
    ServerMessage::AgentUpdate { topic: Topic::Agent(AGENT), seq, data: AgentChange::Agent(Box::new(agent)) }
}

#[test]
fn an_answer_about_something_else_is_no_agent() {
    let pong = ServerMessage::Pong { server_now: crate::domain::time::Timestamp::from_ms(0), message_id: None };
    assert_eq!(AgentView::new(AgentDetail { state: pong, ..detail(1, 0) }), None);
}

#[test]
fn settings_and_runs_follow_the_topic() {
    let mut view = AgentView::new(detail(1, 0)).unwrap();
    assert_eq!(view.apply(&run_update(2, run(2, Queued)), Origin::Live), Outcome::Applied);
    let renamed = agent_update(3, |agent| agent.settings.name = "Renamed".into());
    assert_eq!(view.apply(&renamed, Origin::Live), Outcome::Applied);
    assert_eq!((view.agent.settings.name.as_str(), view.history.runs.len()), ("Renamed", 2));
    assert_eq!(view.reading.as_deref(), Some("Every day"));
    assert_eq!(view.apply(&renamed, Origin::Live), Outcome::Ignored);
}

#[test]
fn another_schedule_has_no_reading_until_it_is_read() {
    let mut view = AgentView::new(detail(1, 0)).unwrap();
    view.apply(&agent_update(2, |agent| agent.settings.schedule = Some("@hourly".into())), Origin::Live);
    assert_eq!(view.reading, None);
    view.refresh(detail(2, 0));
    assert_eq!(view.reading.as_deref(), Some("Every day"));
}

#[test]
fn a_slow_answer_tells_what_was_spent_and_changes_nothing_else() {
    let mut view = AgentView::new(detail(1, 5)).unwrap();
    view.apply(&agent_update(2, |agent| agent.settings.name = "Renamed".into()), Origin::Live);
    view.refresh(detail(1, 9));
    assert_eq!((view.agent.settings.name.as_str(), view.spent.tokens), ("Renamed", 9));
}
