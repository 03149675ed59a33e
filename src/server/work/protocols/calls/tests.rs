//! Deltas of tool calls as servers have been seen to send them.

use super::*;
use crate::server::work::model::Arguments;
use proptest::prelude::*;
use serde_json::json;

const OFFERED: [&str; 3] = ["echo", "other", "echo_more"];

/// Returns the calls that these deltas make, each a list as in `tool_calls`.
fn calls(deltas: &[Value]) -> Vec<ToolCall> {
    try_calls(deltas).unwrap()
}

fn try_calls(deltas: &[Value]) -> Result<Vec<ToolCall>, ModelError> {
    let mut pieces = CallPieces::new(OFFERED);
    let mut out = Vec::new();
    for delta in deltas {
        let parts: Vec<Piece<'_>> = delta.as_array().unwrap().iter().map(piece).collect();
        pieces.push(&parts, &mut out)?;
    }
    Ok(pieces.finish(|n| made_up_id(3, n)))
}

fn piece(part: &Value) -> Piece<'_> {
    Piece {
        index: part.get("index"),
        id: part.get("id").and_then(Value::as_str),
        name: part.get("name").and_then(Value::as_str),
        arguments: part.get("args"),
    }
}

/// Names and arguments.
fn meant(deltas: &[Value]) -> Vec<(String, Value)> {
    let read = |call: ToolCall| match call.arguments {
        Arguments::Read(value) => (call.name, value),
        unreadable => panic!("{unreadable:?}"),
    };
    calls(deltas).into_iter().map(read).collect()
}

fn a() -> (String, Value) {
    ("echo".to_owned(), json!({"q": "a"}))
}

fn b() -> (String, Value) {
    ("other".to_owned(), json!({"q": "b"}))
}

#[test]
fn calls_without_an_index_are_told_by_id_name_and_place() {
    let two = json!([
        {"id": "c1", "name": "echo", "args": "{\"q\":\"a\"}"},
        {"id": "c2", "name": "other", "args": "{\"q\":\"b\"}"},
    ]);
    assert_eq!(meant(&[two]), [a(), b()]);
    assert_eq!(meant(&[json!([{"id": "c1", "name": "echo", "args": "{\"q\":"}]), json!([{"args": "\"a\"}"}])]), [a()]);
    let beginnings =
        json!([{"id": "c1", "name": "echo", "args": "{\"q\":"}, {"id": "c2", "name": "other", "args": "{"}]);
    assert_eq!(meant(&[beginnings, json!([{"args": "\"a\"}"}, {"args": "\"q\":\"b\"}"}])]), [a(), b()]);
    let bare =
        [json!([{"name": "echo", "args": "{\"q\":\"a\"}"}]), json!([{"name": "other", "args": "{\"q\":\"b\"}"}])];
    assert_eq!(meant(&bare), [a(), b()], "neither ids");
    let one_delta = json!([{"name": "echo", "args": {"q": "a"}}, {"name": "echo", "args": {"q": "a"}}]);
    assert_eq!(meant(&[one_delta]), [a(), a()], "a model may ask twice");
}

#[test]
fn calls_that_are_all_number_0_are_told_by_id_or_by_being_whole() {
    let ids = [
        json!([{"index": 0, "id": "c1", "name": "echo", "args": "{\"q\":\"a\"}"}]),
        json!([{"index": 0, "id": "c2", "name": "other", "args": "{\"q\":\"b\"}"}]),
    ];
    assert_eq!(meant(&ids), [a(), b()]);
    let bare = json!([
        {"index": 0, "name": "echo", "args": "{\"q\":\"a\"}"},
        {"index": 0, "name": "other", "args": "{\"q\":\"b\"}"},
    ]);
    assert_eq!(meant(&[bare]), [a(), b()]);
    let twice = [
        json!([{"index": 0, "id": "c1", "name": "echo", "args": "{\"q\":\"a\"}"}]),
        json!([{"index": 0, "id": "c2", "name": "echo", "args": "{\"q\":\"a\"}"}]),
    ];
    assert_eq!(meant(&twice), [a(), a()], "two of one tool");
    let none = [json!([{"index": 0, "id": "c1", "name": "echo"}]), json!([{"index": 0, "id": "c2", "name": "other"}])];
    assert_eq!(calls(&none).len(), 2, "without arguments");
}

