//! A request for a page, and the pages that come of it.

use super::{cookies, render};
use crate::domain::hold::HoldStatus;
use crate::domain::views::page::{NotFoundData, PageData};
use crate::error::{AppError, ErrorKind};
use crate::server::aside;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Problem, status_code};
use crate::server::doors::{policy, request_id};
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::str::FromStr;
use std::sync::Arc;

/// A request for a page: the server it came to, on whose behalf, and its headers.
pub struct Visit {
    pub state: AppState,
    pub scope: Scope,
    pub headers: HeaderMap,
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let Caller(scope) = Caller::from_request_parts(parts, state).await?;
        Ok(Self { state: state.clone(), scope, headers: parts.headers.clone() })
    }
}

impl Visit {
    /// Returns a page.
    pub async fn page(&self, data: impl Into<PageData>) -> Response {
        self.page_with(StatusCode::OK, data.into()).await
    }

    /// Returns a page that shows what was read, or why it could not be; its status says which.
    pub async fn page_of<T, D: Into<PageData>>(
        &self,
        read: Result<T, impl Into<AppError>>,
        data: impl FnOnce(Result<T, AppError>) -> D,
    ) -> Response {
        let read = read.map_err(request_id::named);
        let status = read.as_ref().err().map_or(StatusCode::OK, status_code);
        self.page_with(status, data(read).into()).await
    }

    /// The same about one thing, without which there is no such page.
    pub async fn page_of_one<T, D: Into<PageData>>(
        &self,
        read: Result<T, impl Into<AppError>>,
        data: impl FnOnce(Result<T, AppError>) -> D,
    ) -> Response {
        match read.map_err(Into::into) {
            Err(AppError { kind: ErrorKind::NotFound, detail, .. }) => self.not_found(detail).await,
            read => self.page_of(read, data).await,
        }
    }

    /// Returns the page for what is not there, which says what is missing.
    pub async fn not_found(&self, what: impl Into<String>) -> Response {
        self.page_with(StatusCode::NOT_FOUND, NotFoundData { what: what.into() }.into()).await
    }

    async fn page_with(&self, status: StatusCode, data: PageData) -> Response {
        let (assets, theme) = (Arc::clone(&self.state.assets), cookies::theme(&self.headers));
        // A page without it is better than none: the live connection brings it.
        let hold = self.state.store.hold_status(&self.scope).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "reading whether everything is on hold");
            HoldStatus::default()
        });
        match aside::run(move || render(&assets, theme, hold, data)).await {
            Ok(html) => {
                let headers = [
                    // `no-store`, so that going back shows current data.
                    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                    (header::CONTENT_SECURITY_POLICY, policy::of_pages()),
                ];
                (status, headers, Html(html)).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "a page's data could not be written");
                Problem::from(AppError::internal()).into_response()
            }
        }
    }
}

/// The number in a page's address; `None` where something else stands there.
pub struct PageId<T>(pub Option<T>);

impl<T: FromStr> FromRequestParts<AppState> for PageId<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(path::<String>(parts, state).await.and_then(|id| id.parse().ok())))
    }
}

/// Both numbers in the address of one thing of another.
pub struct PageIds<T, U>(pub Option<(T, U)>);

impl<T: FromStr, U: FromStr> FromRequestParts<AppState> for PageIds<T, U> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let ids = path::<(String, String)>(parts, state).await;
        Ok(Self(ids.and_then(|(of, id)| of.parse().ok().zip(id.parse().ok()))))
    }
}

async fn path<T: DeserializeOwned + Send>(parts: &mut Parts, state: &AppState) -> Option<T> {
    Path::<T>::from_request_parts(parts, state).await.ok().map(|Path(path)| path)
}
