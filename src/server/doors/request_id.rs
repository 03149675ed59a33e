//! The id of the request that is being served: in its header, in the log and in the problem it may end with.

use super::deadline;
use crate::error::{AppError, ErrorKind};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::request_id::{MakeRequestId, RequestId};

tokio::task_local! {
    static CURRENT: String;
}

/// Returns the id in a request's header, where it has been set.
pub fn of<B>(request: &axum::http::Request<B>) -> Option<&str> {
    request.headers().get("x-request-id")?.to_str().ok()
}

/// How much of the id people read: enough to find its lines in the log.
const SHOWN: usize = 8;

/// Makes ids of 128 random bits.
#[derive(Clone, Copy)]
pub struct RandomId;

impl MakeRequestId for RandomId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = format!("{:032x}", rand::random::<u128>());
        id.parse().ok().map(RequestId::new)
    }
}

/// Serves a request within the deadline of all requests, with its id at hand.
pub async fn keep(request: Request, next: Next) -> Response {
    let id = of(&request).unwrap_or_default().to_owned();
    CURRENT.scope(id, deadline::keep(deadline::DEADLINE, request, next)).await
}

/// Returns the id of the request that is being served by this task.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok().filter(|id| !id.is_empty())
}

/// Returns the error as it leaves a door. One whose cause only the log has says which request to look for there.
pub fn named(error: impl Into<AppError>) -> AppError {
    let error = error.into();
    match current() {
        Some(id) if error.kind == ErrorKind::Internal => {
            let id: String = id.chars().take(SHOWN).collect();
            AppError { detail: format!("Server error (request {id}). See the server log."), ..error }
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_the_log_knows_more_about_is_named() {
        let during = |error| CURRENT.scope("a1a7cf99-0000-4000-8000-000000000000".to_owned(), async { named(error) });
        let internal = during(AppError::internal()).await;
        assert_eq!(internal.detail, "Server error (request a1a7cf99). See the server log.");
        assert_eq!(internal.kind, ErrorKind::Internal);
        assert_eq!(during(AppError::not_found("There is no run #1.")).await.detail, "There is no run #1.");
        assert_eq!(named(AppError::internal()), AppError::internal());
    }
}
