//! A tool's result as text, which is all that models are given.

use super::super::ToolError;
use super::super::text::{bounded, size};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

/// The text of a result; what is no text is described.
///
/// # Errors
/// The tool says that it failed.
pub(super) fn text(result: CallToolResult) -> Result<String, ToolError> {
    let CallToolResult { content, structured_content, is_error, .. } = result;
    let mut text = content.into_iter().map(block).collect::<Vec<_>>().join("\n");
    if text.is_empty()
        && let Some(value) = structured_content
    {
        text = value.to_string();
    }
    let text = bounded(text);
    match (is_error, text.is_empty()) {
        (Some(true), true) => Err(ToolError::new("the tool failed and did not say why")),
        (Some(true), false) => Err(ToolError::new(text)),
        (_, true) => Ok("[no content]".to_owned()),
        (_, false) => Ok(text),
    }
}

fn block(block: ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(image) => described(["image", &image.mime_type, &decoded(&image.data)]),
        ContentBlock::Audio(audio) => described(["audio", &audio.mime_type, &decoded(&audio.data)]),
        ContentBlock::Resource(embedded) => match embedded.resource {
            ResourceContents::TextResourceContents { uri, mime_type, text, .. } => {
                let line = described(["resource", &uri, mime_type.as_deref().unwrap_or_default()]);
                format!("{line}\n{text}")
            }
            ResourceContents::BlobResourceContents { uri, mime_type, blob, .. } => {
                described(["resource", &uri, mime_type.as_deref().unwrap_or_default(), &decoded(&blob)])
            }
            _ => described(["resource"]),
        },
        ContentBlock::ResourceLink(link) => {
            described(["link", &link.name, &link.uri, link.mime_type.as_deref().unwrap_or_default()])
        }
        _ => described(["content of an unknown kind"]),
    }
}

/// `[image, image/png, 12 kB]`
fn described<const N: usize>(parts: [&str; N]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("[{}]", parts.join(", "))
}

/// The size of what base64 stands for.
fn decoded(base64: &str) -> String {
    size(base64.trim_end_matches('=').len() * 3 / 4)
}

#[cfg(test)]
mod tests {
    use super::super::super::MAX_RESULT;
    use super::*;
    use serde_json::{Value, json};

    fn of(result: Value) -> Result<String, String> {
        text(serde_json::from_value(result).unwrap()).map_err(|error| error.message)
    }

    #[test]
    fn texts_are_joined_and_the_rest_is_described() {
        let said = of(json!({ "content": [
            { "type": "text", "text": "one" },
            { "type": "image", "data": "QUJDRA==", "mimeType": "image/png" },
            { "type": "audio", "data": "QUJD", "mimeType": "audio/wav" },
            { "type": "resource", "resource": { "uri": "a://1", "mimeType": "text/plain", "text": "inside" } },
            { "type": "resource", "resource": { "uri": "a://2", "blob": "QUJD" } },
            { "type": "resource_link", "uri": "a://3", "name": "Three" },
        ] }));
        assert_eq!(
            said.unwrap(),
            "one\n[image, image/png, 4 bytes]\n[audio, audio/wav, 3 bytes]\n[resource, a://1, text/plain]\ninside\n\
             [resource, a://2, 3 bytes]\n[link, Three, a://3]"
        );
    }

    #[test]
    fn what_is_structured_stands_in_for_text_that_is_missing() {
        assert_eq!(of(json!({ "content": [], "structuredContent": { "a": 1 } })).unwrap(), "{\"a\":1}");
        let both = json!({ "content": [{ "type": "text", "text": "a is 1" }], "structuredContent": { "a": 1 } });
        assert_eq!(of(both).unwrap(), "a is 1");
        assert_eq!(of(json!({ "content": [] })).unwrap(), "[no content]");
    }

    #[test]
    fn a_failure_is_an_error() {
        let failed = json!({ "content": [{ "type": "text", "text": "no such file" }], "isError": true });
        assert_eq!(of(failed).unwrap_err(), "no such file");
        assert_eq!(of(json!({ "content": [], "isError": true })).unwrap_err(), "the tool failed and did not say why");
    }

    #[test]
    fn a_long_result_is_cut() {
        let long = json!({ "content": [{ "type": "text", "text": "x".repeat(2 * MAX_RESULT) }] });
        assert!(of(long).unwrap().len() < MAX_RESULT + 100);
    }
}
