//! The direction of a text: that of its first letter, as browsers find it for `dir="auto"` (Unicode UAX #9, P2 and P3).
//! Needed where `auto` finds nothing, because all letters are in elements with a direction of their own.

use pulldown_cmark::Event;

/// Whether an element reads from right to left, of whose start `events` are what comes next. `None` without a letter.
pub fn is_rtl(events: &[Event<'_>]) -> Option<bool> {
    let mut depth = 0_usize;
    for event in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return None,
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                if let Some(letter) = text.chars().find(|c| c.is_alphabetic()) {
                    return Some(is_of_rtl_script(letter));
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the letter is Hebrew, Arabic, Syriac, Thaana, N'Ko, Adlam or of a related script.
fn is_of_rtl_script(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}
