//! An agent's settings on their way in: the values that were sent, and the mistakes that can be seen without the
//! database.

use super::settings::{AgentSettings, Fault};
use crate::error::FieldError;

/// Settings as somebody sends them.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Tidied. Values that could not be read have their defaults.
    pub settings: AgentSettings,
    /// The agent's `version` that they were made from. Left out, they replace whatever is there.
    pub version: Option<i64>,
    /// Values that could not be read or are out of their bounds.
    pub errors: Vec<FieldError>,
}

impl Draft {
    /// Tidies the settings and checks their bounds. `unread` are the values that could not be read.
    pub fn new(settings: AgentSettings, version: Option<i64>, unread: Vec<FieldError>) -> Self {
        let settings = settings.tidied();
        let mut errors = unread;
        for Fault { setting, detail } in settings.faults() {
            if errors.iter().all(|error| error.field() != setting.name()) {
                errors.push(FieldError::of(setting.name(), detail));
            }
        }
        Self { settings, version, errors }
    }
}
