//! A response as the model sees it: its status, a few headers and its body, if that is text.

use super::super::text::{bound, head, size};
use reqwest::header::{
    ALLOW, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED, LINK, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, Url};

/// Headers that are worth their tokens.
const SHOWN: [HeaderName; 9] =
    [CONTENT_TYPE, CONTENT_LENGTH, LAST_MODIFIED, ETAG, LOCATION, LINK, ALLOW, RETRY_AFTER, WWW_AUTHENTICATE];
/// Most that is shown of one header, in bytes.
const MAX_HEADER: usize = 1_000;

/// Reads at most `most` bytes of the body and writes it all down. `moved` is where it came from, after redirects.
///
/// # Errors
/// The connection failed before the body was read.
pub(super) async fn read(mut response: Response, moved: Option<&Url>, most: usize) -> Result<String, reqwest::Error> {
    let mut body = Vec::new();
    let mut whole = true;
    while let Some(chunk) = response.chunk().await? {
        let room = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            whole = false;
            break;
        }
    }
    let status = response.status();
    let mut text =
        format!("{:?} {} {}\n", response.version(), status.as_u16(), status.canonical_reason().unwrap_or(""));
    if let Some(url) = moved {
        text.push_str(&format!("redirected to: {url}\n"));
    }
    let headers = response.headers();
    for name in SHOWN {
        for value in headers.get_all(&name) {
            let value = String::from_utf8_lossy(value.as_bytes());
            text.push_str(&format!("{name}: {}\n", head(&value, MAX_HEADER)));
        }
    }
    text.push('\n');
    text.push_str(&shown(headers, &body, whole));
    if !whole {
        text.push_str(&format!("\n[cut off after {}]", bound(most)));
    }
    Ok(text)
}

/// Returns the body as text, or a line that describes it. Its bytes show what it is: servers often do not know.
fn shown(headers: &HeaderMap, body: &[u8], whole: bool) -> String {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).map(String::from_utf8_lossy).unwrap_or_default();
    let lower = kind.to_ascii_lowercase();
    let utf8 = match std::str::from_utf8(body) {
        Ok(text) => Some(text),
        // Cut within a character.
        Err(error) if !whole && error.error_len().is_none() => std::str::from_utf8(&body[..error.valid_up_to()]).ok(),
        Err(_) => None,
    };
    match utf8.filter(|text| !text.contains('\0')) {
        Some(text) => text.to_owned(),
        None if ["iso-8859-1", "windows-1252"].iter().any(|latin| lower.contains(latin)) => {
            body.iter().map(|byte| char::from(*byte)).collect()
        }
        None if lower.starts_with("text/") => String::from_utf8_lossy(body).into_owned(),
        None => {
            let kind = lower.split(';').next().filter(|kind| !kind.is_empty()).unwrap_or("unknown type");
            let more = if whole { "" } else { "more than " };
            format!("[binary, {}, {more}{}]", head(kind, MAX_HEADER), size(body.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, body: &[u8], whole: bool) -> String {
        let headers = [(CONTENT_TYPE, kind.parse().unwrap())].into_iter().collect();
        shown(&headers, body, whole)
    }

    #[test]
    fn text_is_shown_whatever_it_is_called() {
        assert_eq!(of("application/octet-stream", "é".as_bytes(), true), "é");
        assert_eq!(of("text/html; charset=ISO-8859-1", b"caf\xe9", true), "café");
        assert_eq!(of("text/plain", b"a\xffb", true), "a\u{fffd}b");
        assert_eq!(of("application/json", &"aé".as_bytes()[..2], false), "a", "cut within a character");
    }

    #[test]
    fn what_is_no_text_is_described() {
        assert_eq!(of("image/PNG; x=y", b"\x89PNG\0", true), "[binary, image/png, 5 bytes]");
        assert_eq!(of("application/zip", b"PK\x03\x04\0", true), "[binary, application/zip, 5 bytes]");
        assert_eq!(shown(&HeaderMap::new(), &[0xff; 2_000], false), "[binary, unknown type, more than 2 kB]");
    }
}
