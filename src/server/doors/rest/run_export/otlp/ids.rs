//! Ids of traces and spans. They are made from their run alone, so an export that is made again has the same ones, and whoever imports
//! both has each span once.
//!
//! With `{run}` for `runboard.run/{id}/{queued_at}`, in which the time is written as the API writes it, a trace's id is the first 16
//! bytes of the SHA-256 of `{run}`, and a span's the first 8 bytes of that of `{run}/{position}`. A step has its position, the run
//! itself 0. The time keeps runs of different installations apart, which have the same numbers. An id that came to nothing but zeros,
//! which OpenTelemetry takes for none, would be 1 instead.

use crate::domain::run::AgentRun;
use sha2::{Digest, Sha256};

/// The position of the span of a run itself; its steps begin with 1.
pub const ROOT: i32 = 0;

/// Returns the id of a run's trace, in hexadecimal.
pub fn trace_id(run: &AgentRun) -> String {
    let digest = Sha256::digest(name(run));
    let id = digest.iter().take(16).fold(0_u128, |id, byte| (id << 8) | u128::from(*byte));
    format!("{:032x}", id.max(1))
}

/// Returns the id of the span of a step of a run, or of [`ROOT`], in hexadecimal.
pub fn span_id(run: &AgentRun, position: i32) -> String {
    let digest = Sha256::digest(format!("{}/{position}", name(run)));
    let id = digest.iter().take(8).fold(0_u64, |id, byte| (id << 8) | u64::from(*byte));
    format!("{:016x}", id.max(1))
}

fn name(run: &AgentRun) -> String {
    format!("runboard.run/{}/{}", run.id, run.queued_at)
}
