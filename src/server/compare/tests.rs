//! Tests of how two runs are compared.

use super::*;
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::request::Variables;
use crate::domain::run::{RunStatus, Usage};
use crate::domain::step::StepKind;
use crate::domain::views::comparison::{FactName, ToolsDiff, WordDiff};
use crate::samples;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Returns a step of a run that began at second 10: `model`, or a call of another name.
fn step(position: usize, name: &str) -> RunStep {
    let kind = if name == "model" { StepKind::ModelCall } else { StepKind::ToolCall };
    RunStep {
        name: name.to_owned(),
        started_at: Timestamp::from_ms(10_000 + position as i64),
        duration_ms: Some(100),
        input: Some("{}".to_owned()),
        ..samples::step(position as i32, kind)
    }
}

fn steps(names: &[&str]) -> Vec<RunStep> {
    names.iter().enumerate().map(|(at, name)| step(at + 1, name)).collect()
}

fn known(id: i64) -> KnownRun {
    KnownRun {
        is_stripped: false,
        run: samples::run(id, RunStatus::Success),
        agent_name: "Support".to_owned(),
        settings: Some(AgentSettings::named("Support")),
        served_model: None,
        given: RunInput::default(),
        tools: Some(Vec::new()),
    }
}

fn whole(id: i64, steps: Vec<RunStep>, answer: &str) -> WholeRun {
    WholeRun { known: known(id), steps, answer: answer.to_owned() }
}

fn compared(a: &WholeRun, b: &WholeRun) -> RunComparison {
    runs(a, b, Timestamp::from_ms(0))
}

/// Shows which steps stand beside each other: `2=1 fetch`, `+3 fetch` for one of `a` alone, `-2 save` for one of `b`.
fn shown(compared: &RunComparison) -> Vec<String> {
    let pair = |pair: &StepPair| {
        let name = if pair.kind == StepKind::ModelCall { "model" } else { &pair.name };
        match (&pair.a, &pair.b) {
            (Some(a), Some(b)) => format!("{}={} {name}", a.position, b.position),
            (Some(a), None) => format!("+{} {name}", a.position),
            (None, Some(b)) => format!("-{} {name}", b.position),
            (None, None) => "nothing".to_owned(),
        }
    };
    compared.steps.iter().map(pair).collect()
}

#[test]
fn steps_stand_beside_those_that_make_the_same_call() {
    let a = whole(2, steps(&["model", "fetch", "model", "fetch", "model", "label", "model"]), "");
    let b = whole(1, steps(&["model", "fetch", "model", "save", "label", "model"]), "");
    let compared = compared(&a, &b);
    let pairs = shown(&compared);
    assert_eq!(pairs[..3], ["1=1 model", "2=2 fetch", "3=3 model"]);
    assert_eq!(pairs.last().unwrap(), "7=6 model");
    assert!(pairs.contains(&"+4 fetch".to_owned()) && pairs.contains(&"-4 save".to_owned()), "{pairs:?}");
    assert!(pairs.contains(&"6=5 label".to_owned()), "{pairs:?}");
    assert_eq!(compared.forks_at, Some(3));
    assert_eq!(compared.steps.last().unwrap().a.as_ref().unwrap().number, 4, "the fourth model call");
}

#[test]
fn a_pair_says_how_much_longer_dearer_and_larger_it_is() {
    let figures = |ms, tokens, cost| RunStep {
        duration_ms: Some(ms),
        usage: Usage { total_tokens: Some(tokens), total_cost: Some(NanoDollars(cost)), ..Usage::default() },
        ..step(1, "model")
    };
    let a = whole(2, vec![figures(5_000, 90, 7)], "");
    let b = whole(1, vec![figures(1_000, 100, 4)], "");
    let delta = compared(&a, &b).steps[0].delta;
    assert_eq!((delta.duration_ms, delta.tokens, delta.cost.map(|cost| cost.0)), (Some(4_000), Some(-10), Some(3)));
}

