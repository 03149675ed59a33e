//! The sender of a request: an extractor for every door, and the only maker of a [`Scope`].

use crate::server::state::AppState;
use crate::server::store::hooks::FoundHook;
use crate::server::store::scope::Scope;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The sender of a request, as what they may see and change.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub Scope);

impl Caller {
    /// Returns on whose behalf a webhook is posted to: whoever knows its token may start runs of that agent.
    pub fn of_hook(found: &FoundHook) -> Self {
        Self(Scope::of(found.owner))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(Scope::of(state.callers.owner(&parts.headers))))
    }
}
