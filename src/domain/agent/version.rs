//! Versions of an agent's settings: every change of them makes one, and none is ever changed. What two versions differ in.

use crate::domain::id::OwnerId;
use crate::domain::money::NanoDollars;
use crate::domain::rules::{NO_NUL, length};
use crate::domain::time::Timestamp;
use crate::domain::wire::FromWire;
use crate::domain::wire_enum::wire_enum;
use serde::Serialize;

/// Longest note on a version, in characters.
pub const MAX_NOTE: usize = 200;

/// Says what is wrong with a note on a version; reads on from its name.
pub fn note_fault(note: &str) -> Option<String> {
    if note.contains('\0') {
        return Some(NO_NUL.to_owned());
    }
    (length(note) > MAX_NOTE).then(|| format!("must be text of at most {MAX_NOTE} characters, or null"))
}

/// A version of an agent's settings, without them.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentVersion {
    /// The agent's `version` while these were its settings. Numbers grow, each by one; the first that is on record may be
    /// more than 1.
    pub number: i64,
    pub created_at: Timestamp,
    /// The owner who saved it.
    pub created_by: OwnerId,
    /// Why it was saved, in the words of whoever did, on one line; of a version that restores another also which.
    pub note: Option<String>,
    /// The change that it made, in words.
    pub changes: String,
    #[serde(flatten)]
    pub figures: VersionFigures,
}

/// Figures of all runs that were executed with a version and are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, FromWire)]
pub struct VersionFigures {
    /// Runs that had begun.
    pub runs: i64,
    /// success / (success + failed), 0 to 1; null without such runs.
    pub success_rate: Option<f64>,
    /// Milliseconds that half of the successes and failures did not exceed, 1.6 % off at most; null without such runs.
    pub p50_ms: Option<i64>,
    /// Cost of all of them in US dollars as far as it is known; null where nothing is known of it.
    #[serde(rename = "cost_usd")]
    pub cost: Option<NanoDollars>,
    /// Runs whose cost is not known as a whole: `cost` is without what is not known of it.
    pub unpriced: i64,
}

/// A setting that differs between two versions, the earlier of which is the one that was named first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct SettingDiff {
    /// The setting's name on the wire.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Both values as people read them; those of texts are in `lines` alone.
    pub before: String,
    pub after: String,
    /// Differences line by line, for a text of several lines; empty for other settings.
    pub lines: Vec<DiffLine>,
}

wire_enum! {
    /// The kind of a line of a difference.
    LineKind {
        /// The line is in both.
        Same = "same",
        /// It is in the first only.
        Removed = "removed",
        /// It is in the second only.
        Added = "added",
        /// Lines that are in both and left out here.
        Skipped = "skipped",
    }
}

/// A line of the difference between two texts, or lines left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct DiffLine {
    pub kind: LineKind,
    /// Its number in the first text, from 1; null where it is not in it.
    pub before: Option<i64>,
    /// Its number in the second text.
    pub after: Option<i64>,
    /// How many lines are left out; 0 unless it is `skipped`.
    pub skipped: i64,
    /// Its text, in pieces.
    pub parts: Vec<DiffPart>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct DiffPart {
    pub text: String,
    /// Whether it is what differs from the other text's line, word by word.
    pub changed: bool,
}
