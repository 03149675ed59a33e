//! JSON as providers send it: invalid UTF-8 and lone surrogates become U+FFFD instead of losing the rest, and depth and
//! number of values are bounded.

use super::bounds::MAX_VALUES;
use super::nesting::Nesting;
use crate::server::lenient::{numbers, whole_surrogates};
use serde_json::Value;
use std::borrow::Cow;
use thiserror::Error;

/// Why a document was not read. The text quotes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unread {
    /// With what is wrong, in the parser's words.
    #[error("the provider sent something that is not JSON: {0}")]
    NotJson(String),
    #[error("the provider sent more than {} values in one event", MAX_VALUES)]
    TooMany,
}

/// Reads a document of at most 128 levels (serde_json's own limit) and [`MAX_VALUES`] values.
///
/// # Errors
/// It is not JSON, or exceeds a bound.
pub fn read(bytes: &[u8]) -> Result<Value, Unread> {
    let text = String::from_utf8_lossy(bytes);
    if count_values(text.as_bytes()) > MAX_VALUES {
        return Err(Unread::TooMany);
    }
    let wrong = |error: serde_json::Error| Unread::NotJson(error.to_string());
    match serde_json::from_str(&text) {
        Err(error) if error.is_syntax() => match whole_surrogates(&text) {
            Cow::Borrowed(_) => Err(wrong(error)),
            Cow::Owned(mended) => serde_json::from_str(&mended).map_err(wrong),
        },
        read => read.map_err(wrong),
    }
}

/// Reads an event of a provider, in which a number that JSON does not have, or that nothing can hold, is as good as none:
/// it mostly stands where nobody looks, such as among probabilities. What a call is made with is read by [`read`] alone.
///
/// # Errors
/// As [`read`].
pub fn read_event(bytes: &[u8]) -> Result<Value, Unread> {
    read(bytes).or_else(|error| match numbers::nulled(&String::from_utf8_lossy(bytes)) {
        Some(mended) => read(mended.as_bytes()),
        None => Err(error),
    })
}

/// Returns about how many bytes a value has as JSON, without writing it: signs that are escaped count as themselves. Beyond
/// `most` nothing is counted.
pub fn length(value: &Value, most: usize) -> usize {
    let mut sum = 0;
    add_length(value, most, &mut sum);
    sum
}

fn add_length(value: &Value, most: usize, sum: &mut usize) {
    if *sum >= most {
        return;
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => *sum += 5,
        Value::String(text) => *sum += text.len() + 3,
        Value::Array(items) => {
            *sum += 3;
            items.iter().for_each(|item| add_length(item, most, sum));
        }
        Value::Object(fields) => {
            *sum += 3;
            for (name, value) in fields {
                *sum += name.len() + 4;
                add_length(value, most, sum);
            }
        }
    }
}

/// Returns an upper bound on the number of values in a document: what opens or parts them, outside of texts.
pub fn count_values(text: &[u8]) -> usize {
    let (mut count, mut nesting) = (0, Nesting::default());
    for byte in text {
        count += usize::from(!nesting.is_in_text() && matches!(byte, b',' | b'[' | b'{'));
        nesting.step(*byte);
    }
    count
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
    fn a_number_that_nothing_can_hold_costs_an_event_nothing() {
        let sent = br#"{"text":"NaN \ud83d","logprob":-Infinity,"odd":1e400}"#;
        assert_eq!(read_event(sent), Ok(json!({"text": "NaN \u{fffd}", "logprob": null, "odd": null})));
        assert!(read(sent).is_err(), "what a call is made with is not touched");
        assert!(matches!(read_event(b"{not json NaN"), Err(Unread::NotJson(_))));
    }

    #[test]
    fn what_is_no_json_is_said() {
        let error = read(b"{not json").unwrap_err().to_string();
        assert!(error.starts_with("the provider sent something that is not JSON: key must be a string"), "{error}");
        assert!(read(br#"{"a":"\ud83d"#).is_err());
        assert!(read(br#""\ud8"#).is_err());
    }

    #[test]
    fn depth_and_number_are_bounded() {
        assert!(read("[".repeat(10_000).as_bytes()).is_err());
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        let error = read(many.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the provider sent more than 200000 values in one event");
        assert!(read(format!("[\"{}\"]", "0,".repeat(MAX_VALUES)).as_bytes()).is_ok(), "within a text it is a text");
    }

    #[test]
    fn a_length_is_about_that_of_the_json_and_counting_ends() {
        let value =
            json!({"model": "m", "messages": [{"role": "user", "content": "x".repeat(9_000)}, null, 12345, true]});
        let (counted, written) = (length(&value, usize::MAX), value.to_string().len());
        assert!(counted.abs_diff(written) < 40, "{counted} of {written}");
        let many = Value::Array(vec![json!("x".repeat(100)); 1_000]);
        assert!((5_000..5_200).contains(&length(&many, 5_000)));
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
