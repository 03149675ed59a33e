//! What errors that mean the same have in common: text without numbers, ids, quoted text and the variable parts of addresses,
//! for each of which an ellipsis stands. Pure; takes time in proportion to the text.

use crate::domain::failure::FailureKind;
use sha2::{Digest, Sha256};

/// Characters of an error that are looked at, and those of what is made of it.
const LOOKED_AT: usize = 2_000;
const LONGEST: usize = 300;
/// Longest quoted text, in characters: beyond it, a quotation mark is just a character.
const LONGEST_QUOTED: usize = 300;
/// From this length on a word with letters and digits is an id.
const ID: usize = 6;
/// From this length on hexadecimal digits, a decimal one among them, are a number.
const HEX: usize = 8;

const GONE: char = '…';

/// Words after which a number of three digits is a status, which tells errors apart.
const STATUS: [&str; 8] = ["status", "code", "http", "error", "responded", "with", "returned", "got"];

/// Returns what an error has in common with others that mean the same.
pub fn normalised(error: &str) -> String {
    let chars: Vec<char> = error.chars().take(LOOKED_AT).collect();
    let mut out = Out::default();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = &chars[at..];
        let before = at.checked_sub(1).and_then(|before| chars.get(before)).copied();
        at += if let Some(length) = quoted(rest, before) {
            out.push(c);
            out.gone();
            out.push(closing(c));
            length
        } else if let Some((kept, length)) = address(rest) {
            kept.iter().for_each(|c| out.push(*c));
            if length > kept.len() {
                out.gone();
            }
            length
        } else if is_word(c) {
            let length = rest.iter().take_while(|c| is_word(**c)).count();
            out.word(&rest[..length]);
            length
        } else {
            if c.is_whitespace() {
                out.blank()
            } else {
                out.push(c)
            }
            1
        };
    }
    out.finish()
}

