//! A response as a stream of events: waits, within bounds, and feeds the [`Decoder`].

use super::bounds::{ERROR_BODY_TIME, LINGER, MAX_ERROR_BODY, MAX_STREAM, SILENCE};
use super::client::{WireResponse, silent};
use super::decoder::Decoder;
use super::failure::{is_reported, redirected, refused};
use super::retry_after::retry_after;
use crate::domain::time::Timestamp;
use crate::server::aside;
use crate::server::work::model::{ChatEvent, ModelError};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream, Stream};
use reqwest::header::LOCATION;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Bytes that are read at once; more are read aside.
const AT_ONCE: usize = 64 << 10;

/// Returns a response of success, else its error; `now` is for reading how long to wait.
///
/// # Errors
/// Always, unless the status is one of success.
pub async fn accepted(response: WireResponse, now: Timestamp) -> Result<WireResponse, ModelError> {
    let status = response.status;
    if status.is_success() {
        return Ok(response);
    }
    if status.is_redirection() {
        let to = response.headers.get(LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
        return Err(redirected(status, &to.unwrap_or_default()));
    }
    let wait = retry_after(&response.headers, now);
    Err(refused(status, &start_of(response.body).await, wait))
}

/// Returns the beginning of a body as text: what comes within the limits, and before an error.
async fn start_of(mut body: BoxStream<'static, Result<Bytes, ModelError>>) -> String {
    let mut start = Vec::new();
    let read = async {
        while let Some(Ok(chunk)) = body.next().await {
            start.extend_from_slice(&chunk[..chunk.len().min(MAX_ERROR_BODY - start.len())]);
            if start.len() == MAX_ERROR_BODY {
                break;
            }
        }
    };
    let _ = timeout(ERROR_BODY_TIME, read).await;
    String::from_utf8_lossy(&start).into_owned()
}

/// How long an answer is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// With a provider that sends nothing at all.
    pub silence: Duration,
    /// For the usage, or the end of the stream, after a whole answer.
    pub linger: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { silence: SILENCE, linger: LINGER }
    }
}

/// Returns the events of a successful response, of which the first error is the last; `now` is for reading how long to wait
/// after one that the provider reports.
pub fn events(
    response: WireResponse,
    decoder: Decoder,
    patience: Patience,
    now: Timestamp,
) -> impl Stream<Item = Result<ChatEvent, ModelError>> + Send {
    let answer = Answer {
        asked: retry_after(&response.headers, now).map(|wait| Instant::now() + wait.min(LONGEST_WAIT)),
        body: response.body,
        decoder: Some(decoder),
        patience,
        received: 0,
        linger_until: None,
        queue: VecDeque::new(),
    };
    stream::unfold(answer, |mut answer| async move { Some((answer.next().await?, answer)) })
}

/// Far longer than anybody waits.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 3_600);

struct Answer {
    /// Before this the provider asked not to be called again, in the head of its response.
    asked: Option<Instant>,
    body: BoxStream<'static, Result<Bytes, ModelError>>,
    /// `None` once the answer is over.
    decoder: Option<Decoder>,
    patience: Patience,
    /// Bytes so far.
    received: u64,
    /// How long the end of a whole answer is waited for.
    linger_until: Option<Instant>,
    queue: VecDeque<Result<ChatEvent, ModelError>>,
}

/// The next chunk of a body; `None` when no more is waited for.
type Chunk = Result<Option<Bytes>, ModelError>;

/// The outcome of reading a chunk.
struct Read {
    /// `None` once the answer is over.
    decoder: Option<Decoder>,
    events: Vec<ChatEvent>,
    error: Option<ModelError>,
}

/// Whether reading may take more than a millisecond: a long event may be complete now, and with its end the answer's calls
/// are put together.
fn is_heavy(decoder: &Decoder, chunk: &Chunk) -> bool {
    let came = chunk.as_ref().ok().and_then(Option::as_ref).map_or(0, Bytes::len);
    decoder.weight() + came > AT_ONCE
}

fn read(mut decoder: Decoder, chunk: Chunk) -> Read {
    let mut events = Vec::new();
    let pushed = match chunk {
        Ok(Some(chunk)) => match decoder.push(&chunk, &mut events) {
            Ok(()) if !decoder.is_over() => return Read { decoder: Some(decoder), events, error: None },
            Ok(()) => decoder.finish(None, &mut events),
            Err(error) => Err(error),
        },
        Ok(None) => decoder.finish(None, &mut events),
        Err(error) => decoder.finish(Some(error), &mut events),
    };
    Read { decoder: None, events, error: pushed.err() }
}

impl Answer {
    async fn next(&mut self) -> Option<Result<ChatEvent, ModelError>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            let decoder = self.decoder.take()?;
            let chunk = self.chunk().await;
            let Read { decoder, events, error } = match is_heavy(&decoder, &chunk) {
                true => aside::run(move || read(decoder, chunk)).await,
                false => read(decoder, chunk),
            };
            if let Some(decoder) = &decoder {
                self.linger(decoder, &events);
            }
            self.decoder = decoder;
            let error = error.map(|error| self.with_wait(error));
            self.queue.extend(events.into_iter().map(Ok).chain(error.map(Err)));
        }
    }

    /// Adds to an error that the provider reports how long it asked to wait, unless the error says so itself.
    fn with_wait(&self, error: ModelError) -> ModelError {
        let asked = self.asked.filter(|_| is_reported(&error));
        let wait = asked.map(|until| until.saturating_duration_since(Instant::now()));
        ModelError { retry_after: error.retry_after.or(wait), ..error }
    }

    /// Returns the next chunk; `None` when the body has ended, or the answer is whole and no more is waited for.
    async fn chunk(&mut self) -> Chunk {
        // A body that always has more ready must not keep a stop from being seen.
        tokio::task::coop::consume_budget().await;
        let chunk = match self.linger_until {
            Some(until) => match timeout_at(until, self.body.next()).await {
                Ok(chunk) => chunk,
                Err(_) => return Ok(None),
            },
            None => {
                timeout(self.patience.silence, self.body.next()).await.map_err(|_| silent(self.patience.silence))?
            }
        };
        let Some(chunk) = chunk.transpose()? else { return Ok(None) };
        self.received = self.received.saturating_add(chunk.len() as u64);
        match self.received > MAX_STREAM {
            true => Err(ModelError::lasting(format!("the provider sent more than {} MiB", MAX_STREAM >> 20))),
            false => Ok(Some(chunk)),
        }
    }

    /// The time of lingering begins with a whole answer, and again should it go on after all.
    fn linger(&mut self, decoder: &Decoder, events: &[ChatEvent]) {
        let goes_on = events.iter().any(|event| !matches!(event, ChatEvent::Usage(_)));
        if decoder.is_complete() && (self.linger_until.is_none() || goes_on) {
            self.linger_until = Some(Instant::now() + self.patience.linger);
        }
    }
}

#[cfg(test)]
mod tests;
