//! Server-sent events out of the bytes of a response, each of bounded size; what is no text becomes U+FFFD.

use super::super::super::text::bound;
use super::super::messages::MAX_MESSAGE;
use super::Events;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use rmcp::transport::streamable_http_client::SseError;
use sse_stream::{Sse, SseStream};
use std::io;

/// Returns the events of a response. One that is longer than a message may be is the last, and an error.
pub(super) fn events<E>(pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Events
where
    E: std::error::Error + Send + Sync + 'static,
{
    let mut reader = Reader::default();
    let text = pieces.map(move |piece| match piece {
        Ok(piece) => reader.read(&piece),
        Err(error) => Err(io::Error::other(error)),
    });
    // Nothing comes after an error.
    let until_error = |failed: &mut bool, event: Result<Sse, SseError>| {
        let over = std::mem::replace(failed, event.is_err());
        std::future::ready((!over).then_some(event))
    };
    SseStream::from_bytes_stream(text).scan(false, until_error).boxed()
}

/// Where in the events the bytes have come to.
#[derive(Default)]
struct Reader {
    /// The beginning of a character whose end has not come yet: at most 3 bytes.
    begun: Vec<u8>,
    /// Bytes of the present event and of its present line.
    event: usize,
    line: usize,
    after_return: bool,
}

impl Reader {
    fn read(&mut self, piece: &[u8]) -> io::Result<Bytes> {
        for byte in piece {
            self.count(*byte);
            if self.event > MAX_MESSAGE {
                return Err(io::Error::other(format!("an event is longer than {}", bound(MAX_MESSAGE))));
            }
        }
        Ok(Bytes::from(self.text(piece)))
    }

    fn count(&mut self, byte: u8) {
        let is_second_half = self.after_return && byte == b'\n';
        self.after_return = byte == b'\r';
        match byte {
            _ if is_second_half => {}
            b'\r' | b'\n' => {
                // An empty line ends the event.
                self.event = if self.line == 0 { 0 } else { self.event + 1 };
                self.line = 0;
            }
            _ => {
                self.event += 1;
                self.line += 1;
            }
        }
    }

    /// Returns the piece as text. A character that it cuts waits for its rest.
    fn text(&mut self, piece: &[u8]) -> String {
        let bytes = [std::mem::take(&mut self.begun).as_slice(), piece].concat();
        let mut text = String::with_capacity(bytes.len());
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            let may_go_on =
                chunks.peek().is_none() && std::str::from_utf8(invalid).is_err_and(|e| e.error_len().is_none());
            if may_go_on {
                self.begun = invalid.to_vec();
            } else if !invalid.is_empty() {
                text.push('\u{fffd}');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use std::convert::Infallible;

    async fn data(pieces: Vec<Vec<u8>>) -> Vec<Result<String, String>> {
        let pieces = stream::iter(pieces.into_iter().map(|piece| Ok::<_, Infallible>(Bytes::from(piece))));
        let read = events(pieces).map(|event| event.map(|e| e.data.unwrap_or_default()).map_err(|e| e.to_string()));
        read.collect().await
    }

    #[tokio::test]
    async fn events_are_the_same_however_they_are_cut() {
        let bytes = b"data: \xc3\xa9\xff \xf0\x9f\x98\x80\r\ndata: two\r\n\r\n: note\n\ndata: three\n\n";
        let expected = [Ok("é\u{fffd} \u{1f600}\ntwo".to_owned()), Ok("three".to_owned())];
        for size in 1..bytes.len() {
            let read = data(bytes.chunks(size).map(<[u8]>::to_vec).collect()).await;
            let read: Vec<_> = read.into_iter().filter(|data| *data != Ok(String::new())).collect();
            assert_eq!(read, expected, "in pieces of {size}");
        }
    }

    #[tokio::test]
    async fn an_event_without_end_is_an_error() {
        for line in ["", "\r\n"] {
            let piece = format!("data: {}{line}", "x".repeat(1024 * 1024)).into_bytes();
            let read = data(vec![piece; 20]).await;
            assert!(read.last().unwrap().as_ref().unwrap_err().contains("longer than 16 MiB"), "{line:?}");
            assert_eq!(read.len(), 1);
        }
        let whole = data(vec![format!("data: {}\n\n", "x".repeat(1024 * 1024)).into_bytes(); 20]).await;
        assert!(whole.len() == 20 && whole.iter().all(Result::is_ok), "one by one they may be as many as they like");
    }
}
