//! The kinds of settings: how a value is typed into a field, read from one, and shown. Knows no single setting.

use super::AgentSettings;
use crate::domain::duration::{format_count, format_whole};
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::tags;
use crate::domain::text::{lines, one_line};
use crate::domain::tool::ToolPick;

/// The way to a setting's value.
pub struct Access<T: 'static> {
    pub(super) get: fn(&AgentSettings) -> &T,
    pub(super) get_mut: fn(&mut AgentSettings) -> &mut T,
}

/// The way to the field of this name.
macro_rules! access {
    ($name:ident) => {
        self::kind::Access { get: |settings| &settings.$name, get_mut: |settings| &mut settings.$name }
    };
}
pub(super) use access;

/// The kind of a setting's value, and its bounds, both inclusive.
pub enum Kind {
    /// One line of this many characters; `what` it is, with its article. Empty if it is optional.
    Line {
        at: Access<String>,
        what: &'static str,
        min: usize,
        max: usize,
        optional: bool,
    },
    /// The same, or none.
    OptionalLine {
        at: Access<Option<String>>,
        what: &'static str,
        max: usize,
    },
    /// Several lines, at most [`MAX_INSTRUCTIONS`](crate::domain::agent::MAX_INSTRUCTIONS) bytes. `rows` are shown.
    Text {
        at: Access<String>,
        what: &'static str,
        rows: &'static str,
    },
    /// A whole number from 1.
    Number {
        at: Access<i32>,
        max: i32,
    },
    /// Seconds, from 1.
    Seconds {
        at: Access<i32>,
        max: i32,
    },
    /// A number of tokens from 1, or none, and words for that.
    Tokens {
        at: Access<Option<i64>>,
        max: i64,
        none: &'static str,
    },
    /// How much is kept, 0 for all, or none: as the server has it.
    Kept {
        at: Access<Option<i64>>,
        unit: &'static str,
        max: i64,
    },
    /// A limit in US dollars, or none.
    Dollars {
        at: Access<Option<NanoDollars>>,
    },
    Switch {
        at: Access<bool>,
    },
    /// One of these, with words for each.
    Choice {
        at: Access<Overlap>,
        words: &'static [(&'static str, &'static str)],
    },
    Tools {
        at: Access<Vec<ToolPick>>,
    },
    Tags {
        at: Access<Vec<String>>,
    },
}

const ON: &str = "true";
const OFF: &str = "false";

impl Kind {
    /// Returns the value as a field of the form holds it.
    pub fn text(&self, settings: &AgentSettings) -> String {
        match self {
            Self::Line { at, .. } => one_line((at.get)(settings)),
            Self::OptionalLine { at, .. } => (at.get)(settings).as_deref().map(one_line).unwrap_or_default(),
            Self::Text { at, .. } => lines((at.get)(settings)),
            Self::Number { at, .. } | Self::Seconds { at, .. } => (at.get)(settings).to_string(),
            Self::Tokens { at, .. } | Self::Kept { at, .. } => {
                (at.get)(settings).map(|number| number.to_string()).unwrap_or_default()
            }
            Self::Dollars { at } => (at.get)(settings).map(NanoDollars::decimal).unwrap_or_default(),
            Self::Switch { at } => if *(at.get)(settings) { ON } else { OFF }.to_owned(),
            Self::Choice { at, .. } => (at.get)(settings).as_str().to_owned(),
            Self::Tools { at } => join((at.get)(settings), "\n"),
            Self::Tags { at } => (at.get)(settings).join(", "),
        }
    }

    /// Sets the value to the text of a field. A text that cannot be read becomes a value that the rules refuse.
    pub fn set_text(&self, settings: &mut AgentSettings, text: &str) {
        match self {
            Self::Line { at, .. } => *(at.get_mut)(settings) = one_line(text),
            Self::OptionalLine { at, .. } => *(at.get_mut)(settings) = filled(text),
            Self::Text { at, .. } => *(at.get_mut)(settings) = lines(text),
            Self::Number { at, .. } | Self::Seconds { at, .. } => {
                *(at.get_mut)(settings) = digits(text).parse().unwrap_or(0);
            }
            Self::Tokens { at, .. } => {
                *(at.get_mut)(settings) = filled(text).map(|text| digits(&text).parse().unwrap_or(0));
            }
            Self::Kept { at, .. } => {
                *(at.get_mut)(settings) = filled(text).map(|text| digits(&text).parse().unwrap_or(-1));
            }
            Self::Dollars { at } => {
                let dollars = |text: String| NanoDollars::from_decimal(&text).unwrap_or_default();
                *(at.get_mut)(settings) = filled(text).map(dollars);
            }
            Self::Switch { at } => *(at.get_mut)(settings) = text == ON,
            Self::Choice { at, .. } => *(at.get_mut)(settings) = Overlap::parse(text).unwrap_or_default(),
            Self::Tools { at } => {
                *(at.get_mut)(settings) = text.lines().filter_map(|pick| pick.parse().ok()).collect();
            }
            Self::Tags { at } => {
                let tags: Vec<String> = text.split(',').filter_map(filled).collect();
                *(at.get_mut)(settings) = tags::tidied(&tags);
            }
        }
    }

    /// Puts the value into the form in which it is kept: a line is one line, lines end alike, and nothing is none.
    pub(super) fn tidy(&self, settings: &mut AgentSettings) {
        match self {
            Self::Line { .. } | Self::OptionalLine { .. } | Self::Text { .. } => {
                self.set_text(settings, &self.text(settings));
            }
            // Not by its text: a comma in a tag is a mistake there, not the end of it.
            Self::Tags { at } => *(at.get_mut)(settings) = tags::tidied((at.get)(settings)),
            _ => {}
        }
    }

    /// Returns the value as people read it.
    pub fn shown(&self, settings: &AgentSettings) -> String {
        let shown = match self {
            Self::Seconds { at, .. } => format_whole(*(at.get)(settings)),
            Self::Number { at, .. } => format_count((*(at.get)(settings)).into()),
            Self::Tokens { at, none, .. } => (at.get)(settings)
                .map_or_else(|| (*none).to_owned(), |tokens| format!("{} tokens", format_count(tokens))),
            Self::Kept { at, unit, .. } => match (at.get)(settings) {
                None => "As the server is set up".to_owned(),
                Some(0) => "For good".to_owned(),
                Some(number) => format!("{} {unit}", format_count(*number)),
            },
            Self::Dollars { at } => (at.get)(settings).map_or_else(|| "No limit".to_owned(), |limit| limit.to_string()),
            Self::Switch { at } => if *(at.get)(settings) { "On" } else { "Off" }.to_owned(),
            Self::Choice { at, words } => {
                let value = (at.get)(settings).as_str();
                words.iter().find(|(word, _)| *word == value).map_or(value, |(_, words)| words).to_owned()
            }
            Self::Tools { at } => join((at.get)(settings), ", "),
            Self::Line { .. } | Self::OptionalLine { .. } | Self::Text { .. } | Self::Tags { .. } => {
                self.text(settings)
            }
        };
        if shown.is_empty() { "None".to_owned() } else { shown }
    }
}

fn join(picks: &[ToolPick], between: &str) -> String {
    picks.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

fn filled(text: &str) -> Option<String> {
    Some(one_line(text)).filter(|text| !text.is_empty())
}

/// Returns a typed number without its thousands separators.
fn digits(text: &str) -> String {
    text.replace([',', ' '], "")
}
