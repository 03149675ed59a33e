//! An agent's settings as the fields hold them, and back. Pure.

use super::field::{FIELDS, Field};
use crate::domain::agent::AgentInput;
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;

/// What the fields hold, each at its place.
pub type Texts = [String; FIELDS];

/// What the fields hold for an agent.
pub fn texts(agent: AgentInput) -> Texts {
    let dollars = |limit: Option<NanoDollars>| limit.map(NanoDollars::decimal).unwrap_or_default();
    let tokens = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let tools: Vec<String> = agent.tools.iter().map(ToString::to_string).collect();
    [
        agent.name,
        agent.description,
        agent.model.unwrap_or_default(),
        agent.system_instructions,
        agent.task_instructions,
        agent.schedule.unwrap_or_default(),
        agent.time_zone,
        agent.overlap.to_string(),
        agent.catch_up.to_string(),
        agent.paused.to_string(),
        agent.timeout_s.to_string(),
        agent.max_concurrent_runs.to_string(),
        agent.max_steps.to_string(),
        dollars(agent.run_budget_usd),
        tokens(agent.run_budget_tokens),
        dollars(agent.month_budget_usd),
        tokens(agent.month_budget_tokens),
        tools.join("\n"),
    ]
}

/// The settings that the fields mean. What is not a number becomes one that the rules refuse; what is left empty is no
/// limit.
pub fn input(value: impl Fn(Field) -> String, version: Option<i64>) -> AgentInput {
    let trimmed = |field| value(field).trim().to_owned();
    let filled = |field| Some(trimmed(field)).filter(|text| !text.is_empty());
    let number = |field| trimmed(field).parse().unwrap_or(0);
    let dollars = |field| filled(field).map(|text| NanoDollars::from_decimal(&text).unwrap_or_default());
    let tokens = |field| filled(field).map(|text| text.replace([',', ' '], "").parse().unwrap_or(0));
    AgentInput {
        name: trimmed(Field::Name),
        description: value(Field::Description),
        system_instructions: value(Field::System),
        task_instructions: value(Field::Task),
        model: filled(Field::Model),
        paused: value(Field::Paused) == "true",
        max_concurrent_runs: number(Field::Concurrency),
        timeout_s: number(Field::TimeLimit),
        schedule: filled(Field::Schedule),
        time_zone: trimmed(Field::TimeZone),
        overlap: Overlap::parse(&value(Field::Overlap)).unwrap_or_default(),
        catch_up: value(Field::CatchUp) == "true",
        max_steps: number(Field::Steps),
        tools: value(Field::Tools).lines().filter_map(|pick| pick.parse().ok()).collect(),
        run_budget_usd: dollars(Field::RunCost),
        run_budget_tokens: tokens(Field::RunTokens),
        month_budget_usd: dollars(Field::MonthCost),
        month_budget_tokens: tokens(Field::MonthTokens),
        version,
    }
}