#[test]
fn an_id_for_each_piece_is_still_one_call() {
    let pieces = [
        json!([{"index": 0, "id": "x1", "name": "echo", "args": "{\"q\":"}]),
        json!([{"index": 0, "id": "x2", "args": "\"a\""}]),
        json!([{"index": 0, "id": "x3", "name": "echo", "args": "}"}]),
    ];
    assert_eq!(meant(&pieces), [a()]);
    assert_eq!(calls(&pieces)[0].id, "x1");
}

#[test]
fn numbers_may_begin_anywhere_leap_and_be_of_any_size() {
    for (first, second) in [("0", "1"), ("1", "0"), ("0", "3"), ("4000000000", "1e18"), ("-1", "0.5")] {
        let (first, second): (Value, Value) =
            (serde_json::from_str(first).unwrap(), serde_json::from_str(second).unwrap());
        let pieces = [
            json!([{"index": first, "id": "c1", "name": "echo", "args": "{\"q\":"}]),
            json!([{"index": second, "id": "c2", "name": "other", "args": "{\"q\":\"b\"}"}]),
            json!([{"index": first, "args": "\"a\"}"}]),
        ];
        assert_eq!(meant(&pieces), [a(), b()], "{first} {second}");
    }
    assert_eq!(meant(&[json!([{"index": "zero", "id": "c1", "name": "echo", "args": {"q": "a"}}])]), [a()]);
}

#[test]
fn names_come_repeated_in_pieces_and_growing() {
    let pieces = |names: [&str; 2]| {
        [
            json!([{"index": 0, "id": "c1", "name": names[0], "args": ""}]),
            json!([{"index": 0, "name": names[1], "args": "{\"q\":\"a\"}"}]),
        ]
    };
    for names in [["echo", "echo"], ["ec", "ho"], ["ec", "echo"], ["echo", ""]] {
        assert_eq!(meant(&pieces(names)), [a()], "{names:?}");
    }
    assert_eq!(meant(&pieces(["echo", "_more"]))[0].0, "echo_more");
    assert_eq!(meant(&pieces(["other", "echo"])).len(), 2, "two names that are tools are two calls");
    assert_eq!(meant(&pieces(["no", "body"]))[0].0, "nobody", "no tool, but one call");
}

#[test]
fn the_same_id_for_two_calls_is_not_kept_for_both() {
    let pieces = json!([
        {"index": 0, "id": "0", "name": "echo", "args": "{\"q\":\"a\"}"},
        {"index": 1, "id": "0", "name": "other", "args": "{\"q\":\"b\"}"},
    ]);
    assert_eq!(meant(std::slice::from_ref(&pieces)), [a(), b()]);
    let ids: Vec<String> = calls(&[pieces]).into_iter().map(|call| call.id).collect();
    assert_eq!(ids, ["0", "r00003001"]);
}

#[test]
fn a_call_that_is_repeated_when_it_is_over_is_made_once() {
    let pieces = [
        json!([{"index": 0, "id": "c1", "name": "echo", "args": "{\"q\":"}]),
        json!([{"index": 0, "args": "\"a\"}"}]),
        json!([{"index": 0, "id": "c1", "name": "echo", "args": "{\"q\":\"a\"}"}]),
    ];
    assert_eq!(meant(&pieces), [a()]);
}

#[test]
fn arguments_come_as_text_as_value_and_as_text_within_text() {
    for args in [json!({"q": "a"}), json!("{\"q\":\"a\"}"), json!("\"{\\\"q\\\":\\\"a\\\"}\"")] {
        assert_eq!(meant(&[json!([{"name": "echo", "args": args}])]), [a()]);
    }
    for args in [json!(""), json!(" \n"), json!(null), json!("null"), json!({}), json!("{}"), json!("\"\"")] {
        assert_eq!(meant(&[json!([{"name": "echo", "args": args}])]), [("echo".to_owned(), json!({}))], "{args}");
    }
    assert_eq!(meant(&[json!([{"name": "echo"}])])[0].1, json!({}), "none");
    assert_eq!(meant(&[json!([{"name": "echo", "args": "[1]"}])])[0].1, json!([1]), "never {{}} in its stead");
    assert_eq!(meant(&[json!([{"name": "echo", "args": "{\"q\":\"a\\ud83d\"}"}])])[0].1, json!({"q": "a\u{fffd}"}));
}

