//! JSON as it is met: with half of a surrogate pair, control characters, `NaN`, and bytes that are no text. Anything
//! that cannot be kept becomes U+FFFD or null, and everything else stays.

use crate::server::lenient::{UnicodeEscape, numbers};
use std::borrow::Cow;
use std::fmt::Write;

/// Returns the text of bytes; what is no text becomes U+FFFD.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Repairs JSON so that it can be parsed; `None` where nothing was found to repair. Takes time and memory in proportion
/// to the text.
pub(super) fn json(text: &str) -> Option<String> {
    let mut repaired = String::with_capacity(text.len() + 16);
    let mut changed = false;
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        changed |= outside(&rest[..start], &mut repaired);
        repaired.push('"');
        rest = &rest[start + 1..];
        let (length, repairs) = inside(rest, &mut repaired);
        changed |= repairs;
        rest = &rest[length..];
    }
    changed |= outside(rest, &mut repaired);
    changed.then_some(repaired)
}

/// Repairs the text between strings.
fn outside(text: &str, repaired: &mut String) -> bool {
    let nulled = numbers::nulled(text);
    repaired.push_str(nulled.as_deref().unwrap_or(text));
    nulled.is_some()
}

/// Returns a string's content with the quote at its end: its length, and whether something was repaired.
fn inside(text: &str, repaired: &mut String) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut at, mut kept, mut changed) = (0, 0, false);
    let mut replace = |from: usize, to: usize, with: &str| {
        repaired.push_str(&text[kept..from]);
        repaired.push_str(with);
        kept = to;
        changed = true;
    };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                break;
            }
            b'\\' => match escape(&bytes[at..]) {
                Escape::Fine(length) => at += length,
                Escape::Half => {
                    replace(at, at + 6, "\\ufffd");
                    at += 6;
                }
                // A backslash that means itself.
                Escape::None => {
                    replace(at, at + 1, "\\\\");
                    at += 1;
                }
            },
            0..0x20 => {
                let mut escaped = String::new();
                let _ = write!(escaped, "\\u{byte:04x}");
                replace(at, at + 1, &escaped);
                at += 1;
            }
            _ => at += 1,
        }
    }
    repaired.push_str(&text[kept..at]);
    (at, changed)
}

/// A backslash and the characters that belong to it.
enum Escape {
    /// An escape of this many bytes.
    Fine(usize),
    /// `\uXXXX` that is half of a pair without the other.
    Half,
    None,
}

fn escape(bytes: &[u8]) -> Escape {
    match (bytes.get(1), UnicodeEscape::at_start(bytes)) {
        (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), _) => Escape::Fine(2),
        (_, Some(UnicodeEscape::Single)) => Escape::Fine(6),
        (_, Some(UnicodeEscape::Pair)) => Escape::Fine(12),
        (_, Some(UnicodeEscape::Half)) => Escape::Half,
        (_, None) => Escape::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(&json(text).unwrap_or_else(|| text.to_owned())).unwrap()
    }

    #[test]
    fn what_cannot_be_kept_is_replaced_and_the_rest_stays() {
        for (text, expected) in [
            (r#"["lone \ud83d half", 1]"#, r#"["lone \ufffd half", 1]"#),
            (r#"["\udc00\ud800"]"#, r#"["\ufffd\ufffd"]"#),
            (r#"["\ud800\ud83d\ude00"]"#, "[\"\u{fffd}\u{1f600}\"]"),
            (r#"["\ud83d"]"#, r#"["\ufffd"]"#),
            (r#"["\ud83d\n"]"#, r#"["\ufffd\n"]"#),
            (
                r#"{"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN"}"#,
                r#"{"a": null, "b": [null, null], "NaN": "NaN"}"#,
            ),
            (r#"[1e400, -1e400, 1e4]"#, r#"[null, null, 1e4]"#),
            (r#"["C:\Users \x41 \u12"]"#, r#"["C:\\Users \\x41 \\u12"]"#),
            ("[\"a\u{0}b\tc\u{1b}[0m\"]", r#"["a\u0000b\tc\u001b[0m"]"#),
            ("[\"\\\"\n\\\\\", \"\n\"]", r#"["\"\n\\", "\n"]"#),
        ] {
            assert_eq!(parsed(text), serde_json::from_str::<Value>(expected).unwrap(), "{text}");
        }
        assert_eq!(json(r#"{"fine": "\ud83d\ude00 \\u12"}"#), None);
    }

    proptest! {
        #[test]
        fn it_never_fails_and_good_json_is_left_alone(text in "\\PC{0,40}", odd in "[\\\\\"u{}dD8cC0-9naNI\n ]{0,60}") {
            let good = serde_json::to_string(&text).unwrap();
            prop_assert!(json(&good).is_none_or(|repaired| repaired == good));
            let _ = json(&odd);
        }
    }
}
