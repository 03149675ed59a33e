//! Keeps a server connected: reaches it, notices its end, and reaches it again after a pause that grows.

use super::Server;
use super::connection::{Connection, list, words};
use crate::domain::time::Timestamp;
use futures::FutureExt;
use futures::future::FusedFuture;
use rand::Rng;
use rmcp::model::{ClientRequest, PingRequest};
use rmcp::{Peer, RoleClient};
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long reaching a server may take; `npx` may have to download it first.
const OPEN_LIMIT: Duration = Duration::from_secs(60);
/// A server that was up for this long begins with the shortest pause again.
const STEADY: Duration = Duration::from_secs(30);
/// How often a server without a process of its own is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long it may take to answer that, or to list its tools anew.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How long a conversation may take to end.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Keeps the server connected until `closing` is cancelled; then nothing of it is left.
pub(super) async fn supervise(server: &Server, closing: &CancellationToken) {
    let transport = match &server.transport {
        Ok(transport) => transport,
        Err(mistake) => return server.down(mistake, None),
    };
    let mut failures = 0;
    loop {
        server.connecting();
        let open = timeout(OPEN_LIMIT, Connection::open(&server.name, transport, &server.scrubber));
        let opened = tokio::select! {
            biased;
            () = closing.cancelled() => return server.down("Runboard is ending", None),
            opened = open => opened.unwrap_or_else(|_| Err(format!("did not answer within {} s", OPEN_LIMIT.as_secs()))),
        };
        let error = match opened {
            Err(error) => error,
            Ok(connection) => {
                let since = Instant::now();
                match attend(server, connection, closing).await {
                    None => return server.down("Runboard is ending", None),
                    Some(error) => {
                        failures = if since.elapsed() >= STEADY { 0 } else { failures };
                        error
                    }
                }
            }
        };
        let pause = pause(failures);
        failures = failures.saturating_add(1);
        let next = server.clock.now().ms().saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        server.down(&error, Some(Timestamp::from_ms(next)));
        tokio::select! {
            () = closing.cancelled() => return server.down("Runboard is ending", None),
            () = sleep(pause) => {}
        }
    }
}

/// How long to wait after `failures` earlier ones in a row, jittered so that not all come back at once.
fn pause(failures: u32) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_PAUSE);
    pause.mul_f64(rand::rng().random_range(0.75..1.25))
}

/// Serves a connection until it ends; answers why, or `None` once `closing` is cancelled.
async fn attend(server: &Server, connection: Connection, closing: &CancellationToken) -> Option<String> {
    let Connection { service, mut child, tools, changed } = connection;
    let peer = service.peer().clone();
    let over = service.cancellation_token();
    server.ready(peer.clone(), tools);
    let mut ended = pin!(service.waiting().fuse());
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let is_process = child.is_some();
    let why = loop {
        let end_of_process = async {
            match &mut child {
                Some(child) => child.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = closing.cancelled() => break None,
            how = end_of_process => break Some(format!("the program {how}")),
            _ = &mut ended => break Some("it closed the connection".to_owned()),
            () = changed.notified() => match timeout(ANSWER_LIMIT, list(&peer)).await {
                Ok(Ok(tools)) => server.offer(tools),
                Ok(Err(error)) => tracing::debug!(server = server.name, "tools not listed anew: {}", words(&error)),
                Err(_) => tracing::debug!(server = server.name, "tools not listed anew in time"),
            },
            () = server.suspect.notified(), if !is_process => match ping(&peer).await {
                Ok(()) => {}
                Err(error) => break Some(error),
            },
            _ = pings.tick(), if !is_process => match ping(&peer).await {
                Ok(()) => {}
                Err(error) => break Some(error),
            },
        }
    };
    over.cancel();
    // Closes the program's standard input, or ends the session.
    if !ended.is_terminated() {
        let _ = timeout(CLOSE_LIMIT, ended).await;
    }
    match (child, why) {
        (Some(child), None) => {
            child.end().await;
            None
        }
        // It has closed its standard output: how it ended says more than that.
        (Some(mut child), Some(why)) => match timeout(CLOSE_LIMIT, child.ended()).await {
            Ok(how) => Some(format!("the program {how}")),
            Err(_) => Some(why),
        },
        (None, why) => why,
    }
}

/// # Errors
/// The server does not answer.
async fn ping(peer: &Peer<RoleClient>) -> Result<(), String> {
    let ping = peer.send_request(ClientRequest::PingRequest(PingRequest::default()));
    match timeout(ANSWER_LIMIT, ping).await {
        // Any answer is one.
        Ok(Ok(_) | Err(rmcp::ServiceError::McpError(_))) => Ok(()),
        Ok(Err(error)) => Err(words(&error)),
        Err(_) => Err(format!("did not answer within {} s", ANSWER_LIMIT.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_minute() {
        let within = |failures, least: f64, most: f64| {
            let pause = pause(failures).as_secs_f64();
            assert!((least * 0.75..=most * 1.25).contains(&pause), "{failures}: {pause}");
        };
        within(0, 0.5, 0.5);
        within(1, 1.0, 1.0);
        within(5, 16.0, 16.0);
        within(7, 60.0, 60.0);
        within(u32::MAX, 60.0, 60.0);
    }
}
