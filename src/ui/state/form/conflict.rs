//! A form whose agent somebody else has changed meanwhile: what they changed, and how both go together.

use super::{AgentForm, Base};
use crate::domain::agent::AgentSettings;
use crate::domain::agent::settings::Change;
use leptos::prelude::*;

/// A setting that somebody else has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    pub change: Change,
    /// Whether it was changed here too, to something else.
    pub both: bool,
}

impl AgentForm {
    /// Returns what they have changed since the form was filled; tracked.
    pub fn theirs(self, agent: &AgentSettings) -> Vec<Theirs> {
        let base = self.base.read();
        let theirs = |change: Change| {
            let (here, setting) = (self.value(change.setting).read(), change.setting);
            let both = *here != base.texts[setting as usize] && *here != setting.kind().text(agent);
            Theirs { change, both }
        };
        base.settings.changes(agent).into_iter().map(theirs).collect()
    }

    /// Takes over what they have changed where nothing was changed here. Changes made here stay, and the next submit
    /// would put them in place of theirs.
    pub fn rebase(self, agent: AgentSettings, version: i64) {
        let mine = untrack(|| self.changed());
        self.take(Base::of(agent, version), |setting| !mine.contains(&setting));
        self.forgive();
    }
}
