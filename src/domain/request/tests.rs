//! Tests that requests for runs are read from JSON within their bounds, and changed by patches.

use super::*;
use crate::domain::tags::MAX_TAG;
use crate::domain::wire::from_json;
use crate::error::FieldError;
use proptest::prelude::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::EPOCH;

fn patch(body: Value) -> Result<RunPatch, Vec<FieldError>> {
    let Value::Object(members) = body else { panic!("no object") };
    let (mut patch, mut errors) = (RunPatch::default(), Vec::new());
    for (name, value) in members {
        errors.extend(patch.set(Field::named(&name).unwrap(), value).err().into_iter().flatten());
    }
    if errors.is_empty() { Ok(patch) } else { Err(errors) }
}

fn request(body: Value) -> RunRequest {
    patch(body).unwrap().over(RunRequest::default())
}

fn full() -> Value {
    json!({
        "input": "It is late.\n",
        "variables": { "customer": "Ada", "since": "" },
        "tags": ["p2", "eu"],
        "metadata": { "build": 1234, "ratio": 0.5, "dry": true, "by": "ci" },
        "model": "demo/quick",
        "run_budget_usd": 0.5,
        "run_budget_tokens": 1000,
        "not_before": "1970-01-01T01:00:00.000Z",
        "trigger_note": "deploy 7",
        "priority": "high",
    })
}

/// Returns the pointers of all faults, and what they say.
fn said(body: Value) -> Vec<String> {
    let errors = match patch(body) {
        Ok(patch) => patch.over(RunRequest::default()).tidied().faults(NOW),
        Err(errors) => errors,
    };
    errors.into_iter().map(|error| format!("{} {}", error.pointer, error.detail)).collect()
}

#[test]
fn every_field_is_read_and_kept() {
    let request = request(full());
    assert_eq!(serde_json::to_value(&request).unwrap(), full());
    assert_eq!(request.faults(NOW), []);
    assert_eq!(request.clone().tidied(), request);
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(from_json::<RunRequest>(&json), Ok(request.clone()));
    assert_eq!(serde_json::from_str::<RunRequest>(&json).unwrap(), request);
    assert!(request.overrides() && !request.is_silent());
    assert!(!RunRequest::default().overrides() && RunRequest::default().is_silent());
}

#[test]
fn each_value_of_another_kind_is_pointed_at() {
    for (body, expected) in [
        (json!({"input": 7}), "/input must be text, or null"),
        (json!({"variables": []}), "/variables must be an object with names and values, each text; or null"),
        (json!({"variables": {"a": 1}}), "/variables/a must be text"),
        (json!({"tags": "p2"}), "/tags must be a list of at most 10 tags of 1 to 64 characters"),
        (json!({"tags": ["p2", null]}), "/tags/1 must be text"),
        (
            json!({"metadata": {"a/b": []}}),
            "/metadata/a~1b must be text, a number (whole ones from -2^63 to 2^64-1, others below 2^53), true or false",
        ),
        (
            json!({"metadata": {"a": 12_345_678_901_234_567_890_123.0}}),
            "/metadata/a must be text, a number (whole ones from -2^63 to 2^64-1, others below 2^53), true or false",
        ),
        (
            json!({"metadata": {"a": -12_345_678_901_234_567_890.0}}),
            "/metadata/a must be text, a number (whole ones from -2^63 to 2^64-1, others below 2^53), true or false",
        ),
        (
            json!({"metadata": {"a": null}}),
            "/metadata/a must be text, a number (whole ones from -2^63 to 2^64-1, others below 2^53), true or false",
        ),
        (json!({"model": 1}), "/model must be text of 3 to 200 characters"),
        (
            json!({"run_budget_usd": "1"}),
            "/run_budget_usd must be a number of dollars, more than 0 and at most 1000000, or null",
        ),
        (
            json!({"run_budget_tokens": 1.5}),
            "/run_budget_tokens must be a whole number of tokens from 1 to 1000000000000, or null",
        ),
        (
            json!({"not_before": "tomorrow"}),
            "/not_before must be a time such as \"2026-11-27T18:00:00Z\" (RFC 3339), or null",
        ),
        (json!({"trigger_note": {}}), "/trigger_note must be text, or null"),
        (json!({"priority": "urgent"}), "/priority must be \"high\", \"normal\" or \"low\", or null"),
        (json!({"priority": 1}), "/priority must be \"high\", \"normal\" or \"low\", or null"),
    ] {
        assert_eq!(said(body.clone()), [expected], "{body}");
    }
}

