//! Takes passwords out of URLs in texts that people will read, such as what the command line's parser says of an argument
//! that it does not know.

/// Returns the text with `…` in place of whatever stands between `://` and the last `@` of the same word, and after
/// `password=`.
pub fn redacted(text: &str) -> String {
    text.split_inclusive([' ', '\n', '\t']).map(word).collect()
}

fn word(word: &str) -> String {
    let mut word = match (word.find("://").map(|at| at + 3), word.rfind('@')) {
        (Some(from), Some(to)) if from <= to => format!("{}…{}", &word[..from], &word[to..]),
        _ => word.to_owned(),
    };
    if let Some(at) = word.to_ascii_lowercase().find("password=") {
        let value = at + "password=".len();
        let end = word[value..].find(['&', '\'', '"', ' ', '\n', '\t']).map_or(word.len(), |end| value + end);
        word.replace_range(value..end, "…");
    }
    word
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

    proptest! {
        #[test]
        fn no_password_of_a_url_is_left(user in "[a-z@:/?#]{0,6}", after in "[a-z@:/?#%é]{0,6}") {
            let text = format!("unexpected argument 'postgres://{user}:s3cretW0rd{after}@host/d' found");
            prop_assert!(!redacted(&text).contains("s3cretW0rd"), "{}", redacted(&text));
        }
    }
}
