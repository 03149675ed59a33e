//! A connection that ends when its far end takes nothing any more.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Reads and writes as what is in it. Writing fails once nothing could be written for as long as `patience`; the system
/// takes some hundred kilobytes before it says that nothing can. `K` is kept for as long as the connection is open, also
/// when it is a WebSocket's by then.
pub struct Flowing<T, K = ()> {
    inner: T,
    patience: Duration,
    /// Timer that runs while something cannot be written.
    stuck: Option<Pin<Box<Sleep>>>,
    _kept: K,
}

impl<T> Flowing<T> {
    pub fn new(inner: T, patience: Duration) -> Self {
        Self { inner, patience, stuck: None, _kept: () }
    }
}

impl<T, K> Flowing<T, K> {
    /// Keeps something until the connection is closed.
    pub fn keeping<L>(self, kept: L) -> Flowing<T, L> {
        let Self { inner, patience, stuck, .. } = self;
        Flowing { inner, patience, stuck, _kept: kept }
    }

    fn check<R>(&mut self, context: &mut Context<'_>, written: Poll<Result<R>>) -> Poll<Result<R>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let patience = self.patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stuck.as_mut().poll(context));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client reads nothing")))
    }
}

impl<T: AsyncRead + Unpin, K: Unpin> AsyncRead for Flowing<T, K> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin, K: Unpin> AsyncWrite for Flowing<T, K> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.check(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, parts);
        self.check(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.check(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let ended = Pin::new(&mut self.inner).poll_shutdown(context);
        self.check(context, ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::Instant;

    const PATIENCE: Duration = Duration::from_millis(800);

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_given_up() {
        let (server, _client) = duplex(64);
        let began = Instant::now();
        let error = Flowing::new(server, PATIENCE).write_all(&[0; 100]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(began.elapsed() >= PATIENCE);
    }

    #[tokio::test]
    async fn a_client_that_reads_slowly_is_served_to_the_end() {
        let (server, mut client) = duplex(64);
        let reader = tokio::spawn(async move {
            let mut read = 0;
            while read < 640 {
                sleep(PATIENCE / 8).await;
                read += client.read(&mut [0; 64]).await.unwrap();
            }
        });
        Flowing::new(server, PATIENCE).write_all(&[0; 640]).await.unwrap();
        reader.await.unwrap();
    }
}
