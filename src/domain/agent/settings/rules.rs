//! Bounds of the values, as one rule for both halves: the form marks fields by them, the server refuses by them.

use super::kind::Kind;
use super::{AgentSettings, Setting};
use crate::domain::agent::MAX_INSTRUCTIONS;
use crate::domain::budget::Budgets;
use crate::domain::duration::format_count;
use crate::domain::money::NanoDollars;
use crate::domain::rules::{NO_NUL, length};
use crate::domain::tags;
use crate::domain::tool::MAX_PICKS;

/// A setting whose value is out of its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub setting: Setting,
    /// Reads on from the setting's name: "must be …".
    pub detail: String,
}

/// Largest budget, in whole dollars.
const MAX_DOLLARS: i64 = 1_000_000;
const NANO: i64 = 1_000_000_000;

impl AgentSettings {
    /// Returns an agent with this name and every default.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Returns the same with its texts as they are kept: what is one line in a form is one line, and lines end alike.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        for setting in Setting::ALL {
            setting.kind().tidy(&mut self);
        }
        self
    }

    /// Returns every value that is out of its bounds, in the order of the form. Of settings as they are kept:
    /// [`Self::tidied`].
    pub fn faults(&self) -> Vec<Fault> {
        let fault = |setting: &Setting| {
            let detail = setting.kind().fault(self).or_else(|| self.template_fault(*setting))?;
            Some(Fault { setting: *setting, detail })
        };
        Setting::ALL.iter().filter_map(fault).collect()
    }

    /// Returns the limits on what its runs may use.
    pub fn budgets(&self) -> Budgets {
        Budgets {
            run_cost: self.run_budget_usd,
            run_tokens: self.run_budget_tokens,
            month_cost: self.month_budget_usd,
            month_tokens: self.month_budget_tokens,
        }
    }
}

impl Setting {
    /// Whether its field has to be filled in.
    pub fn is_required(self) -> bool {
        match self.kind() {
            Kind::Line { min, optional, .. } => *min > 0 && !optional,
            Kind::Number { .. } | Kind::Seconds { .. } | Kind::Choice { .. } => true,
            _ => false,
        }
    }

    /// Says in the form what to do about a value that is out of its bounds.
    pub fn advice(self) -> String {
        self.kind().advice()
    }
}

impl Kind {
    fn fault(&self, settings: &AgentSettings) -> Option<String> {
        let text = match self {
            Self::Line { at, .. } | Self::Text { at, .. } => Some((at.get)(settings)),
            Self::OptionalLine { at, .. } => (at.get)(settings).as_ref(),
            _ => None,
        };
        if text.is_some_and(|text| text.contains('\0')) {
            return Some(NO_NUL.to_owned());
        }
        let fits = match self {
            Self::Line { at, min, max, optional, .. } => {
                let text = (at.get)(settings);
                (*optional && text.is_empty()) || (*min..=*max).contains(&length(text))
            }
            Self::OptionalLine { at, max, .. } => (at.get)(settings).as_ref().is_none_or(|text| length(text) <= *max),
            Self::Text { at, .. } => (at.get)(settings).len() <= MAX_INSTRUCTIONS,
            Self::Number { at, max } | Self::Seconds { at, max } => (1..=*max).contains((at.get)(settings)),
            Self::Tokens { at, max, .. } => (at.get)(settings).is_none_or(|tokens| (1..=*max).contains(&tokens)),
            Self::Kept { at, max, .. } => (at.get)(settings).is_none_or(|number| (0..=*max).contains(&number)),
            Self::Dollars { at } => (at.get)(settings).is_none_or(is_budget),
            Self::Tools { at } => (at.get)(settings).len() <= MAX_PICKS,
            Self::Tags { at } => tags::faults((at.get)(settings)).is_empty(),
            Self::Switch { .. } | Self::Choice { .. } => true,
        };
        (!fits).then(|| self.detail())
    }

    /// Reads on from a setting's name.
    pub(super) fn detail(&self) -> String {
        format!("must be {}", self.bounds())
    }

    /// Returns the values that it may have: reads on from "must be".
    pub fn bounds(&self) -> String {
        match self {
            Self::Line { min, max, .. } => format!("text of {} characters", range(*min, *max)),
            Self::OptionalLine { max, .. } => format!("text of {} characters, or null", range(0, *max)),
            Self::Text { .. } => format!("text of at most {} KiB", MAX_INSTRUCTIONS / 1024),
            Self::Number { max, .. } => format!("a whole number from 1 to {max}"),
            Self::Seconds { max, .. } => format!("a whole number of seconds from 1 to {max}"),
            Self::Tokens { max, .. } => format!("a whole number of tokens from 1 to {max}, or null"),
            Self::Kept { unit, max, .. } => format!("a whole number of {unit} from 0 to {max}, or null"),
            Self::Dollars { .. } => format!("a number of dollars, more than 0 and at most {MAX_DOLLARS}, or null"),
            Self::Switch { .. } => "true or false".to_owned(),
            Self::Choice { words, .. } => {
                let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                words.join(" or ")
            }
            Self::Tools { .. } => format!("a list of at most {MAX_PICKS} tools"),
            Self::Tags { .. } => tags::bounds(),
        }
    }

    fn advice(&self) -> String {
        match self {
            Self::Line { what, min, max, optional, .. } => {
                let or_empty = if *optional && *min > 0 { ", or leave it empty" } else { "" };
                format!("Enter {what} of {} characters{or_empty}.", range(*min, *max))
            }
            Self::OptionalLine { what, max, .. } => format!("Enter {what} of {} characters.", range(0, *max)),
            Self::Text { what, .. } => format!("Enter {what} of at most {} KiB.", MAX_INSTRUCTIONS / 1024),
            Self::Number { max, .. } => format!("Enter a whole number from 1 to {}.", format_count((*max).into())),
            Self::Seconds { max, .. } => format!("Enter 1 to {} seconds.", format_count((*max).into())),
            Self::Tokens { max, .. } => {
                format!("Enter a whole number of tokens from 1 to {}, or leave it empty.", format_count(*max))
            }
            Self::Kept { unit, max, .. } => {
                format!("Enter a whole number of {unit} from 0 to {}, or leave it empty.", format_count(*max))
            }
            Self::Dollars { .. } => {
                let max = format_count(MAX_DOLLARS);
                format!("Enter dollars such as 2.50, more than 0 and at most {max}, or leave it empty.")
            }
            Self::Switch { .. } | Self::Choice { .. } => "Choose one of what is offered.".to_owned(),
            Self::Tools { .. } => format!("Pick at most {MAX_PICKS}."),
            Self::Tags { .. } => {
                let (most, longest) = (tags::MAX_TAGS, tags::MAX_TAG);
                format!(
                    "Enter at most {most} tags of 1 to {longest} characters with commas between, none with a leading !."
                )
            }
        }
    }
}

fn range(min: usize, max: usize) -> String {
    if min == 0 { format!("at most {max}") } else { format!("{min} to {max}") }
}

fn is_budget(limit: NanoDollars) -> bool {
    (1..=MAX_DOLLARS * NANO).contains(&limit.0)
}
