//! One change of many agents at once, and what came of it for each. Knows no database.

use super::settings::AgentSettings;
use crate::domain::id::AgentId;
use crate::domain::tags::TagChange;
use crate::domain::wire::FromWire;
use crate::domain::wire_enum::wire_enum;
use crate::error::{AppError, FieldError};
use serde::{Deserialize, Serialize};

/// Most agents that are changed at once.
pub const MAX_EDITED: usize = 500;

/// A change of an agent's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentEdit {
    /// Holds back its schedule. One without a schedule stays as it is.
    Pause,
    /// Lets its schedule go on.
    Resume,
    /// Adds and removes tags.
    Tag { add: Vec<String>, remove: Vec<String> },
    /// Gives it another model.
    Model(String),
}

impl AgentEdit {
    /// Returns the settings with the change.
    #[must_use]
    pub fn of(&self, settings: &AgentSettings) -> AgentSettings {
        let mut settings = settings.clone();
        match self {
            Self::Pause => settings.paused |= settings.schedule.is_some(),
            Self::Resume => settings.paused = false,
            Self::Tag { add, remove } => {
                settings.tags = TagChange { add: add.clone(), remove: remove.clone() }.of(&settings.tags);
            }
            Self::Model(model) => settings.model.clone_from(model),
        }
        settings
    }

    /// Returns the same with its texts as they are kept, or what is wrong with it for every agent alike.
    ///
    /// # Errors
    /// Points at the values that are out of their bounds.
    pub fn checked(self) -> Result<Self, Vec<FieldError>> {
        let Self::Tag { add, remove } = self else { return Ok(self) };
        let TagChange { add, remove } = TagChange { add, remove }.checked("add", "remove")?;
        Ok(Self::Tag { add, remove })
    }
}

wire_enum! {
    /// The effect of a change on one agent.
    EditResult {
        Changed = "changed",
        /// It was so already, or the change does not concern it.
        Unchanged = "unchanged",
        /// It stays as it was; `error` says why.
        Failed = "failed",
    }
}

/// The effect of a change on one of several agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct EditedAgent {
    pub id: AgentId,
    /// Null where there is no such agent.
    pub name: Option<String>,
    pub result: EditResult,
    /// The version that it has now.
    pub version: Option<i64>,
    pub error: Option<AppError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(ToString::to_string).collect()
    }

    fn tag(add: &[&str], remove: &[&str]) -> AgentEdit {
        AgentEdit::Tag { add: tags(add), remove: tags(remove) }
    }

    #[test]
    fn a_schedule_is_held_back_where_there_is_one() {
        let plain = AgentSettings::named("A");
        let daily = AgentSettings { schedule: Some("@daily".into()), ..plain.clone() };
        assert!(AgentEdit::Pause.of(&daily).paused && !AgentEdit::Pause.of(&plain).paused);
        let paused = AgentSettings { paused: true, ..plain.clone() };
        assert_eq!((AgentEdit::Pause.of(&paused), AgentEdit::Resume.of(&paused)), (paused.clone(), plain));
    }

    #[test]
    fn tags_are_added_once_and_removed() {
        let agent = AgentSettings { tags: tags(&["eu", "old"]), ..AgentSettings::named("A") };
        assert_eq!(tag(&["new", "eu"], &["old", "none"]).of(&agent).tags, tags(&["eu", "new"]));
    }

    #[test]
    fn a_change_that_no_agent_can_have_is_refused_as_a_whole() {
        let places =
            |edit: AgentEdit| edit.checked().unwrap_err().iter().map(|error| error.pointer.clone()).collect::<Vec<_>>();
        assert_eq!(tag(&[" a\n"], &["b"]).checked(), Ok(tag(&["a"], &["b"])));
        assert_eq!(places(tag(&["ok", "a,b"], &["!c"])), ["/add/1", "/remove/0"]);
        assert_eq!(places(tag(&[], &[])), ["/add"]);
        assert_eq!(places(tag(&["x"], &["x"])), ["/remove"]);
        assert_eq!(AgentEdit::Pause.checked(), Ok(AgentEdit::Pause));
    }
}
