//! The models to choose from for an agent, as a form shows them.

use super::money::NanoDollars;
use super::wire::FromWire;
use serde::Serialize;

/// A model to choose in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ModelChoice {
    /// `provider/model`.
    pub name: String,
    /// Description, in a few words.
    pub note: String,
    /// Null where its price is not known.
    pub rates: Option<ModelRates>,
}

/// Prices of a model, in US dollars per million tokens; those of short calls, where long ones cost more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ModelRates {
    #[serde(rename = "input_usd_per_mtok")]
    pub input: NanoDollars,
    #[serde(rename = "output_usd_per_mtok")]
    pub output: NanoDollars,
}

impl ModelRates {
    /// Whether it costs nothing, as the demo models do.
    pub fn is_free(self) -> bool {
        self.input.0 == 0 && self.output.0 == 0
    }
}

/// The models a form offers, and the one an agent gets when it names none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ModelChoices {
    pub default: String,
    pub choices: Vec<ModelChoice>,
    /// Whether a provider's key is configured; without one only the demo model answers.
    pub provider_configured: bool,
}
