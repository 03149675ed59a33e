//! Whose rows a query may see.

/// Passed to every function of the store that serves a request. Until there is sign-in there is one owner, who sees
/// everything; with sign-in the value changes, not the signatures.
#[derive(Clone, Copy, Debug)]
pub struct Scope(());

impl Scope {
    /// The person at this machine.
    pub fn local_owner() -> Self {
        Self(())
    }
}
