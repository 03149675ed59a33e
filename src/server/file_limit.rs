//! How many files this process may have open. Each connection is one, and the customary limit is 1,024, so it is raised at
//! start as far as the system allows. Programs that are started get back the limit there was before, since some cannot
//! cope with more (select(2)). Knows nobody's needs.

use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use std::sync::OnceLock;

/// Tried where the system names no limit and yet refuses to lift it.
const CUSTOMARY_MOST: u64 = 10_240;

/// Files this process could have open when it was started.
static BEFORE: OnceLock<Option<u64>> = OnceLock::new();

/// Raises the limit to the most that this process may have, the "hard" limit (getrlimit(2)). Where that fails, the limit stays
/// as it is.
pub fn raise() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    BEFORE.get_or_init(|| current);
    let Some(current) = current.filter(|current| maximum.is_none_or(|maximum| maximum > *current)) else { return };
    let raised = [maximum, maximum.or(Some(CUSTOMARY_MOST.max(current)))].into_iter().any(|wanted| {
        let limit = Rlimit { current: wanted, maximum };
        setrlimit(Resource::Nofile, limit).is_ok()
    });
    if !raised {
        tracing::warn!(files = current, "the limit on open files cannot be raised");
    }
}

/// Returns how many files this process may have open.
pub fn files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Gives a program that was just started the limit that this process was started with.
#[cfg(target_os = "linux")]
pub fn give_back(program: Pid) {
    let Some(before) = BEFORE.get() else { return };
    let limit = Rlimit { current: *before, maximum: getrlimit(Resource::Nofile).maximum };
    if let Err(error) = rustix::process::prlimit(Some(program), Resource::Nofile, limit) {
        tracing::debug!(%error, "a program keeps the raised limit on open files");
    }
}

/// Does nothing: the system has no way to change the limits of another process.
#[cfg(not(target_os = "linux"))]
pub fn give_back(_: Pid) {}
