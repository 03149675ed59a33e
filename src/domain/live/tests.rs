//! Tests of the messages of live updates, as they go over the wire.

use super::*;

#[test]
fn clients_speak_in_tagged_messages() {
    let message: ClientMessage =
        serde_json::from_str(r#"{"type":"subscribe","topics":["agent:1"],"message_id":"x"}"#).unwrap();
    assert_eq!(
        message,
        ClientMessage::Subscribe { topics: vec!["agent:1".into()], only: None, message_id: Some("x".into()) }
    );
    let some: ClientMessage = serde_json::from_str(r#"{"type":"subscribe","topics":["agents"],"only":[3,4]}"#).unwrap();
    let only = Some(vec![AgentId(3), AgentId(4)]);
    assert_eq!(some, ClientMessage::Subscribe { topics: vec!["agents".into()], only, message_id: None });
}

#[test]
fn kind_and_seq_are_those_on_the_wire() {
    let (topic, data) = (Topic::Agents, Deleted { id: AgentId(3) });
    let messages = [
        ServerMessage::AgentsState { topic, server_now: Timestamp::from_ms(0), data: Vec::new(), page: None },
        ServerMessage::AgentDeleted { topic, seq: 7, data },
        ServerMessage::Pong { server_now: Timestamp::from_ms(0), message_id: None },
        ServerMessage::Error { message: "no".into(), message_id: None },
    ];
    for message in messages {
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!((json["type"].as_str(), json["seq"].as_i64()), (Some(message.kind()), message.seq()));
    }
}

#[test]
fn a_pong_carries_the_server_clock() {
    let pong = ServerMessage::Pong { server_now: Timestamp::from_ms(0), message_id: None };
    assert_eq!(serde_json::to_string(&pong).unwrap(), r#"{"type":"pong","server_now":"1970-01-01T00:00:00.000Z"}"#);
}
