//! `/api/runs/{id}/steps/{position}/input` and `…/output`: what a step was given and what came of it, as far as it is kept.
//! It is streamed as it is decompressed, so whoever reads it slowly costs little memory.

use super::extract::nothing_at;
use crate::domain::id::RunId;
use crate::domain::step::StepKind;
use crate::domain::step::payload::Side;
use crate::error::AppError;
use crate::server::aside;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::state::AppState;
use crate::server::store::payloads::Payload;
use crate::server::store::scope::Scope;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::de::IgnoredAny;
use std::io::BufReader;

/// Says how many bytes the text had, where that is known.
const BYTES: HeaderName = HeaderName::from_static("payload-bytes");
/// Says that less than that was kept: the body is only the beginning.
const CUT: HeaderName = HeaderName::from_static("payload-cut");

/// A step in the path.
pub struct At {
    run: RunId,
    position: i32,
}

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let run = path.as_ref().ok().and_then(|Path((run, _))| run.parse().ok());
        let (Ok(Path((_, position))), Some(run)) = (path, run) else {
            return Err(nothing_at(&parts.uri).into());
        };
        match position.parse() {
            Ok(position @ 1..) => Ok(Self { run, position }),
            _ => {
                let text = format!("position: {position:?} is not a whole number from 1 to {}.", i32::MAX);
                Err(AppError::invalid(text).into())
            }
        }
    }
}

/// `GET /api/runs/{id}/steps/{position}/input`: text, or JSON where it is the whole of a tool's arguments.
pub async fn input(State(state): State<AppState>, Caller(scope): Caller, at: At) -> Answer<Response> {
    send(&state, &scope, at, Side::Input).await
}

/// `GET /api/runs/{id}/steps/{position}/output`: text.
pub async fn output(State(state): State<AppState>, Caller(scope): Caller, at: At) -> Answer<Response> {
    send(&state, &scope, at, Side::Output).await
}

async fn send(state: &AppState, scope: &Scope, at: At, side: Side) -> Answer<Response> {
    let payload = state.store.payload(scope, at.run, at.position, side).await?;
    let (bytes, is_cut) = (payload.bytes, payload.is_cut);
    let may_be_json = side == Side::Input && payload.kind == StepKind::ToolCall && !is_cut;
    let is_json = match may_be_json {
        true => {
            let payload = payload.clone();
            aside::run(move || is_json(&payload)).await
        }
        false => false,
    };
    let media_type = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
    let mut response = Body::from_stream(stream::iter(payload.pieces()?)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Some(bytes) = bytes {
        headers.insert(BYTES, bytes.into());
    }
    if is_cut {
        headers.insert(CUT, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn is_json(payload: &Payload) -> bool {
    payload.reader().is_ok_and(|text| serde_json::from_reader::<_, IgnoredAny>(BufReader::new(text)).is_ok())
}
