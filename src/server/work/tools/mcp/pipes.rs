//! The conversation with a program: one message a line, over its standard input and output.

use super::messages::{self, Asked, LONG, MAX_MESSAGE};
use super::pulse::{Pulse, Unread};
use rmcp::RoleClient;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A program's two pipes. Lines that are no message are passed over, and of one that is too long nothing is kept.
pub(super) struct Pipes<R, W> {
    reader: BufReader<R>,
    line: Vec<u8>,
    /// The line so far was too long; the rest of it is passed over.
    is_skipping: bool,
    read: VecDeque<ServerJsonRpcMessage>,
    /// A long line, being parsed where it holds up nobody.
    parsing: Option<JoinHandle<Vec<ServerJsonRpcMessage>>>,
    writer: Arc<Mutex<Option<W>>>,
    asked: Arc<Asked>,
    pulse: Arc<Pulse>,
    patience: Duration,
}

impl<R: AsyncRead + Unpin, W> Pipes<R, W> {
    /// `patience` is how long the program may neither read what it is sent nor say anything.
    pub(super) fn new(reader: R, writer: W, patience: Duration) -> Self {
        Self {
            reader: BufReader::new(reader),
            line: Vec::new(),
            is_skipping: false,
            read: VecDeque::new(),
            parsing: None,
            writer: Arc::new(Mutex::new(Some(writer))),
            asked: Arc::default(),
            pulse: Arc::default(),
            patience,
        }
    }

    /// Returns the program's signs of life.
    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }

    /// Reads up to the end of a line, into `self.line`; `false` at the end of it all. Dropped in between, it goes on where
    /// it was.
    async fn read_line(&mut self) -> io::Result<bool> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                return Ok(false);
            }
            // Whatever it says, and if nobody waits for it any more.
            self.pulse.beat();
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            if !self.is_skipping {
                if self.line.len() + taken > MAX_MESSAGE {
                    self.read.extend(messages::too_long(&self.line, &self.asked));
                    tracing::warn!("passed over a line of more than {MAX_MESSAGE} bytes");
                    self.line = Vec::new();
                    self.is_skipping = true;
                } else {
                    self.line.extend_from_slice(&available[..taken]);
                }
            }
            self.reader.consume(taken);
            if end.is_some() {
                self.is_skipping = false;
                return Ok(true);
            }
            if !self.read.is_empty() {
                return Ok(true);
            }
        }
    }

    /// Takes the messages out of the line that was read.
    fn take_line(&mut self) {
        if self.is_skipping {
            return;
        }
        if self.line.len() > LONG {
            // Its buffer is given back as well.
            self.parsing = Some(messages::read_elsewhere(std::mem::take(&mut self.line), &self.asked));
        } else {
            self.read.extend(messages::read(self.line.trim_ascii(), &self.asked));
            self.line.clear();
        }
    }
}

