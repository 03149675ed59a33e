//! The table is complete, and every value goes through every form that it has.

use super::*;
use crate::domain::wire::from_json;
use serde_json::{Value, json};

/// Settings of which none has its default.
fn other() -> AgentSettings {
    let mut settings = AgentSettings::default();
    for setting in Setting::ALL {
        let text = match setting.kind() {
            Kind::Line { .. } => setting.name(),
            Kind::OptionalLine { .. } => "@daily",
            Kind::Text { .. } => "\n Be brief.\n",
            Kind::Number { .. } => "7",
            Kind::Seconds { .. } => "90",
            Kind::Tokens { .. } | Kind::Kept { .. } => "1000",
            Kind::Dollars { .. } => "2.5",
            Kind::Switch { at } => {
                if *(at.get)(&settings) {
                    "false"
                } else {
                    "true"
                }
            }
            Kind::Choice { words, .. } => words[1].0,
            Kind::Tools { .. } => "http_request\nmcp:files\nmcp:mail/send",
            Kind::Tags { .. } => "support, eu",
        };
        setting.kind().set_text(&mut settings, text);
    }
    settings
}

fn members(settings: &AgentSettings) -> Vec<(String, Value)> {
    let Ok(Value::Object(members)) = serde_json::to_value(settings) else { panic!("no object") };
    members.into_iter().collect()
}

#[test]
fn the_table_has_each_setting_once_under_a_name_of_its_own() {
    let mut fields: Vec<String> = members(&other()).into_iter().map(|(name, _)| name).collect();
    let mut names: Vec<&str> = Setting::ALL.iter().map(|setting| setting.name()).collect();
    let mut labels: Vec<&str> = Setting::ALL.iter().map(|setting| setting.label()).collect();
    for (place, setting) in Setting::ALL.iter().enumerate() {
        assert_eq!((*setting as usize, Setting::named(setting.name())), (place, Some(*setting)));
        assert!(Section::settings(setting.section()).any(|one| one == *setting));
    }
    fields.sort_unstable();
    names.sort_unstable();
    labels.sort_unstable();
    assert_eq!(names, fields);
    labels.dedup();
    assert_eq!(labels.len(), names.len(), "each label stands for one setting");
}

#[test]
fn each_row_is_about_the_field_of_its_name() {
    let (default, other) = (AgentSettings::default(), other());
    for (setting, (name, value)) in Setting::ALL.iter().zip(members(&other)) {
        let (mut by_json, mut by_text) = (default.clone(), default.clone());
        setting.set_json(&mut by_json, value.clone()).unwrap();
        setting.kind().set_text(&mut by_text, &setting.kind().text(&other));
        for changed in [by_json, by_text] {
            let differs = |(name, _): &&(String, Value)| {
                serde_json::to_value(&default).unwrap()[name] != changed_value(&changed, name)
            };
            let different: Vec<_> = members(&changed).iter().filter(differs).map(|(name, _)| name.clone()).collect();
            assert_eq!(different, [setting.name()]);
            assert_eq!(changed_value(&changed, &name), value, "{name}");
        }
    }
}

fn changed_value(settings: &AgentSettings, name: &str) -> Value {
    serde_json::to_value(settings).unwrap()[name].clone()
}

#[test]
fn every_setting_survives_form_and_body() {
    for settings in [other(), AgentSettings::named("A")] {
        let mut back = AgentSettings::default();
        for setting in Setting::ALL {
            setting.kind().set_text(&mut back, &setting.kind().text(&settings));
        }
        assert_eq!(back, settings);
        let mut back = AgentSettings::default();
        for (name, value) in members(&settings) {
            Setting::named(&name).unwrap().set_json(&mut back, value).unwrap();
        }
        assert_eq!(back, settings);
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<AgentSettings>(&json).unwrap(), settings);
        assert_eq!(from_json(&json), Ok(settings.clone()));
        assert_eq!(settings.clone().tidied(), settings);
        assert_eq!(settings.faults(), []);
    }
}

