//! Searching a text that is on the page: where something stands in it, and what is said of it. Pure.

use crate::domain::duration::format_count;
use crate::ui::model::lower::lower;

/// Most places that are looked for.
pub const MOST: usize = 1_000;

/// Returns where `wanted` stands in a text, in any case, each place from and to a UTF-16 unit; no two overlap. At most [`MOST`].
pub fn places(text: &str, wanted: &str) -> Vec<(usize, usize)> {
    let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
    let lowered = units(&lower(text));
    // A letter whose small form is longer would move all that follows.
    let (text, wanted) = match lowered.len() == text.encode_utf16().count() {
        true => (lowered, units(&lower(wanted))),
        false => (units(&folded(text)), units(&folded(wanted))),
    };
    let mut places = Vec::new();
    let mut from = 0;
    while !wanted.is_empty() && places.len() < MOST {
        let Some(rest) = text.get(from..) else { break };
        let Some(at) = rest.windows(wanted.len()).position(|part| part == wanted) else { break };
        places.push((from + at, from + at + wanted.len()));
        from += at + wanted.len();
    }
    places
}

/// Returns a text of the same length in lower case, letter by letter; one whose small form is longer or shorter stays as it is.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            folded.push(letter.to_ascii_lowercase());
            continue;
        }
        let small = lower(letter.encode_utf8(&mut [0; 4]));
        match small.encode_utf16().count() == letter.len_utf16() {
            true => folded.push_str(&small),
            false => folded.push(letter),
        }
    }
    folded
}

/// Returns the place after the present one, or before it, of so many; round and round.
pub fn next(at: usize, count: usize, is_back: bool) -> usize {
    match (count, is_back) {
        (0, _) => 0,
        (_, true) => at.checked_sub(1).unwrap_or(count - 1),
        (_, false) => (at + 1) % count,
    }
}

/// `3 of 17`; empty while nothing is wanted.
pub fn found_words(wanted: &str, at: usize, count: usize) -> String {
    match count {
        _ if wanted.is_empty() => String::new(),
        0 => "Nothing found".to_owned(),
        MOST => format!("{} of {} or more", format_count(at as i64 + 1), format_count(MOST as i64)),
        _ => format!("{} of {count}", at + 1),
    }
}

/// Returns what has not been searched: texts that the page has the beginning of. Of `fixed` of them it can show no more.
pub fn unsearched_words(parts: usize, fixed: usize) -> Option<String> {
    let words = match parts {
        0 => return None,
        1 => "One longer text is not searched beyond its beginning".to_owned(),
        _ => format!("{parts} longer texts are not searched beyond their beginning"),
    };
    let advice = match parts.saturating_sub(fixed) {
        0 => "",
        1 if parts == 1 => ": show all of it to search it",
        open if open == parts => ": show all of them to search them",
        _ => ": show all of those that can be shown to search them",
    };
    Some(format!("{words}{advice}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_are_found_in_any_case_and_none_twice() {
        assert_eq!(places("Ticket, ticket; TICKETS", "ticket"), [(0, 6), (8, 14), (16, 22)]);
        assert_eq!(places("aaaa", "aa"), [(0, 2), (2, 4)]);
        assert_eq!(places("Grüße, GRÜSSE", "grü"), [(0, 3), (7, 10)]);
        assert_eq!(places("abc", ""), []);
        assert_eq!(places("", "abc"), []);
    }

    #[test]
    fn places_are_where_the_browser_counts() {
        assert_eq!(places("🦀 crab", "crab"), [(3, 7)], "it counts in UTF-16");
        assert_eq!(places("İ Grün GRÜN", "grün"), [(2, 6), (7, 11)], "also after a letter whose small form is longer");
        assert_eq!(places("crab İ", "İ"), [(5, 6)], "which is found as it is");
    }

    #[test]
    fn as_many_are_looked_for_as_can_be_marked() {
        assert_eq!(places(&"a".repeat(5_000), "a").len(), MOST);
    }

    #[test]
    fn one_goes_round_and_round() {
        assert_eq!([(0, false), (2, false), (0, true), (2, true)].map(|(at, back)| next(at, 3, back)), [1, 0, 2, 1]);
        assert_eq!(next(4, 0, true), 0);
    }

    #[test]
    fn words_say_where_one_is_and_what_was_left_out() {
        assert_eq!(found_words("x", 2, 17), "3 of 17");
        assert_eq!(found_words("x", 0, MOST), "1 of 1,000 or more");
        assert_eq!((found_words("x", 0, 0).as_str(), found_words("", 0, 0).as_str()), ("Nothing found", ""));
        assert!(unsearched_words(0, 0).is_none() && unsearched_words(1, 0).unwrap().ends_with("of it to search it."));
        assert!(unsearched_words(3, 0).unwrap().ends_with("show all of them to search them."));
        assert!(unsearched_words(3, 1).unwrap().ends_with("show all of those that can be shown to search them."));
        let none = "One longer text is not searched beyond its beginning.";
        assert_eq!(unsearched_words(1, 1).as_deref(), Some(none), "no advice that nobody can follow");
    }
}
