//! Takes passwords out of URLs in texts that people will read, such as what the command line's parser says of an argument
//! that it does not know.

/// Returns the text with `…` in place of whatever stands between the first `://` and the last `@` behind it, and after each
/// `password=` up to the next parameter, the last quote of the line or its end. Passwords may have blanks and quotes in
/// them, so sooner too much is taken out than too little.
pub fn redacted(text: &str) -> String {
    let from = text.find("://").map(|at| at + "://".len());
    let shown = match from.and_then(|from| text[from..].rfind('@').map(|length| (from, from + length))) {
        Some((from, to)) => format!("{}…{}", &text[..from], &text[to..]),
        None => text.to_owned(),
    };
    shown.split_inclusive('\n').map(without_parameters).collect()
}

/// Takes the values of `password=` out of a line.
fn without_parameters(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    // Lower-casing ASCII moves no byte.
    while let Some(at) = rest.to_ascii_lowercase().find("password=") {
        let (before, value) = rest.split_at(at + "password=".len());
        shown.push_str(before);
        shown.push('…');
        rest = &value[end_of_value(value)..];
    }
    shown + rest
}

fn end_of_value(value: &str) -> usize {
    let is_parameter = |rest: &str| {
        let name = rest.find('=').map_or("", |end| &rest[..end]);
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_[]".contains(c))
    };
    let next = value.match_indices('&').map(|(at, _)| at).find(|at| is_parameter(&value[at + 1..]));
    next.or_else(|| value.rfind(['\'', '"'])).unwrap_or_else(|| value.trim_end_matches(['\r', '\n']).len())
}

#[cfg(test)]
mod tests {
    use super::redacted;
    use proptest::prelude::*;

    #[test]
    fn a_url_keeps_its_host() {
        let said = "unrecognized subcommand 'postgres://u:hunter2@h/d?password=hunter2&x=1' found\nTry --help.";
        let shown = "unrecognized subcommand 'postgres://…@h/d?password=…&x=1' found\nTry --help.";
        assert_eq!(redacted(said), shown);
        assert_eq!(redacted("nothing to hide, a@b, https://x/y"), "nothing to hide, a@b, https://x/y");
    }

    #[test]
    fn a_password_may_have_blanks_and_quotes() {
        for (said, shown) in [
            (
                "unexpected argument 'postgres://u:my pass@h/d' found\n",
                "unexpected argument 'postgres://…@h/d' found\n",
            ),
            ("'postgres://u:it's\nmine@h/d' found", "'postgres://…@h/d' found"),
            ("argument 'postgres://h/d?password=my pass&x=1' found", "argument 'postgres://h/d?password=…&x=1' found"),
            (
                "'host=h password='my it's pass' user=u' found\nTry '--help'.",
                "'host=h password=…' found\nTry '--help'.",
            ),
            ("PASSWORD=one&two three", "PASSWORD=…"),
            ("?password=one&password=two\n", "?password=…&password=…\n"),
        ] {
            assert_eq!(redacted(said), shown);
        }
    }

    proptest! {
        #[test]
        fn no_password_of_a_url_is_left(user in "[a-z@:/?# \t]{0,6}", after in "[a-z@:/?#%é' \t\n]{0,6}") {
            let text = format!("unexpected argument 'postgres://{user}:s3cretW0rd{after}@host/d' found");
            prop_assert!(!redacted(&text).contains("s3cretW0rd"), "{}", redacted(&text));
            let after = after.replace('\n', " ");
            let text = format!("unexpected argument 'host=h {user} password={after}s3cretW0rd' found");
            prop_assert!(!redacted(&text).contains("s3cretW0rd"), "{}", redacted(&text));
        }
    }
}
