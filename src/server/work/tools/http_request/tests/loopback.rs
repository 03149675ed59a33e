//! A small HTTP server to be asked: 127.0.0.1, a random port, gone when dropped.

use axum::Router;
use std::io;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running server. Dropping it ends the accepting; what it is answering ends with its clients.
#[derive(Debug)]
pub(super) struct Loopback {
    /// `http://127.0.0.1:{port}/`
    pub(super) base: String,
    task: JoinHandle<()>,
}

impl Loopback {
    /// Serves `router` on a port the system chooses.
    ///
    /// # Errors
    /// No port can be bound on 127.0.0.1.
    pub(super) async fn serve(router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}/", listener.local_addr()?);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "a loopback server ended");
            }
        });
        Ok(Self { base, task })
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}
