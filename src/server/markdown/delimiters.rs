//! Where formulas begin and end in Markdown: `\(…\)` and `\[…\]`, of which Markdown would keep the brackets only, and
//! `$…$`, which is as often money.

use pulldown_cmark::{CowStr, Event, Tag};
use std::ops::Range;

/// An event and where in the text it stands.
pub type Placed<'a> = (Event<'a>, Range<usize>);

/// Returns the events of a block with its formulas as such. One pass: a bracket that nothing closes is looked for once.
pub fn find<'a>(text: &'a str, events: Vec<Placed<'a>>) -> Vec<Event<'a>> {
    let mut found = Vec::with_capacity(events.len());
    let mut line: Vec<Placed<'a>> = Vec::new();
    let mut quotes = 0_usize;
    for (event, range) in events {
        if is_inline(&event) {
            line.push((event, range));
            continue;
        }
        find_in_line(text, &mut line, quotes > 0, &mut found);
        match event {
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::End(pulldown_cmark::TagEnd::BlockQuote(_)) => quotes = quotes.saturating_sub(1),
            _ => {}
        }
        found.push(event);
    }
    find_in_line(text, &mut line, quotes > 0, &mut found);
    found
}

/// Whether the event stands within a paragraph, a cell or the like.
fn is_inline(event: &Event<'_>) -> bool {
    use pulldown_cmark::TagEnd;
    match event {
        Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }) => true,
        Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) => true,
        Event::Start(_) | Event::End(_) | Event::Rule | Event::Html(_) => false,
        _ => true,
    }
}

/// A formula's closing bracket, looked for in one text from front to back.
struct Closer {
    bracket: u8,
    /// Where the next one is; `None` when there is none any more.
    next: Option<usize>,
}

impl Closer {
    /// Returns the place of the next backslash and bracket in `text` from `from` on.
    fn after(&mut self, text: &str, from: usize) -> Option<usize> {
        if self.next? < from {
            self.next = closes(text, from, self.bracket);
        }
        self.next
    }
}

/// `\\` is a new line of a formula, so in `\\)` nothing closes.
fn closes(text: &str, from: usize, bracket: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let [byte, next, ..] = bytes.get(at..)? {
        match (*byte, *next) {
            (b'\\', next) if next == bracket => return Some(at),
            (b'\\', _) => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Moves the events of a line to `found`.
fn find_in_line<'a>(text: &'a str, line: &mut Vec<Placed<'a>>, is_quoted: bool, found: &mut Vec<Event<'a>>) {
    let end = line.iter().map(|(_, range)| range.end).max().unwrap_or_default();
    let mut closers = [(b'(', b')'), (b'[', b']')].map(|(open, bracket)| (open, Closer { bracket, next: Some(0) }));
    // Text before this is in a formula already.
    let mut until = 0;
    // For each element that is open, whether its start was left out.
    let mut left_out = Vec::new();
    for (event, range) in line.drain(..) {
        match event {
            Event::Start(_) => {
                let is_in = range.start < until;
                left_out.push(is_in);
                if !is_in {
                    found.push(event);
                }
                continue;
            }
            // An element that began before a formula and ends in it ends after it.
            Event::End(_) => {
                if !left_out.pop().unwrap_or(false) {
                    found.push(event);
                }
                continue;
            }
            _ if range.end <= until => continue,
            Event::Text(words) if range.start < until => {
                found.push(Event::Text(text.get(until..range.end).map_or(words, CowStr::from)));
            }
            Event::Text(words) => match formula(text, &range, end, &mut closers) {
                Some((tex, is_display, after)) => {
                    let tex = if is_quoted { unquoted(tex) } else { CowStr::from(tex) };
                    found.push(if is_display { Event::DisplayMath(tex) } else { Event::InlineMath(tex) });
                    until = after;
                    if let Some(rest) = text.get(until..range.end).filter(|rest| !rest.is_empty()) {
                        found.push(Event::Text(CowStr::from(rest)));
                    }
                }
                None => found.push(Event::Text(words)),
            },
            Event::InlineMath(tex) => {
                let is_money = is_money(text, &range, &tex);
                found.push(match text.get(range.clone()) {
                    Some(written) if is_money => Event::Text(CowStr::from(written)),
                    _ => Event::InlineMath(tex),
                });
            }
            event => found.push(event),
        }
    }
}

/// Returns the formula that a text begins with, whether it stands on a line of its own, and where it ends.
fn formula<'a>(
    text: &'a str,
    range: &Range<usize>,
    end: usize,
    closers: &mut [(u8, Closer); 2],
) -> Option<(&'a str, bool, usize)> {
    let bytes = text.as_bytes();
    let open = *bytes.get(range.start)?;
    if bytes.get(range.start.checked_sub(1)?) != Some(&b'\\') {
        return None;
    }
    let (_, closer) = closers.iter_mut().find(|(known, _)| *known == open)?;
    let line = text.get(..end)?;
    let close = closer.after(line, range.start + 1)?;
    Some((line.get(range.start + 1..close)?, open == b'[', close + 2))
}

/// Returns a formula of several lines without the marks of the quotation it stands in.
fn unquoted(tex: &str) -> CowStr<'_> {
    let lines: Vec<_> = tex.split('\n').map(|line| line.trim_start_matches([' ', '>'])).collect();
    if lines.len() > 1 { CowStr::from(lines.join("\n")) } else { CowStr::from(tex) }
}

/// `$5/$6`, `US$5–US$6` and `$10 or more$`: signs of money, as no formula stands right at a word, or begins with an
/// amount and goes on in words.
fn is_money(text: &str, range: &Range<usize>, tex: &str) -> bool {
    let before = text.get(..range.start).and_then(|text| text.chars().next_back());
    let after = text.get(range.end..).and_then(|text| text.chars().next());
    let is_amount = tex.starts_with(|c: char| c.is_ascii_digit()) && !tex.contains('\\');
    let has_words = tex.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().nth(1).is_some());
    [before, after].into_iter().flatten().any(char::is_alphanumeric) || (is_amount && has_words)
}
