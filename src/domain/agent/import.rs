//! Importing agents from a file: what it would do or has done to each of them. Knows no file formats and no database.

use super::version::SettingDiff;
use crate::domain::id::AgentId;
use crate::domain::wire::FromWire;
use crate::domain::wire_enum::wire_enum;
use serde::Serialize;

/// Longest file of agents, in bytes.
pub const MAX_FILE: usize = 2 * 1024 * 1024;
/// Most agents in one file.
pub const MAX_AGENTS: usize = 1_000;

wire_enum! {
    /// The effect of an import on one agent.
    ImportResult {
        /// No agent has this name yet.
        Created = "created",
        /// Some of its settings are others now.
        Changed = "changed",
        /// Its settings are those in the file already.
        Unchanged = "unchanged",
        /// Its settings in the file cannot be used; `errors` say why.
        Failed = "failed",
    }
}

/// The effect of an import on all agents that the file names. Others are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct ImportReport {
    /// Whether nothing was written: the report says what an import would do.
    pub dry_run: bool,
    /// Differs whenever the file or one of the agents it names does.
    pub fingerprint: String,
    pub created: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub failed: i64,
    /// In the order of the file.
    pub agents: Vec<ImportedAgent>,
}

/// The effect of an import on one agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ImportedAgent {
    pub name: String,
    /// The line at which the file begins to speak of it, from 1.
    pub line: i64,
    pub result: ImportResult,
    /// Null while there is no such agent, or where several have its name.
    pub id: Option<AgentId>,
    /// The version that it has; after an import the one that this made.
    pub version: Option<i64>,
    /// The settings that differ, old and new; of one that is created from the defaults.
    pub changes: Vec<SettingDiff>,
    pub errors: Vec<ImportError>,
}

/// A mistake in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ImportError {
    /// JSON Pointer (RFC 6901) to the value in the file, such as `/agent/3/model`; agents count from 0.
    pub pointer: String,
    pub detail: String,
    /// Where that is in the file, from 1.
    pub line: i64,
}

impl ImportError {
    /// Returns the setting that is wrong, and the place within it: `model`, `tools/0`. Empty where it is the agent as a whole.
    pub fn setting(&self) -> &str {
        self.pointer.splitn(4, '/').nth(3).unwrap_or_default()
    }
}

impl ImportReport {
    /// Counts the agents by what becomes of them.
    #[must_use]
    pub fn counted(mut self) -> Self {
        let count = |result| self.agents.iter().filter(|agent| agent.result == result).count() as i64;
        let [created, changed, unchanged, failed] =
            [ImportResult::Created, ImportResult::Changed, ImportResult::Unchanged, ImportResult::Failed].map(count);
        (self.created, self.changed, self.unchanged, self.failed) = (created, changed, unchanged, failed);
        self
    }

    /// Whether an import changes anything.
    pub fn has_changes(&self) -> bool {
        self.created + self.changed > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_names_its_setting() {
        let setting = |pointer: &str| {
            let error = ImportError { pointer: pointer.into(), detail: String::new(), line: 1 };
            error.setting().to_owned()
        };
        assert_eq!(["/agent/3/model", "/agent/3/tools/0"].map(setting), ["model", "tools/0"]);
        assert_eq!(["/agent/3", "/agent", ""].map(setting), ["", "", ""]);
    }
}