#[test]
fn a_call_that_failed_is_where_the_runs_part_and_other_arguments_are_not() {
    let mut a = steps(&["model", "ticket", "fetch"]);
    a[1].input = Some(r#"{"id":2}"#.to_owned());
    a[2].error = Some("timed out".to_owned());
    let compared = compared(&whole(2, a, ""), &whole(1, steps(&["model", "ticket", "fetch"]), ""));
    let differs: Vec<_> = compared.steps.iter().map(|pair| pair.differs).collect();
    assert_eq!(differs, [None, Some(StepDifference::Arguments), Some(StepDifference::Status)]);
    assert_eq!(compared.forks_at, Some(2));
    assert_eq!(compared.steps[2].a.as_ref().unwrap().error.as_deref(), Some("timed out"));
}

#[test]
fn a_run_compared_with_itself_differs_in_nothing() {
    let run = whole(1, steps(&["model", "fetch", "model"]), "All is well.");
    let compared = compared(&run, &run);
    assert!(compared.facts.iter().all(|fact| fact.differs != Some(true)), "{:?}", compared.facts);
    assert_eq!((compared.forks_at, compared.input, compared.tools), (None, None, Some(ToolsDiff::default())));
    assert_eq!((compared.answers.added, compared.answers.removed, compared.answers.same_percent), (0, 0, 100));
    assert!(compared.settings.is_empty() && compared.variables.is_empty());
}

#[test]
fn facts_say_what_differs_and_what_is_not_known() {
    let (mut a, mut b) = (whole(2, Vec::new(), ""), whole(1, Vec::new(), ""));
    a.known.run.agent_version = Some(3);
    a.known.settings = Some(AgentSettings { model: "openai/gpt-5".into(), ..AgentSettings::named("Support") });
    a.known.run.model = "openai/gpt-5".into();
    a.known.given =
        RunInput { input: Some("Late today".into()), variables: Variables::from([("who".into(), "A".into())]) };
    b.known.given = RunInput { input: Some("Late again".into()), variables: Variables::new() };
    b.known.tools = None;
    let compared = compared(&a, &b);
    let fact = |name| compared.facts.iter().find(|fact| fact.name == name).unwrap();
    let version = fact(FactName::Version);
    assert_eq!(
        (version.a.as_deref(), version.b.as_deref(), version.note.as_str()),
        (Some("3"), Some("1"), "Model openai/gpt-5")
    );
    assert_eq!(fact(FactName::Model).differs, Some(true));
    assert_eq!(fact(FactName::Tools).differs, None);
    assert_eq!(fact(FactName::ServedModel).differs, None);
    assert_eq!(fact(FactName::Agent).differs, Some(false));
    assert_eq!(fact(FactName::Variables).note, "who differ");
    assert_eq!(compared.settings.len(), 1);
    assert_eq!(compared.variables[0].a.as_deref(), Some("A"));
    let input = compared.input.unwrap();
    assert_eq!((input.added, input.removed, input.same_percent), (1, 1, 50));

    let told = since(&a.known, &b.known);
    let lines: Vec<_> = told.changes.iter().map(|change| format!("{}: {}", change.label, change.text)).collect();
    assert_eq!(
        lines,
        [
            "Settings: version 1 → 3 (Model openai/gpt-5)",
            "Model: demo/echo → openai/gpt-5",
            "Input: another input than then",
            "Variables: who differ",
        ]
    );
    assert_eq!((told.unknown, told.run), (vec!["Tools".to_owned()], RunId(1)));
    assert_eq!(since(&a.known, &a.known).changes, []);
}

fn tool(name: &str, parameters: Value) -> OfferedTool {
    OfferedTool { name: name.to_owned(), description: "Does it".to_owned(), parameters }
}

#[test]
fn tools_that_came_went_and_changed_are_named() {
    let then = [
        tool("gone", json!({})),
        tool("label", json!({ "properties": { "name": { "type": "string" } }, "required": ["name"] })),
        tool("same", json!({ "a": 1, "b": 2 })),
    ];
    let now = [
        tool(
            "label",
            json!({ "properties": { "name": { "type": "integer" }, "color": { "type": "string" } }, "required": ["name"] }),
        ),
        tool("new", json!({})),
        tool("same", json!({ "b": 2, "a": 1 })),
    ];
    let diff = tools::between(&now, &then);
    assert_eq!((diff.added, diff.removed), (vec!["new".to_owned()], vec!["gone".to_owned()]));
    assert_eq!(diff.changed.len(), 1, "the order of a schema's members is no difference");
    assert_eq!(diff.changed[0].says, ["takes name in another form", "takes a new argument, color"]);
    let described = OfferedTool { description: "Does more".to_owned(), ..tool("gone", json!({ "type": "object" })) };
    let says = tools::between(&[described], &then[..1]).changed.remove(0).says;
    assert_eq!(says, ["has another schema", "is described otherwise"]);
}

fn text(parts: &[crate::domain::agent::version::DiffPart]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

#[test]
fn long_texts_are_compared_in_bounded_time() {
    let words = |by: u64| (0..40_000_u64).map(|n| format!("{} ", n.wrapping_mul(by) % 7)).collect::<String>();
    let (a, b) = (words(2_654_435_761), words(40_503));
    let begun = Instant::now();
    let diff = words::between(&a, &b);
    // Half a second, and what the machine takes besides.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(diff.cut && a.starts_with(&text(&diff.a)) && b.starts_with(&text(&diff.b)));
    assert!(text(&diff.a).len() >= 60_000);
}

#[test]
fn many_steps_are_aligned_in_bounded_time() {
    let names = ["model", "a", "b", "c"];
    let run = |id, by: usize| {
        let names: Vec<&str> = (0..2_000).map(|at| names[at * at * by % 4 * by % 4]).collect();
        whole(id, steps(&names), "")
    };
    let begun = Instant::now();
    let compared = compared(&run(2, 3), &run(1, 5));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(compared.steps.len() >= 2_000);
}

fn names() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["model", "a", "b"]), 0..30)
}

