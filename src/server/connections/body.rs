//! A body that must arrive in time.

use axum::body::{Body, HttpBody};
use futures::StreamExt;
use std::io::{Error, ErrorKind};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Returns the same body, which fails when nothing comes for `pause`, or when it is not whole after `whole`. The time
/// counts from when it is first asked for: before that it is not waited for.
pub fn timed(body: Body, pause: Duration, whole: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let pieces = futures::stream::unfold((body.into_data_stream(), None), move |(mut body, end)| async move {
        let now = Instant::now();
        let end = end.unwrap_or(now + whole);
        match timeout_at(end.min(now + pause), body.next()).await {
            Ok(piece) => piece.map(|piece| (piece.map_err(Error::other), (body, Some(end)))),
            Err(_) => Some((Err(Error::new(ErrorKind::TimedOut, "the body took too long")), (body, Some(now)))),
        }
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use futures::stream;
    use tokio::time::sleep;

    /// Long enough for a loaded machine, short enough for a test.
    const MOMENT: Duration = Duration::from_millis(20);

    /// Returns a body of as many pieces, each after a pause.
    fn slow(pieces: usize, pause: Duration) -> Body {
        Body::from_stream(stream::iter(0..pieces).then(move |_| async move {
            sleep(pause).await;
            Ok::<_, Error>("x")
        }))
    }

    #[tokio::test]
    async fn a_body_in_time_is_whole() {
        let body = to_bytes(timed(slow(9, MOMENT), 500 * MOMENT, 900 * MOMENT), 100).await.unwrap();
        assert_eq!(body.len(), 9);
        assert!(timed(Body::empty(), MOMENT, MOMENT).is_end_stream());
    }

    #[tokio::test]
    async fn a_body_that_stops_or_never_ends_fails() {
        // One that sends nothing for an hour, and one that always sends something.
        for body in [slow(1, Duration::from_secs(3_600)), slow(usize::MAX, MOMENT)] {
            assert!(to_bytes(timed(body, 500 * MOMENT, 20 * MOMENT), usize::MAX).await.is_err());
        }
        assert!(to_bytes(timed(slow(1, 9_000 * MOMENT), 2 * MOMENT, 9_000 * MOMENT), 9).await.is_err());
    }
}
