//! Whether a delivery meets the conditions of a filter. Pure.

use super::received::{Content, Received};
use crate::domain::hook::{Condition, Place, Test};
use crate::domain::request::{LARGE, Scalar};
use crate::server::lenient::numbers;
use serde_json::{Number, Value};
use std::borrow::Cow;

/// Longest value that a reason quotes, in characters.
const QUOTED: usize = 60;

/// Returns why a delivery does not pass; `None` where all conditions hold. Of a header that `is_proof` of who sends it the
/// value is not said.
pub(super) fn reason(
    filter: &[Condition],
    is_proof: impl Fn(&str) -> bool,
    received: &Received,
    content: &Content,
) -> Option<String> {
    filter.iter().find_map(|condition| unmet(condition, &is_proof, received, content))
}

fn unmet(
    Condition { place, test }: &Condition,
    is_proof: impl Fn(&str) -> bool,
    received: &Received,
    content: &Content,
) -> Option<String> {
    let found = found(place, received, content);
    let holds = match (test, found.as_deref()) {
        (Test::Exists(exists), found) => found.is_some() == *exists,
        (_, None) => false,
        (Test::Equals(value), Some(found)) => is_same(found, value),
        (Test::In(values), Some(found)) => values.iter().any(|value| is_same(found, value)),
    };
    (!holds).then(|| match found {
        None => format!("there is nothing at {place}"),
        // It would be kept, and said to whoever sends.
        Some(_) if matches!(place, Place::Header(name) if is_proof(name)) => {
            format!("{place} is another, or is there")
        }
        Some(value) => format!("{place} is {}", quoted(&value)),
    })
}

/// Returns what a delivery has at a place.
pub(super) fn found<'d>(place: &Place, received: &'d Received, content: &'d Content) -> Option<Cow<'d, Value>> {
    match place {
        Place::Body(pointer) => content.value.pointer(pointer).map(Cow::Borrowed),
        Place::Header(name) => received.header(name).map(|value| Cow::Owned(Value::String(value.to_owned()))),
    }
}

/// Texts, numbers, true and false are compared as text: headers have nothing else, and forms neither. A number of the body is
/// compared with a number, or with a text that is one: 10.0 is 10.
fn is_same(found: &Value, value: &Value) -> bool {
    if let (Value::Number(found), Some(value)) = (found, exact_number(value)) {
        if found.is_f64() && value.is_f64() || is_small(found) && is_small(&value) {
            return found.as_f64() == value.as_f64();
        }
        if let (Some(found), Some(value)) = (whole(found), whole(&value)) {
            return found == value;
        }
    }
    // A fraction of the settings has no more digits than are kept, however many were written.
    if let (Value::String(found), Value::Number(value)) = (found, value)
        && value.is_f64()
        && numbers::loses_digits(found)
    {
        return found.parse().ok() == value.as_f64();
    }
    if let Value::Number(number) = value
        && !Scalar::Number(number.clone()).keeps_digits()
    {
        // It has lost digits since it was written, which is refused by now.
        return text(found).and_then(|text| text.parse().ok()) == number.as_f64();
    }
    match (text(found), text(value)) {
        (Some(found), Some(value)) => found == value,
        _ => found == value,
    }
}

/// Whether a number has the same digits as a floating-point number.
fn is_small(number: &Number) -> bool {
    number.as_f64().is_some_and(|size| size.abs() < LARGE)
}

/// Returns a whole number of at most 64 bits, however it is written: `1e16` is one.
fn whole(number: &Number) -> Option<i128> {
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 2.0_f64.powi(64));
    number.as_i128().or_else(|| float().map(|float| float as i128))
}

