//! Messages as servers have been met to write them.

use super::*;
use rmcp::model::{CallToolRequestParams, ClientRequest, Request};

/// Requests 1 (the handshake) and 2 (a call) are under way.
fn asked() -> Asked {
    let asked = Asked::default();
    asked.requests.lock().extend([(1, true), (2, false)]);
    asked
}

fn one(text: &str) -> Option<Value> {
    let mut all = read(text.as_bytes(), &asked());
    assert!(all.len() < 2, "{all:?}");
    all.pop().map(|message| serde_json::to_value(message).unwrap())
}

fn answer(text: &str) -> Value {
    match read(text.as_bytes(), &asked()).pop() {
        Some(JsonRpcMessage::Response(response)) => result(response.result),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_result_stays_the_json_it_is() {
    for text in [
        r#"{"tools":[1,{"name":"a","x":null}]}"#,
        r#"{"content":"text","isError":"maybe"}"#,
        "null",
        "5",
        "{}",
        r#""a""#,
    ] {
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(answer(&format!(r#"{{"jsonrpc":"2.0","id":2,"result":{text}}}"#)), expected, "{text}");
        let events = relayed(&format!(r#"{{"id":"2","result":{text}}}"#), &asked());
        let read: ServerJsonRpcMessage = serde_json::from_str(&events[0]).unwrap();
        let JsonRpcMessage::Response(response) = read else { panic!("{events:?}") };
        assert_eq!((result(response.result), events.len()), (expected, 1), "as an event: {events:?}");
    }
}

#[test]
fn all_messages_of_a_batch_arrive_and_the_response_last() {
    let batch = r#"[{"method":"a/first"},{"id":2,"result":{"x":1}},5,{"id":8,"method":"b/asks"},{"method":"c/last"}]"#;
    let events: Vec<Value> =
        relayed(batch, &asked()).iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    let methods: Vec<_> = events.iter().map(|event| event["method"].as_str().unwrap_or("response")).collect();
    assert_eq!(methods, ["a/first", "b/asks", "c/last", "response"]);
    assert_eq!((&events[3]["id"], &events[3]["result"]), (&json!(2), &json!(r#"{"x":1}"#)));
    assert!(relayed("no message", &asked()).is_empty());
}

#[test]
fn what_nobody_waits_for_is_no_message() {
    for text in [
        "",
        "Server started",
        "{not json",
        "[1, 2]",
        "5",
        r#"{"level":"info"}"#,
        r#"{"id":3,"result":{}}"#,
        r#"{"id":3,"error":{}}"#,
    ] {
        assert_eq!(one(text), None, "{text}");
    }
    let asked = asked();
    let once = r#"{"id":2,"result":{}}"#;
    assert_eq!(read(once.as_bytes(), &asked).len(), 1);
    assert_eq!(read(once.as_bytes(), &asked).len(), 0, "an answer comes once");
}

#[test]
fn odd_spelling_is_understood() {
    assert_eq!(answer("\u{feff}{\"id\":\"2\",\"result\":{\"a\":\"\\ud83d!\"}}"), json!({ "a": "\u{fffd}!" }));
    assert_eq!(answer(r#"[{"method":"x/y"},{"id":2,"result":{}}]"#.trim()), json!({}));
    let bytes = [br#"{"id":2,"result":""#.as_slice(), b"\xff\xfe", br#""}"#].concat();
    let Some(JsonRpcMessage::Response(response)) = read(&bytes, &asked()).pop() else { panic!() };
    assert_eq!(result(response.result), json!("\u{fffd}\u{fffd}"));
    assert_eq!(one(r#"{"method":"notifications/odd","id":null,"params":{}}"#).unwrap()["method"], "notifications/odd");
    assert_eq!(one(r#"{"id":7,"method":"odd/request"}"#).unwrap()["id"], 7);
}

#[test]
fn errors_have_a_code_and_words() {
    for (error, code, words) in [
        (r#"{"code":-32602,"message":"no such tool"}"#, -32602, "no such tool"),
        (r#"{"code":"400","message":"bad"}"#, 400, "bad"),
        (r#"{"reason":"quota"}"#, -32603, "{\"reason\":\"quota\"}"),
        (r#""it broke""#, -32603, "it broke"),
        (r#"{"code":99999999999,"message":"big"}"#, -32603, "big"),
    ] {
        let said = one(&format!(r#"{{"id":2,"error":{error},"result":null}}"#)).unwrap();
        assert_eq!(
            (said["error"]["code"].as_i64(), said["error"]["message"].as_str()),
            (Some(code), Some(words)),
            "{error}"
        );
    }
    assert!(one(r#"{"error":{"message":"to nobody"}}"#).unwrap().get("id").is_none_or(Value::is_null));
}

#[test]
fn a_handshake_needs_little() {
    let plain =
        r#"{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}"#;
    let odd = r#"{"protocolVersion":"2025-06-18","capabilities":{"tools":true,"logging":5},"serverInfo":"s","instructions":[]}"#;
    for result in [plain, odd] {
        let text = format!(r#"{{"id":1,"result":{result}}}"#);
        let Some(JsonRpcMessage::Response(response)) = read(text.as_bytes(), &asked()).pop() else { panic!() };
        let ServerResult::InitializeResult(read) = response.result else { panic!("{result}") };
        assert!(read.capabilities.tools.is_some(), "{result}");
    }
}

#[test]
fn what_is_too_deep_or_too_long_is_an_error_for_whoever_waits() {
    let deep = format!(r#"{{"id":2,"result":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    assert!(one(&deep).unwrap()["error"]["message"].as_str().unwrap().starts_with("its answer cannot be read"));
    let many = format!(r#"{{"id":2,"result":[{}0]}}"#, "0,".repeat(MAX_VALUES));
    assert!(one(&many).unwrap()["error"]["message"].as_str().unwrap().ends_with("it has more than 1000000 values"));
    let head = br#"{"jsonrpc":"2.0","id": 2,"result":{"content":"#;
    let Some(JsonRpcMessage::Error(error)) = too_long(head, &asked()) else { panic!() };
    assert_eq!(error.error.message, "its answer is longer than 16 MiB");
    assert!(too_long(b"####", &asked()).is_none() && too_long(br#"{"id":"#, &asked()).is_none());
}

#[test]
fn what_is_sent_is_waited_for_until_it_is_cancelled() {
    let asked = Asked::default();
    let call = ClientRequest::CallToolRequest(Request::new(CallToolRequestParams::new("t")));
    asked.note(&ClientJsonRpcMessage::request(call, NumberOrString::Number(9)));
    assert_eq!(*asked.requests.lock(), HashMap::from([(9, false)]));
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9 } });
    asked.note(&serde_json::from_value(cancel).unwrap());
    assert!(asked.requests.lock().is_empty());
}

#[test]
fn an_exchange_is_part_of_its_conversation() {
    let all = Arc::<Asked>::default();
    let ask = |id| {
        let exchange = Asked::within(&all);
        let call = ClientRequest::CallToolRequest(Request::new(CallToolRequestParams::new("t")));
        exchange.note(&ClientJsonRpcMessage::request(call, NumberOrString::Number(id)));
        exchange
    };
    let (one, two, three, four) = (ask(1), ask(2), ask(3), ask(4));
    let answers = |asked: &Asked, text: &str| read(text.as_bytes(), asked).len();
    assert_eq!(answers(&one, r#"{"id":2,"result":{}}"#), 0, "that is not what was asked here");
    assert_eq!(answers(&one, r#"{"id":1,"result":{}}"#), 1);
    two.give_up();
    assert_eq!(answers(&all, r#"[{"id":1,"result":{}},{"id":2,"result":{}},{"id":3,"result":{}}]"#), 1);
    let nameless = r#"{"error":{"code":-32600,"message":"bad"},"id":null}"#;
    let event: Value = serde_json::from_str(&relayed(nameless, &four)[0]).unwrap();
    assert_eq!(event["id"], 4, "there is nothing else that it may be about: {event}");
    assert!(all.requests.lock().is_empty() && three.requests.lock().len() == 1);
}

#[test]
fn a_result_is_not_lost_for_an_error_without_an_id_beside_it() {
    let (result, error) = (r#"{"id":1,"result":{}}"#, r#"{"error":{"code":-32600,"message":"bad"},"id":null}"#);
    for batch in [format!("[{result},{error}]"), format!("[{error},{result}]"), format!("[{error},{result},{error}]")] {
        let exchange = Asked::within(&Arc::default());
        let call = ClientRequest::CallToolRequest(Request::new(CallToolRequestParams::new("t")));
        exchange.note(&ClientJsonRpcMessage::request(call, NumberOrString::Number(1)));
        let messages = in_order(read(batch.as_bytes(), &exchange), &exchange);
        assert!(matches!(messages.as_slice(), [JsonRpcMessage::Response(_)]), "{batch}: {messages:?}");
    }
}
