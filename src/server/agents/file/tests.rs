//! Agents to a file and back.

use super::*;
use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::tool::{BuiltInTool, ToolPick};
use proptest::prelude::*;
use proptest::{collection, option};

fn settings(file: &str) -> Vec<AgentSettings> {
    let agents = read(file).unwrap_or_else(|error| panic!("{error}\n{file}"));
    agents
        .into_iter()
        .map(|agent| {
            assert_eq!(agent.draft.errors, [], "{file}");
            agent.draft.settings
        })
        .collect()
}

#[test]
fn a_file_is_written_as_people_would_write_it() {
    let agent = AgentSettings {
        description: "Sorts \"new\" mail".into(),
        tags: vec!["eu".into(), "mail".into()],
        model: "demo/quick".into(),
        system_instructions: "You sort.\n\n- C:\\mail \n- say \"\"\"so\"\"\"\n".into(),
        task_instructions: "Sort {{input}}.".into(),
        run_budget_usd: Some(NanoDollars(500_000_000)),
        ..AgentSettings::named("Inbox")
    };
    let expected = r#"
[[agent]]
name = "Inbox"
description = "Sorts \"new\" mail"
tags = [
  "eu",
  "mail",
]
model = "demo/quick"
system_instructions = """
You sort.

- C:\\mail\u0020
- say ""\"so""\"
"""
task_instructions = "Sort {{input}}."
templates = true
paused = false
"#;
    let file = write(std::slice::from_ref(&agent));
    assert!(file.contains(expected), "{file}");
    assert!(file.contains("\nrun_budget_usd = 0.50\ntools = [\"current_time\"]\n"), "{file}");
    assert!(!file.contains("schedule =") && !file.contains("month_budget"), "{file}");
    assert_eq!(settings(&file), [agent]);
}

#[test]
fn every_setting_comes_back() {
    let agent = AgentSettings {
        description: "d".into(),
        tags: vec!["t".into()],
        model: "openai/x".into(),
        system_instructions: "s".into(),
        task_instructions: "t\n".into(),
        templates: false,
        paused: true,
        schedule: Some("@daily".into()),
        time_zone: "Europe/Berlin".into(),
        overlap: Overlap::Skip,
        catch_up: true,
        timeout_s: 7,
        max_concurrent_runs: 2,
        concurrency_group: Some("g".into()),
        max_steps: 3,
        max_output_tokens: Some(4),
        retention_days: Some(8),
        retention_runs: Some(0),
        retention_payload_days: Some(9),
        run_budget_usd: Some(NanoDollars(1)),
        run_budget_tokens: Some(5),
        month_budget_usd: Some(NanoDollars(1_000_000_000_000_000)),
        month_budget_tokens: Some(6),
        tools: vec![ToolPick::BuiltIn(BuiltInTool::HttpRequest), ToolPick::Server("files".into())],
        ..AgentSettings::named("N")
    };
    let file = write(std::slice::from_ref(&agent));
    let values = serde_json::to_value(&agent).unwrap();
    for setting in Setting::ALL {
        let has_value = !values[setting.name()].is_null();
        assert_eq!(file.contains(&format!("\n{} = ", setting.name())), has_value, "{} in {file}", setting.name());
    }
    assert_eq!(settings(&file), [agent]);
}

#[test]
fn agents_of_one_name_are_marked() {
    let file = write(&["A", "B", "B", "C"].map(AgentSettings::named));
    let marked: Vec<bool> = file.split("[[agent]]").map(|part| part.contains("Several agents")).collect();
    assert_eq!(marked, [false, true, true, false, false]);
}

