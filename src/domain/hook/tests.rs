//! Tests of a webhook's settings: defaults, patches, mistakes, secrets.

use super::*;
use crate::domain::request::Scalar;
use serde_json::{Map, Value, json};

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

fn read(value: Value) -> (HookSettings, SecretChange) {
    HookSettings::read(members(value)).unwrap()
}

fn wrong(value: Value) -> Vec<String> {
    HookSettings::read(members(value)).unwrap_err().into_iter().map(|error| error.pointer).collect()
}

#[test]
fn what_is_left_out_has_its_default() {
    let (settings, secret) = read(json!({ "name": " Pushes\n", "verification": "none" }));
    let expected = HookSettings {
        name: "Pushes".into(),
        verification: Verification::None,
        filter: Vec::new(),
        map: Mapping::default(),
        rate_per_minute: 60,
        enabled: true,
    };
    assert_eq!((settings, secret), (expected, SecretChange::Keep));
    assert_eq!(wrong(json!({})), ["/name", "/verification"]);
}

#[test]
fn settings_come_back_as_they_were_written() {
    let (settings, _) = read(json!({
        "name": "Odd",
        "verification": { "kind": "hmac", "header": "X-Sig", "algorithm": "sha512", "encoding": "base64", "prefix": "v=" },
        "filter": [
            { "pointer": "", "exists": true }, { "header": "X-GitHub-Event", "in": ["push", 7, null] },
            { "pointer": "/a~1b", "equals": { "c": [1] } },
        ],
        "map": {
            "input": { "template": "{{/a}} by {{/b}}" },
            "variables": { "x": "/x", "y": { "header": "X-Y" }, "z": { "value": 1.5 } },
            "tags": ["/labels", { "value": "push" }],
            "metadata": { "any name": { "pointer": "/m" } },
        },
        "rate_per_minute": 6000,
        "enabled": false,
    }));
    let written = serde_json::to_value(&settings).unwrap();
    assert_eq!(read(written.clone()).0, settings);
    assert_eq!(written["map"]["metadata"]["any name"], "/m", "a pointer is written in short");
    assert_eq!(HookSettings::from_wire(written).unwrap(), settings);
    assert_eq!(
        settings.map.variables["z"],
        Source::Constant(Scalar::Number(serde_json::Number::from_f64(1.5).unwrap()))
    );
}

#[test]
fn everything_that_is_wrong_is_pointed_at() {
    let all = json!({
        "name": "n".repeat(81), "verification": { "kind": "hmac" }, "secret": 7, "rate_per_minute": 0, "enabled": "yes",
        "filter": [{ "pointer": "x", "equals": 1 }, { "pointer": "/x" }, { "header": "a b", "exists": true }, { "pointer": "/x", "in": [] }],
        "map": {
            "input": "x", "variables": { "input": "/x", "a-b": "/x", "ok": 7 }, "tags": "/x",
            "metadata": { "": "/x", "ok": { "value": [] } }, "tag": 1,
        },
        "more": 1,
    });
    let mut pointers = wrong(all);
    pointers.sort();
    assert_eq!(
        pointers,
        [
            "/enabled",
            "/filter/0",
            "/filter/1",
            "/filter/2",
            "/filter/3",
            "/map/input",
            "/map/metadata/",
            "/map/metadata/ok",
            "/map/tag",
            "/map/tags",
            "/map/variables/a-b",
            "/map/variables/input",
            "/map/variables/ok",
            "/more",
            "/name",
            "/rate_per_minute",
            "/secret",
            "/verification",
        ]
    );
    for (field, value) in [
        ("verification", json!("hub")),
        ("verification", json!({ "kind": "hmac", "header": "X", "algorithm": "md5" })),
        ("verification", json!({ "kind": "hmac", "header": "X", "prefix": "a b" })),
        ("map", json!([])),
        ("filter", json!({})),
        ("secret", json!(" ")),
    ] {
        let mut body = members(json!({ "name": "x", "verification": "none" }));
        body.insert(field.to_owned(), value);
        assert_eq!(wrong(Value::Object(body)), [format!("/{field}")]);
    }
}

