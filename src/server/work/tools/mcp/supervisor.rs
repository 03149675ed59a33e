//! Keeps a server connected: reaches it, notices its end, and reaches it again after a pause that grows.

use super::super::config::Transport;
use super::Server;
use super::ask::{ask, list};
use super::connection::{Connection, is_not_now, words};
use super::offer::Listing;
use super::pulse::{Pulse, Unread};
use crate::domain::time::Timestamp;
use crate::server::backoff::Backoff;
use futures::FutureExt;
use futures::future::{BoxFuture, FusedFuture};
use rmcp::model::{ClientRequest, ListToolsRequest, PaginatedRequestParams, PingRequest};
use rmcp::{Peer, RoleClient};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long a server may take to shake hands, and then to list its tools, before people see that it is late; its
/// response is taken all the same when it comes.
const LATE: Duration = Duration::from_secs(60);
/// How long it may take to shake hands before it is tried again; `npx` may have to download it first.
const OPEN_LIMIT: Duration = Duration::from_secs(300);
/// A server that was up for this long begins with the shortest pause again.
const STEADY: Duration = Duration::from_secs(30);
/// How often a server without a process of its own is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long the response to that may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How soon it is asked again where it has refused to say so while calls are under way.
const AGAIN: Duration = Duration::from_secs(1);
/// How often in a row it may refuse while calls are under way: these are broken off with the connection.
const MAX_REFUSALS: u32 = 3;
/// How long a program may say nothing at least.
const SILENCE_LIMIT: Duration = Duration::from_secs(5);
/// How long those may take who learn that a program has not read what they have sent.
const TO_HEAR: Duration = Duration::from_millis(200);
/// How long a conversation may take to end.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
const BACKOFF: Backoff = Backoff { first: Duration::from_millis(500), longest: Duration::from_secs(60) };

