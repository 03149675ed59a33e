//! The pure middle: chunks of a body go in, the events of an answer come out. The same events come out however the body
//! was cut into chunks.

use super::documents::DocumentParser;
use super::failure::{cut_short, error_in, garbled, in_words, message_in, page, reported};
use super::sse::{RawEvent, SseParser};
use super::{WireData, WireEvent, json};
use crate::domain::failure::FailureCause;
use crate::server::work::model::{ChatEvent, ModelError};
use crate::server::work::protocols::AnswerReader;
use crate::server::work::protocols::limits::{MAX_ANSWER, MAX_REASONING};

/// How much of a page is kept to name it, in bytes.
const PAGE_START: usize = 4 << 10;

/// Reads one answer.
pub struct Decoder {
    reader: Box<dyn AnswerReader>,
    parser: Parser,
    /// Bytes of text and of reasoning so far.
    text: usize,
    reasoning: usize,
    /// Characters so far that are not shown: arguments of calls.
    unseen: usize,
    /// Whether the reader has found anything of an answer.
    has_begun: bool,
}

/// The form of a body, by its first byte. Content types are not believed, since servers mislabel
/// streams.
enum Parser {
    Unknown(Vec<u8>),
    Events(SseParser),
    /// With the last document that was read, in case it is an error of a shape nobody knows.
    Documents(DocumentParser, Vec<u8>),
    Page(Vec<u8>),
}

impl Decoder {
    pub fn new(reader: Box<dyn AnswerReader>) -> Self {
        Self { reader, parser: Parser::Unknown(Vec::new()), text: 0, reasoning: 0, unseen: 0, has_begun: false }
    }

    /// Takes in a chunk. The events pushed to `out` before an error count.
    ///
    /// # Errors
    /// The provider reports one, what came cannot be read, or a bound is exceeded.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        match &mut self.parser {
            Parser::Unknown(start) => {
                start.extend_from_slice(chunk);
                match settled(start) {
                    Some(parser) => {
                        let start = std::mem::take(start);
                        self.parser = parser;
                        self.push(&start, out)
                    }
                    // Blanks only, of which there may be any number.
                    None => {
                        start.truncate(BLANKS_KEPT);
                        Ok(())
                    }
                }
            }
            Parser::Page(start) => {
                start.extend_from_slice(&chunk[..chunk.len().min(PAGE_START - start.len())]);
                Ok(())
            }
            Parser::Events(parser) => {
                let mut events = Vec::new();
                let pushed = parser.push(chunk, &mut events);
                self.take_all(events, out)?;
                self.unless_complete(pushed)
            }
            Parser::Documents(parser, _) => {
                let mut documents = Vec::new();
                let pushed = parser.push(chunk, &mut documents);
                self.take_documents(documents, out)?;
                self.unless_complete(pushed)
            }
        }
    }

    /// Bytes that wait to be read: of an unfinished event, or of calls and what is kept beside them, which the end of the
    /// answer puts together.
    pub fn weight(&self) -> usize {
        let unfinished = match &self.parser {
            Parser::Unknown(start) | Parser::Page(start) => start.len(),
            Parser::Events(parser) => parser.unfinished(),
            Parser::Documents(parser, _) => parser.unfinished(),
        };
        unfinished.max(self.unseen.saturating_add(self.reader.kept()))
    }

    /// Whether the answer is known to be whole.
    pub fn is_complete(&self) -> bool {
        self.reader.is_complete()
    }

    /// Whether nothing more needs to be read.
    pub fn is_over(&self) -> bool {
        self.reader.is_over() || matches!(&self.parser, Parser::Page(start) if start.len() == PAGE_START)
    }

    /// Called when the body has ended, or is no longer waited for: because of `broken`, if something broke.
    ///
    /// # Errors
    /// The answer is not whole, or its end exceeds a bound.
    pub fn finish(mut self, broken: Option<ModelError>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        match &mut self.parser {
            Parser::Events(parser) if !self.reader.is_over() => {
                let mut events = Vec::new();
                parser.finish(&mut events);
                // The last event may be cut: what cannot be read is then no fault of the provider.
                for RawEvent { name, data } in events {
                    if is_done(&data) || json::read_event(&data).is_ok() {
                        self.take(name, &data, out)?;
                    } else if name == ERROR && speaks(&data) && !self.reader.is_complete() {
                        return Err(in_words(&data, false));
                    }
                }
            }
            Parser::Documents(parser, _) if !self.reader.is_over() => {
                let mut documents = Vec::new();
                parser.finish(&mut documents);
                self.take_documents(documents, out)?;
            }
            Parser::Page(start) => return Err(page(&String::from_utf8_lossy(start))),
            _ => {}
        }
        if !self.reader.is_complete() {
            let instead = match &self.parser {
                _ if self.has_begun => None,
                Parser::Documents(_, last) => {
                    let unknown = json::read_event(last).ok().filter(|document| message_in(document).is_some());
                    unknown.map(|document| unrecognised(&document))
                }
                Parser::Events(parser) => Some(cut_short(parser.stray())),
                Parser::Unknown(_) | Parser::Page(_) => None,
            };
            return Err(broken.or(instead).unwrap_or_else(|| cut_short(&[])));
        }
        let mut events = Vec::new();
        let finished = self.reader.finish(&mut events);
        pass(events, &mut self.text, &mut self.reasoning, out)?;
        finished
    }

    /// Passes over faults after a whole answer.
    fn unless_complete(&self, pushed: Result<(), String>) -> Result<(), ModelError> {
        match pushed {
            Err(_) if self.reader.is_complete() => Ok(()),
            pushed => pushed.map_err(ModelError::lasting),
        }
    }

    fn take_all(&mut self, events: Vec<RawEvent>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        for RawEvent { name, data } in events {
            self.take(name, &data, out)?;
        }
        Ok(())
    }

    fn take_documents(&mut self, documents: Vec<Vec<u8>>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        for document in documents {
            self.take(String::new(), &document, out)?;
            if let Parser::Documents(_, last) = &mut self.parser {
                *last = document;
            }
        }
        Ok(())
    }

    fn take(&mut self, name: String, data: &[u8], out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        if self.reader.is_over() {
            return Ok(());
        }
        let read = match is_done(data) {
            true => Ok(WireData::Done),
            false => json::read_event(data).map(WireData::Json),
        };
        let event = match read {
            Ok(data) => WireEvent { name, data },
            Err(_) if self.reader.is_complete() => return Ok(()),
            Err(_) if name == ERROR => return Err(in_words(data, true)),
            Err(why) => return Err(garbled(data, &why)),
        };
        if let Some(error) = reported(&event) {
            return if self.reader.is_complete() { Ok(()) } else { Err(error) };
        }
        let mut events = Vec::new();
        let taken = self.reader.read(&event, &mut events);
        self.has_begun |= !events.is_empty();
        let unseen = |event: &ChatEvent| if let ChatEvent::Unseen(chars) = event { *chars } else { 0 };
        self.unseen = events.iter().map(unseen).fold(self.unseen, usize::saturating_add);
        pass(events, &mut self.text, &mut self.reasoning, out)?;
        taken
    }
}

