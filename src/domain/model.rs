//! The models one can choose for an agent, as a form shows them.

use serde::{Deserialize, Serialize};

/// A model one can choose in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// `provider/model`.
    pub name: String,
    /// What it is, in a few words.
    pub note: String,
}

/// The models a form offers, and the one an agent gets when it names none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoices {
    pub default: String,
    pub choices: Vec<ModelChoice>,
    /// Whether a provider's key is configured; without one only the demo model answers.
    pub provider_configured: bool,
}
