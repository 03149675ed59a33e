//! An agent's settings as the fields hold them, and back. Pure.

use crate::domain::agent::AgentInput;
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::text;
use crate::ui::model::form::field::{FIELDS, Field};

/// What the fields hold, each at its place.
pub type Texts = [String; FIELDS];
/// What a field holds, by the field.
type Value<'a> = &'a dyn Fn(Field) -> String;

/// The fields that a new agent is not asked for. Apart from the others, for the dashboard's form does without them.
#[derive(Clone, Copy)]
pub struct Rest {
    write: fn(&AgentInput, &mut Texts),
    read: fn(Value<'_>, &mut AgentInput),
}

/// All of them.
pub const REST: Rest = Rest { write: write_rest, read: read_rest };

/// What the fields hold for an agent; of one that was kept before its texts were tidied, what the browser makes of them.
pub fn texts(agent: &AgentInput, rest: Option<Rest>) -> Texts {
    let mut texts = Texts::default();
    let mut put = |field: Field, text: &str| text.clone_into(&mut texts[field as usize]);
    let lines = [
        (Field::Name, agent.name.as_str()),
        (Field::Description, &agent.description),
        (Field::Model, agent.model.as_deref().unwrap_or_default()),
        (Field::Schedule, agent.schedule.as_deref().unwrap_or_default()),
        (Field::TimeZone, &agent.time_zone),
    ];
    for (field, line) in lines {
        put(field, &text::one_line(line));
    }
    put(Field::System, &text::lines(&agent.system_instructions));
    put(Field::Task, &text::lines(&agent.task_instructions));
    put(Field::Overlap, agent.overlap.as_str());
    put(Field::CatchUp, on(agent.catch_up));
    put(Field::TimeLimit, &agent.timeout_s.to_string());
    put(Field::Concurrency, &agent.max_concurrent_runs.to_string());
    if let Some(rest) = rest {
        (rest.write)(agent, &mut texts);
    }
    texts
}

/// The settings that the fields mean; what has no field is as in `kept`. What is not a number becomes one that the rules
/// refuse.
pub fn input(value: Value<'_>, kept: AgentInput, rest: Option<Rest>) -> AgentInput {
    let mut agent = AgentInput {
        name: trimmed(value, Field::Name),
        description: value(Field::Description),
        system_instructions: value(Field::System),
        task_instructions: value(Field::Task),
        model: filled(value, Field::Model),
        max_concurrent_runs: number(value, Field::Concurrency),
        timeout_s: number(value, Field::TimeLimit),
        schedule: filled(value, Field::Schedule),
        time_zone: trimmed(value, Field::TimeZone),
        overlap: Overlap::parse(&value(Field::Overlap)).unwrap_or_default(),
        catch_up: value(Field::CatchUp) == on(true),
        ..kept
    };
    if let Some(rest) = rest {
        (rest.read)(value, &mut agent);
    }
    agent
}

fn write_rest(agent: &AgentInput, texts: &mut Texts) {
    let dollars = |limit: Option<NanoDollars>| limit.map(NanoDollars::decimal).unwrap_or_default();
    let tokens = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let tools: Vec<String> = agent.tools.iter().map(ToString::to_string).collect();
    let rest = [
        (Field::Paused, on(agent.paused).to_owned()),
        (Field::Steps, agent.max_steps.to_string()),
        (Field::RunCost, dollars(agent.run_budget_usd)),
        (Field::RunTokens, tokens(agent.run_budget_tokens)),
        (Field::MonthCost, dollars(agent.month_budget_usd)),
        (Field::MonthTokens, tokens(agent.month_budget_tokens)),
        (Field::Tools, tools.join("\n")),
    ];
    for (field, text) in rest {
        texts[field as usize] = text;
    }
}

/// What is left empty is no limit.
fn read_rest(value: Value<'_>, agent: &mut AgentInput) {
    let dollars = |field| filled(value, field).map(|text| NanoDollars::from_decimal(&text).unwrap_or_default());
    let tokens = |field| filled(value, field).map(|text| text.replace([',', ' '], "").parse().unwrap_or(0));
    agent.paused = value(Field::Paused) == on(true);
    agent.max_steps = number(value, Field::Steps);
    agent.run_budget_usd = dollars(Field::RunCost);
    agent.run_budget_tokens = tokens(Field::RunTokens);
    agent.month_budget_usd = dollars(Field::MonthCost);
    agent.month_budget_tokens = tokens(Field::MonthTokens);
    agent.tools = value(Field::Tools).lines().filter_map(|pick| pick.parse().ok()).collect();
}

/// As a field holds it that is on or off.
fn on(is_on: bool) -> &'static str {
    if is_on { "true" } else { "false" }
}

fn trimmed(value: Value<'_>, field: Field) -> String {
    value(field).trim().to_owned()
}

fn filled(value: Value<'_>, field: Field) -> Option<String> {
    Some(trimmed(value, field)).filter(|text| !text.is_empty())
}

fn number(value: Value<'_>, field: Field) -> i32 {
    trimmed(value, field).parse().unwrap_or(0)
}
