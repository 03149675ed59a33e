//! `\uXXXX` in JSON: JavaScript and Python escape half a surrogate pair where a text was cut, and JSON's reader takes none.

/// An escape that begins with `\u`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnicodeEscape {
    /// A character by itself, in 6 bytes.
    Single,
    /// A character in two halves, of 12 bytes together.
    Pair,
    /// Half a pair without the other half, in 6 bytes.
    Half,
}

impl UnicodeEscape {
    /// Returns the escape that `bytes` begin with; `None` where they begin with something else, or end too early.
    pub fn at_start(bytes: &[u8]) -> Option<Self> {
        Some(match unit(bytes)? {
            0xd800..=0xdbff if matches!(bytes.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) => Self::Pair,
            0xd800..=0xdfff => Self::Half,
            _ => Self::Single,
        })
    }
}

/// Returns the code unit of a `\uXXXX`.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.get(..6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_belong_together_in_their_order_only() {
        for (text, escape) in [
            (r"\u0041", Some(UnicodeEscape::Single)),
            (r"\ud83d\ude00", Some(UnicodeEscape::Pair)),
            (r"\ud83d", Some(UnicodeEscape::Half)),
            (r"\ude00\ud83d", Some(UnicodeEscape::Half)),
            (r"\ud83d\ud83d", Some(UnicodeEscape::Half)),
            (r"\ud83d\n", Some(UnicodeEscape::Half)),
            (r"\u+041", None),
            (r"\u12", None),
            (r"\n", None),
        ] {
            assert_eq!(UnicodeEscape::at_start(text.as_bytes()), escape, "{text}");
        }
    }
}
