//! The server's end of a WebSocket that keeps nothing of what it has sent. tungstenite copies every message into a buffer of
//! the connection's own, which stays as large as the largest message was: for thousands of watchers, most of what they cost.
//! So texts go to the connection right from the frame that all watchers share. Whatever else the protocol has (RFC 6455),
//! tungstenite does. Knows no messages of ours.

use bytes::{Buf, Bytes};
use futures::{Sink, SinkExt, Stream, StreamExt};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

/// A WebSocket. Dropping it ends the connection without a word.
pub struct Socket<T> {
    protocol: WebSocketStream<T>,
    /// The text that is being sent.
    text: Option<Text>,
    /// The reader's task, while it waits for the text to be sent.
    reader: Option<Waker>,
    /// The writer's task, while it waits for the reader's turn: with one text after another the reader would never have one.
    writer: Option<Waker>,
    is_readers_turn: bool,
    /// One of both ends has said that it sends no more.
    is_closed: bool,
}

/// A frame that holds a whole text (RFC 6455, section 5.2).
struct Text {
    header: Bytes,
    content: Bytes,
    is_begun: bool,
}

impl Text {
    fn new(content: Bytes) -> Self {
        // The last frame of its message, a text; a server does not mask.
        let mut header = vec![0x81];
        match (u8::try_from(content.len()), u16::try_from(content.len())) {
            (Ok(length @ ..126), _) => header.push(length),
            (_, Ok(length)) => {
                header.push(126);
                header.extend(length.to_be_bytes());
            }
            _ => {
                header.push(127);
                header.extend((content.len() as u64).to_be_bytes());
            }
        }
        Self { header: header.into(), content, is_begun: false }
    }

    fn is_sent(&self) -> bool {
        self.header.is_empty() && self.content.is_empty()
    }

    fn sent(&mut self, bytes: usize) {
        self.is_begun = true;
        let of_header = bytes.min(self.header.len());
        self.header.advance(of_header);
        self.content.advance(bytes - of_header);
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Socket<T> {
    /// Creates one of a connection that was just upgraded.
    pub async fn new(connection: T, config: WebSocketConfig) -> Self {
        let protocol = WebSocketStream::from_raw_socket(connection, Role::Server, Some(config)).await;
        Self { protocol, text: None, reader: None, writer: None, is_readers_turn: false, is_closed: false }
    }

    /// Sends what is left of the text.
    fn poll_text(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while let Some(text) = self.text.as_mut().filter(|text| !text.is_sent()) {
            if !text.is_begun {
                // Reading may have left half a frame of the protocol's own; it rests until the text is sent.
                ready!(self.protocol.poll_flush_unpin(context))?;
            }
            let parts = [IoSlice::new(&text.header), IoSlice::new(&text.content)];
            let written = ready!(Pin::new(self.protocol.get_mut()).poll_write_vectored(context, &parts))?;
            if written == 0 {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero).into()));
            }
            text.sent(written);
        }
        self.text = None;
        if let Some(reader) = self.reader.take() {
            self.is_readers_turn = true;
            reader.wake();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for Socket<T> {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Reading may write, such as the response to a ping, which must not end up within the text; and whoever pings without
        // pause must not hold it up for ever.
        if self.text.is_some() {
            self.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        self.is_readers_turn = false;
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
        let read = ready!(self.protocol.poll_next_unpin(context));
        self.is_closed |= matches!(read, Some(Ok(Message::Close(_)) | Err(_)) | None);
        Poll::Ready(read)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Sink<Message> for Socket<T> {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_text(context))?;
        if self.is_readers_turn {
            self.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        self.protocol.poll_ready_unpin(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        match message {
            _ if self.is_closed => Err(Error::AlreadyClosed),
            Message::Text(text) => {
                let content: &Bytes = text.as_ref();
                self.text = Some(Text::new(content.clone()));
                Ok(())
            }
            message => {
                self.is_closed = message.is_close();
                self.protocol.start_send_unpin(message)
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_text(context))?;
        self.protocol.poll_flush_unpin(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_text(context))?;
        self.protocol.poll_close_unpin(context)
    }
}

#[cfg(test)]
mod tests;
