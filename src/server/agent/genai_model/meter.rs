//! Measures a stream as its bytes go by, so that no provider can fill the memory. Knows bytes, not their meaning.

/// Longest single event or line, in bytes. genai keeps one whole in memory and copies it with every chunk, so the work
/// grows with the square of this.
pub(super) const MAX_EVENT: usize = 1 << 20;
/// What stands before the number of a tool call in a stream. Within a JSON string its quotes are escaped.
const INDEX: &[u8] = b"\"index\":";
/// Most digits of such a number: genai makes room for as many calls as it says.
const MAX_INDEX_DIGITS: u8 = 3;
/// Longest stream, in bytes. A token comes in about 250 bytes, so this is half a million of them.
pub(super) const MAX_STREAM: u64 = 128 << 20;

/// What parts one event of a stream from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Server-sent events: a blank line.
    Events,
    /// One JSON document a line.
    Lines,
}

/// How far a stream has come.
#[derive(Debug)]
pub(super) struct Meter {
    framing: Framing,
    max_event: usize,
    max_stream: u64,
    /// Bytes in all.
    total: u64,
    /// Bytes since the last event ended.
    event: usize,
    /// Line ends seen in a row; `\r\n` is one.
    line_ends: u8,
    last: u8,
    /// How much of [`INDEX`] has just gone by; all of it while its number does.
    index: usize,
    digits: u8,
}

impl Meter {
    pub(super) fn new(framing: Framing) -> Self {
        Self::with_limits(framing, MAX_EVENT, MAX_STREAM)
    }

    fn with_limits(framing: Framing, max_event: usize, max_stream: u64) -> Self {
        Self { framing, max_event, max_stream, total: 0, event: 0, line_ends: 0, last: 0, index: 0, digits: 0 }
    }

    /// Takes in a chunk.
    ///
    /// # Errors
    /// The stream, or one event in it, is too long; the text says which.
    pub(super) fn pass(&mut self, chunk: &[u8]) -> Result<(), String> {
        self.total = self.total.saturating_add(chunk.len() as u64);
        if self.total > self.max_stream {
            return Err(format!("the provider sent more than {} MiB", self.max_stream >> 20));
        }
        for byte in chunk {
            self.event += 1;
            match byte {
                b'\n' if self.last == b'\r' => {}
                b'\n' | b'\r' => self.line_ends = self.line_ends.saturating_add(1),
                _ => self.line_ends = 0,
            }
            self.last = *byte;
            let needed = if self.framing == Framing::Lines { 1 } else { 2 };
            if self.line_ends >= needed {
                self.event = 0;
            }
            if self.counts_calls_without_end(*byte) {
                return Err("the provider sent a tool call with an impossible number".to_owned());
            }
            if self.event > self.max_event {
                return Err(format!("the provider sent a single event of more than {} MiB", self.max_event >> 20));
            }
        }
        Ok(())
    }

    fn counts_calls_without_end(&mut self, byte: u8) -> bool {
        match (self.index == INDEX.len(), byte) {
            (true, b' ') if self.digits == 0 => {}
            (true, b'0'..=b'9') => self.digits += 1,
            _ => {
                let expected = INDEX.get(self.index);
                self.index = if expected == Some(&byte) { self.index + 1 } else { usize::from(byte == INDEX[0]) };
                self.digits = 0;
            }
        }
        self.digits > MAX_INDEX_DIGITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `part` again and again; answers how many bytes went through before the error, and the error.
    fn feed(framing: Framing, part: &[u8]) -> (u64, String) {
        let mut meter = Meter::with_limits(framing, 1 << 20, 2 << 20);
        let chunk = part.repeat((64 << 10) / part.len() + 1);
        loop {
            if let Err(error) = meter.pass(&chunk) {
                return (meter.total, error);
            }
        }
    }

    #[test]
    fn a_line_without_end_is_noticed_early() {
        for framing in [Framing::Events, Framing::Lines] {
            let (total, error) = feed(framing, b"x");
            assert!(total < (1 << 20) + (128 << 10), "{total}");
            assert!(error.contains("a single event of more than 1 MiB"), "{error}");
        }
    }

    #[test]
    fn lines_without_a_blank_one_are_one_event() {
        assert!(feed(Framing::Events, b"data: 1\r\n").1.contains("single event"));
        assert!(feed(Framing::Lines, b"{\"a\":1}\n").1.contains("more than 2 MiB"));
    }

    #[test]
    fn a_number_of_a_tool_call_that_nobody_could_mean_is_refused() {
        let pass = |parts: &[&str]| {
            let mut meter = Meter::new(Framing::Events);
            parts.iter().try_for_each(|part| meter.pass(part.as_bytes()))
        };
        assert!(pass(&["{\"index\": 4000000000,"]).is_err());
        assert!(pass(&["{\"ind", "ex\":40", "00}"]).is_err(), "however it is cut");
        assert_eq!(pass(&["{\"index\":12,\"created\":1700000000}"]), Ok(()));
        assert_eq!(pass(&["{\"text\":\"\\\"index\\\":4000000000\"}"]), Ok(()), "within a text it is a text");
    }

    #[test]
    fn every_kind_of_blank_line_ends_an_event() {
        for end in ["\n\n", "\r\n\r\n", "\r\r"] {
            let (_, error) = feed(Framing::Events, format!("data: 1{end}").as_bytes());
            assert!(error.contains("more than 2 MiB"), "{end:?}: {error}");
        }
    }
}
