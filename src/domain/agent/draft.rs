//! An agent's settings on their way in: the values that were sent, and the mistakes that can be seen without the
//! database.

use super::settings::{AgentSettings, Fault};
use super::version::note_fault;
use crate::domain::text::one_line;
use crate::error::FieldError;

/// The name of the note among the settings.
pub const NOTE: &str = "note";

/// Settings as somebody sends them.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Tidied. Values that could not be read have their defaults.
    pub settings: AgentSettings,
    /// The agent's `version` that they were made from. Left out, they replace whatever is there.
    pub version: Option<i64>,
    /// Why they are saved, on one line.
    pub note: Option<String>,
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
        Self { settings, version, note: None, errors }
    }

    /// Adds why they are saved; a note that says nothing is none.
    #[must_use]
    pub fn noting(mut self, note: Option<String>) -> Self {
        self.note = note.map(|note| one_line(&note)).filter(|note| !note.is_empty());
        self.errors.extend(self.note.as_deref().and_then(note_fault).map(|detail| FieldError::of(NOTE, detail)));
        self
    }
}
