//! The server's end of each connection: HTTP/1.1, and how long a client may take to send and to read. Knows no
//! route. Without these bounds whoever sends a byte a minute, or reads none, holds a connection for ever.

mod body;
mod flowing;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use flowing::Flowing;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit};
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Pause after the system has refused a connection because it has no files or memory left.
const REFUSED: Duration = Duration::from_secs(1);

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

/// Serves until `closing`, then waits until all open requests have been served.
pub async fn serve(listener: TcpListener, router: Router, closing: CancellationToken, patience: Patience) {
    let places = Arc::new(Semaphore::new(most_connections()));
    let open = TaskTracker::new();
    loop {
        let accepted = async {
            // Never closed. Without a place the next connection waits with the system.
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = closing.cancelled() => break,
        };
        match accepted {
            Ok((socket, _)) => {
                let (router, closing) = (router.clone(), closing.clone());
                open.spawn(async move {
                    let _place = place;
                    connection(socket, router, closing, patience).await;
                });
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
    open.close();
    open.wait().await;
}

/// Returns half of the files this process may open, for the database and the tools need some too.
fn most_connections() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(files / 2).unwrap_or(usize::MAX).clamp(64, 4_096)
}

fn is_of_client(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn connection(socket: TcpStream, router: Router, closing: CancellationToken, patience: Patience) {
    let service = router.map_request(move |request: Request<Incoming>| {
        request.map(|body| body::timed(Body::new(body), patience.pause, patience.body))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let io = TokioIo::new(Flowing::new(socket, patience.reading));
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