/// Returns a number that keeps all of its digits.
fn exact_number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()).filter(|number| Scalar::Number(number.clone()).keeps_digits()),
        Value::String(text) if !numbers::loses_digits(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn quoted(value: &Value) -> String {
    let text = text(value).map_or_else(|| value.to_string(), Cow::into_owned);
    let mut cut: String = text.chars().take(QUOTED).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("“{cut}”")
}

#[cfg(test)]
mod tests {
    use super::super::received::is_secret;
    use super::*;
    use serde_json::json;

    fn why(condition: Value) -> Option<String> {
        let body = br#"{"ref":"refs/heads/main","n":7,"sci":1e16,"whole":10000000000000000,"many":0.123456789012345678,"large":18446744073709551615,"share":10.00000000000000000000,"none":null,"a/b":[1,{"m~n":true}],"long":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
        let received = Received {
            headers: vec![
                ("x-github-event".into(), "push".into()),
                ("x-share".into(), "10.0".into()),
                ("authorization".into(), "Bearer b".into()),
            ],
            body: bytes::Bytes::from_static(body),
        };
        reason(&[Condition::read(condition).unwrap()], is_secret, &received, &received.content().unwrap())
    }

    #[test]
    fn what_is_at_a_place_is_compared() {
        for holds in [
            json!({ "pointer": "/ref", "equals": "refs/heads/main" }),
            json!({ "pointer": "/ref", "in": ["x", "refs/heads/main"] }),
            json!({ "pointer": "/n", "equals": 7 }),
            json!({ "pointer": "/n", "equals": "7" }),
            json!({ "pointer": "/n", "equals": 7.0 }),
            json!({ "pointer": "/share", "equals": 10 }),
            json!({ "pointer": "/share", "in": [9, 10.0] }),
            json!({ "pointer": "/share", "equals": "10" }),
            json!({ "header": "x-share", "equals": "10.0" }),
            json!({ "pointer": "/sci", "equals": 10_000_000_000_000_000_u64 }),
            json!({ "pointer": "/whole", "equals": "1e16" }),
            json!({ "pointer": "/many", "equals": serde_json::from_str::<Value>("0.123456789012345678").unwrap() }),
            json!({ "pointer": "/none", "equals": null }),
            json!({ "pointer": "/none", "exists": true }),
            json!({ "pointer": "/missing", "exists": false }),
            json!({ "pointer": "/a~1b/1/m~0n", "equals": true }),
            json!({ "pointer": "/a~1b/1", "equals": { "m~n": true } }),
            json!({ "header": "X-GitHub-Event", "equals": "push" }),
            json!({ "header": "X-Other", "exists": false }),
        ] {
            assert_eq!(why(holds.clone()), None, "{holds}");
        }
        let says = |condition| why(condition).unwrap();
        for other in [json!(10), json!("10"), json!("9007199254740993.0")] {
            assert!(why(json!({ "header": "x-share", "equals": other })).is_some(), "a header is text: {other}");
        }
        for other in ["18446744073709551616", "1.8446744073709551615e19", "1e1x", ""] {
            assert!(why(json!({ "pointer": "/large", "equals": other })).is_some(), "{other}");
        }
        assert!(why(json!({ "pointer": "/sci", "equals": 10_000_000_000_000_001_u64 })).is_some());
        assert!(why(json!({ "pointer": "/many", "equals": 0.25 })).is_some());
        assert_eq!(why(json!({ "pointer": "/large", "equals": 18_446_744_073_709_551_615_u64 })), None);
        assert_eq!(says(json!({ "pointer": "/ref", "equals": "dev" })), "/ref is “refs/heads/main”");
        assert_eq!(says(json!({ "pointer": "/x", "equals": null })), "there is nothing at /x");
        assert_eq!(says(json!({ "pointer": "/none", "equals": "null" })), "/none is “null”");
        assert_eq!(says(json!({ "header": "x-github-event", "in": ["ping"] })), "header x-github-event is “push”");
        assert_eq!(says(json!({ "pointer": "/ref", "exists": false })), "/ref is “refs/heads/main”");
        assert!(says(json!({ "pointer": "/long", "equals": 1 })).ends_with("x…”"));
        let token = says(json!({ "header": "authorization", "exists": false }));
        assert_eq!(token, "header authorization is another, or is there");
    }

    #[test]
    fn all_conditions_have_to_hold() {
        let read = |value| Condition::read_all("filter", value).unwrap();
        let received = Received { body: bytes::Bytes::from_static(b"{\"a\":1,\"b\":2}"), ..Received::default() };
        let filter = read(json!([{ "pointer": "/a", "equals": 1 }, { "pointer": "/b", "equals": 3 }]));
        assert_eq!(reason(&filter, is_secret, &received, &received.content().unwrap()).as_deref(), Some("/b is “2”"));
        assert_eq!(reason(&filter[..1], is_secret, &received, &received.content().unwrap()), None);
        assert_eq!(reason(&[], is_secret, &received, &received.content().unwrap()), None);
    }
}
