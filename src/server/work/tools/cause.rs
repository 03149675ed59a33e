//! The causes of errors of the network and the system, in words that repeat neither URLs nor numbers of errors.

use rmcp::transport::streamable_http_client::StreamableHttpError;
use std::error::Error;
use std::iter::successors;

type Cause<'a> = &'a (dyn Error + 'static);

/// Returns an error and what it comes from, the innermost last.
pub(super) fn causes(error: Cause<'_>) -> impl Iterator<Item = Cause<'_>> {
    successors(Some(error), |&error| match error.downcast_ref() {
        // It does not say that this is its source.
        Some(StreamableHttpError::<reqwest::Error>::Client(inner)) => Some(inner as Cause<'_>),
        _ => error.source(),
    })
}

/// Returns the words of the innermost cause, which say it best: `connection refused`.
pub(super) fn innermost(error: Cause<'_>) -> String {
    causes(error).last().map(plain).unwrap_or_default()
}

/// Returns an error's words; those of the system begin in lower case and without its number.
pub(super) fn plain(error: Cause<'_>) -> String {
    let words = error.to_string();
    let number = words.strip_suffix(')').and_then(|words| words.rsplit_once(" (os error "));
    match number.filter(|(_, number)| number.parse::<i32>().is_ok()) {
        Some((words, _)) => {
            let mut words = words.chars();
            words.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(words).collect()
        }
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use thiserror::Error;

    #[derive(Debug, Error)]
    #[error("error sending request for url (http://host/secret)")]
    struct Outer(#[source] io::Error);

    #[test]
    fn the_innermost_cause_is_told_without_its_number() {
        let refused = || io::Error::from_raw_os_error(111);
        assert!(refused().to_string().ends_with("(os error 111)"));
        assert_eq!(innermost(&Outer(refused())), "connection refused");
        assert_eq!(innermost(&Outer(io::Error::other(Outer(refused())))), "connection refused");
        for words in ["timed out", "(os error x)", " (os error )", "it said (os error 5)."] {
            assert_eq!(plain(&io::Error::other(words)), words);
        }
    }
}
