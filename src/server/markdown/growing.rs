//! A text that grows, as HTML: with each reading only its last block is made again, for none before it can still change.

use super::{delimiters, formula, html};
use crate::server::markdown::check::checked;
use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser};
use std::collections::HashMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The part of a growing text that is over: its blocks but the last.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    /// Where the last block begins, in bytes.
    begins: usize,
    /// How many blocks stand before it.
    kept: usize,
    /// Link destinations that were defined before it, by their labels.
    links: HashMap<String, String>,
    left: formula::Budget,
    /// Reading it has panicked: from there on it is shown as it was written.
    given_up: bool,
}

/// The blocks that follow those that stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// How many blocks stay.
    pub kept: usize,
    /// HTML, one piece for each block after those; safe to show.
    pub blocks: Vec<String>,
}

impl Growing {
    /// Returns where in the text the next reading begins, in bytes. The text before is not needed any more.
    pub fn begins(&self) -> usize {
        self.begins
    }

    /// Reads the text from [`Self::begins`] on. Where that panics, be it in a crate that reads Markdown or formulas, the
    /// text is shown as it was written: whoever asked serves others as well.
    pub fn read(&mut self, text: &str) -> Tail {
        self.read_by(text, Self::parse)
    }

    fn read_by(&mut self, text: &str, parse: impl FnOnce(&mut Self, &str) -> Tail) -> Tail {
        if !self.given_up {
            // Nothing of `self` is changed before all that may panic is done.
            match catch_unwind(AssertUnwindSafe(|| parse(self, text))) {
                Ok(tail) => return tail,
                Err(_) => {
                    tracing::error!(bytes = text.len(), "reading Markdown panicked; the text is shown as written");
                    self.given_up = true;
                }
            }
        }
        Tail { kept: self.kept, blocks: vec![as_written(text)] }
    }

    /// Reads a text in which nothing panics.
    pub(super) fn parse(&mut self, text: &str) -> Tail {
        let options =
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_MATH;
        let links = &self.links;
        let known = |link: BrokenLink<'_>| {
            let url = links.get(&label(&link.reference))?;
            Some((CowStr::from(url.clone()), CowStr::Borrowed("")))
        };
        let mut events = Parser::new_with_broken_link_callback(text, options, Some(known)).into_offset_iter();
        let defined: Vec<(Range<usize>, String, String)> = events
            .reference_definitions()
            .iter()
            .map(|(name, link)| (link.span.clone(), label(name), link.dest.to_string()))
            .collect();
        let mut tail = Tail { kept: self.kept, blocks: Vec::new() };
        // A line that is not at its end may yet turn out to go on with the block before it.
        let whole_lines = text.rfind('\n').map_or(0, |newline| newline + 1);
        // Where the last block begins that can still change, how many stand before it, and what was left to it.
        let (mut last, mut kept, mut left) = (0, 0, self.left);
        let mut left_to_last = left;
        while let Some(block) = next_block(&mut events) {
            let place = place(&block);
            let begins = text.get(..place.start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
            if begins < whole_lines {
                (last, kept, left_to_last) = (begins, tail.blocks.len(), left);
            }
            let written = html::write(&delimiters::find(text, block), &mut left);
            // A block that the check refuses is a fault of ours, and not shown.
            let checked = checked(&written);
            debug_assert!(checked.is_some(), "{written}");
            tail.blocks.push(checked.unwrap_or_else(|| as_written(text.get(place).unwrap_or_default())));
        }
        drop(events);
        for (span, label, url) in defined {
            if span.end <= last {
                self.links.entry(label).or_insert(url);
            }
        }
        self.kept += kept;
        self.begins += last;
        self.left = left_to_last;
        tail
    }
}

/// Returns the events of a text's next top-level block.
fn next_block<'a>(events: &mut impl Iterator<Item = delimiters::Placed<'a>>) -> Option<Vec<delimiters::Placed<'a>>> {
    let mut block = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        block.push((event, range));
        if depth == 0 {
            break;
        }
    }
    (!block.is_empty()).then_some(block)
}

fn place(block: &[delimiters::Placed<'_>]) -> Range<usize> {
    let start = block.first().map_or(0, |(_, range)| range.start);
    start..block.last().map_or(start, |(_, range)| range.end)
}

fn as_written(text: &str) -> String {
    let mut out = "<p dir=\"auto\">".to_owned();
    html::push_text(&mut out, text);
    out + "</p>\n"
}

/// Returns a label as CommonMark compares labels: without regard to case and to how its words are spaced.
fn label(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_whose_reading_panics_is_shown_as_it_was_written() {
        let mut growing = Growing::default();
        let text = "One\n\n*two*\n\n<b>three";
        growing.read("One\n\n*two*\n\n");
        let begins = growing.begins();
        let tail = growing.read_by(&text[begins..], |_, _| panic!("a fault of the test"));
        let expected = Tail { kept: 1, blocks: vec!["<p dir=\"auto\">*two*\n\n&lt;b&gt;three</p>\n".to_owned()] };
        assert_eq!((tail, growing.begins()), (expected.clone(), begins));
        assert_eq!(growing.read(&text[begins..]), expected, "and not tried again with every piece");
    }
}
