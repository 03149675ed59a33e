//! Reads the messages of servers, leniently: one odd spelling is not worth the conversation. Results stay the JSON they are:
//! whoever asked reads them item by item.
//!
//! Knows the protocol's envelope; no pipe, no HTTP, no tool.

mod repair;

use super::super::text::bound;
use crate::server::aside;
use crate::server::work::wire::json::count_values;
use parking_lot::Mutex;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, CustomResult, ErrorCode, ErrorData, JsonRpcError, JsonRpcMessage,
    JsonRpcRequest, NumberOrString, RequestId, ServerJsonRpcMessage, ServerResult,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A message of more bytes is parsed off the workers.
pub(super) const LONG: usize = 64 * 1024;
/// Longest message of a server, in bytes.
pub(super) const MAX_MESSAGE: usize = 16 * 1024 * 1024;
/// Most values of a message; parsed, each takes more memory than it was written with.
const MAX_VALUES: usize = 1_000_000;
/// How much of an over-long message is searched for the id of its request, in bytes.
const HEAD: usize = 1024;

/// Requests that a server has not responded to yet, by their ids, and whether each is the handshake, which alone is
/// read as what the protocol says it is.
#[derive(Debug, Default)]
pub(super) struct Asked {
    requests: Mutex<HashMap<i64, bool>>,
    /// Those of the whole conversation, where these are the ones of one exchange.
    all: Option<Arc<Self>>,
}

impl Asked {
    /// Returns the requests of one exchange, none so far, of a conversation.
    pub(super) fn within(all: &Arc<Self>) -> Self {
        Self { requests: Mutex::default(), all: Some(Arc::clone(all)) }
    }

    /// Takes note of what is sent.
    pub(super) fn note(&self, sent: &ClientJsonRpcMessage) {
        match sent {
            JsonRpcMessage::Request(request) => {
                if let NumberOrString::Number(id) = request.id {
                    let is_handshake = matches!(request.request.method(), "initialize" | "server/discover");
                    self.requests.lock().insert(id, is_handshake);
                }
            }
            JsonRpcMessage::Notification(sent) => {
                if let ClientNotification::CancelledNotification(cancelled) = &sent.notification
                    && let Some(NumberOrString::Number(id)) = cancelled.params.request_id
                {
                    self.requests.lock().remove(&id);
                }
            }
            _ => {}
        }
        if let Some(all) = &self.all {
            all.note(sent);
        }
    }

    /// Takes note that nothing will come of these requests.
    pub(super) fn give_up(&self) {
        for id in std::mem::take(&mut *self.requests.lock()).keys() {
            if let Some(all) = &self.all {
                all.requests.lock().remove(id);
            }
        }
    }

    /// Whether a message is still worth sending: nobody has given up waiting for its response.
    pub(super) fn still_asks(&self, message: &ClientJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Request(JsonRpcRequest { id: NumberOrString::Number(id), .. }) => {
                self.requests.lock().contains_key(id)
            }
            _ => true,
        }
    }

    /// Returns the request that an id belongs to and whether it is the handshake; `None` if nobody waits for it. Some
    /// servers write the number as a text.
    fn take(&self, id: &Value) -> Option<(RequestId, bool)> {
        let number = id.as_i64().or_else(|| id.as_str()?.trim().parse().ok())?;
        let is_handshake = self.requests.lock().remove(&number)?;
        if let Some(all) = &self.all {
            all.requests.lock().remove(&number);
        }
        Some((NumberOrString::Number(number), is_handshake))
    }

    /// Returns a message of an exchange with what it is about: an error that names no request can be about one alone.
    fn addressed(&self, message: ServerJsonRpcMessage) -> ServerJsonRpcMessage {
        match message {
            JsonRpcMessage::Error(JsonRpcError { id: None, error, .. }) => {
                ServerJsonRpcMessage::error(error, self.take_only())
            }
            other => other,
        }
    }

    fn take_only(&self) -> Option<RequestId> {
        self.all.as_ref()?;
        let only = match self.requests.lock().keys().collect::<Vec<_>>().as_slice() {
            [only] => Value::from(**only),
            _ => return None,
        };
        self.take(&only).map(|(id, _)| id)
    }
}

