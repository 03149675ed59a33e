//! Tests that a webhook's form reads what people type, and writes it as it reads.

use super::*;
use crate::domain::hook::HookSettings;
use crate::domain::id::{AgentId, HookId};
use crate::domain::time::Timestamp;

fn hook(settings: HookSettings) -> Hook {
    Hook {
        id: HookId(1),
        agent_id: AgentId(2),
        settings,
        secret_set: true,
        created_at: Timestamp::from_ms(0),
        last_delivery_at: None,
    }
}

fn read(value: Value) -> HookSettings {
    match value {
        Value::Object(members) => HookSettings::read(members).unwrap().0,
        other => panic!("{other}"),
    }
}

/// Whatever there is can be edited, and saving it untouched changes nothing.
#[test]
fn what_is_written_is_read_as_the_same() {
    let settings = read(json!({
        "name": "All", "verification": { "kind": "hmac", "header": "X-Sig", "algorithm": "sha1", "encoding": "base64", "prefix": "v1=" },
        "filter": [
            { "pointer": "/ref", "equals": "refs/heads/main" }, { "pointer": "", "exists": true },
            { "header": "X-GitHub-Event", "in": ["push", "release"] }, { "pointer": "/a", "in": ["x, y", null] },
            { "pointer": "/b", "equals": "null" }, { "pointer": "/b", "equals": null }, { "pointer": "/c", "equals": { "d": [1] } },
            { "pointer": "/e", "equals": " x" }, { "pointer": "/f", "exists": false }, { "pointer": "/g", "equals": "[x" },
            { "pointer": "/fields/Due Date", "exists": true }, { "pointer": "/a\"b", "in": ["x"] },
        ],
        "map": {
            "input": { "template": "{{/a}}, and\n{{/b}}" },
            "variables": { "x": "/x", "y": { "header": "X-Y" }, "z": { "value": "always: this" }, "n": { "value": 3 }, "all": "" },
            "tags": [
                "/labels", { "value": "a, b" }, { "value": true }, { "template": "{{/a}}, {{/b}}" }, { "value": "{{x}}" },
                { "value": "a\"b" }, { "template": "5\" {{/size}}" }, { "template": "a\", b" }, "/a,b",
            ],
            "metadata": {
                "m": { "value": "/not a place" }, "braces": { "value": "{{/x}}" }, "place": { "template": "/ref" },
                "number": { "template": "7" }, "lines": { "template": "{{/a}}:\n{{/b}}" }, "quoted": { "template": "\"a\"" },
                "word": { "value": "template \"x\"" }, "edges": { "template": " {{/a}} " },
                "github:repo": "/repository/full_name", " \"odd\" ": "/Due Date", "twice": "/{{/b}}", "end": "/x ",
            },
        },
        "rate_per_minute": 7, "enabled": false,
    }));
    let text = HookText::of(&hook(settings.clone()));
    assert_eq!(text.filter.lines().next(), Some("/ref is refs/heads/main"));
    assert!(text.filter.contains("\nheader X-GitHub-Event in push, release\n"), "{}", text.filter);
    assert_eq!(read(Value::Object(text.settings().unwrap())), settings);
}

#[test]
fn what_people_type_is_understood() {
    let text = HookText {
        name: "Tickets".into(),
        kind: VerificationKind::Slack,
        secret: " s ".into(),
        filter: "  /type   is  ticket.created \n\n/priority in 1, 2,3\n/draft missing".into(),
        input: "/data/message".into(),
        variables: "customer: /data/account\nsince: yesterday 08:00\nwho: {{/a}} of {{/b}}".into(),
        tags: "/labels, webhook".into(),
        ..HookText::default()
    };
    let settings = text.settings().unwrap();
    assert_eq!(
        Value::Object(settings),
        json!({
            "name": "Tickets", "verification": "slack", "secret": "s", "rate_per_minute": 60, "enabled": true,
            "filter": [
                { "pointer": "/type", "equals": "ticket.created" }, { "pointer": "/priority", "in": ["1", "2", "3"] },
                { "pointer": "/draft", "exists": false },
            ],
            "map": {
                "input": "/data/message",
                "variables": {
                    "customer": "/data/account", "since": { "value": "yesterday 08:00" },
                    "who": { "template": "{{/a}} of {{/b}}" },
                },
                "tags": ["/labels", { "value": "webhook" }], "metadata": {},
            },
        })
    );
    let none = HookText { kind: VerificationKind::None, ..text };
    assert!(!none.settings().unwrap().contains_key("secret"), "it would be refused");
}

#[test]
fn a_line_that_cannot_be_read_is_quoted() {
    for filter in ["ref is x", "/ref", "/ref is", "/ref equals x", "header", "/ref in [1,"] {
        let error = HookText { filter: filter.into(), ..HookText::default() }.settings().unwrap_err();
        let error = error.at(Part::Filter).unwrap();
        assert!(error.starts_with(&format!("“{filter}” is no condition")), "{error}");
    }
    for variables in ["customer", "customer:"] {
        let error = HookText { variables: variables.into(), ..HookText::default() }.settings().unwrap_err();
        let error = error.at(Part::Variables).unwrap();
        assert!(error.contains("is no value"), "{error}");
    }
    let odd = HookText { rate: "many".into(), ..HookText::default() }.settings().unwrap();
    assert_eq!(odd["rate_per_minute"], "many", "the server says what is wrong with it");
}

/// As a number it would be another.
#[test]
fn a_number_that_would_lose_digits_stays_a_text() {
    let constant = |typed: &str| {
        let text = HookText { metadata: format!("n: {typed}"), ..HookText::default() };
        text.settings().unwrap()["map"]["metadata"]["n"]["value"].clone()
    };
    for typed in ["12345678901234567890123", "31415926e12", "1.10", "007"] {
        assert_eq!(constant(typed), json!(typed));
    }
    assert_eq!(constant("7"), json!(7));
    assert_eq!(constant("\"7\""), json!("7"));
    assert_eq!(constant("true"), json!(true));
}
