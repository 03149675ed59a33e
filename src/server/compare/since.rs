//! What has changed since the last good run, in a line each: for the page of a run that went wrong.

use super::KnownRun;
use super::facts::facts;
use crate::domain::views::comparison::{ComparedFact, FactName, SinceChange, SinceGood};

/// The facts that may be why a run went wrong which the agent could do before.
const TOLD: [FactName; 7] = [
    FactName::Version,
    FactName::Model,
    FactName::ServedModel,
    FactName::Input,
    FactName::Variables,
    FactName::Tools,
    FactName::Budget,
];

/// Returns what is not the same in run `a` as in `good`, the last good one.
pub fn since(a: &KnownRun, good: &KnownRun) -> SinceGood {
    let mut told =
        SinceGood { run: good.run.id, finished_at: good.run.finished_at, changes: Vec::new(), unknown: Vec::new() };
    for fact in facts(a, good, None).into_iter().filter(|fact| TOLD.contains(&fact.name)) {
        match fact.differs {
            Some(true) => told.changes.push(change(fact)),
            // That nobody says which model served them is usual, and no riddle.
            None if fact.name != FactName::ServedModel => told.unknown.push(fact.label),
            None | Some(false) => {}
        }
    }
    told
}

fn change(fact: ComparedFact) -> SinceChange {
    let ComparedFact { name, label, a, b, note, .. } = fact;
    let (now, then) = (a.unwrap_or_else(|| "none".to_owned()), b.unwrap_or_else(|| "none".to_owned()));
    let label = if name == FactName::Version { "Settings".to_owned() } else { label };
    let text = match name {
        FactName::Version if note.is_empty() => format!("version {then} → {now}"),
        FactName::Version => format!("version {then} → {now} ({note})"),
        FactName::Input if then == "none" => "given an input now, none then".to_owned(),
        FactName::Input if now == "none" => "given none now, an input then".to_owned(),
        FactName::Input => "another input than then".to_owned(),
        FactName::Variables if !note.is_empty() => note,
        FactName::Tools if then == now => note,
        FactName::Tools => format!("{then} → {now} ({note})"),
        _ => format!("{then} → {now}"),
    };
    SinceChange { label, text }
}