#[test]
fn a_value_of_another_kind_is_refused_in_plain_words() {
    for setting in Setting::ALL {
        for value in [json!({}), json!([[]]), json!(1.5), json!("\u{1}odd"), json!(true), json!(1e300)] {
            let mut settings = AgentSettings::default();
            let Err(errors) = setting.set_json(&mut settings, value.clone()) else { continue };
            assert_eq!(settings, AgentSettings::default(), "nothing is set");
            for error in errors {
                assert!(error.pointer.starts_with(&format!("/{}", setting.name())), "{}", error.pointer);
                assert!(error.detail.starts_with("must be "), "{value}: {}", error.detail);
                let rust =
                    ["i32", "i64", "f64", "line 1", "column"].into_iter().find(|word| error.detail.contains(word));
                assert_eq!(rust, None, "{}", error.detail);
            }
        }
    }
    let said = |setting: Setting, value| {
        let errors = setting.set_json(&mut AgentSettings::default(), value).unwrap_err();
        errors.into_iter().map(|error| format!("{} {}", error.pointer, error.detail)).collect::<Vec<_>>()
    };
    assert_eq!(said(Setting::Steps, json!("x")), ["/max_steps must be a whole number from 1 to 200"]);
    assert_eq!(said(Setting::Steps, json!(99_999_999_999_i64)), ["/max_steps must be a whole number from 1 to 200"]);
    assert_eq!(said(Setting::Overlap, json!("wait")), ["/overlap must be \"queue\" or \"skip\""]);
    let tools = said(Setting::Tools, json!(["current_time", 7, "files"]));
    assert_eq!((tools.len(), &tools[0][..]), (2, "/tools/1 must be text, such as \"current_time\" or \"mcp:files\""));
    assert!(tools[1].starts_with("/tools/2 unknown tool \"files\""), "{tools:?}");
    assert_eq!(said(Setting::Tools, json!(vec![0; 101])), ["/tools must be a list of at most 100 tools"]);
}

fn faults(settings: &AgentSettings) -> Vec<Setting> {
    settings.faults().into_iter().map(|fault| fault.setting).collect()
}

/// Returns texts of a field at the ends of a setting's bounds, and beyond them.
fn ends(setting: Setting) -> (Vec<String>, Vec<String>) {
    let texts = |letter: &str, lengths: &[usize]| lengths.iter().map(|length| letter.repeat(*length)).collect();
    let numbers = |ends: &[i64]| ends.iter().map(i64::to_string).collect();
    let picks = |count| "current_time\n".repeat(count);
    let most = crate::domain::agent::MAX_INSTRUCTIONS;
    match setting.kind() {
        Kind::Line { min: 0, max, .. } | Kind::OptionalLine { max, .. } => {
            (texts("é", &[0, *max]), texts("é", &[max + 1]))
        }
        Kind::Line { min, max, .. } => {
            let below = if setting.is_required() || *min > 1 { min - 1 } else { max + 2 };
            (texts("é", &[*min, *max]), texts("é", &[below, max + 1]))
        }
        Kind::Text { .. } => (texts("x", &[0, most]), texts("x", &[most + 1])),
        Kind::Number { max, .. } | Kind::Seconds { max, .. } => {
            (numbers(&[1, i64::from(*max)]), numbers(&[-1, 0, i64::from(*max) + 1, i64::MAX]))
        }
        Kind::Tokens { max, .. } => (numbers(&[1, *max]), numbers(&[-1, 0, max + 1])),
        Kind::Kept { max, .. } => (numbers(&[0, *max]), numbers(&[-1, max + 1])),
        Kind::Dollars { .. } => {
            let beyond = ["0", "1000000.000000001", "much", "-1"].map(String::from);
            (vec!["0.000000001".to_owned(), "1000000".to_owned(), String::new()], beyond.into())
        }
        Kind::Switch { .. } | Kind::Choice { .. } => (vec![], vec![]),
        Kind::Tools { .. } => (vec![String::new(), picks(100)], vec![picks(101)]),
        Kind::Tags { .. } => {
            let tags =
                |count| (0..count).map(|nr| format!("{nr}{}", "é".repeat(63 - nr / 10))).collect::<Vec<_>>().join(", ");
            (vec![String::new(), tags(10)], vec![tags(11), "x".repeat(65), "!x".to_owned()])
        }
    }
}

