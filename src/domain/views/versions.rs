//! Versions of an agent's settings, as their page shows them.

use crate::domain::agent::version::{AgentVersion, SettingDiff};
use crate::domain::wire::FromWire;
use crate::error::AppError;
use serde::Serialize;

/// Some of an agent's versions, and two of them compared.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct VersionsView {
    /// Newest first.
    pub versions: Vec<AgentVersion>,
    pub has_newer: bool,
    pub has_older: bool,
    /// Null where there is nothing to compare.
    pub compared: Option<Result<Compared, AppError>>,
}

/// Two versions, and what differs.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Compared {
    pub a: i64,
    pub b: i64,
    /// The settings of b that are not those of a, in the order of the form.
    pub settings: Vec<SettingDiff>,
}
