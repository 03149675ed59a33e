//! Text as it is kept: what a single line and what several lines may consist of. Shared, so that a form's field and the row
//! behind it compare equal.

/// Returns a text on one line: line breaks and tabs become blanks, and there is nothing blank at its ends. Browsers
/// drop line breaks from what an `<input>` holds (<https://html.spec.whatwg.org/#strip-newlines>), so a name with one
/// could never be left untouched in a form.
pub fn one_line(text: &str) -> String {
    let is_break = |c| matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    text.replace("\r\n", " ").replace(is_break, " ").trim().to_owned()
}

/// Returns a text of several lines, each ended by a line feed, as the value of a `<textarea>` is
/// (<https://html.spec.whatwg.org/#concept-textarea-api-value>).
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(one_line(" Nightly\r\nreport\tof\u{2028}sales\n"), "Nightly report of sales");
        assert_eq!(one_line("two  blanks stay"), "two  blanks stay");
        assert_eq!(one_line("\r\n\t "), "");
    }

    #[test]
    fn lines_end_alike() {
        assert_eq!(lines("one\r\ntwo\rthree\n\tfour "), "one\ntwo\nthree\n\tfour ");
    }

    proptest! {
        #[test]
        fn what_is_kept_is_kept_as_it_is(text in "[ a\r\n\t\u{85}\u{2029}]{0,12}") {
            let (line, text) = (one_line(&text), lines(&text));
            prop_assert_eq!(&one_line(&line), &line);
            prop_assert_eq!(&lines(&text), &text);
            prop_assert!(!line.contains(['\n', '\r', '\t']) && !text.contains('\r'));
        }
    }
}