#[test]
fn each_value_has_its_ends() {
    let wide = |letter: &str, count: usize| letter.repeat(count);
    for (within, beyond, place) in [
        (json!({"input": wide("é", MAX_INPUT / 2)}), json!({"input": wide("é", MAX_INPUT / 2 + 1)}), "/input "),
        (
            json!({"variables": {"a": wide("x", MAX_VARIABLE_BYTES - 1)}}),
            json!({"variables": {"a": wide("x", MAX_VARIABLE_BYTES)}}),
            "/variables ",
        ),
        (json!({"variables": {wide("a", 64): ""}}), json!({"variables": {wide("a", 65): ""}}), "/variables/aaa"),
        (json!({"tags": [wide("é", MAX_TAG)]}), json!({"tags": ["ok", wide("é", MAX_TAG + 1)]}), "/tags/1 "),
        (
            json!({"metadata": {"a": wide("x", MAX_METADATA - 8)}}),
            json!({"metadata": {"a": wide("x", MAX_METADATA - 7)}}),
            "/metadata ",
        ),
        (json!({"metadata": {wide("é", 64): 1}}), json!({"metadata": {wide("é", 65): 1}}), "/metadata/é"),
        (
            json!({"trigger_note": wide("é", MAX_NOTE)}),
            json!({"trigger_note": wide("é", MAX_NOTE + 1)}),
            "/trigger_note ",
        ),
        (json!({"run_budget_tokens": 1}), json!({"run_budget_tokens": 0}), "/run_budget_tokens "),
        (json!({"run_budget_usd": 1_000_000}), json!({"run_budget_usd": 0}), "/run_budget_usd "),
        (json!({"model": "a/b"}), json!({"model": "ab"}), "/model "),
        (json!({"not_before": "1971-01-01T00:00:00Z"}), json!({"not_before": "1971-01-03T00:00:00Z"}), "/not_before "),
    ] {
        assert_eq!(said(within), [""; 0], "{place}");
        let said = said(beyond);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with(place) && said[0].contains("must "), "{said:?}");
    }
    let many: Variables = (0..=MAX_VARIABLES).map(|nr| (format!("v{nr}"), String::new())).collect();
    assert_eq!(said(json!({ "variables": many })), ["/variables must be at most 50 variables"]);
    let tags: Vec<String> = (0..11).map(|nr| nr.to_string()).collect();
    assert_eq!(said(json!({ "tags": tags })), ["/tags must be a list of at most 10 tags of 1 to 64 characters"]);
}

#[test]
fn odd_names_and_nul_are_refused() {
    let said = said(json!({
        "input": "a\0", "variables": {"input": "x", "a b": "x", "c": "\0"}, "tags": ["a\0", "a,b", "!a"],
        "metadata": {"a": "\0", "": 1}, "trigger_note": "a\0b", "model": "a/\0",
    }));
    let places: Vec<&str> = said.iter().map(|text| text.split(" must").next().unwrap()).collect();
    let expected = [
        "/input",
        "/variables/a b",
        "/variables/c",
        "/variables/input",
        "/tags/0",
        "/tags/1",
        "/tags/2",
        "/metadata/",
        "/metadata/a",
        "/model",
        "/trigger_note",
    ];
    assert_eq!(places, expected, "{said:?}");
}

#[test]
fn a_field_that_is_left_out_stays_and_one_that_is_null_goes() {
    let original = request(full());
    assert_eq!(RunPatch::default().over(original.clone()), original);
    let changed = patch(json!({"input": null, "tags": ["new"], "model": null})).unwrap().over(original.clone());
    let expected = RunRequest { input: None, tags: vec!["new".into()], model: None, ..original };
    assert_eq!(changed, expected);
    assert!(patch(json!({})).unwrap().is_empty() && !patch(json!({"tags": null})).unwrap().is_empty());
    let mut twice = patch(json!({"tags": null})).unwrap();
    assert_eq!(twice.set(Field::Tags, json!(["a"])).unwrap_err()[0].detail, "must be there once only");
}

