//! Tests of the errors for bodies that cannot be read.

use super::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    count: Option<i32>,
    text: String,
    #[serde(default)]
    on: bool,
    #[serde(default)]
    list: Vec<f64>,
    #[serde(default)]
    within: Option<Box<Body>>,
}

/// Returns the pointer and the detail of the error.
fn said(body: &str) -> (String, String) {
    let error = read::<Body>(body.as_bytes()).unwrap_err();
    match error.errors.as_slice() {
        [one] => (one.pointer.clone(), one.detail.clone()),
        _ => (String::new(), error.detail),
    }
}

#[test]
fn only_an_object_is_a_body() {
    for body in [r#"[1, "x"]"#, "[]", r#""x""#, "7", "null"] {
        let error = read::<Body>(body.as_bytes()).unwrap_err();
        assert_eq!((error.kind.status(), error.errors.len()), (422, 0), "{body}");
        assert!(error.detail.starts_with("The body must be a JSON object"), "{error}");
    }
    for body in ["", "[1,", "{", r#"{"text":"x"} {}"#, "{'text': 1}"] {
        let error = read::<Body>(body.as_bytes()).unwrap_err();
        assert_eq!(error.kind.status(), 400, "{body}: {error}");
    }
}

#[test]
fn what_a_value_must_be_is_said_in_plain_words() {
    for (body, pointer, detail) in [
        (r#"{"text":"x","count":"3"}"#, "/count", "must be a whole number"),
        (r#"{"text":"x","count":99999999999}"#, "/count", "must be a whole number"),
        (r#"{"text":"x","count":1.5}"#, "/count", "must be a whole number"),
        (r#"{"text":7}"#, "/text", "must be text"),
        (r#"{"text":"x","on":"yes"}"#, "/on", "must be true or false"),
        (r#"{"text":"x","list":{}}"#, "/list", "must be a list"),
        (r#"{"text":"x","list":[1,"2"]}"#, "/list/1", "must be a number"),
        (r#"{"text":"x","within":7}"#, "/within", "must be an object"),
        (r#"{"text":"x","within":{"text":1}}"#, "/within/text", "must be text"),
    ] {
        assert_eq!(said(body), (pointer.to_owned(), detail.to_owned()), "{body}");
    }
}

#[test]
fn names_that_are_missing_or_not_known_are_named() {
    assert_eq!(said("{}").1, "The body must have \"text\".");
    let (pointer, detail) = said(r#"{"text":"x","colour":1}"#);
    assert!(detail.contains("must not have \"colour\": expected one of \"count\", \"text\""), "{pointer} {detail}");
    assert!(said(r#"{"text":"x","text":"y"}"#).1.contains("once only"));
}

#[test]
fn a_member_that_cannot_be_kept_as_it_is_written_is_pointed_at() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (text, pointer, detail) in [
        (r#""\ud800""#, "/x~1y", "cannot be read: "),
        (r#"{"a":{"b":["\udc00"]}}"#, "/x~1y/a/b/0", "cannot be read: "),
        ("1e400", "/x~1y", "cannot be read: number out of range"),
        (&deep, "/x~1y", "cannot be read: recursion limit exceeded"),
        (r#"{"a":1,"b":2,"a":3}"#, "/x~1y", "has \"a\" twice"),
    ] {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        let error = value("x/y", &raw).unwrap_err();
        assert!(error.pointer.starts_with(pointer) && error.detail.starts_with(detail), "{text}: {error:?}");
    }
    let fine = r#"{"b":[1,-2,3.5,1e300,18446744073709551615,null,true,"\ud83d\ude00"],"a":{}}"#;
    let raw: Box<RawValue> = serde_json::from_str(fine).unwrap();
    assert_eq!(value("x", &raw), Ok(serde_json::from_str(fine).unwrap()));
}
