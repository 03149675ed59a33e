//! Differences between two versions of an agent's settings.

use super::{AgentSettings, Setting};

/// A setting that differs, and both values as people read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub setting: Setting,
    pub before: String,
    pub after: String,
}

impl AgentSettings {
    /// Returns the settings that differ afterwards, in the order of the form.
    pub fn changes(&self, after: &Self) -> Vec<Change> {
        let change = |setting: &Setting| {
            let kind = setting.kind();
            (kind.text(self) != kind.text(after)).then(|| Change {
                setting: *setting,
                before: kind.shown(self),
                after: kind.shown(after),
            })
        };
        Setting::ALL.iter().filter_map(change).collect()
    }
}
