//! The id of the request that is being served: in its header, in the log and in the problem it may end with.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

tokio::task_local! {
    static CURRENT: String;
}

/// The id in a request's header, where it has been set.
pub fn of<B>(request: &axum::http::Request<B>) -> Option<&str> {
    request.headers().get("x-request-id")?.to_str().ok()
}

/// Serves a request with its id at hand.
pub async fn keep(request: Request, next: Next) -> Response {
    let id = of(&request).unwrap_or_default().to_owned();
    CURRENT.scope(id, next.run(request)).await
}

/// The id of the request that is being served by this task.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok().filter(|id| !id.is_empty())
}
