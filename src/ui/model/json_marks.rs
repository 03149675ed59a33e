//! JSON as HTML in which keys, texts and other values are told apart. Pure.

use std::fmt::Write;

/// Returns JSON as HTML: `k` is the class of keys, `s` that of texts, `n` that of numbers, `true`, `false` and `null`. What was cut
/// off is no mistake: a text may lack its end.
pub fn marked(json: &str) -> String {
    let mut html = String::with_capacity(json.len() * 2);
    let mut rest = json;
    while let Some(first) = rest.bytes().next() {
        let (length, class) = match first {
            b'"' => {
                let length = text_length(rest);
                let is_key = rest[length..].trim_start().starts_with(':');
                (length, if is_key { "k" } else { "s" })
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => (length_of(rest, is_value), "n"),
            _ => (length_of(rest, |char| char != '"' && !is_value(char)), ""),
        };
        // At least a character, whatever it is.
        let length = if length > 0 { length } else { rest.chars().next().map_or(1, char::len_utf8) };
        let (token, after) = rest.split_at(length);
        push(&mut html, token, class);
        rest = after;
    }
    html
}

/// Whether a number or a word has the character.
fn is_value(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '+' | '.')
}

fn length_of(text: &str, has: impl Fn(char) -> bool) -> usize {
    text.find(|char| !has(char)).unwrap_or(text.len())
}

/// Returns the length of the text in quotes that `rest` begins with.
fn text_length(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn push(html: &mut String, token: &str, class: &str) {
    // Writing to a text cannot fail.
    if !class.is_empty() {
        _ = write!(html, "<span class={class}>");
    }
    for char in token.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(other),
        }
    }
    if !class.is_empty() {
        html.push_str("</span>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_texts_and_values_are_told_apart() {
        let html = marked(r#"{ "a": "b\"c", "d" : [-1.5e+3, null] }"#);
        let expected = "{ <span class=k>\"a\"</span>: <span class=s>\"b\\\"c\"</span>, <span class=k>\"d\"</span> : \
                        [<span class=n>-1.5e+3</span>, <span class=n>null</span>] }";
        assert_eq!(html, expected);
    }

    #[test]
    fn nothing_in_it_is_html_of_its_own() {
        let html = marked(r#"{"<b>&": "</pre><script>"}"#);
        assert_eq!(
            html,
            "{<span class=k>\"&lt;b&gt;&amp;\"</span>: <span class=s>\"&lt;/pre&gt;&lt;script&gt;\"</span>}"
        );
    }

    #[test]
    fn what_was_cut_off_is_shown_to_its_end() {
        for (cut, last) in [("{\"a\": \"wörd", "\"wörd"), ("[\"\\", "\"\\"), ("[1, fal", "fal"), ("ü", "ü"), ("+", "+")]
        {
            let html = marked(cut);
            assert!(html.trim_end_matches("</span>").ends_with(last), "{html}");
        }
    }
}