/// Returns the messages in a piece of JSON: one, several in a list, or none where it is no message, such as a line of a
/// log.
pub(super) fn read(bytes: &[u8], asked: &Asked) -> Vec<ServerJsonRpcMessage> {
    if count_values(bytes) > MAX_VALUES {
        return unreadable(bytes, &format!("it has more than {MAX_VALUES} values"), asked).into_iter().collect();
    }
    match parse(&repair::text(bytes)) {
        Ok(Value::Array(several)) => several.into_iter().filter_map(|value| message(value, asked)).collect(),
        Ok(value) => message(value, asked).into_iter().collect(),
        Err(error) => unreadable(bytes, &error.to_string(), asked).into_iter().collect(),
    }
}

/// Does the same for a long piece, off the workers: parsing 16 MB takes a tenth of a second and more.
pub(super) fn read_elsewhere(bytes: Vec<u8>, asked: &Arc<Asked>) -> JoinHandle<Vec<ServerJsonRpcMessage>> {
    let asked = Arc::clone(asked);
    tokio::spawn(aside::run(move || read(bytes.trim_ascii(), &asked)))
}

/// Returns the response to the request that an over-long message was meant for; `head` is how it begins.
pub(super) fn too_long(head: &[u8], asked: &Asked) -> Option<ServerJsonRpcMessage> {
    let head = String::from_utf8_lossy(&head[..head.len().min(HEAD)]);
    let (_, rest) = head.split_once("\"id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().trim_start_matches('"');
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let id: i64 = rest[..digits].parse().ok()?;
    let (id, _) = asked.take(&id.into())?;
    let words = format!("its answer is longer than {}", bound(MAX_MESSAGE));
    Some(ServerJsonRpcMessage::error(ErrorData::new(ErrorCode::INTERNAL_ERROR, words, None), Some(id)))
}

/// Returns messages in the order in which they are handed on. The response comes last: nothing that follows it on its
/// stream is read. An error that names no request is about none where a response beside it does.
pub(super) fn in_order(messages: Vec<ServerJsonRpcMessage>, asked: &Asked) -> Vec<ServerJsonRpcMessage> {
    let (mut responses, others): (Vec<_>, Vec<_>) = messages.into_iter().partition(is_response);
    let is_named = |message: &ServerJsonRpcMessage| match message {
        JsonRpcMessage::Error(error) => error.id.is_some(),
        _ => true,
    };
    if responses.iter().any(is_named) {
        responses.retain(is_named);
    } else {
        responses.truncate(1);
    }
    others.into_iter().chain(responses).map(|message| asked.addressed(message)).collect()
}

/// Returns the messages in an event as rmcp's HTTP client reads them, each out of an event of its own, in their order.
pub(super) fn relayed(data: &str, asked: &Asked) -> Vec<String> {
    in_order(read(data.as_bytes(), asked), asked).into_iter().map(relay).collect()
}

/// Returns a message as rmcp's HTTP client reads it: the result as a text, which it takes for no type that it knows and
/// hands on as it is. [`result`] is the way back.
pub(super) fn relay(message: ServerJsonRpcMessage) -> String {
    match message {
        JsonRpcMessage::Response(response) => match response.result {
            ServerResult::CustomResult(result) => {
                json!({ "jsonrpc": "2.0", "id": response.id, "result": result.0.to_string() }).to_string()
            }
            typed => serde_json::to_string(&ServerJsonRpcMessage::response(typed, response.id)).unwrap_or_default(),
        },
        other => serde_json::to_string(&other).unwrap_or_default(),
    }
}

/// Whether a message is a result or an error that somebody waits for.
pub(super) fn is_response(message: &ServerJsonRpcMessage) -> bool {
    matches!(message, JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_))
}

/// Whether a result takes so long to parse that it is done off the workers.
pub(super) fn is_long(result: &ServerResult) -> bool {
    matches!(result, ServerResult::CustomResult(CustomResult(Value::String(text))) if text.len() > LONG)
}