#[test]
fn each_range_includes_its_ends() {
    for setting in Setting::ALL {
        let with = |text: &str| {
            let mut settings = AgentSettings::named("A");
            setting.kind().set_text(&mut settings, text);
            settings
        };
        let (within, beyond) = ends(*setting);
        for text in within {
            assert_eq!(with(&text).faults(), [], "{setting:?}: {:.40}", text);
        }
        for text in beyond {
            let faults = with(&text).faults();
            assert_eq!(faults.iter().map(|fault| fault.setting).collect::<Vec<_>>(), [*setting], "{text:.40}");
            assert!(faults[0].detail.starts_with("must be "), "{}", faults[0].detail);
            assert!(setting.advice().ends_with('.'), "{}", setting.advice());
        }
    }
    assert_eq!(Setting::TimeLimit.advice(), "Enter 1 to 86,400 seconds.");
    assert_eq!(Setting::Model.advice(), "Enter provider/model of 3 to 200 characters, or leave it empty.");
}

#[test]
fn nul_is_refused_in_every_text() {
    let nul = || "a\0bc".to_owned();
    let settings = AgentSettings {
        name: nul(),
        description: nul(),
        model: nul(),
        system_instructions: nul(),
        task_instructions: nul(),
        schedule: Some(nul()),
        time_zone: nul(),
        ..AgentSettings::default()
    };
    let said: Vec<String> = settings.faults().into_iter().map(|fault| fault.detail).collect();
    assert_eq!(said, ["must not contain the character NUL"; 7]);
}

#[test]
fn a_name_is_one_line_and_not_blank() {
    let typed = AgentSettings {
        description: "Reads\nand\twrites".into(),
        system_instructions: "One\r\ntwo\r".into(),
        schedule: Some(" \n".into()),
        ..AgentSettings::named(" Nightly\r\nreport\t")
    };
    let kept = typed.tidied();
    assert_eq!((kept.name.as_str(), kept.description.as_str()), ("Nightly report", "Reads and writes"));
    assert_eq!((kept.system_instructions.as_str(), kept.schedule.as_deref()), ("One\ntwo\n", None));
    assert_eq!(kept.clone().tidied(), kept);
    assert_eq!(faults(&AgentSettings::named(" \t ").tidied()), [Setting::Name]);
}

#[test]
fn what_differs_is_shown_as_people_read_it() {
    assert_eq!(other().changes(&other()), []);
    let after = AgentSettings { timeout_s: 600, month_budget_usd: None, paused: false, schedule: None, ..other() };
    let changes: Vec<_> = other()
        .changes(&after)
        .into_iter()
        .map(|Change { setting, before, after }| format!("{}: {before} → {after}", setting.label()))
        .collect();
    let expected = [
        "Paused: On → Off",
        "Cron expression: @daily → None",
        "Time limit: 90 s → 10 min",
        "Max cost per month: $2.50 → No limit",
    ];
    assert_eq!(changes, expected);
    assert_eq!(other().changes(&AgentSettings::default()).len(), Setting::ALL.len());
    assert_eq!(Setting::Overlap.kind().shown(&other()), "Skip the next");
    assert_eq!(Setting::RunTokens.kind().shown(&other()), "1,000 tokens");
    let kept =
        |retention_days| Setting::KeepDays.kind().shown(&AgentSettings { retention_days, ..AgentSettings::default() });
    let shown = ["As the server is set up", "For good", "1,000 days"];
    assert_eq!([kept(None), kept(Some(0)), kept(Some(1_000))], shown);
}

#[test]
fn the_readme_lists_every_setting() {
    let readme = include_str!("../../../../README.md");
    let default = serde_json::to_value(AgentSettings::default()).unwrap();
    let left_out = |setting: &Setting| match setting {
        Setting::Name => "it is needed".to_owned(),
        Setting::Model => "the default model".to_owned(),
        setting => format!("`{}`", default[setting.name()]),
    };
    let line = |setting: &Setting| {
        let (name, label, bounds) = (setting.name(), setting.label(), setting.kind().bounds());
        format!("| `{name}` | {label} | {bounds} | {} |", left_out(setting))
    };
    let missing: Vec<String> = Setting::ALL.iter().map(line).filter(|line| !readme.contains(line.as_str())).collect();
    assert!(missing.is_empty(), "README.md lacks:\n{}", missing.join("\n"));
}
