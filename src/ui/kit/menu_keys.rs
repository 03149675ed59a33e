//! Where a key moves the focus in a menu, after the WAI-ARIA pattern. Pure.

/// Returns the item to go to from `current`, or `None` when the key is not the menu's.
pub fn target(key: &str, current: usize, labels: &[&str]) -> Option<usize> {
    let last = labels.len().checked_sub(1)?;
    match key {
        "ArrowDown" => Some(if current >= last { 0 } else { current + 1 }),
        "ArrowUp" => Some(if current == 0 { last } else { current - 1 }),
        "Home" => Some(0),
        "End" => Some(last),
        letter => starting_with(letter, current, labels),
    }
}

/// Returns the next item after the current one, round the end, whose label begins with the letter.
fn starting_with(letter: &str, current: usize, labels: &[&str]) -> Option<usize> {
    let mut chars = letter.chars();
    let (Some(letter), None) = (chars.next(), chars.next()) else { return None };
    let is_match = |label: &str| label.chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&letter));
    (1..=labels.len()).map(|step| (current + step) % labels.len()).find(|&at| is_match(labels[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: [&str; 3] = ["View details", "Retry", "Stop"];

    #[test]
    fn arrows_wrap() {
        assert_eq!(target("ArrowDown", 0, &LABELS), Some(1));
        assert_eq!(target("ArrowDown", 2, &LABELS), Some(0));
        assert_eq!(target("ArrowUp", 0, &LABELS), Some(2));
        assert_eq!(target("Home", 2, &LABELS), Some(0));
        assert_eq!(target("End", 0, &LABELS), Some(2));
    }

    #[test]
    fn letters_jump() {
        assert_eq!(target("s", 0, &LABELS), Some(2));
        assert_eq!(target("R", 2, &LABELS), Some(1));
        assert_eq!(target("v", 0, &LABELS), Some(0));
        assert_eq!(target("x", 0, &LABELS), None);
    }

    #[test]
    fn other_keys_are_left_alone() {
        for key in ["Tab", "Enter", "Shift", " "] {
            assert_eq!(target(key, 0, &LABELS), None, "{key}");
        }
        assert_eq!(target("ArrowDown", 0, &[]), None);
    }
}