proptest! {
    #[test]
    fn each_step_is_in_one_pair_and_each_run_keeps_its_order(now in names(), then in names()) {
        let (a, b) = (whole(2, steps(&now), ""), whole(1, steps(&then), ""));
        let compared = compared(&a, &b);
        let positions = |of: fn(&StepPair) -> &Option<crate::domain::views::comparison::PairedStep>| {
            compared.steps.iter().filter_map(|pair| of(pair).as_ref().map(|step| step.position)).collect::<Vec<_>>()
        };
        prop_assert_eq!(positions(|pair| &pair.a), (1..=now.len() as i64).collect::<Vec<_>>());
        prop_assert_eq!(positions(|pair| &pair.b), (1..=then.len() as i64).collect::<Vec<_>>());
        for pair in &compared.steps {
            prop_assert!(pair.a.is_some() || pair.b.is_some());
            if let (Some(a), Some(b)) = (&pair.a, &pair.b) {
                prop_assert_eq!(now[a.position as usize - 1], then[b.position as usize - 1]);
            }
        }
    }

    #[test]
    fn both_texts_are_there_word_for_word(a in "[ab\n é]{0,60}", b in "[ab\n é]{0,60}") {
        let diff: WordDiff = words::between(&a, &b);
        prop_assert_eq!(text(&diff.a), a);
        prop_assert_eq!(text(&diff.b), b);
        let same = |parts: &[crate::domain::agent::version::DiffPart]| {
            parts.iter().filter(|part| !part.changed).map(|part| part.text.clone()).collect::<String>()
        };
        prop_assert_eq!(same(&diff.a), same(&diff.b));
    }
}