/// Returns what errors of a kind with this message are known by.
pub fn fingerprint(kind: FailureKind, message: &str) -> String {
    let hash = Sha256::digest(format!("{kind}\0{message}"));
    hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The text as far as it has been made.
#[derive(Default)]
struct Out {
    text: String,
    /// The last whole word, in small letters.
    last: String,
}

impl Out {
    fn push(&mut self, c: char) {
        self.text.push(c);
    }

    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Puts an ellipsis; what one joins to another, as in 1.5 or 12:30:00, goes with it.
    fn gone(&mut self) {
        match self.joined() {
            Some(length) => self.text.truncate(length),
            None => self.text.push(GONE),
        }
    }

    /// Returns how long the text is with the ellipsis that what comes next is joined to.
    fn joined(&self) -> Option<usize> {
        let joined = self.text.trim_end_matches(['.', ',', ':', '/', '-', '+']);
        joined.ends_with(GONE).then_some(joined.len())
    }

    fn word(&mut self, word: &[char]) {
        let text: String = word.iter().collect();
        let digits = word.iter().take_while(|c| c.is_ascii_digit()).count();
        let has_digit = word.iter().any(char::is_ascii_digit);
        let is_hex = word.iter().all(char::is_ascii_hexdigit) && word.len() >= HEX;
        let is_first = self.text.is_empty();
        let is_unit = |rest: &[char]| rest.len() <= 3 && rest.iter().all(char::is_ascii_lowercase);
        // Parts of a time or of an id with hyphens.
        let goes_on =
            self.joined().is_some() && (has_digit || (word.len() == 4 && word.iter().all(char::is_ascii_hexdigit)));
        match () {
            () if goes_on && !(digits > 0 && is_unit(&word[digits..])) => self.gone(),
            () if !has_digit => self.text.push_str(&text),
            () if digits == word.len() && self.is_status(&text, is_first) => self.text.push_str(&text),
            () if digits == word.len() || is_hex || text.starts_with("0x") => self.gone(),
            // 25s, 12ms.
            () if digits > 0 && is_unit(&word[digits..]) => {
                self.gone();
                self.text.extend(&word[digits..]);
            }
            () if word.len() >= ID => {
                // The kind of an id: req_…
                let kind = text.split_once('_').map(|(kind, _)| kind).filter(|kind| is_kind(kind));
                self.text.push_str(&kind.map(|kind| format!("{kind}_")).unwrap_or_default());
                self.gone();
            }
            () => self.text.push_str(&text),
        }
        self.last = text.to_ascii_lowercase();
    }

    fn is_status(&self, text: &str, is_first: bool) -> bool {
        let is_code = text.len() == 3 && matches!(text.as_bytes().first(), Some(b'1'..=b'5'));
        is_code && (is_first || STATUS.contains(&self.last.as_str()))
    }

    fn finish(self) -> String {
        self.text.trim_end().chars().take(LONGEST).collect()
    }
}

fn is_kind(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn closing(quote: char) -> char {
    match quote {
        '“' => '”',
        '‘' => '’',
        '«' => '»',
        quote => quote,
    }
}

/// Returns the length of a quoted text at the beginning, with its marks. An apostrophe is none.
fn quoted(chars: &[char], before: Option<char>) -> Option<usize> {
    let open = *chars.first()?;
    if !matches!(open, '"' | '\'' | '`' | '“' | '‘' | '«') || (open == '\'' && before.is_some_and(is_word)) {
        return None;
    }
    let close = closing(open);
    let is_end = |at: usize| {
        let escaped = at.checked_sub(1).and_then(|at| chars.get(at)) == Some(&'\\');
        chars.get(at) == Some(&close) && !escaped && (open != '\'' || !chars.get(at + 1).copied().is_some_and(is_word))
    };
    (1..chars.len().min(LONGEST_QUOTED)).find(|at| is_end(*at)).map(|end| end + 1)
}

/// Returns what is kept of an address at the beginning (scheme and host), and how long it is.
fn address(chars: &[char]) -> Option<(&[char], usize)> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        let same = |(c, expected): (&char, char)| c.to_ascii_lowercase() == expected;
        chars.len() > scheme.len() && chars.iter().zip(scheme.chars()).all(same)
    })?;
    let is_end =
        |c: &char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';');
    let length = chars.iter().position(is_end).unwrap_or(chars.len());
    // A full stop or a colon at its end belongs to the sentence.
    let length = length - chars[..length].iter().rev().take_while(|c| matches!(c, '.' | ':' | '!')).count();
    let length = length.max(scheme.len());
    let host = chars[scheme.len()..length].iter().position(|c| matches!(c, '/' | '?' | '#' | ':'));
    let kept = host.map_or(length, |host| scheme.len() + host);
    Some((&chars[..kept], length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor_time::processor_time;

    #[test]
    fn what_differs_from_run_to_run_is_left_out() {
        for (error, common) in [
            ("upstream timed out after 25 s (3 attempts)", "upstream timed out after … s (… attempts)"),
            ("took 25s, then 1.5 s, at 12:30:00", "took …s, then … s, at …"),
            ("ran 2026-11-28T09:00:00Z on 10.0.0.7:8080", "ran … on …"),
            ("no call call_9aXk2Lq7 of req_011CSxyz", "no call call_… of req_…"),
            ("job 550e8400-e29b-41d4-a716-446655440000 is lost", "job … is lost"),
            ("object deadbeef01 at 0x7f3a", "object … at …"),
            ("unknown field \"amount\" in 'row 7'", "unknown field \"…\" in '…'"),
            ("it doesn't know `x` and won't", "it doesn't know `…` and won't"),
            (
                "GET https://status.example.com/api/v2/summary.json?x=1: refused",
                "GET https://status.example.com…: refused",
            ),
            ("see https://example.com.", "see https://example.com."),
            ("line one\n\n  line two ", "line one line two"),
            ("", ""),
        ] {
            assert_eq!(normalised(error), common, "{error}");
        }
    }

    #[test]
    fn what_tells_errors_apart_stays() {
        for error in ["529 overloaded", "The server responded with status 429", "HTTP 503", "utf8 is not ok", "no"] {
            assert_eq!(normalised(error), error);
        }
        assert_ne!(normalised("status 500"), normalised("status 429"));
        assert_eq!(normalised("waited 500 ms"), normalised("waited 429 ms"));
    }

    #[test]
    fn it_is_bounded_and_takes_no_time_however_hostile_a_text_is() {
        for text in ["\"".repeat(100_000), "'a ".repeat(50_000), "http://".repeat(20_000), "a1".repeat(90_000)] {
            let seconds = processor_time(|| assert!(normalised(&text).chars().count() <= LONGEST));
            assert!(seconds < 0.2, "{seconds} s");
        }
    }

    #[test]
    fn kinds_are_apart() {
        assert_ne!(fingerprint(FailureKind::Error, "x"), fingerprint(FailureKind::Timeout, "x"));
        assert_eq!(fingerprint(FailureKind::Error, "x").len(), 24);
    }
}
