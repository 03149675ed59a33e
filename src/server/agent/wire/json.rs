//! JSON as providers send it: invalid UTF-8 and lone surrogates become U+FFFD instead of losing the rest, and depth and
//! number of values are bounded.

use super::bounds::MAX_VALUES;
use super::nesting::Nesting;
use serde_json::Value;
use std::borrow::Cow;

/// Reads a document of at most 128 levels (serde_json's own limit) and [`MAX_VALUES`] values.
///
/// # Errors
/// It is not JSON, or exceeds a bound; the text says what is wrong and quotes nothing.
pub fn read(bytes: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(bytes);
    if count_values(text.as_bytes()) > MAX_VALUES {
        return Err(format!("the provider sent more than {MAX_VALUES} values in one event"));
    }
    let wrong = |error: serde_json::Error| format!("the provider sent something that is not JSON: {error}");
    match serde_json::from_str(&text) {
        Err(error) if error.is_syntax() => match whole_surrogates(&text) {
            Cow::Borrowed(_) => Err(wrong(error)),
            Cow::Owned(mended) => serde_json::from_str(&mended).map_err(wrong),
        },
        read => read.map_err(wrong),
    }
}

/// An upper bound on the number of values in a document: what opens or parts them, outside of texts.
fn count_values(text: &[u8]) -> usize {
    let (mut count, mut nesting) = (0, Nesting::default());
    for byte in text {
        count += usize::from(!nesting.is_in_text() && matches!(byte, b',' | b'[' | b'{'));
        nesting.step(*byte);
    }
    count
}

/// The text with each escape of half a surrogate pair replaced by that of U+FFFD.
fn whole_surrogates(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let slash = at + found;
        at = slash + 2;
        let Some(unit) = escape_at(bytes, slash) else { continue };
        at = slash + 6;
        match unit {
            0xd800..=0xdbff if matches!(escape_at(bytes, at), Some(0xdc00..=0xdfff)) => at += 6,
            // Both are six bytes long, so nothing moves.
            0xd800..=0xdfff => {
                mended.get_or_insert_with(|| bytes.to_vec())[slash..slash + 6].copy_from_slice(b"\\ufffd")
            }
            _ => {}
        }
    }
    // What was put in is ASCII in place of ASCII.
    mended.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The code unit of a `\uXXXX` that begins at `at`.
fn escape_at(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn half_a_surrogate_pair_becomes_one_sign_and_the_rest_stays() {
        for (sent, kept) in [
            (r#""a\ud83d b""#, "a\u{fffd} b"),
            (r#""\udc00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d""#, "\\ud83d"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
        ] {
            assert_eq!(read(sent.as_bytes()), Ok(json!(kept)), "{sent}");
        }
    }

    #[test]
    fn invalid_utf_8_becomes_signs_within_the_text() {
        assert_eq!(read(b"{\"a\":\"x\xff\xfey\"}"), Ok(json!({"a": "x\u{fffd}\u{fffd}y"})));
    }

    #[test]
    fn what_is_no_json_is_said() {
        let error = read(b"{not json").unwrap_err();
        assert!(error.starts_with("the provider sent something that is not JSON: key must be a string"), "{error}");
        assert!(read(br#"{"a":"\ud83d"#).is_err());
        assert!(read(br#""\ud8"#).is_err());
    }

    #[test]
    fn depth_and_number_are_bounded() {
        assert!(read("[".repeat(10_000).as_bytes()).is_err());
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert_eq!(read(many.as_bytes()), Err("the provider sent more than 200000 values in one event".to_owned()));
        assert!(read(format!("[\"{}\"]", "0,".repeat(MAX_VALUES)).as_bytes()).is_ok(), "within a text it is a text");
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\\'), Just(b'u'), Just(b'd'), Just(b'8')], 0..40)) {
            let _ = read(&bytes);
            let quoted = [b"\"", bytes.as_slice(), b"\""].concat();
            let _ = read(&quoted);
        }
    }
}
