//! The facts about two runs, in words, and whether they differ.

use super::{KnownRun, tools};
use crate::domain::duration::format_count;
use crate::domain::request::Variables;
use crate::domain::run::{AgentRun, Trigger};
use crate::domain::text::beginning;
use crate::domain::views::comparison::{ComparedFact, FactName, ToolsDiff, WordDiff};
use crate::server::differences;

/// Tools that are named at most.
const NAMED: usize = 5;

/// Returns all facts, in the order in which people ask for them. `input` is the difference between the inputs, where it was
/// looked for.
pub(super) fn facts(a: &KnownRun, b: &KnownRun, input: Option<&WordDiff>) -> Vec<ComparedFact> {
    let (now, then) = (&a.run, &b.run);
    let same = |label, name, of: &dyn Fn(&KnownRun) -> Option<String>| ComparedFact {
        name,
        label: String::from(label),
        a: of(a),
        b: of(b),
        differs: Some(of(a) != of(b)),
        note: String::new(),
    };
    let agent = ComparedFact {
        differs: Some(now.agent_id != then.agent_id),
        ..same("Agent", FactName::Agent, &|known| Some(known.agent_name.clone()))
    };
    let served = same("Served by", FactName::ServedModel, &|known| known.served_model.clone());
    let is_served = a.served_model.is_some() && b.served_model.is_some();
    let served = ComparedFact { differs: served.differs.filter(|_| is_served), ..served };
    let is_known = !a.is_stripped && !b.is_stripped;
    let given = ComparedFact {
        differs: is_known.then(|| a.given.input != b.given.input),
        note: input.map(similar_words).unwrap_or_default(),
        ..same("Input", FactName::Input, &|known| known.given.input.as_deref().and_then(beginning))
    };
    let variables = ComparedFact {
        differs: is_known.then(|| a.given.variables != b.given.variables),
        note: if is_known { names_of_others(&a.given.variables, &b.given.variables) } else { String::new() },
        ..same("Variables", FactName::Variables, &|known| names(&known.given.variables))
    };
    vec![
        agent,
        version(a, b),
        same("Model", FactName::Model, &|known| Some(known.run.model.clone())),
        served,
        given,
        variables,
        offered(a, b),
        same("Trigger", FactName::Trigger, &|known| Some(trigger(&known.run))),
        same("Kind", FactName::Kind, &|known| Some(kind(known.run.chat).to_owned())),
        same("Own limits", FactName::Budget, &|known| limits(&known.run)),
    ]
}

fn version(a: &KnownRun, b: &KnownRun) -> ComparedFact {
    let number = |known: &KnownRun| known.run.agent_version.map(|number| number.to_string());
    let is_one_agent = a.run.agent_id == b.run.agent_id;
    let differs = match (a.run.agent_version, b.run.agent_version) {
        (Some(now), Some(then)) => Some(!is_one_agent || now != then),
        _ => None,
    };
    let note = match (&b.settings, &a.settings) {
        (Some(before), Some(after)) if differs == Some(true) => match differences::in_words(before, after) {
            words if words.is_empty() => "the same settings".to_owned(),
            words => words,
        },
        (None, _) | (_, None) if differs == Some(true) => "the settings are not on record".to_owned(),
        _ => String::new(),
    };
    let label = "Version".to_owned();
    ComparedFact { name: FactName::Version, label, a: number(a), b: number(b), differs, note }
}

fn offered(a: &KnownRun, b: &KnownRun) -> ComparedFact {
    let count = |known: &KnownRun| known.tools.as_ref().map(|tools| format!("{} offered", tools.len()));
    let diff = a.tools.as_deref().zip(b.tools.as_deref()).map(|(now, then)| tools::between(now, then));
    ComparedFact {
        name: FactName::Tools,
        label: "Tools".to_owned(),
        a: count(a),
        b: count(b),
        differs: diff.as_ref().map(|diff| *diff != ToolsDiff::default()),
        note: diff.map(|diff| tools_in_words(&diff)).unwrap_or_default(),
    }
}

fn tools_in_words(ToolsDiff { added, removed, changed }: &ToolsDiff) -> String {
    let changed: Vec<String> = changed.iter().map(|tool| format!("{} {}", tool.name, tool.says.join(", "))).collect();
    let named = |says: &str, names: &[String]| (!names.is_empty()).then(|| format!("{says}{}", some(names, ", ")));
    let parts = [named("new: ", added), named("gone: ", removed), named("", &changed)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Joins the first few, and says how many more there are.
fn some(names: &[String], by: &str) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names[..names.len() - more].join(by);
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn similar_words(diff: &WordDiff) -> String {
    format!("{}% of the words are the same", diff.same_percent)
}

fn names(variables: &Variables) -> Option<String> {
    let names: Vec<String> = variables.keys().cloned().collect();
    (!names.is_empty()).then(|| some(&names, ", "))
}

fn names_of_others(a: &Variables, b: &Variables) -> String {
    let others = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
    let others: Vec<String> = others.filter(|name| a.get(*name) != b.get(*name)).cloned().collect();
    if others.is_empty() { String::new() } else { format!("{} differ", some(&others, ", ")) }
}

fn trigger(run: &AgentRun) -> String {
    match (&run.brief.hook, run.trigger) {
        (Some(hook), _) => format!("Webhook {}", hook.name),
        (None, Trigger::Manual) => "Manual".to_owned(),
        (None, Trigger::Schedule) => "Schedule".to_owned(),
        (None, Trigger::Api) => "API".to_owned(),
    }
}

fn kind(is_chat: bool) -> &'static str {
    if is_chat { "Chat" } else { "Task" }
}

fn limits(run: &AgentRun) -> Option<String> {
    let cost = run.brief.run_budget_usd.map(|limit| limit.to_string());
    let tokens = run.brief.run_budget_tokens.map(|limit| format!("{} tokens", format_count(limit)));
    let limits: Vec<String> = [cost, tokens].into_iter().flatten().collect();
    (!limits.is_empty()).then(|| limits.join(", "))
}
