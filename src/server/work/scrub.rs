//! Takes keys out of texts that people will read. Knows what keys look like, not where texts come from.

use secrecy::{ExposeSecret, SecretString};

/// Stands where a key was.
const MASK: &str = "[key]";

/// Removes the configured keys, and anything that looks like one, from error texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Scrubber {
    keys: Vec<SecretString>,
}

impl Scrubber {
    pub(super) fn new(keys: Vec<SecretString>) -> Self {
        Self { keys }
    }

    /// Returns the text without the configured keys; what only looks like one stays.
    pub(super) fn without_keys(&self, text: &str) -> String {
        self.keys.iter().fold(text.to_owned(), |text, key| text.replace(key.expose_secret(), MASK))
    }

    /// Returns the beginning of a text without keys. Of what comes from outside no more than `most` bytes are looked
    /// at, and a configured key that lies across that bound is left out as a whole.
    pub(super) fn clean_head(&self, text: &str, most: usize) -> String {
        let mut end = text.floor_char_boundary(most);
        while let Some(start) = self.keys.iter().find_map(|key| begun_before(text, key.expose_secret(), end)) {
            end = start;
        }
        let mut clean = self.clean(&text[..end]);
        if end < text.len() {
            clean.push('…');
        }
        clean
    }

    /// Returns the text without keys: the configured ones, `sk-…`, `AIza…`, what follows `Bearer ` and what follows
    /// `key=`.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = self.without_keys(text);
        // OpenAI repeats a wrong key with stars in its middle.
        let keyish = |c: char| c.is_ascii_alphanumeric() || "-_.*".contains(c);
        text = mask(&text, "sk-", false, 8, keyish);
        text = mask(&text, "aiza", false, 20, keyish);
        text = mask(&text, "bearer ", true, 1, |c| !c.is_whitespace() && !"\"',;<>[".contains(c));
        mask(&text, "key=", true, 1, |c| !c.is_whitespace() && !"&\"'<>[".contains(c))
    }
}

/// Returns where a key begins that begins before `end` and ends behind it.
fn begun_before(text: &str, key: &str, end: usize) -> Option<usize> {
    let from = text.ceil_char_boundary((end + 1).saturating_sub(key.len()));
    let to = text.floor_char_boundary((end + key.len()).saturating_sub(1));
    let found = text.get(from..to)?.find(key)?;
    Some(from + found).filter(|start| *start < end)
}

/// Replaces every run of at least `least` characters of the kind `is_key` that follows `marker` (lower case; found
/// in any case), together with the marker unless it is kept. A marker not kept counts only where a word begins.
fn mask(text: &str, marker: &str, keep_marker: bool, least: usize, is_key: impl Fn(char) -> bool) -> String {
    // Lower-casing ASCII moves no byte, so what is found in one is at the same place in the other.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find(marker) {
        let start = done + found;
        let after = start + marker.len();
        let begins_word = keep_marker || !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        // Only what is then passed over is looked at as a whole, or the time would grow with the square of the text.
        let len: usize = match begins_word {
            true => text[after..].chars().take_while(|c| is_key(*c)).map(char::len_utf8).sum(),
            false => 0,
        };
        if len >= least {
            out.push_str(&text[done..if keep_marker { after } else { start }]);
            out.push_str(MASK);
            done = after + len;
        } else {
            out.push_str(&text[done..after]);
            done = after;
        }
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor_time::processor_time;
    use proptest::prelude::*;

    fn clean(text: &str) -> String {
        Scrubber::new(vec!["conf-igured".into()]).clean(text)
    }

    #[test]
    fn a_configured_key_goes_wherever_it_stands() {
        assert_eq!(clean("x-api-key: conf-igured, again conf-igured"), "x-api-key: [key], again [key]");
    }

    #[test]
    fn what_looks_like_a_key_goes() {
        assert_eq!(
            clean("Incorrect API key provided: sk-proj-abc********wxyz. See platform"),
            "Incorrect API key provided: [key] See platform"
        );
        assert_eq!(clean("sent Authorization: bearer abc.def-123"), "sent Authorization: bearer [key]");
        assert_eq!(clean("GET /v1?key=AIzaSyA-1234567890abcdefghij&alt=sse"), "GET /v1?key=[key]&alt=sse");
        assert_eq!(clean("AIzaSyA1234567890abcdefghij!"), "[key]!");
    }

    #[test]
    fn ordinary_words_stay() {
        for text in ["a disk-full-of-errors happened", "the task-runner-failed", "sk-1", "Bearer", "no key at all é"] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn only_the_beginning_is_looked_at_and_no_part_of_a_key_is_shown() {
        let scrubber = Scrubber::new(vec!["conf-igured".into(), "gured+more".into(), "é-é-é".into()]);
        let text = "so conf-igured+more, é-é-é";
        for most in 0..=text.len() + 1 {
            let clean = scrubber.clean_head(text, most);
            assert!(!clean.contains("con") && !clean.contains("igu") && !clean.contains('é'), "{most}: {clean}");
            assert_eq!(clean.ends_with('…'), most < text.len(), "{most}: {clean}");
        }
        assert_eq!(scrubber.clean_head(text, 8), "so …");
        assert_eq!(scrubber.clean_head("a conf-igured b", 100), "a [key] b");
        assert_eq!(scrubber.clean_head("sk-abcdefgh-cut-in-the-middle", 15), "[key]…");
    }

    #[test]
    fn the_time_grows_with_the_text_and_no_faster() {
        const SIZE: usize = 1 << 20;
        for piece in
            ["xsk-", "sk-", "sk-é", " sk-1", "xaiza", "aiza ", "bearer ", "bearer\t", "key=", "key=[", "xkey=&"]
        {
            let text = piece.repeat(SIZE / piece.len());
            let time = processor_time(|| drop(clean(&text)));
            assert!(time < 5.0, "{piece:?}: {time} s");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,200}") {
            let once = clean(&text);
            prop_assert!(!once.contains("conf-igured"));
            prop_assert_eq!(clean(&once), once);
        }
    }
}
