//! The name of an agent's copy. Knows words and bounds, not who is called what.

use super::MAX_NAME;
use crate::domain::text::one_line;

const COPY: &str = " copy";

/// Returns "Inbox copy", or with the first number from 2 that is free "Inbox copy 2". A copy of a copy counts on. The name is
/// cut so that it stays within its bounds.
pub fn copy_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let stem = stem(name);
    let with = |ending: &str| {
        let most = MAX_NAME - ending.chars().count();
        let kept: String = stem.chars().take(most).collect();
        format!("{}{ending}", one_line(&kept))
    };
    let first = with(COPY);
    if !is_taken(&first) {
        return first;
    }
    // Ends: there are more numbers than agents.
    (2..u64::MAX).map(|number| with(&format!("{COPY} {number}"))).find(|name| !is_taken(name)).unwrap_or(first)
}

/// Returns a name without what makes it that of a copy.
fn stem(name: &str) -> &str {
    let counted =
        name.rsplit_once(' ').filter(|(_, last)| last.bytes().all(|c| c.is_ascii_digit()) && !last.is_empty());
    let uncounted = counted.map(|(before, _)| before).filter(|before| before.ends_with(COPY)).unwrap_or(name);
    uncounted.strip_suffix(COPY).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(name: &str, taken: &[&str]) -> String {
        copy_name(name, |name| taken.contains(&name))
    }

    #[test]
    fn copies_are_counted() {
        assert_eq!(copied("Inbox", &["Inbox"]), "Inbox copy");
        assert_eq!(copied("Inbox", &["Inbox", "Inbox copy"]), "Inbox copy 2");
        assert_eq!(copied("Inbox copy", &["Inbox", "Inbox copy"]), "Inbox copy 2");
        assert_eq!(copied("Inbox copy 2", &["Inbox copy", "Inbox copy 2"]), "Inbox copy 3");
        assert_eq!(copied("Inbox copy 2", &["Inbox copy 2"]), "Inbox copy");
    }

    #[test]
    fn numbers_that_count_no_copies_stay() {
        assert_eq!(copied("Route 66", &[]), "Route 66 copy");
        assert_eq!(copied("copy", &[]), "copy copy");
        assert_eq!(copied(" copy", &[]), "copy copy");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let long = "é".repeat(MAX_NAME);
        assert_eq!(copied(&long, &[]), format!("{} copy", "é".repeat(MAX_NAME - 5)));
        let first = copied(&long, &[]);
        let second = copied(&long, &[&first]);
        assert_eq!(second, format!("{} copy 2", "é".repeat(MAX_NAME - 7)));
        assert_eq!(second.chars().count(), MAX_NAME);
    }
}
