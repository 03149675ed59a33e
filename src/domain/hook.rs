//! Webhooks: addresses at which other systems start runs of an agent. How each proves who sends, which deliveries pass and
//! what their runs are given; how all of that is read from JSON and written. Knows no signatures and no requests.

mod condition;
mod delivery;
mod exact;
mod mapping;
mod place;
mod settings;
#[cfg(test)]
mod tests;
mod verification;

pub use self::condition::{Condition, Test};
pub use self::delivery::{Delivery, Outcome, Receipt};
pub use self::mapping::{Mapping, Piece, Source, pieces};
pub use self::place::Place;
pub use self::settings::{HookChange, HookSettings, SecretChange};
pub use self::verification::{Encoding, HashAlgorithm, HmacScheme, Verification, VerificationKind};

use super::id::{AgentId, HookId};
use super::time::Timestamp;
use super::wire::FromWire;
use serde::Serialize;

/// Longest name of a webhook, in characters.
pub const MAX_NAME: usize = 80;
/// Longest secret, in characters.
pub const MAX_SECRET: usize = 500;
/// Most conditions of a filter.
pub const MAX_CONDITIONS: usize = 20;
/// Most values of one condition.
pub const MAX_CHOICES: usize = 50;
/// Longest JSON Pointer or name of a header, in bytes.
pub const MAX_PLACE: usize = 256;
/// Longest template, in bytes.
pub const MAX_TEMPLATE: usize = 16 * 1024;
/// Most values of a run's metadata.
pub const MAX_METADATA: usize = 20;
/// Deliveries a minute unless set otherwise, and at most.
pub const DEFAULT_RATE: i64 = 60;
pub const MAX_RATE: i64 = 6_000;
/// Most webhooks of an agent.
pub const MAX_HOOKS: i64 = 100;

/// A webhook, without its token and its secret.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Hook {
    pub id: HookId,
    pub agent_id: AgentId,
    #[serde(flatten)]
    pub settings: HookSettings,
    /// Whether it has a secret; no response has the secret itself.
    pub secret_set: bool,
    pub created_at: Timestamp,
    /// Null before the first.
    pub last_delivery_at: Option<Timestamp>,
}

/// A webhook whose address was just made, which is shown this once.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct NewAddress {
    #[serde(flatten)]
    pub hook: Hook,
    /// 256 random bits as base64 that fits into an address. Null where the request is a repetition of one that was carried
    /// out: only its hash is kept.
    pub token: Option<String>,
    /// `/hooks/{token}`.
    pub path: Option<String>,
}

impl NewAddress {
    /// Creates it with the token, if that is known.
    pub fn new(hook: Hook, token: Option<String>) -> Self {
        let path = token.as_ref().map(|token| format!("/hooks/{token}"));
        Self { hook, token, path }
    }
}

/// The webhook that a run came through, by the name it had then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct RunHook {
    pub id: HookId,
    pub name: String,
}
