//! Tools that earlier turns have called, as the model is shown them again. Pure.

use super::super::model::{Arguments, ChatTurn, Echo, ToolCall};
use crate::server::execution::PastCalls;
use std::collections::HashSet;

/// Returns the calls of one answer and their results; `at` is their place in the conversation.
pub(super) fn turns(past: PastCalls, at: usize) -> Vec<ChatTurn> {
    let mut seen = HashSet::new();
    let own: Vec<Option<String>> =
        past.calls.iter().map(|call| call.id.clone().filter(|id| seen.insert(id.clone()))).collect();
    let ids: Vec<String> = own.into_iter().enumerate().map(|(n, id)| id.unwrap_or_else(|| made_up(at, n))).collect();
    let echo = past.echo.and_then(|echo| serde_json::from_value::<Echo>(echo).ok());
    let asked = past.calls.iter().zip(&ids).map(|(call, id)| ToolCall {
        id: id.clone(),
        name: call.name.clone(),
        arguments: Arguments::Read(call.arguments.clone()),
    });
    let mut turns = vec![ChatTurn::Assistant { text: past.said, calls: asked.collect(), echo }];
    turns.extend(past.calls.into_iter().zip(ids).map(|(call, call_id)| ChatTurn::Tool {
        call_id,
        name: call.name,
        content: call.result,
    }));
    turns
}

/// Returns nine letters and digits: the strictest of providers takes them, and no other call of the conversation has
/// them.
fn made_up(at: usize, call: usize) -> String {
    format!("p{:08}", (at * 1_000 + call) % 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::super::super::name::Provider;
    use super::*;
    use crate::server::execution::PastCall;
    use serde_json::{Value, json};

    fn ids(given: &[Option<&str>]) -> Vec<String> {
        let call = |id: &Option<&str>| PastCall {
            id: id.map(str::to_owned),
            name: "clock".to_owned(),
            arguments: json!({}),
            result: "12:00".to_owned(),
        };
        let past = PastCalls { said: String::new(), calls: given.iter().map(call).collect(), echo: None };
        let turns = turns(past, 2);
        let ChatTurn::Assistant { calls, .. } = &turns[0] else { panic!("{turns:?}") };
        let asked: Vec<String> = calls.iter().map(|call| call.id.clone()).collect();
        let answered = turns[1..].iter().map(|turn| match turn {
            ChatTurn::Tool { call_id, .. } => call_id.clone(),
            other => panic!("{other:?}"),
        });
        assert_eq!(answered.collect::<Vec<_>>(), asked, "each result finds its call");
        asked
    }

    #[test]
    fn calls_keep_their_ids_and_others_get_one() {
        assert_eq!(ids(&[Some("call_a"), Some("call_b")]), ["call_a", "call_b"]);
        assert_eq!(ids(&[None, Some("x"), Some("x")]), ["p00002000", "x", "p00002002"]);
    }

    #[test]
    fn an_echo_comes_back_as_it_was_stored() {
        let echo = Echo { provider: Provider::Gemini, protocol: "gemini".to_owned(), content: json!([1]) };
        let stored = |echo: Value| PastCalls { echo: Some(echo), ..PastCalls::default() };
        let back = |past| match turns(past, 0).remove(0) {
            ChatTurn::Assistant { echo, .. } => echo,
            other => panic!("{other:?}"),
        };
        assert_eq!(back(stored(serde_json::to_value(&echo).unwrap())), Some(echo));
        assert_eq!(back(stored(json!({"by": "an older version"}))), None);
    }
}
