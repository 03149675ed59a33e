//! Extractors of REST handlers: ids in paths, JSON bodies, query strings. Whatever cannot be used becomes a
//! problem+json that says what would do.

use super::json;
use crate::error::AppError;
use crate::server::aside;
use crate::server::connections::Patience;
use crate::server::doors::MAX_BODY;
use crate::server::doors::problem::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri, header};
use garde::Validate;
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// The id in the path. One that is not a number names nothing, so it is 404.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| nothing_at(&parts.uri).into())
    }
}

/// Returns the error for a path in which an id is no number.
pub(super) fn nothing_at(uri: &Uri) -> AppError {
    AppError::not_found(format!("There is nothing at {}: ids are whole numbers.", uri.path()))
}

/// The query string.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::try_from_uri(&parts.uri).map_err(|e| AppError::invalid(capital(&e.body_text())))?;
        Ok(Self(params))
    }
}

/// A JSON body, its values checked.
pub struct Body<T>(pub T);

/// Something that a JSON body says.
pub trait FromJson: Sized + Send + 'static {
    /// Reads it and checks its values.
    ///
    /// # Errors
    /// `Malformed` where it is not JSON, `Invalid` where it does not say such a thing.
    fn from_json(bytes: &[u8]) -> Result<Self, AppError>;
}

impl<T: DeserializeOwned + Validate<Context = ()> + Send + 'static> FromJson for T {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        let value: T = json::read(bytes)?;
        value.validate()?;
        Ok(value)
    }
}

impl<S: Send + Sync, T: FromJson> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_json(&request)?;
        let bytes = read(request, state).await?;
        Ok(Self(aside::read(bytes.len(), move || T::from_json(&bytes)).await?))
    }
}

/// A JSON body, its values checked; without one, or with an empty object, the default.
pub struct OptionalBody<T>(pub T);

impl<S: Send + Sync, T: FromJson + Default> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = require_json(&request);
        let bytes = read(request, state).await?;
        let body = bytes.trim_ascii();
        // Until it took a body this address took an empty object of any type.
        if body.is_empty() || (is_json.is_err() && body == b"{}") {
            return Ok(Self(T::default()));
        }
        is_json?;
        Ok(Self(aside::read(bytes.len(), move || T::from_json(&bytes)).await?))
    }
}

/// No body, or an empty object: for addresses that take nothing.
pub struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        let bytes = read(request, state).await?;
        if !bytes.trim_ascii().is_empty() {
            json::read::<Nothing>(&bytes)?;
        }
        Ok(Self)
    }
}

/// Reads a body to its end.
///
/// # Errors
/// `TooLarge`; `Malformed` when it does not arrive.
pub(super) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, AppError> {
    read_up_to(MAX_BODY, request, state).await
}

/// Like `read`, with a limit on bodies that the route sets.
///
/// # Errors
/// `TooLarge`; `Malformed` when it does not arrive.
pub async fn read_up_to<S: Send + Sync>(most: usize, request: Request, state: &S) -> Result<Bytes, AppError> {
    Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => AppError::too_large(format!("A body may be {most} bytes at most.")),
        _ => AppError::malformed(format!(
            "The body could not be read to its end. It has to arrive within {} seconds, without long pauses.",
            Patience::USUAL.body.as_secs()
        )),
    })
}

/// Requires JSON, which also keeps plain HTML forms of other sites out: they cannot send this type.
fn require_json(request: &Request) -> Result<(), AppError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(AppError::wrong_media_type("Send JSON, with the header Content-Type: application/json.")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).chain((!text.ends_with('.')).then_some('.')).collect()
}
