//! Applies a webhook's map: from a delivery to the request for a run. Pure.
//!
//! Text stays as it is, other values become their JSON. What others write is fitted where it is a mere label: tags are cut,
//! and their commas become blanks.

use super::filter::found;
use super::received::{Content, Received};
use crate::domain::hook::{Mapping, Piece, Place, Source, pieces};
use crate::domain::request::{MAX_INPUT, RunRequest, Scalar};
use crate::domain::tags::{MAX_TAG, MAX_TAGS, tidied};
use crate::error::FieldError;
use serde_json::Value;

/// Makes what a run is given.
///
/// # Errors
/// There is nothing where the input is to come from.
pub(super) fn request(map: &Mapping, received: &Received, content: Content) -> Result<RunRequest, Vec<FieldError>> {
    let text = |source: &Source| text(source, received, &content);
    let input = map.input.as_ref().map(|source| {
        text(source).map_err(|place| {
            let detail = format!("is missing: the delivery has nothing at {place}, where the webhook takes it from");
            vec![FieldError::of("input", detail)]
        })
    });
    let variables = map.variables.iter().filter_map(|(name, source)| Some((name.clone(), text(source).ok()?)));
    let variables = variables.collect();
    let metadata = map.metadata.iter().filter_map(|(name, source)| {
        let value = match source {
            Source::Constant(value) if !value.keeps_digits() => Scalar::Text(value.to_string()),
            Source::Constant(value) => value.clone(),
            Source::Place(place) => {
                let value = found(place, received, &content)?.into_owned();
                match Scalar::of(value.clone()) {
                    Some(scalar) => scalar,
                    None if value.is_null() => return None,
                    None => Scalar::Text(value.to_string()),
                }
            }
            Source::Template(_) => Scalar::Text(text(source).ok()?),
        };
        Some((name.clone(), value))
    });
    let metadata = metadata.collect();
    let tags: Vec<String> = map.tags.iter().flat_map(|source| words(source, received, &content)).collect();
    let mut tags = tidied(&tags.iter().map(|tag| fitted(tag)).collect::<Vec<_>>());
    tags.retain(|tag| !tag.is_empty());
    tags.truncate(MAX_TAGS);
    let input = input.transpose()?;
    let input = input.unwrap_or_else(|| whole(content));
    Ok(RunRequest { input: Some(input), variables, tags, metadata, ..RunRequest::default() })
}

/// Returns the body's text: JSON with a line for each value, unless that makes it too long.
fn whole(Content { value, is_json, text }: Content) -> String {
    match is_json.then(|| serde_json::to_string_pretty(&value)) {
        Some(Ok(pretty)) if pretty.len() <= MAX_INPUT => pretty,
        _ => text,
    }
}

