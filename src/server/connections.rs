//! The server's end of each connection: HTTP/1.1, and how long a client may take to send and to read. Knows no
//! route. Without these bounds whoever sends a byte a minute, or reads none, holds a connection for ever.
//!
//! Each connection takes a place, and there are as many as the system allows open files, less what the rest of the server
//! needs. A client that finds none free gets 503 and learns what to do, instead of waiting in vain.

mod body;
mod flowing;
mod places;

pub use places::Places;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use flowing::Flowing;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use places::Place;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Connections that the system completes while they wait to be taken: many clients come back at once after a restart.
const BACKLOG: u32 = 4_096;
/// Pause after the system has refused a connection because it has no files or memory left.
const REFUSED: Duration = Duration::from_secs(1);
/// Connections that are being refused at a time. Each needs a file beyond those of the places.
const REFUSALS: usize = 16;
/// Files that connections need at least: for places, for those that are refused, and for the one that comes next.
pub const LEAST_FILES: u64 = places::LEAST + BESIDES;
/// Those of them that are no places.
const BESIDES: u64 = REFUSALS as u64 + 1;
/// How long a client may take to ask for what it is refused, and again to take the response.
const REFUSAL: Duration = Duration::from_secs(2);

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, and between two requests.
    pub head: Duration,
    /// Between two pieces of a body.
    pub pause: Duration,
    /// For a whole body.
    pub body: Duration,
    /// For taking anything at all of a response.
    pub reading: Duration,
}

impl Patience {
    pub const USUAL: Self = Self {
        head: Duration::from_secs(30),
        pause: Duration::from_secs(10),
        body: Duration::from_secs(60),
        reading: Duration::from_secs(75),
    };
}

/// Listens on an address.
///
/// # Errors
/// Those of the system: the address is taken, or not of this machine.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Returns places for as many connections as there are files for, besides those that all else needs.
pub fn places(files_of_others: u64) -> Places {
    Places::by_file_limit(files_of_others + BESIDES)
}

/// Serves until `closing`, then waits until all connections have been closed. `full` serves those for which there is no
/// place.
pub async fn serve(
    listener: TcpListener,
    mut places: Places,
    router: Router,
    full: Router,
    closing: CancellationToken,
    patience: Patience,
) {
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.cancelled() => break,
        };
        match accepted {
            Ok((socket, _)) => {
                let place = match places.take() {
                    Some(place) => Some(place),
                    // While as many as may be are being refused, this one waits, and those after it with the system: for
                    // one of them to end, or for a place.
                    None => tokio::select! {
                        biased;
                        place = places.next() => place,
                        refusal = Arc::clone(&refusals).acquire_owned() => {
                            let full = full.clone();
                            tokio::spawn(async move {
                                let _refusal = refusal;
                                refuse(socket, full).await;
                            });
                            continue;
                        }
                        () = closing.cancelled() => break,
                    },
                };
                if let Some(place) = place {
                    tokio::spawn(connection(socket, place, router.clone(), closing.clone(), patience));
                }
            }
            // The client has gone again.
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take a connection");
                tokio::time::sleep(REFUSED).await;
            }
        }
    }
    drop(listener);
    places.left().await;
}

fn is_of_client(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn connection(socket: TcpStream, place: Place, router: Router, closing: CancellationToken, patience: Patience) {
    // Small pieces follow one another; none is to wait until the one before was acknowledged (tcp(7)).
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection waits for acknowledgements");
    }
    let service = router.map_request(move |request: Request<Incoming>| {
        request.map(|body| body::timed(Body::new(body), patience.pause, patience.body))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let io = TokioIo::new(Flowing::new(socket, patience.reading).keeping(place));
    let mut connection = pin!(http.serve_connection(io, TowerToHyperService::new(service)).with_upgrades());
    let mut ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = closing.cancelled() => None,
    };
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        ended = Some(connection.await);
    }
    if let Some(Err(error)) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

/// Responds to the first request of a connection and closes it.
async fn refuse(socket: TcpStream, full: Router) {
    let service = full.map_request(|request: Request<Incoming>| request.map(Body::new));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REFUSAL).keep_alive(false);
    let connection = http.serve_connection(TokioIo::new(socket), TowerToHyperService::new(service));
    let Ok(Ok(parts)) = timeout(REFUSAL, connection.without_shutdown()).await else { return };
    let mut socket = parts.io.into_inner();
    // A socket closed over unread bytes, such as those of a body, would take the response along.
    let _ = timeout(REFUSAL, async {
        socket.shutdown().await?;
        copy(&mut socket, &mut sink()).await
    })
    .await;
}
