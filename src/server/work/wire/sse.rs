//! Server-sent events, pushed in chunks of any size. Reads the framing as the WHATWG's HTML standard has it ("Parsing an
//! event stream"), and more leniently where servers differ: the last event need not end with a blank line.
//!
//! Each byte is looked at once, so the work is linear in what came; the crate eventsource-stream scans an unfinished
//! event again with every chunk and bounds none.

use super::bounds::MAX_EVENT;

/// An event as it was framed; the data is not text yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawEvent {
    /// The `event` field; empty without one.
    pub name: String,
    /// The `data` fields, joined by line feeds.
    pub data: Vec<u8>,
}

/// The parser. It holds one unfinished event.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    event: RawEvent,
    has_data: bool,
    /// The beginning of the first line that is no part of an event.
    stray: Vec<u8>,
    /// The last byte was a carriage return, so a line feed belongs to it.
    after_cr: bool,
    /// Bytes of the stream so far that may still be part of a byte order mark; 3 once that is settled.
    bom: usize,
}

/// How much of a line that is no part of an event is kept, in bytes.
const STRAY_KEPT: usize = 512;

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

impl SseParser {
    /// Takes in a chunk and pushes the events that it completes to `out`.
    ///
    /// # Errors
    /// A single event is longer than [`MAX_EVENT`]; the text says so.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<RawEvent>) -> Result<(), String> {
        let mut rest = self.without_bom(chunk);
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.keep(rest);
            };
            self.keep(&rest[..end])?;
            self.after_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            self.end_line(out);
        }
        Ok(())
    }

    /// Called when the stream is over: what is unfinished counts as finished.
    pub fn finish(&mut self, out: &mut Vec<RawEvent>) {
        if !self.line.is_empty() {
            self.end_line(out);
        }
        self.dispatch(out);
    }

    /// Bytes of the event that is not complete yet.
    pub fn unfinished(&self) -> usize {
        self.line.len() + self.event.data.len()
    }

    /// Words that came instead of events; empty without any.
    pub fn stray(&self) -> &[u8] {
        self.stray.trim_ascii()
    }

    fn without_bom<'a>(&mut self, mut chunk: &'a [u8]) -> &'a [u8] {
        while let (true, Some((first, rest))) = (self.bom < BOM.len(), chunk.split_first()) {
            if *first != BOM[self.bom] {
                // It was no mark: what of it has gone by belongs to the first line.
                self.line.extend_from_slice(&BOM[..self.bom]);
                self.bom = BOM.len();
                break;
            }
            self.bom += 1;
            chunk = rest;
        }
        chunk
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), String> {
        if self.unfinished() + bytes.len() > MAX_EVENT {
            return Err(format!("the provider sent a single event of more than {} MiB", MAX_EVENT >> 20));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, out: &mut Vec<RawEvent>) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.dispatch(out);
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            // A comment, such as a keep-alive.
            Some(0) => return,
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (&line[..], &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.has_data {
                    self.event.data.push(b'\n');
                }
                self.has_data = true;
                self.event.data.extend_from_slice(value);
            }
            b"event" => self.event.name = String::from_utf8_lossy(value).into_owned(),
            // Not in the standard: some servers write `error: {…}` as a line of its own, or `error: words`.
            b"error" if !value.trim_ascii().is_empty() => {
                out.push(RawEvent { name: "error".to_owned(), data: value.to_vec() });
            }
            b"error" | b"id" | b"retry" => {}
            _ if self.stray.is_empty() => self.stray.extend_from_slice(&line[..line.len().min(STRAY_KEPT)]),
            _ => {}
        }
    }

    fn dispatch(&mut self, out: &mut Vec<RawEvent>) {
        let event = std::mem::take(&mut self.event);
        // An event without data is none, says the standard.
        if std::mem::take(&mut self.has_data) && !event.data.trim_ascii().is_empty() {
            out.push(event);
        }
    }
}

#[cfg(test)]
mod tests;