/// Returns a value as text, or the place where there is nothing.
fn text(source: &Source, received: &Received, content: &Content) -> Result<String, Place> {
    let at = |place: &Place| {
        let value = found(place, received, content).filter(|value| !value.is_null());
        value.map(|value| plain(&value)).ok_or_else(|| place.clone())
    };
    match source {
        Source::Place(place) => at(place),
        Source::Constant(value) => Ok(value.to_string()),
        Source::Template(template) => {
            let mut filled = String::new();
            for piece in pieces(template).unwrap_or_default() {
                // It is too long already: however often a template has the whole body, no more is put together.
                if filled.len() > MAX_INPUT {
                    break;
                }
                match piece {
                    Piece::Text(text) => filled.push_str(text),
                    Piece::Pointer(pointer) => filled.push_str(&at(&Place::Body(pointer.to_owned()))?),
                }
            }
            Ok(filled)
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Returns the texts that become tags: of a list those in it.
fn words(source: &Source, received: &Received, content: &Content) -> Vec<String> {
    let Source::Place(place) = source else { return text(source, received, content).into_iter().collect() };
    match found(place, received, content).as_deref() {
        Some(Value::Array(values)) => values.iter().filter(|value| !value.is_null()).map(plain).collect(),
        None | Some(Value::Null) => Vec::new(),
        Some(value) => vec![plain(value)],
    }
}

/// Returns a text as a tag may be.
fn fitted(text: &str) -> String {
    let text = text.replace([',', '\0'], " ");
    text.trim().trim_start_matches('!').trim_start().chars().take(MAX_TAG).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor_time::processor_time;
    use bytes::Bytes;
    use serde_json::json;

    fn made_of(body: &[u8], map: Value) -> Result<RunRequest, Vec<FieldError>> {
        let headers = vec![("x-github-event".to_owned(), "push".to_owned())];
        let received = Received { headers, body: Bytes::copy_from_slice(body) };
        request(&Mapping::read("map", map).unwrap(), &received, received.content().unwrap())
    }

    fn made(map: Value) -> RunRequest {
        let body = json!({
            "ref": "refs/heads/main", "n": 7, "ok": true, "none": null, "pusher": { "name": "Ada" },
            "labels": ["bug, urgent", "!p1", null, 3, "bug, urgent", "l".repeat(100)],
            "head_commit": { "message": "Mend it\n\nFor good" },
        });
        made_of(body.to_string().as_bytes(), map).unwrap()
    }

    #[test]
    fn without_a_map_the_input_is_the_body() {
        let of = |body: &[u8]| made_of(body, json!({})).unwrap().input.unwrap();
        assert_eq!(of(br#"{"b":1,"a":[2]}"#), "{\n  \"b\": 1,\n  \"a\": [\n    2\n  ]\n}");
        assert_eq!(of(b"disk full on db-1"), "disk full on db-1");
        assert_eq!(of(b"\xff!"), "\u{fffd}!");
        let long = format!("[{}1]", "1,".repeat(100_000));
        assert_eq!(of(long.as_bytes()), long, "what would be too long with a line for each value");
    }

    #[test]
    fn values_come_from_their_places() {
        let made = made(json!({
            "input": "/head_commit/message",
            "variables": {
                "branch": "/ref", "n": "/n", "who": "/pusher", "gone": "/gone", "none": "/none",
                "event": { "header": "X-GitHub-Event" }, "always": { "value": 3 },
                "said": { "template": "{{/pusher/name}} → {{ /ref }}!" }, "half": { "template": "{{/gone}}" },
            },
            "tags": ["/labels", { "value": "push" }, "/gone", "/ok"],
            "metadata": { "n": "/n", "who": "/pusher", "none": "/none", "fixed": { "value": true } },
        }));
        assert_eq!(made.input.as_deref(), Some("Mend it\n\nFor good"));
        let variables: Vec<_> = made.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            variables,
            [
                ("always", "3"),
                ("branch", "refs/heads/main"),
                ("event", "push"),
                ("n", "7"),
                ("said", "Ada → refs/heads/main!"),
                ("who", "{\"name\":\"Ada\"}"),
            ]
        );
        assert_eq!(made.tags, ["bug  urgent", "p1", "3", &"l".repeat(64), "push", "true"]);
        assert_eq!(crate::domain::tags::faults(&made.tags), []);
        let metadata: Vec<_> = made.metadata.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(metadata, ["fixed=true", "n=7", "who={\"name\":\"Ada\"}"]);
    }

    #[test]
    fn what_comes_in_thousands_is_not_put_together() {
        let labels: Vec<_> = (0..100_000).map(|n| format!("{n}")).collect();
        let body = json!({ "labels": labels }).to_string();
        let took = processor_time(|| {
            let made = made_of(body.as_bytes(), json!({ "tags": ["/labels"], "input": { "value": "x" } })).unwrap();
            assert_eq!(made.tags, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
            let template = "{{}}".repeat(4_000);
            let made = made_of(body.as_bytes(), json!({ "input": { "template": template } })).unwrap();
            assert!(made.input.unwrap().len() < 2 * body.len().max(MAX_INPUT));
        });
        assert!(took < 5.0, "{took} s");
    }

    #[test]
    fn an_input_that_is_not_there_is_an_error() {
        for map in [json!({ "input": "/gone" }), json!({ "input": { "template": "{{/n}} {{/gone}}" } })] {
            let errors = made_of(b"{\"n\":1}", map).unwrap_err();
            assert_eq!(errors[0].pointer, "/input");
            assert!(errors[0].detail.contains("nothing at /gone"), "{errors:?}");
        }
    }

    #[test]
    fn a_form_is_read_by_its_fields_and_a_payload_in_it_is_the_body() {
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        let of = |body: &'static str, map| {
            let received = Received { headers: headers.clone(), body: Bytes::from_static(body.as_bytes()) };
            request(&Mapping::read("map", map).unwrap(), &received, received.content().unwrap()).unwrap().input.unwrap()
        };
        assert_eq!(of("payload=%7B%22ref%22%3A%22main%22%7D", json!({ "input": "/ref" })), "main");
        assert_eq!(of("text=deploy+now&user=ada", json!({ "input": "/text" })), "deploy now");
        assert_eq!(of("payload=text&user=ada", json!({ "input": "/payload" })), "text");
    }
}