/// Keeps the server connected until `closing` is cancelled; then nothing of it is left.
pub(super) async fn supervise(server: &Server, closing: &CancellationToken) {
    let transport = match &server.transport {
        Ok(transport) => transport,
        Err(mistake) => return server.down(mistake, None),
    };
    let mut failures = 0_u32;
    loop {
        server.connecting();
        let opened = tokio::select! {
            biased;
            () = closing.cancelled() => return server.down("Runboard is ending", None),
            opened = open(server, transport) => opened,
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
        failures = failures.saturating_add(1);
        let pause = BACKOFF.pause(failures);
        let next = server.clock.now().ms().saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        server.down(&error, Some(Timestamp::from_ms(next)));
        tokio::select! {
            () = closing.cancelled() => return server.down("Runboard is ending", None),
            () = sleep(pause) => {}
        }
    }
}

/// Reaches the server. One that is late is waited for.
///
/// # Errors
/// Why there is no connection.
async fn open(server: &Server, transport: &Transport) -> Result<Connection, String> {
    let mut opening = pin!(Connection::open(&server.name, transport, server.time_limit, &server.scrubber));
    if let Ok(opened) = timeout(LATE, &mut opening).await {
        return opened;
    }
    server.late(&format!("has not answered within {} s of being reached; it is still waited for", LATE.as_secs()));
    let limit = OPEN_LIMIT.saturating_sub(LATE);
    timeout(limit, opening).await.unwrap_or_else(|_| Err(format!("did not answer within {} s", OPEN_LIMIT.as_secs())))
}

/// A list that a server was asked for.
type Listed = BoxFuture<'static, Result<Listing, String>>;

fn ask_for_list(server: &Server, peer: &Peer<RoleClient>) -> Listed {
    let (name, peer) = (server.name.clone(), peer.clone());
    async move { list(&peer, &name).await }.boxed()
}

/// Serves a connection until it ends; returns why, or `None` once `closing` is cancelled.
async fn attend(server: &Server, connection: Connection, closing: &CancellationToken) -> Option<String> {
    let Connection { service, program, changed } = connection;
    let (mut child, pulse) = program.unzip();
    let peer = service.peer().clone();
    let over = service.cancellation_token();
    let mut ended = pin!(service.waiting().fuse());
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let is_process = child.is_some();
    let mut check: Option<Check> = None;
    let (mut is_wedged, mut refusals) = (false, 0);
    let mut listing = Some(ask_for_list(server, &peer));
    let (mut is_ready, mut ask_again) = (false, false);
    let mut late = pin!(sleep(LATE).fuse());
    let why = loop {
        let end_of_process = async {
            match &mut child {
                Some(child) => child.ended().await,
                None => std::future::pending().await,
            }
        };
        let listed = async {
            match &mut listing {
                Some(listing) => listing.await,
                None => std::future::pending().await,
            }
        };
        let is_free = check.is_none();
        let checked = async {
            match &mut check {
                Some(check) => check.await,
                None => std::future::pending().await,
            }
        };
        let stopped = async {
            match &pulse {
                Some(pulse) => pulse.stopped().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = closing.cancelled() => break None,
            how = end_of_process => break Some(format!("the program {how}")),
            _ = &mut ended => break Some("it closed the connection".to_owned()),
            listed = listed => {
                listing = std::mem::take(&mut ask_again).then(|| ask_for_list(server, &peer));
                match listed {
                    Ok(listing) if is_ready => server.offer(listing),
                    Ok(listing) => {
                        is_ready = true;
                        // Calls that were given up before it had any were those of another connection.
                        let _ = server.given_up.notified().now_or_never();
                        server.ready(peer.clone(), listing);
                    }
                    Err(error) if is_ready => {
                        tracing::warn!(server = server.name, "tools not listed again: {}", server.cleaned(&error));
                    }
                    Err(error) => break Some(error),
                }
            },
            () = changed.notified() => match listing {
                // The list may be of before the change.
                Some(_) => ask_again = true,
                None => listing = Some(ask_for_list(server, &peer)),
            },
            () = &mut late, if !is_ready => {
                server.late(&format!("has not listed its tools within {} s; it is still waited for", LATE.as_secs()));
            },
            checked = checked => {
                check = None;
                refusals = if matches!(checked, Err(Gone::Broken(_))) { refusals + 1 } else { 0 };
                // A call may have come before a ping.
                let may_be_at_work = !is_process && server.is_busy();
                match checked {
                    Ok(()) => {}
                    Err(Gone::Silent(_)) if may_be_at_work => {}
                    Err(Gone::Broken(_)) if may_be_at_work && refusals < MAX_REFUSALS => pings.reset_after(AGAIN),
                    Err(Gone::Silent(error) | Gone::Broken(error)) => {
                        is_wedged = true;
                        break Some(error);
                    }
                }
            },
            () = stopped => {
                is_wedged = true;
                // Whoever waits for a place in the pipe is to hear it, before the end of the conversation is all there is to say.
                sleep(TO_HEAR).await;
                break Some(Unread.to_string());
            },
            // Where it has refused, it is asked again after a pause only: three refusals are not to fit into a moment.
            () = server.suspect.notified(), if !is_process && is_free && refusals == 0 => check = Some(ping(peer.clone()).boxed()),
            // A server that does one thing at a time replies to no ping while it is at work.
            _ = pings.tick(), if !is_process && is_free => {
                check = (refusals > 0 || !server.is_busy()).then(|| ping(peer.clone()).boxed());
            },
            () = server.given_up.notified(), if is_process && is_ready && is_free => {
                let ask = |pulse| signs_of_life(peer.clone(), pulse, server.time_limit).boxed();
                check = pulse.clone().map(ask);
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
        (Some(child), Some(why)) if is_wedged => {
            child.end().await;
            Some(why)
        }
        // It has closed its standard output: how it ended says more than that.
        (Some(mut child), Some(why)) => match timeout(CLOSE_LIMIT, child.ended()).await {
            Ok(how) => Some(format!("the program {how}")),
            Err(_) => Some(why),
        },
        (None, why) => why,
    }
}

/// A question whether the server is still there.
type Check = BoxFuture<'static, Result<(), Gone>>;

/// Why a server is taken to be gone.
#[derive(Debug)]
enum Gone {
    /// It does not respond, or has no room for that, which goes for one that is at work, too.
    Silent(String),
    /// It cannot be reached, or knows nothing of the session.
    Broken(String),
}

/// # Errors
/// The server does not respond.
async fn ping(peer: Peer<RoleClient>) -> Result<(), Gone> {
    let ping = peer.send_request(ClientRequest::PingRequest(PingRequest::default()));
    match timeout(ANSWER_LIMIT, ping).await {
        // Any response is one.
        Ok(Ok(_) | Err(rmcp::ServiceError::McpError(_))) => Ok(()),
        Ok(Err(error)) if is_not_now(&error) => Err(Gone::Silent(words(&error))),
        Ok(Err(error)) => Err(Gone::Broken(words(&error))),
        Err(_) => Err(Gone::Silent(format!("did not answer a ping within {} s", ANSWER_LIMIT.as_secs()))),
    }
}

/// Asks a program for what it has responded to before; not all reply to a ping. One that does one thing at a time may be
/// at work for as long as a call may take, and whatever it says meanwhile will do.
///
/// # Errors
/// It says nothing.
async fn signs_of_life(peer: Peer<RoleClient>, pulse: Arc<Pulse>, time_limit: Duration) -> Result<(), Gone> {
    let (limit, before) = (time_limit.max(SILENCE_LIMIT), pulse.beats());
    let list = ListToolsRequest::with_param(PaginatedRequestParams::default());
    let asked = timeout(limit, ask(&peer, ClientRequest::ListToolsRequest(list))).await;
    match asked {
        Err(_) if pulse.beats() == before => {
            let limit = limit.as_secs();
            let error =
                format!("its program said nothing for {limit} s after a call had been given up, and is begun again");
            Err(Gone::Silent(error))
        }
        // Where the conversation is over, that is noticed by itself.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
