//! Concurrency groups: agents of one owner that share a limit on how many of their runs are executed at once.

use super::rules::{NO_NUL, length};
use super::text::one_line;
use super::wire::FromWire;
use serde::{Deserialize, Serialize};

/// Longest name, in characters.
pub const MAX_GROUP: usize = 64;
/// The highest limit.
pub const MAX_GROUP_LIMIT: i32 = 1_000;

/// A group that has a limit or that agents name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ConcurrencyGroup {
    pub name: String,
    /// How many runs of all its agents are executed at once at most; null where there is no limit.
    pub limit: Option<i32>,
    /// Agents that name it.
    pub agents: i64,
    /// Their runs that are running.
    pub running: i64,
}

/// Says what is wrong with a group's name; reads on from what it is.
pub fn group_fault(name: &str) -> Option<String> {
    match name {
        name if name.contains('\0') => Some(NO_NUL.to_owned()),
        name if (1..=MAX_GROUP).contains(&length(name)) && one_line(name) == name => None,
        _ => Some(format!("must be text of 1 to {MAX_GROUP} characters on one line, with nothing blank at its ends")),
    }
}

/// A limit that a group is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupLimit {
    /// 1 to 1000.
    pub limit: i32,
}

impl garde::Validate for GroupLimit {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        if !(1..=MAX_GROUP_LIMIT).contains(&self.limit) {
            let error = garde::Error::new(format!("must be a whole number from 1 to {MAX_GROUP_LIMIT}"));
            report.append(parent().join("limit"), error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use garde::Validate;

    #[test]
    fn a_name_is_one_line_of_at_most_64_characters() {
        assert!(["a", "GPU key 1", &"\u{e9}".repeat(64)].iter().all(|name| group_fault(name).is_none()));
        assert!(["", " a", "a\nb", "a\0", &"x".repeat(65)].iter().all(|name| group_fault(name).is_some()));
    }

    #[test]
    fn a_limit_is_1_to_1000() {
        let is_one = |limit| GroupLimit { limit }.validate().is_ok();
        assert_eq!([0, 1, 1_000, 1_001].map(is_one), [false, true, true, false]);
    }
}