#[test]
fn a_preview_is_the_first_two_hundred_characters() {
    let of = |input: &str| RunRequest { input: Some(input.to_owned()), ..RunRequest::default() }.preview().unwrap();
    assert_eq!((of("one\ntwo"), of("")), ("one\ntwo".to_owned(), String::new()));
    assert_eq!(of(&"é".repeat(201)), "é".repeat(200));
    assert_eq!(RunRequest::default().preview(), None);
}

#[test]
fn what_differs_is_shown_as_people_read_it() {
    let before = request(full());
    assert_eq!(before.changes(&before), []);
    let after = request(json!({
        "input": "It is early.\n", "variables": {"since": "noon", "until": "1"}, "tags": ["eu"],
        "metadata": {"build": 1235}, "run_budget_tokens": 2000,
    }));
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let changes: Vec<String> = before
        .changes(&after)
        .iter()
        .map(|change| format!("{}: {} → {}", change.label, shown(&change.before), shown(&change.after)))
        .collect();
    let expected = [
        "Input: It is late.\n → It is early.\n",
        "customer: Ada → none",
        "since:  → noon",
        "until: none → 1",
        "Tags: p2, eu → eu",
        "Metadata: build: 1234, by: ci, dry: true, ratio: 0.5 → build: 1235",
        "Model: demo/quick → none",
        "Max cost: $0.500 → none",
        "Max tokens: 1,000 → 2,000",
        "Not before: 1970-01-01T01:00:00.000Z → none",
        "Note: deploy 7 → none",
        "Priority: high → normal",
    ];
    assert_eq!(changes, expected);
}

#[test]
fn of_a_long_input_the_part_that_differs_is_shown() {
    let of = |input: String| RunRequest { input: Some(input), ..RunRequest::default() };
    let (before, after) = (of(format!("{}a", "é".repeat(1_000))), of(format!("{}b!", "é".repeat(1_000))));
    let change = before.changes(&after).remove(0);
    assert!(change.before.as_ref().unwrap().ends_with("éa") && change.before.unwrap().starts_with("…é"));
    assert!(change.after.unwrap().ends_with("éb!"));
}

proptest! {
    #[test]
    fn requests_differ_where_their_fields_do(a in "[ab]{0,2}", b in "[ab]{0,2}", tag in proptest::bool::ANY) {
        let of = |text: &str, tags: &[String]| RunRequest {
            input: Some(text.to_owned()), tags: tags.to_vec(), ..RunRequest::default()
        };
        let (before, after) = (of(&a, &[]), of(&b, &if tag { vec!["t".to_owned()] } else { vec![] }));
        prop_assert_eq!(before.changes(&after).len(), usize::from(a != b) + usize::from(tag));
        prop_assert_eq!(before.changes(&after).is_empty(), before == after);
    }

    #[test]
    fn a_cut_text_is_bounded(text in "[aé]{0,600}", other in "[aé]{0,600}") {
        let of = |text: &str| RunRequest { input: Some(text.to_owned()), ..RunRequest::default() };
        for change in of(&text).changes(&of(&other)) {
            prop_assert!(change.before.unwrap().chars().count() <= 202 && change.after.unwrap().chars().count() <= 202);
        }
    }
}

/// A stored value can be read whatever was accepted once; one that is written is checked whichever way it comes.
#[test]
fn numbers_that_lose_digits_are_read_and_not_written() {
    let large: Scalar = from_json("1e300").unwrap();
    assert!(!large.keeps_digits() && from_json::<Scalar>("18446744073709551615").unwrap().keeps_digits());
    let request = RunRequest { metadata: [("a".to_owned(), large)].into_iter().collect(), ..RunRequest::default() };
    let faults = request.faults(Timestamp::from_ms(0));
    assert!(matches!(faults.as_slice(), [fault] if fault.pointer == "/metadata/a"), "{faults:?}");
}