/// Returns the JSON of a result that has come as a message of this module.
pub(super) fn result(result: ServerResult) -> Value {
    match result {
        ServerResult::CustomResult(CustomResult(Value::String(text))) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        ServerResult::CustomResult(CustomResult(value)) => value,
        typed => serde_json::to_value(typed).unwrap_or_default(),
    }
}

fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).or_else(|error| match repair::json(text) {
        Some(repaired) => serde_json::from_str(&repaired),
        None => Err(error),
    })
}

fn message(value: Value, asked: &Asked) -> Option<ServerJsonRpcMessage> {
    let Value::Object(mut map) = value else { return None };
    if map.contains_key("method") {
        map.insert("jsonrpc".to_owned(), "2.0".into());
        // A request with the id null is a notification.
        if map.get("id").is_some_and(Value::is_null) {
            map.remove("id");
        }
        return serde_json::from_value(map.into()).inspect_err(|error| tracing::debug!("not understood: {error}")).ok();
    }
    let id = map.get("id").cloned().unwrap_or_default();
    if let Some(error) = map.remove("error").filter(|error| !error.is_null()) {
        let to = asked.take(&id).map(|(id, _)| id);
        // An error without an id may be meant for whoever waits.
        return (to.is_some() || id.is_null()).then(|| ServerJsonRpcMessage::error(error_data(error), to));
    }
    let result = map.remove("result")?;
    let (id, is_handshake) = asked.take(&id)?;
    let result = match is_handshake {
        true => handshake(result),
        false => ServerResult::CustomResult(CustomResult(result)),
    };
    Some(ServerJsonRpcMessage::response(result, id))
}

/// Returns a handshake's result; where something about it is odd, with what is needed of it alone.
fn handshake(result: Value) -> ServerResult {
    let typed = |value: &Value| match serde_json::from_value(value.clone()) {
        Ok(ServerResult::CustomResult(_)) | Err(_) => None,
        Ok(typed) => Some(typed),
    };
    let of = |name: &str| result.get(name).and_then(Value::as_object);
    let text = |map: Option<&Map<String, Value>>, name: &str| {
        map.and_then(|map| map.get(name)).and_then(Value::as_str).unwrap_or("unknown").to_owned()
    };
    let needed = || {
        let tools = of("capabilities").and_then(|all| all.get("tools")).filter(|tools| !tools.is_null());
        let capabilities = match tools {
            Some(_) => json!({ "tools": { "listChanged": true } }),
            None => json!({}),
        };
        let server = json!({ "name": text(of("serverInfo"), "name"), "version": text(of("serverInfo"), "version") });
        let version = result.get("protocolVersion").cloned().unwrap_or_default();
        json!({ "protocolVersion": version, "capabilities": capabilities, "serverInfo": server })
    };
    typed(&result).or_else(|| typed(&needed())).unwrap_or(ServerResult::CustomResult(CustomResult(result)))
}

/// Returns an error, also where its code is no number and its message no text.
fn error_data(error: Value) -> ErrorData {
    let code = error.get("code").and_then(|code| code.as_i64().or_else(|| code.as_str()?.parse().ok()));
    let code = code.and_then(|code| i32::try_from(code).ok()).map_or(ErrorCode::INTERNAL_ERROR, ErrorCode);
    let message = match error.get("message").and_then(Value::as_str) {
        Some(message) => message.to_owned(),
        None => error.as_str().map_or_else(|| error.to_string(), str::to_owned),
    };
    ErrorData::new(code, message, error.get("data").cloned())
}

/// Returns the response to whoever waits for a message that is JSON and cannot be read: it is nested too deeply, or has
/// too many values.
fn unreadable(bytes: &[u8], error: &str, asked: &Asked) -> Option<ServerJsonRpcMessage> {
    #[derive(Deserialize)]
    struct Envelope {
        id: Value,
    }
    tracing::debug!("a message that cannot be read: {error}");
    let envelope: Envelope = serde_json::from_slice(bytes).ok()?;
    let (id, _) = asked.take(&envelope.id)?;
    let words = format!("its answer cannot be read: {error}");
    Some(ServerJsonRpcMessage::error(ErrorData::new(ErrorCode::PARSE_ERROR, words, None), Some(id)))
}

#[cfg(test)]
mod tests;
