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

/// The models on offer now, as far as their providers list them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct ModelListing {
    /// Those of one provider stand together.
    pub data: Vec<ListedModel>,
    /// Providers whose list could not be read. Of these `data` has the few models that are known without asking.
    pub unavailable: Vec<SilentProvider>,
}

/// A model that a provider lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ListedModel {
    /// `provider/model`, as an agent names it.
    pub id: String,
    /// The part of `id` before the first slash.
    pub provider: String,
    /// For people: the provider's name for it, or a few words on it.
    pub name: String,
    /// Tokens that it takes at a time; missing where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<i64>,
    /// US dollars per million tokens, of short calls where long ones cost more; missing where that is not known.
    #[serde(default, rename = "input_usd_per_million", skip_serializing_if = "Option::is_none")]
    pub input: Option<NanoDollars>,
    #[serde(default, rename = "output_usd_per_million", skip_serializing_if = "Option::is_none")]
    pub output: Option<NanoDollars>,
}

/// A provider that did not say which models it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct SilentProvider {
    pub provider: String,
    /// Why, without keys.
    pub detail: String,
}
