//! Takes passwords out of URLs in texts that people will read, such as what the command line's parser says of an argument
//! that it does not know.

use std::ops::Range;

/// Returns the text with `…` in place of whatever stands between the first `://` and the last `@` behind it, and after each
/// `password=` up to the next parameter, the last quote of the line or its end. Passwords may have blanks and quotes in
/// them, so sooner too much is taken out than too little.
pub fn redacted(text: &str) -> String {
    let mut hidden: Vec<_> = user_of_url(text).into_iter().chain(values(text)).collect();
    hidden.sort_unstable_by_key(|hidden| hidden.start);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for hidden in hidden {
        if hidden.start > at {
            shown.push_str(&text[at..hidden.start]);
            shown.push('…');
        }
        at = at.max(hidden.end);
    }
    shown + &text[at..]
}

/// Returns where the user and the password of a URL are.
fn user_of_url(text: &str) -> Option<Range<usize>> {
    let from = text.find("://")? + "://".len();
    Some(from..from + text[from..].rfind('@')?)
}

/// Returns where the values of `password=` are.
fn values(text: &str) -> Vec<Range<usize>> {
    const NAME: &str = "password=";
    // Lower-casing ASCII moves no byte.
    let lower = text.to_ascii_lowercase();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(name) = lower[at..].find(NAME) {
        let from = at + name + NAME.len();
        at = from + end_of_value(text[from..].lines().next().unwrap_or_default());
        found.push(from..at);
    }
    found
}

fn end_of_value(value: &str) -> usize {
    let is_parameter = |rest: &str| {
        let name = rest.find('=').map_or("", |end| &rest[..end]);
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_[]".contains(c))
    };
    let next = value.match_indices('&').map(|(at, _)| at).find(|at| is_parameter(&value[at + 1..]));
    next.or_else(|| value.rfind(['\'', '"'])).unwrap_or(value.len())
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
            ("postgres://u:mine password=x@h/d", "postgres://…"),
            (":// password=@mine", "://…"),
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