#[test]
fn arguments_that_cannot_be_read_are_kept_and_the_reason_with_them() {
    for args in ["{\"q\": listt_windows\"}", "{\"q\":\"cut", "{\"q\":\"a\"}{\"q\":\"b\"}"] {
        let call = calls(&[json!([{"name": "echo", "args": args}])]).remove(0);
        let Arguments::Unreadable { raw, why } = &call.arguments else { panic!("{call:?}") };
        assert!(raw == args && why.starts_with("the arguments are not JSON ("), "{why}");
        assert_eq!(call.arguments.sendable(), json!({"unreadable_arguments": args}));
    }
}

#[test]
fn made_up_ids_fit_the_strictest_provider() {
    let ids: Vec<String> =
        calls(&[json!([{"name": "echo"}, {"name": "other", "id": " "}])]).into_iter().map(|call| call.id).collect();
    assert_eq!(ids, ["r00003000", "r00003001"]);
    let long = calls(&[json!([{"id": "x".repeat(MAX_CALL_ID + 1), "name": "echo"}])]).remove(0);
    assert_eq!(long.id, "r00003000");
}

#[test]
fn a_piece_of_nothing_is_no_call() {
    assert_eq!(calls(&[json!([{}]), json!([{"index": 0, "args": ""}]), json!([{"index": 1, "id": "c"}])]), []);
}

#[test]
fn there_is_an_end_to_calls_and_to_arguments() {
    let many: Vec<Value> = (0..=MAX_CALLS).map(|n| json!([{"index": n, "name": "echo"}])).collect();
    assert_eq!(try_calls(&many).unwrap_err().message, "the model asked for more than 128 tools at once");
    let long = json!([{"index": 999, "args": "x".repeat(600 << 10)}]);
    let object = |size: usize| json!([{"name": "echo", "args": {"q": "x".repeat(size)}}]);
    let values: Vec<u8> = vec![0; MAX_ARGUMENTS / 2];
    for deltas in [
        vec![long.clone(), long.clone()],
        vec![object(MAX_ARGUMENTS)],
        vec![json!([{"name": "echo", "args": values}])],
        vec![long, json!([{"index": 999, "args": {"q": "x".repeat(600 << 10)}}])],
    ] {
        let error = try_calls(&deltas).unwrap_err();
        assert_eq!(error.message, "the model's tool call arguments exceeded the size limit");
    }
    assert_eq!(try_calls(&[object(MAX_ARGUMENTS - 10)]).unwrap().len(), 1);
}

proptest! {
    #[test]
    fn no_deltas_break_it(deltas in proptest::collection::vec(proptest::collection::vec(part(), 0..4), 0..8)) {
        let deltas: Vec<Value> = deltas.into_iter().map(Value::Array).collect();
        let calls = calls(&deltas);
        let ids: HashSet<&str> = calls.iter().map(|call| call.id.as_str()).collect();
        prop_assert_eq!(ids.len(), calls.len(), "ids are unique");
    }
}

fn part() -> impl Strategy<Value = Value> {
    let args = prop_oneof![
        Just(json!("{\"q\":")),
        Just(json!("\"a\"}")),
        Just(json!({"q": 1})),
        Just(json!(null)),
        Just(json!("}"))
    ];
    let name =
        prop_oneof![Just(json!("echo")), Just(json!("ec")), Just(json!("ho")), Just(json!(null)), Just(json!(""))];
    let id = prop_oneof![Just(json!("c1")), Just(json!("c2")), Just(json!("")), Just(json!("r00003000"))];
    let index = prop_oneof![Just(json!(0)), Just(json!(1)), Just(json!("x")), Just(json!(1e300))];
    (index, id, name, args, 0_u8..16).prop_map(|(index, id, name, args, has)| {
        let all = [("index", index), ("id", id), ("name", name), ("args", args)];
        let kept = all.into_iter().enumerate().filter(|(at, _)| has & (1 << at) != 0);
        Value::Object(kept.map(|(_, (name, value))| (name.to_owned(), value)).collect())
    })
}