#[test]
fn a_mistake_has_its_line() {
    let file = "# Ours\n[[agent]]\nname = 'A'\nmax_steps = 0\n\n[[agent]]\nname = \"B\"\nmodell = 'x'\ntools = [\n'fax']\n\n[[agent]]\nmodel = 'demo/quick'\nrun_budget_usd = nan\nschedule = 2026-01-01\n";
    let agents = read(file).unwrap();
    let errors = |at: usize| {
        let agent = &agents[at];
        let place = |error: &_| {
            let error = agent.error(Clone::clone(error));
            (error.pointer, error.line)
        };
        let mut places: Vec<(String, i64)> = agent.draft.errors.iter().map(place).collect();
        places.sort();
        places
    };
    let at = |pointer: &str, line| (pointer.to_owned(), line);
    assert_eq!(agents.iter().map(|agent| agent.line).collect::<Vec<_>>(), [2, 6, 12]);
    assert_eq!(errors(0), [at("/agent/0/max_steps", 4)]);
    assert_eq!(errors(1), [at("/agent/1/modell", 8), at("/agent/1/tools/0", 9)]);
    // Missing settings are reported at the agent's own line.
    let third = [at("/agent/2/name", 12), at("/agent/2/run_budget_usd", 14), at("/agent/2/schedule", 15)];
    assert_eq!(errors(2), third);
}

#[test]
fn what_is_no_file_of_agents_says_why() {
    let said = |file: &str| read(file).unwrap_err();
    let error = said("[[agent]]\nname = \"A\n");
    assert!(error.detail.starts_with("The file is not TOML: line 2,"), "{error}");
    assert!(said("[[agent]]\nname = 'A'\nname = 'B'\n").detail.contains("line 3"));
    for (file, pointer, says) in [
        ("[[agents]]\nname = 'A'", "/agents", "line 1: there is no such table; a file of agents has [[agent]] only"),
        ("\n[agent]\nname = 'A'", "/agent", "line 2: each agent begins with [[agent]]"),
        ("agent = [1]", "/agent/0", "line 1: each agent begins with [[agent]]"),
    ] {
        let error = said(file);
        assert_eq!((error.errors[0].pointer.as_str(), error.errors[0].detail.as_str()), (pointer, says));
    }
    let many = "[[agent]]\n".repeat(1_001);
    assert_eq!(said(&many).errors[0].detail, "must be at most 1000; there are 1001");
    assert_eq!(read(&many[10..]).unwrap().len(), 1_000);
    assert!(read("").unwrap().is_empty());
}

#[test]
fn a_nested_file_is_refused_before_it_costs_anything() {
    let deep = format!("agent = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&deep).is_err());
}

fn text() -> impl Strategy<Value = String> {
    // Texts that TOML or editors might trip over, in any order.
    collection::vec(
        prop_oneof![
            Just("\""),
            Just("\"\"\""),
            Just("'''"),
            Just("\\"),
            Just("\n"),
            Just(" "),
            Just("\t"),
            Just("\u{1}"),
            Just("\u{7f}"),
            Just("#"),
            Just("é"),
            Just("🦀"),
            Just("\u{2028}"),
            Just("{{x}}"),
            Just("[[agent]]"),
            Just("a"),
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

fn agents() -> impl Strategy<Value = AgentSettings> {
    let texts = (text(), text(), text(), text());
    let rest = (any::<bool>(), any::<bool>(), option::of(1..10_000_i64), option::of(1..1_000_000_000_000_000_i64));
    (texts, collection::vec(text(), 0..4), 1..200_i32, rest).prop_map(|(texts, tags, steps, rest)| {
        let (name, description, system, task) = texts;
        let (templates, paused, tokens, dollars) = rest;
        AgentSettings {
            description,
            tags,
            system_instructions: system,
            task_instructions: task,
            templates,
            paused,
            max_steps: steps,
            run_budget_tokens: tokens,
            month_budget_usd: dollars.map(NanoDollars),
            ..AgentSettings::named(name)
        }
        .tidied()
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_as_what_it_was(agents in collection::vec(agents(), 0..4)) {
        let file = write(&agents);
        let read: Vec<_> = read(&file).unwrap().into_iter().map(|agent| agent.draft.settings).collect();
        prop_assert_eq!(&read, &agents, "{}", file);
        prop_assert_eq!(write(&read), file);
    }
}