/// How many blanks before the first byte that says something are kept: enough for half a byte order mark.
const BLANKS_KEPT: usize = 3;

/// Returns the parser for a body that begins like this; `None` while nothing but blanks has come.
fn settled(start: &[u8]) -> Option<Parser> {
    let mark = [0xef, 0xbb, 0xbf];
    match start.iter().find(|byte| !byte.is_ascii_whitespace() && !mark.contains(*byte))? {
        b'<' => Some(Parser::Page(Vec::new())),
        b'{' | b'[' => Some(Parser::Documents(DocumentParser::default(), Vec::new())),
        _ => Some(Parser::Events(SseParser::default())),
    }
}

/// The name of events that report one.
const ERROR: &str = "error";

/// Whether the data are words rather than half of a document.
fn speaks(data: &[u8]) -> bool {
    !matches!(data.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'"'))
}

fn is_done(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]"
}

/// Returns the error for a document that is neither an answer nor a known kind of error.
fn unrecognised(document: &serde_json::Value) -> ModelError {
    let error = error_in(document).because(FailureCause::ModelCall);
    let said = error.message.replacen("the provider reported an error", "a JSON document came instead of an answer", 1);
    ModelError { message: said, ..error }
}

/// Passes events on as far as the bounds allow.
fn pass(
    events: Vec<ChatEvent>,
    text: &mut usize,
    reasoning: &mut usize,
    out: &mut Vec<ChatEvent>,
) -> Result<(), ModelError> {
    for event in events {
        let (total, limit, name, piece) = match &event {
            ChatEvent::Text(piece) => (&mut *text, MAX_ANSWER, "answer", piece),
            ChatEvent::Reasoning(piece) => (&mut *reasoning, MAX_REASONING, "reasoning", piece),
            _ => {
                out.push(event);
                continue;
            }
        };
        *total += piece.len();
        if *total > limit {
            return Err(ModelError::lasting(format!("the {name} grew over {} MiB", limit >> 20)));
        }
        if !piece.is_empty() {
            out.push(without_nul(event));
        }
    }
    Ok(())
}

/// Replaces NUL, which PostgreSQL stores in no text.
fn without_nul(event: ChatEvent) -> ChatEvent {
    match event {
        ChatEvent::Text(text) if text.contains('\0') => ChatEvent::Text(text.replace('\0', "\u{fffd}")),
        ChatEvent::Reasoning(text) if text.contains('\0') => ChatEvent::Reasoning(text.replace('\0', "\u{fffd}")),
        event => event,
    }
}
