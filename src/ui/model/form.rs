//! The agent form without its signals: what its fields hold, and what the server says of them. The fields are the settings;
//! labels, order and rules are those of their table, the same as the server's.

use crate::domain::agent::{AgentSettings, Setting};
use crate::error::AppError;

/// Texts of the fields, each at its place.
pub type Texts = [String; Setting::ALL.len()];

/// Returns the texts of the fields for these settings.
pub fn texts(settings: &AgentSettings) -> Texts {
    std::array::from_fn(|place| Setting::ALL[place].kind().text(settings))
}

/// Returns the settings that the fields mean. A text that cannot be read becomes a value that the rules refuse.
pub fn settings(text: &dyn Fn(Setting) -> String) -> AgentSettings {
    let mut settings = AgentSettings::default();
    for setting in Setting::ALL {
        setting.kind().set_text(&mut settings, &text(*setting));
    }
    settings
}

/// Returns the fields of the form that the server's error points at, and its words for each; empty where it points at
/// none.
pub fn refused_fields(error: &AppError) -> Vec<(Setting, String)> {
    let named = |error: &crate::error::FieldError| Some((Setting::named(error.field())?, error.detail.clone()));
    error.errors.iter().filter_map(named).collect()
}
