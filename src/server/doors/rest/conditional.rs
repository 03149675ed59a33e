//! Responses that a client may have already: entity tags and 304 (RFC 9110, sections 8.8.3 and 13.1.2).

use crate::error::AppError;
use crate::server::reads::run_lists::Rendered;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

/// Bytes of the hash that a tag shows: 128 bits, so two texts with the same one do not occur.
const SHOWN: usize = 16;

/// Bytes of codings that a body is kept for.
const LONGEST: usize = 128;

/// Kept by whoever asked, and no one between; asked for again each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const BY_CODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// Returns the codings that a client accepts, as it says them. One that says so at length or more than once gets a body that
/// is coded on its way out, as others are.
pub fn accepted(request: &HeaderMap) -> Option<&HeaderValue> {
    let mut said = request.get_all(header::ACCEPT_ENCODING).iter();
    said.next().filter(|codings| codings.len() <= LONGEST && said.next().is_none())
}

/// Writes a value as JSON, in a coding that the client accepts. Its tag is made of its bytes: the same on every server and
/// after every restart for as long as the value is the same.
///
/// # Errors
/// The value cannot be written.
pub async fn rendered(value: &impl Serialize, accepts: Option<&HeaderValue>) -> Result<Rendered, AppError> {
    let json = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "a response could not be written");
        AppError::internal()
    })?;
    let hash: String = Sha256::digest(&json).iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
    let (body, coding) = coded(json.into(), accepts).await;
    // A tag is of bytes, and another coding has others.
    let suffix = coding.as_ref().and_then(|coding| coding.to_str().ok()).map(|coding| format!("-{coding}"));
    let tag = format!("\"{hash}{}\"", suffix.unwrap_or_default());
    let tag = HeaderValue::try_from(tag).map_err(|_| AppError::internal())?;
    Ok(Rendered { body, coding, tag })
}

/// Returns a body as every response is coded for such a client, with the coding's name.
async fn coded(body: Bytes, accepts: Option<&HeaderValue>) -> (Bytes, Option<HeaderValue>) {
    let Some(accepts) = accepts else { return (body, None) };
    let plain = body.clone();
    let respond = service_fn(move |_: Request| {
        let response = ([(header::CONTENT_TYPE, JSON)], plain.clone()).into_response();
        async { Ok::<_, Infallible>(response) }
    });
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(header::ACCEPT_ENCODING, accepts.clone());
    let Ok(response) = CompressionLayer::new().layer(respond).oneshot(request).await;
    let coding = response.headers().get(header::CONTENT_ENCODING).cloned();
    match (coding, to_bytes(Body::new(response.into_body()), usize::MAX).await) {
        (Some(coding), Ok(coded)) => (coded, Some(coding)),
        _ => (body, None),
    }
}

/// Responds with what was rendered, or with 304 if the client has it.
pub fn respond(request: &HeaderMap, Rendered { body, coding, tag }: Rendered) -> Response {
    let mut response = match is_known(request, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let mut response = Body::from(body).into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, JSON);
            if let Some(coding) = coding {
                response.headers_mut().insert(header::CONTENT_ENCODING, coding);
            }
            response
        }
    };
    // A response that is compressed later has other bytes than the tag was made of, with the same meaning.
    let is_coded_later = request.contains_key(header::ACCEPT_ENCODING) && accepted(request).is_none();
    let tag = if is_coded_later { weak(&tag) } else { tag };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, ASK_AGAIN);
    headers.insert(header::ETAG, tag);
    headers.insert(header::VARY, BY_CODING);
    response
}

/// Returns the tag of what means the same, byte for byte or not.
fn weak(tag: &HeaderValue) -> HeaderValue {
    let weak = [b"W/", tag.as_bytes()].concat();
    // Two characters more make no other value of it.
    HeaderValue::from_bytes(&weak).unwrap_or_else(|_| tag.clone())
}

/// Whether `If-None-Match` names this tag. It is compared weakly there: `W/` in front makes no difference.
fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    // None of our tags has a comma in it, so splitting one of somebody else's in two makes no difference either.
    let mut named = lists.flat_map(|list| list.split(',')).map(str::trim);
    named.any(|named| named == "*" || named.strip_prefix("W/").unwrap_or(named).as_bytes() == tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(named: &'static str) -> HeaderMap {
        [(header::IF_NONE_MATCH, HeaderValue::from_static(named))].into_iter().collect()
    }

    #[test]
    fn a_tag_is_known_in_each_form_it_may_be_named_in() {
        let tag = HeaderValue::from_static("\"abc-br\"");
        for named in ["\"abc-br\"", "W/\"abc-br\"", "*", "\"x\", \"abc-br\"", "\"x\",W/\"abc-br\" ,\"y\""] {
            assert!(is_known(&asking(named), &tag), "{named}");
        }
        for other in ["", "\"abc\"", "abc-br", "\"abc-br", "\"abc-gzip\"", "\"ab,c-br\""] {
            assert!(!is_known(&asking(other), &tag), "{other}");
        }
        assert!(!is_known(&HeaderMap::new(), &tag));
    }

    #[tokio::test]
    async fn each_coding_has_a_tag_of_its_own() {
        let value = vec!["the same again"; 100];
        let [plain, none, br, gzip] = [None, Some("identity"), Some("gzip, br"), Some("gzip")].map(async |accepts| {
            let accepts = accepts.map(HeaderValue::from_static);
            rendered(&value, accepts.as_ref()).await.unwrap()
        });
        let (plain, none, br, gzip) = tokio::join!(plain, none, br, gzip);
        assert_eq!((&plain.tag, &plain.body), (&none.tag, &none.body));
        assert_eq!(serde_json::from_slice::<Vec<String>>(&plain.body).unwrap(), value);
        assert_eq!((br.coding.unwrap(), gzip.coding.unwrap()), ("br".parse().unwrap(), "gzip".parse().unwrap()));
        assert!(br.body.len() < plain.body.len() && gzip.body.len() < plain.body.len());
        assert!(br.tag != gzip.tag && br.tag != plain.tag && gzip.tag != plain.tag);
        assert_ne!(rendered(&[1], None).await.unwrap().tag, plain.tag);
    }
}