impl<R, W> Transport<RoleClient> for Pipes<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    /// A program that does not read, for as long as it may, is sent nothing any more; what waits fails at once.
    fn send(&mut self, message: ClientJsonRpcMessage) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.asked.note(&message);
        let (writer, asked, pulse) = (Arc::clone(&self.writer), Arc::clone(&self.asked), Arc::clone(&self.pulse));
        let patience = self.patience;
        async move {
            let mut writer = writer.lock().await;
            // A call that was given up in the meantime is not made.
            if !asked.still_asks(&message) {
                return Ok(());
            }
            let Some(pipe) = writer.as_mut() else {
                return Err(if pulse.has_stopped() { unread() } else { io::ErrorKind::NotConnected.into() });
            };
            let mut line = serde_json::to_vec(&message)?;
            line.push(b'\n');
            if write(pipe, &line, &pulse, patience).await? {
                return Ok(());
            }
            *writer = None;
            pulse.stop();
            Err(unread())
        }
    }

    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        loop {
            if let Some(message) = self.read.pop_front() {
                return Some(message);
            }
            if let Some(parsing) = &mut self.parsing {
                // Only a runtime that ends gives it up.
                let read = parsing.await.unwrap_or_default();
                self.parsing = None;
                self.read.extend(read);
                continue;
            }
            match self.read_line().await {
                Ok(true) => self.take_line(),
                Ok(false) if self.line.is_empty() => return None,
                // The last line, without its end.
                Ok(false) => self.take_line(),
                Err(error) => {
                    tracing::debug!(%error, "reading from a program");
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        drop(self.writer.lock().await.take());
        Ok(())
    }
}

/// How many times its patience a program may go on without reading, whatever it says meanwhile.
const MOST_WAITS: u32 = 5;

/// Writes a line; returns `false` once the program has neither read any of it nor said anything for `patience`, or has read
/// nothing for several times as long.
async fn write(
    pipe: &mut (impl AsyncWrite + Unpin),
    mut line: &[u8],
    pulse: &Pulse,
    patience: Duration,
) -> io::Result<bool> {
    let mut waits = 0;
    while !line.is_empty() {
        let before = pulse.beats();
        match timeout(patience, pipe.write(line)).await {
            Ok(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => (line, waits) = (&line[written?..], 0),
            // It is at work, and reads on when it is done.
            Err(_) if pulse.beats() != before && waits + 1 < MOST_WAITS => waits += 1,
            Err(_) => return Ok(false),
        }
    }
    pipe.flush().await?;
    Ok(true)
}

fn unread() -> io::Error {
    io::Error::other(Unread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rmcp::model::{CallToolRequestParams, ClientRequest, JsonRpcMessage, NumberOrString, Request};
    use tokio::io::{DuplexStream, duplex, sink};

    fn pipes() -> (Pipes<DuplexStream, tokio::io::Sink>, DuplexStream) {
        let (near, far) = duplex(256 * 1024);
        (Pipes::new(near, sink(), Duration::from_secs(60)), far)
    }

    /// Returns the ids of the responses, up to the end.
    async fn ids(pipes: &mut Pipes<DuplexStream, tokio::io::Sink>) -> Vec<String> {
        let mut ids = Vec::new();
        while let Some(message) = pipes.receive().await {
            ids.push(match message {
                JsonRpcMessage::Response(response) => response.id.to_string(),
                JsonRpcMessage::Error(error) => format!("{}!", error.id.unwrap()),
                other => panic!("{other:?}"),
            });
        }
        ids
    }

    async fn ask(pipes: &mut Pipes<DuplexStream, tokio::io::Sink>, id: i64) {
        pipes.send(call(id)).await.unwrap();
    }

    fn call(id: i64) -> ClientJsonRpcMessage {
        let call = ClientRequest::CallToolRequest(Request::new(CallToolRequestParams::new("t")));
        ClientJsonRpcMessage::request(call, NumberOrString::Number(id))
    }

    #[tokio::test]
    async fn what_a_program_does_not_read_fails_and_so_does_all_that_waits_behind() {
        let (stdin, _unread) = duplex(16);
        let mut pipes = Pipes::new(tokio::io::empty(), stdin, Duration::from_millis(50));
        let pulse = pipes.pulse();
        let written = futures::future::join3(pipes.send(call(1)), pipes.send(call(2)), pipes.send(call(3))).await;
        for error in [written.0, written.1, written.2].map(Result::unwrap_err) {
            assert!(error.get_ref().is_some_and(|error| error.is::<Unread>()), "{error}");
        }
        pulse.stopped().await;
        assert!(pipes.send(call(4)).await.is_err() && pipes.writer.lock().await.is_none());
    }

    #[tokio::test]
    async fn a_call_that_was_given_up_before_it_was_read_is_not_made() {
        let (stdin, mut program) = duplex(16);
        let mut pipes = Pipes::new(tokio::io::empty(), stdin, Duration::from_secs(60));
        let (first, second) = (pipes.send(call(1)), pipes.send(call(2)));
        let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#;
        let cancelled = pipes.send(serde_json::from_str(cancel).unwrap());
        let mut read = String::new();
        let writing = async {
            let written = tokio::join!(first, second, cancelled);
            assert!(written.0.is_ok() && written.1.is_ok() && written.2.is_ok());
            pipes.close().await.unwrap();
        };
        let (_, length) = tokio::join!(writing, tokio::io::AsyncReadExt::read_to_string(&mut program, &mut read));
        assert!(length.unwrap() > 0 && read.contains("\"id\":1") && !read.contains("\"id\":2"), "{read}");
    }

    #[tokio::test]
    async fn whatever_a_program_says_is_a_sign_of_life() {
        let (mut pipes, mut far) = pipes();
        let pulse = pipes.pulse();
        ask(&mut pipes, 1).await;
        let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
        pipes.send(serde_json::from_str(cancel).unwrap()).await.unwrap();
        // The response to a call that was given up, a line of a log, and the beginning of a line.
        for said in ["{\"id\":1,\"result\":{}}\n", "at work\n", "{\"id\":2,"] {
            let before = pulse.beats();
            far.write_all(said.as_bytes()).await.unwrap();
            assert!(futures::poll!(std::pin::pin!(pipes.receive())).is_pending(), "it is no message: {said:?}");
            assert!(pulse.beats() > before, "{said:?}");
        }
    }

    #[tokio::test]
    async fn a_program_that_says_something_or_reads_on_may_take_longer_to_read() {
        let (stdin, mut program) = duplex(16);
        let mut pipes = Pipes::new(tokio::io::empty(), stdin, Duration::from_millis(50));
        let pulse = pipes.pulse();
        let mut sent = std::pin::pin!(pipes.send(call(1)));
        assert!(futures::poll!(&mut sent).is_pending(), "more than the pipe holds");
        for says in [true, false, true, false] {
            // Longer than its patience.
            tokio::time::sleep(Duration::from_millis(60)).await;
            match says {
                true => pulse.beat(),
                false => assert_eq!(tokio::io::AsyncReadExt::read(&mut program, &mut [0]).await.unwrap(), 1),
            }
            assert!(futures::poll!(&mut sent).is_pending(), "it says something, or has read on");
        }
        assert!(sent.await.is_err() && pulse.has_stopped(), "it does neither any more");
    }

    #[tokio::test]
    async fn noise_is_passed_over_and_the_last_line_needs_no_end() {
        let (mut pipes, mut far) = pipes();
        for id in 1..=3 {
            ask(&mut pipes, id).await;
        }
        far.write_all(
            b"\xef\xbb\xbf\nstarted\n\n{\"id\":1,\"result\":{}}\r\n{\"id\":2,\"result\":{}}\n{\"id\":3,\"result\":{}}",
        )
        .await
        .unwrap();
        drop(far);
        assert_eq!(ids(&mut pipes).await, ["1", "2", "3"]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_fails_the_call_it_answers_and_no_other() {
        let (mut pipes, mut far) = pipes();
        ask(&mut pipes, 1).await;
        ask(&mut pipes, 2).await;
        let writing = tokio::spawn(async move {
            far.write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"").await.unwrap();
            for _ in 0..40 {
                far.write_all(&[b'x'; 1024 * 1024]).await.unwrap();
            }
            far.write_all(b"\"}\n{\"id\":2,\"result\":{}}\n").await.unwrap();
        });
        assert_eq!(ids(&mut pipes).await, ["1!", "2"]);
        assert!(pipes.line.capacity() <= LONG);
        writing.await.unwrap();
    }
}
