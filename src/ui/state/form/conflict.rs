//! A form whose agent somebody else has changed meanwhile: what they changed, and how both go together.

use super::AgentForm;
use crate::domain::agent::AgentInput;
use crate::ui::model::form::field::Field;
use crate::ui::model::form::texts::texts;
use leptos::prelude::*;

/// A field that somebody else has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    pub field: Field,
    /// What it holds with them.
    pub text: String,
    /// Whether it was changed here too, to something else.
    pub both: bool,
}

impl AgentForm {
    /// Which fields they have changed since the form was filled; tracked.
    pub fn theirs(self, agent: AgentInput) -> Vec<Theirs> {
        let (base, new) = (self.base.read(), texts(&agent, self.rest));
        let changed = Field::ALL.into_iter().zip(new).filter(|(field, text)| base[*field as usize] != *text);
        let told = |(field, text): (Field, String)| {
            let here = self.value(field).read();
            let both = *here != base[field as usize] && *here != text;
            Theirs { field, text, both }
        };
        changed.map(told).collect()
    }

    /// Takes over what they have changed where nothing was changed here. What was changed here stays, and is what the
    /// next submit would put in place of theirs.
    pub fn rebase(self, agent: AgentInput) {
        let version = agent.version;
        let new = texts(&agent, self.rest);
        for (field, text) in Field::ALL.into_iter().zip(&new) {
            let is_mine =
                self.base.with_untracked(|base| self.value(field).with_untracked(|now| *now != base[field as usize]));
            if !is_mine {
                self.set(field, text);
            }
        }
        self.base.set(new);
        self.version.set(version);
        self.forgive();
    }
}
