//! Tests that the browser reads what serde writes.

use super::*;
use serde::Serialize;
use serde_json::{json, to_value};
use std::fmt::Debug;

#[derive(Debug, Default, PartialEq, Serialize, FromWire)]
struct Inner {
    count: i32,
    #[serde(rename = "cost_usd")]
    cost: Option<f64>,
}

#[derive(Debug, Default, PartialEq, Serialize, FromWire)]
struct Outer {
    name: String,
    #[serde(flatten)]
    inner: Inner,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    nested: Vec<Inner>,
    anything: Value,
    outcome: Option<Result<Box<i64>, String>>,
}

fn outer() -> Outer {
    Outer {
        name: "é".into(),
        inner: Inner { count: -3, cost: Some(0.25) },
        nested: vec![Inner::default(), Inner { count: 1, cost: None }],
        anything: json!({ "a": [1, null] }),
        outcome: Some(Ok(Box::new(i64::MAX))),
        ..Outer::default()
    }
}

fn survives<T: FromWire + Serialize + PartialEq + Debug>(value: &T) {
    assert_eq!(&from_json::<T>(&serde_json::to_string(value).unwrap()).unwrap(), value);
}

#[test]
fn what_serde_writes_reads_back_as_it_was() {
    survives(&outer());
    survives(&Outer { tags: vec!["a".into()], outcome: Some(Err("no".into())), ..outer() });
    survives(&Outer { outcome: None, ..outer() });
    survives(&());
    survives(&u64::MAX);
}

#[test]
fn an_error_names_the_innermost_field() {
    let said = |change: fn(&mut Value)| {
        let mut json = to_value(outer()).unwrap();
        change(&mut json);
        Outer::from_wire(json).unwrap_err().to_string()
    };
    assert_eq!(said(|json| json["nested"][1]["count"] = json!("1")), "count is missing or not as expected");
    assert_eq!(said(|json| json["count"] = json!(i64::MAX)), "count is missing or not as expected");
    assert_eq!(said(|json| json["nested"] = json!({})), "nested is missing or not as expected");
    assert_eq!(said(|json| json["outcome"] = json!({})), "Err is missing or not as expected");
    assert_eq!(from_json::<Outer>("{").unwrap_err().to_string(), "the message is missing or not as expected");
}

#[test]
fn what_is_missing_is_null_and_what_is_more_is_ignored() {
    assert_eq!(Inner::from_wire(json!({ "count": 1, "more": 2 })), Ok(Inner { count: 1, cost: None }));
    assert!(Inner::from_wire(json!({ "cost_usd": 1 })).is_err());
    assert_eq!(Option::<Inner>::from_wire(Value::Null), Ok(None));
}
