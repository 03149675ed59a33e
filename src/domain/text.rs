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

/// Longest beginning of a text that lists show, in characters.
const BEGINNING: usize = 120;

/// Returns the beginning of a text in Markdown on one line, for lists: its first line that says anything, without the marks
/// of headings, quotations, lists, emphasis and code. `None` where there is none.
pub fn beginning(text: &str) -> Option<String> {
    let is_fence = |line: &&str| line.starts_with("```") || line.starts_with("~~~");
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_fence(line));
    let says_something = |line: &&str| line.chars().any(char::is_alphanumeric);
    // A line of symbols alone is better than none.
    let line = lines.clone().find(says_something).or_else(|| lines.next())?;
    // A line may be a book; of marks, more than what is shown.
    let line = &line[..line.floor_char_boundary(8 * BEGINNING)];
    let line: String = one_line(&unmarked(line)).chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(BEGINNING) {
        Some((end, _)) => Some(format!("{}…", line[..end].trim_end())),
        None => Some(line).filter(|line| !line.is_empty()),
    }
}

/// Returns a line of Markdown without its marks, as far as these are surely marks: `-3` and `2**3` stay.
fn unmarked(mut line: &str) -> String {
    while let Some((mark, rest)) = line.split_once(' ')
        && !mark.is_empty()
        && mark.chars().all(|c| "#>-*+".contains(c))
    {
        line = rest.trim_start();
    }
    let mut line = line.to_owned();
    for mark in ["**", "`"] {
        let opens = |at: usize| !line[..at].ends_with(char::is_alphanumeric);
        if line.matches(mark).count() % 2 == 0 && line.find(mark).is_some_and(opens) {
            line = line.replace(mark, "");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_beginning_is_the_first_line_that_says_something() {
        for (text, said) in [
            ("\n\n## **Report** of `sales`\n\nAll is well.", Some("Report of sales")),
            ("```json\n{\"a\": 1}\n```", Some("{\"a\": 1}")),
            ("> - one\n- two", Some("one")),
            ("---\nFrost: -3 degrees", Some("Frost: -3 degrees")),
            ("-3 degrees", Some("-3 degrees")),
            ("2**3**2 is 512", Some("2**3**2 is 512")),
            ("\n ??? \n", Some("???")),
            ("", None),
            (" \n\t\0", None),
        ] {
            assert_eq!(beginning(text).as_deref(), said, "{text:?}");
        }
        let long = beginning(&"ä ".repeat(200)).unwrap();
        assert!(long.ends_with("ä…") && long.chars().count() <= BEGINNING + 1, "{long}");
    }

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
