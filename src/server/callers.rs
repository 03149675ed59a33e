//! The owners on whose behalf requests are served. Knows nothing of the requests' contents.

use crate::domain::id::OwnerId;
use hyper::HeaderMap;

/// Identifies callers.
pub trait Callers: Send + Sync {
    /// Returns the owner whose things a request with these headers may see and change.
    fn owner(&self, headers: &HeaderMap) -> OwnerId;
}

/// Callers until there is sign-in: whoever reaches the server is the person at this machine, whatever a request says.
#[derive(Clone, Copy, Debug)]
pub struct Local;

impl Callers for Local {
    fn owner(&self, _headers: &HeaderMap) -> OwnerId {
        OwnerId::LOCAL
    }
}
