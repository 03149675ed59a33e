//! Numbers that JSON does not have, or that nothing can hold: Python and JavaScript write `NaN` and `Infinity`, and some
//! write `1e400`. And those that have more digits than are kept.

use crate::domain::request::LARGE;
use std::borrow::Cow;

/// Returns JSON with null in place of each such number outside of texts; `None` where there is none. Takes time in proportion
/// to the text.
pub fn nulled(text: &str) -> Option<String> {
    replaced(text, |word| is_beyond(word).then_some(Cow::Borrowed("null")))
}

/// Returns JSON with quotation marks around each number that would lose digits; `None` where there is none.
pub fn quoted(text: &str) -> Option<String> {
    replaced(text, |word| loses_digits(word).then(|| Cow::Owned(format!("\"{word}\""))))
}

fn replaced(text: &str, other: impl Fn(&str) -> Option<Cow<'static, str>>) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut mended, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => at = after_text(bytes, at),
            byte if is_part(*byte) => {
                while bytes.get(at).is_some_and(|byte| is_part(*byte)) {
                    at += 1;
                }
                // Both ends lie beside ASCII.
                if let Some(other) = other(&text[start..at]) {
                    mended.push_str(&text[kept..start]);
                    mended.push_str(&other);
                    kept = at;
                }
            }
            _ => {}
        }
    }
    (kept > 0).then(|| mended + &text[kept..])
}

/// Returns where the text ends whose first byte is at `at`, its quote included.
fn after_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

fn is_beyond(word: &str) -> bool {
    match word.trim_start_matches(['-', '+']) {
        "NaN" | "nan" | "Infinity" | "Inf" | "inf" => true,
        number if number.starts_with(|first: char| first.is_ascii_digit()) => {
            number.parse::<f64>().is_ok_and(f64::is_infinite)
        }
        _ => false,
    }
}

/// Digits that a floating-point number keeps, whichever they are.
const KEPT_DIGITS: usize = 15;

/// Whether it is a number that would come back as another one: a whole one that 64 bits do not hold, or a fraction with more
/// digits than a floating-point number has.
pub fn loses_digits(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    if digits.len() <= KEPT_DIGITS || !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse::<i64>().is_err() && word.parse::<u64>().is_err();
    }
    let Ok(size) = word.parse::<f64>() else { return false };
    let (digits, exponent) =
        digits.split_once(['e', 'E']).map_or((digits, None), |(digits, rest)| (digits, Some(rest)));
    // Zeros at the end of a fraction say nothing.
    let digits = if digits.contains('.') { digits.trim_end_matches('0') } else { digits };
    let significant = digits.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    size.is_finite() && (significant > KEPT_DIGITS + 2 || (exponent.is_none() && size.abs() >= LARGE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_nothing_can_hold_become_null() {
        for (sent, kept) in [
            (
                r#"{"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN"}"#,
                r#"{"a": null, "b": [null, null], "NaN": "NaN"}"#,
            ),
            (r#"{"a":1e400,"b":-1e400,"c":1e300}"#, r#"{"a":null,"b":null,"c":1e300}"#),
            (r#"["1e400 \" NaN",nan]"#, r#"["1e400 \" NaN",null]"#),
            ("NaN", "null"),
        ] {
            assert_eq!(nulled(sent).as_deref(), Some(kept), "{sent}");
        }
        for fine in [r#"{"a": 1.5e10, "b": "Infinity", "c": true}"#, "", "\"", "\"\\", "[\"ä NaN\"]", "[ä]"] {
            assert_eq!(nulled(fine), None, "{fine}");
        }
    }

    #[test]
    fn numbers_that_would_lose_digits_become_texts() {
        let sent = r#"{"id":12345678901234567890123,"n":-9223372036854775809,"t":"12345678901234567890123"}"#;
        let kept = r#"{"id":"12345678901234567890123","n":"-9223372036854775809","t":"12345678901234567890123"}"#;
        assert_eq!(quoted(sent).as_deref(), Some(kept));
        let long = quoted("[12345678901234567.89,0.12345678901234567890123]");
        assert_eq!(long.as_deref(), Some("[\"12345678901234567.89\",\"0.12345678901234567890123\"]"));
        let fine = "[-9223372036854775808,18446744073709551615,1e30,0.9073038322028689,0.000000000000000000001,7,1e400,NaN,\
             10.00000000000000000000,1.50000000000000000000e2]";
        assert_eq!(quoted(fine), None);
    }

    proptest! {
        #[test]
        fn it_never_fails(text in "[\\\\\"ä0-9eE+.NaInf,\\-]{0,40}") {
            let _ = (nulled(&text), quoted(&text));
        }
    }
}
