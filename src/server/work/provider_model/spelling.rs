//! A call as the request it becomes. That of a long conversation takes many milliseconds, so it is made away from the
//! threads that serve requests.

use super::super::model::{Arguments, ChatCall, ChatTurn, ModelError};
use super::super::name::{ModelName, Provider};
use super::super::protocols::{AnswerReader, Protocol};
use super::super::providers::Endpoint;
use super::super::wire::json::length;
use super::super::wire::{PackedRequest, WireRequest};
use crate::server::aside;
use serde_json::Value;

/// A call, ready to be sent.
pub(super) struct Spelled {
    pub(super) request: Result<PackedRequest, ModelError>,
    pub(super) reader: Box<dyn AnswerReader>,
    pub(super) protocol: Box<dyn Protocol>,
}

/// Spells a call in its protocol, with no echoes but its own.
pub(super) async fn spelled(
    call: ChatCall,
    protocol: Box<dyn Protocol>,
    name: &ModelName,
    endpoint: &Endpoint,
) -> Spelled {
    let (name, endpoint) = (name.clone(), endpoint.clone());
    aside::read(weight(&call), move || {
        let call = with_own_echoes(call, name.provider, protocol.as_ref());
        let request = protocol.request(&call, &name, &endpoint).and_then(WireRequest::packed);
        let reader = protocol.reader(&call, &name);
        Spelled { request, reader, protocol }
    })
    .await
}

/// Beyond this nothing is counted: it is known to be long.
const MOST_COUNTED: usize = 64 << 10;

/// Returns about how many bytes of JSON a call becomes.
fn weight(call: &ChatCall) -> usize {
    let mut sum = 0;
    for turn in &call.turns {
        sum += of_turn(turn);
        if sum >= MOST_COUNTED {
            return sum;
        }
    }
    let tools = call.tools.iter().map(|tool| tool.description.len() + of_value(&tool.parameters));
    sum + tools.sum::<usize>()
}

fn of_turn(turn: &ChatTurn) -> usize {
    match turn {
        ChatTurn::System(text) | ChatTurn::User(text) | ChatTurn::Tool { content: text, .. } => text.len(),
        ChatTurn::Assistant { text, calls, echo } => {
            let calls = calls.iter().map(|call| match &call.arguments {
                Arguments::Read(value) => of_value(value),
                Arguments::Unreadable { raw, .. } => raw.len(),
            });
            text.len() + calls.sum::<usize>() + echo.as_ref().map_or(0, |echo| of_value(&echo.content))
        }
    }
}

fn of_value(value: &Value) -> usize {
    length(value, MOST_COUNTED)
}

/// Returns the call without the echoes of other providers and protocols, which would be refused or mean nothing.
fn with_own_echoes(mut call: ChatCall, provider: Provider, protocol: &dyn Protocol) -> ChatCall {
    for turn in &mut call.turns {
        if let ChatTurn::Assistant { echo, .. } = turn {
            echo.take_if(|echo| echo.provider != provider || echo.protocol != protocol.name());
        }
    }
    call
}

#[cfg(test)]
mod tests {
    use super::super::super::model::Echo;
    use super::super::super::protocols::openai_chat::OpenAiChat;
    use super::*;
    use serde_json::json;
    use std::sync::{Arc, Mutex};
    use std::thread::ThreadId;

    /// A protocol that notes on which thread it is asked.
    struct Spy(Arc<Mutex<Vec<ThreadId>>>);

    impl Protocol for Spy {
        fn name(&self) -> &'static str {
            "spy"
        }

        fn request(&self, _: &ChatCall, _: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
            self.0.lock().unwrap().push(std::thread::current().id());
            WireRequest::new(endpoint, "chat", json!({}))
        }

        fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader> {
            OpenAiChat::of(name.provider).reader(call, name)
        }
    }

    fn call(turn: ChatTurn) -> ChatCall {
        ChatCall {
            model: "openai/test".to_owned(),
            turns: vec![turn],
            tools: [].into(),
            max_output_tokens: None,
            is_retry: false,
            attempt: 1,
        }
    }

    fn echoing(content: Value) -> ChatTurn {
        let echo = Echo { provider: Provider::OpenAi, protocol: "spy".to_owned(), content };
        ChatTurn::Assistant { text: String::new(), calls: Vec::new(), echo: Some(echo) }
    }

    #[tokio::test]
    async fn a_long_conversation_is_spelled_away_from_the_threads_that_serve_requests() {
        let endpoint = Endpoint { base: "http://x/v1/".parse().unwrap(), key: "k".into() };
        let here = std::thread::current().id();
        for (turn, is_here) in [
            (ChatTurn::User("Hi".to_owned()), true),
            (ChatTurn::User("x".repeat(200 << 10)), false),
            (echoing(json!(["x"])), true),
            (echoing(Value::Array(vec![json!(0); 100_000])), false),
        ] {
            let seen = Arc::<Mutex<Vec<ThreadId>>>::default();
            let call = call(turn);
            let name = call.model.parse().unwrap();
            let made = spelled(call, Box::new(Spy(Arc::clone(&seen))), &name, &endpoint).await;
            assert!(made.request.is_ok_and(|request| request.body == b"{}"));
            assert_eq!(seen.lock().unwrap().iter().map(|thread| *thread == here).collect::<Vec<_>>(), [is_here]);
        }
    }
}
