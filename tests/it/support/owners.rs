//! Callers of several owners. Each says who it is, which the product ignores.

use runboard::domain::id::OwnerId;
use runboard::server::callers::Callers;

/// The header in which a caller names its owner.
pub const OWNER: &str = "x-test-owner";

/// Believes every caller.
pub struct BySaying;

impl Callers for BySaying {
    fn owner(&self, headers: &reqwest::header::HeaderMap) -> OwnerId {
        headers.get(OWNER).map_or(OwnerId::LOCAL, |owner| owner.to_str().unwrap().parse().unwrap())
    }
}
