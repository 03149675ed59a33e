//! JSON as others write it, which JSON's own reader takes none of: half of a surrogate pair, and numbers that nothing can hold.
//! Values that cannot be kept become U+FFFD or null, and everything else stays. Knows nobody's words.

mod escape;
pub mod numbers;

pub use self::escape::UnicodeEscape;

use serde_json::Value;
use std::borrow::Cow;

/// A document, and whether something in it could not be kept.
#[derive(Debug)]
pub struct Read {
    pub value: Value,
    pub is_mended: bool,
}

/// Reads a document of at most 128 levels, serde_json's own limit.
///
/// # Errors
/// It is not JSON.
pub fn read(text: &str) -> Result<Read, serde_json::Error> {
    let error = match serde_json::from_str(text) {
        Err(error) if error.is_syntax() => error,
        read => return read.map(|value| Read { value, is_mended: false }),
    };
    let whole = whole_surrogates(text);
    let mended = numbers::nulled(&whole).map_or(whole, Cow::Owned);
    serde_json::from_str(&mended).map(|value| Read { value, is_mended: true }).map_err(|_| error)
}

/// Returns the text with each escape of half a surrogate pair replaced by that of U+FFFD.
pub fn whole_surrogates(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let slash = at + found;
        at = slash + 2;
        match UnicodeEscape::at_start(&bytes[slash..]) {
            None => {}
            Some(UnicodeEscape::Single) => at = slash + 6,
            Some(UnicodeEscape::Pair) => at = slash + 12,
            Some(UnicodeEscape::Half) => {
                at = slash + 6;
                // Both are six bytes long, so nothing moves.
                mended.get_or_insert_with(|| bytes.to_vec())[slash..at].copy_from_slice(b"\\ufffd");
            }
        }
    }
    // The replacements are ASCII in place of ASCII.
    mended.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_value_that_cannot_be_kept_costs_no_other() {
        let read = |text| read(text).unwrap().value;
        assert_eq!(
            read(r#"{"ref":"main","x":"a\ud83d","n":1e400}"#),
            json!({"ref": "main", "x": "a\u{fffd}", "n": null})
        );
        assert_eq!(read(r#"{"ref":"main"}"#), json!({"ref": "main"}));
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["{not json", "", r#"{"a":"\ud83d"#, &"[".repeat(200)] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fraction_is_written_as_it_was_read() {
        for text in ["0.9073038322028689", "0.30000000000000004", "5e-324", "1.7976931348623157e308"] {
            let number = read(text).unwrap().value.as_f64().unwrap();
            assert_eq!(number, text.parse::<f64>().unwrap());
        }
    }
}
