//! Depth in a JSON text, byte by byte. Reads no values.

/// Position in a JSON text: its depth, and whether it is within a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Takes in the next byte.
    pub fn step(&mut self, byte: u8) {
        match byte {
            _ if std::mem::take(&mut self.escaped) => {}
            b'\\' => self.escaped = self.in_string,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Whether everything that was opened is closed.
    pub fn is_closed(self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// Whether the next byte stands within a text.
    pub fn is_in_text(self) -> bool {
        self.in_string
    }
}