#[test]
fn a_patch_changes_what_it_names() {
    let (settings, _) = read(json!({
        "name": "Pushes", "verification": "github", "filter": [{ "pointer": "/ref", "exists": true }],
        "map": { "input": "/a", "variables": { "x": "/x", "y": "/y" } }, "rate_per_minute": 5,
    }));
    let patched = |patch| HookChange::Patch(members(patch)).over(&settings).unwrap();
    assert_eq!(patched(json!({})), (settings.clone(), SecretChange::Keep));
    let (changed, secret) = patched(json!({
        "enabled": false, "map": { "input": null, "variables": { "x": null, "z": "/z" } }, "rate_per_minute": null,
        "secret": "new",
    }));
    assert_eq!(secret, SecretChange::Set(Some("new".into())));
    assert_eq!((changed.enabled, changed.rate_per_minute, changed.map.input), (false, 60, None));
    assert_eq!(changed.map.variables.keys().collect::<Vec<_>>(), ["y", "z"]);
    assert_eq!((&changed.name, &changed.filter), (&settings.name, &settings.filter));
    assert_eq!(patched(json!({ "secret": null })).1, SecretChange::Set(None));
    let (named, secret) = patched(json!({ "map": { "variables": { "secret": "/token" } } }));
    assert_eq!((named.map.variables.len(), &secret), (3, &SecretChange::Keep));
    let without = HookChange::Patch(members(json!({ "map": { "variables": { "secret": null } } }))).over(&named);
    assert_eq!(without.unwrap(), (settings.clone(), SecretChange::Keep));
    let nameless = HookChange::Patch(members(json!({ "name": null }))).over(&settings);
    assert_eq!(nameless.unwrap_err()[0].pointer, "/name");
    let (whole, _) =
        HookChange::Whole(members(json!({ "name": "Other", "verification": "slack" }))).over(&settings).unwrap();
    assert_eq!(
        (whole.map, whole.filter),
        (Mapping::default(), Vec::new()),
        "what is left out is as it is for a new one"
    );
}

/// Settings that were stored before their numbers were judged.
#[test]
fn a_patch_is_judged_by_what_it_names() {
    let lossy = json!({ "value": 1e17 });
    let old = json!({
        "name": "Old", "verification": "none", "filter": [{ "pointer": "/n", "equals": 1e17 }],
        "map": { "metadata": { "n": lossy } },
    });
    let (settings, _) = HookSettings::parse(members(old)).unwrap();
    let patched = |patch| HookChange::Patch(members(patch)).over(&settings);
    let faults = |patch| patched(patch).unwrap_err().into_iter().map(|error| error.pointer).collect::<Vec<_>>();
    assert!(patched(json!({ "filter": [] })).is_ok() && patched(json!({ "enabled": false })).is_ok());
    assert!(patched(json!({ "map": null })).is_ok());
    assert_eq!(faults(json!({ "filter": [{ "pointer": "/n", "in": [1e17] }] })), ["/filter/0"]);
    assert_eq!(faults(json!({ "map": { "input": "/n" } })), ["/map/metadata/n/value"]);
}

#[test]
fn a_secret_is_there_where_it_is_needed_and_nowhere_else() {
    let over = |change: SecretChange, present: Option<&str>, verification: &Verification| {
        change.over(present.map(str::to_owned), verification).map_err(|error| error.pointer)
    };
    let set = |secret: &str| SecretChange::Set(Some(secret.to_owned()));
    let (none, github, standard) = (Verification::None, Verification::GitHub, Verification::StandardWebhooks);
    assert_eq!(over(set("s"), None, &github), Ok(Some("s".into())));
    assert_eq!(over(SecretChange::Keep, Some("s"), &github), Ok(Some("s".into())));
    for change in [SecretChange::Keep, SecretChange::Set(None)] {
        assert_eq!(over(change.clone(), None, &github), Err("/secret".into()));
        assert_eq!(over(change, Some("s"), &none), Ok(None), "what is of no use is not kept");
    }
    assert_eq!(over(SecretChange::Set(None), Some("s"), &github), Err("/secret".into()));
    assert_eq!(over(set("s"), None, &none), Err("/secret".into()));
    assert_eq!(over(set("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), None, &standard).map(|s| s.is_some()), Ok(true));
    for secret in ["whsec_", "no base64!", "whsec_AAAAA"] {
        assert_eq!(over(set(secret), None, &standard), Err("/secret".into()), "{secret}");
    }
}

#[test]
fn a_template_has_pointers_between_double_braces() {
    use Piece::{Pointer, Text};
    assert_eq!(pieces("plain"), Some(vec![Text("plain")]));
    assert_eq!(pieces("a {{ /b/c }}{{}}"), Some(vec![Text("a "), Pointer("/b/c"), Text(""), Pointer(""), Text("")]));
    for template in ["{{a}}", "{{/a", "{{/a~2}}"] {
        assert_eq!(pieces(template), None, "{template}");
        assert!(Source::template(template.to_owned()).is_err());
    }
}
