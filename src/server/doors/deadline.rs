//! Limit on how long a request may take until its response begins. A stream has begun by then.

use super::problem::Problem;
use super::{hooks, request_id};
use crate::error::AppError;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Longer than a body may take to arrive and the database to become free.
pub const DEADLINE: Duration = Duration::from_secs(90);

/// Gives up a request whose response does not begin in time. Anything it has committed stays, the rest is rolled back.
pub async fn keep(deadline: Duration, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let path = hooks::shown(uri.path());
            tracing::warn!(
                path,
                id = request_id::current(),
                deadline_s = deadline.as_secs(),
                "a request took too long and was given up"
            );
            let text = format!("This took longer than {} seconds and was given up. Try again.", deadline.as_secs());
            Problem(AppError::busy(text)).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt;

    #[tokio::test]
    async fn an_answer_that_does_not_come_is_given_up() {
        let router = Router::new()
            .route("/never", get(std::future::pending::<StatusCode>))
            .route("/now", get(async || StatusCode::OK))
            .layer(middleware::from_fn(|request, next| keep(Duration::from_millis(20), request, next)));
        let ask = |path| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let (given_up, answered) = (ask("/never").await.unwrap(), ask("/now").await.unwrap());
        assert_eq!((given_up.status(), answered.status()), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK));
        assert!(given_up.headers().contains_key("retry-after"));
    }
}
