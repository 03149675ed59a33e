//! A row of the table, and what is asked of a setting.

use super::kind::Kind;
use super::{Setting, TABLE};

/// A setting's name, place and bounds.
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) help: &'static str,
    pub(super) section: Section,
    pub(super) kind: Kind,
}

/// A part of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    General,
    Instructions,
    Schedule,
    Limits,
    Budgets,
    Tools,
}

impl Section {
    /// Returns its settings, in the order of the form.
    pub fn settings(self) -> impl Iterator<Item = Setting> {
        Setting::ALL.iter().copied().filter(move |setting| setting.row().section == self)
    }
}

impl Setting {
    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Returns the setting of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|setting| setting.name() == name)
    }

    /// Returns its name for people.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Returns the help below its control. Text between backticks is code.
    pub fn help(self) -> &'static str {
        self.row().help
    }

    /// Returns the part of the form that it stands in.
    pub fn section(self) -> Section {
        self.row().section
    }

    /// Checks, reads, writes and shows its values.
    pub fn kind(self) -> &'static Kind {
        &self.row().kind
    }
}
