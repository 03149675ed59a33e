//! Statements whose parameters have names, for those that are written by hand and have many; and lists of ids as one
//! parameter. A database prepares each text once, so a statement's text depends on no value.

use super::Store;
use sea_orm::{DbBackend, Statement, Value};

impl Store {
    /// Returns a statement in which each `:name` stands for the value of that name.
    pub(super) fn named(&self, sql: &str, values: impl IntoIterator<Item = (&'static str, Value)>) -> Statement {
        let (names, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        self.statement(numbered(sql, &names), values)
    }

    /// Returns the condition that what stands before it is one of [`Store::ids`], which are the parameter `$1`, `:ids` or so.
    pub(super) fn among(&self, parameter: &str) -> String {
        among(self.backend(), parameter)
    }

    /// Returns ids as one value.
    pub(super) fn ids<'a, T: ToString + 'a>(&self, ids: impl IntoIterator<Item = &'a T>) -> Value {
        let ids = list(ids);
        match self.backend() {
            DbBackend::Postgres => format!("{{{ids}}}").into(),
            _ => format!("[{ids}]").into(),
        }
    }
}

/// Returns the condition that what stands before it is one of the ids that are a parameter.
pub(super) fn among(backend: DbBackend, parameter: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("= ANY(CAST(CAST({parameter} AS TEXT) AS BIGINT[]))"),
        _ => format!("IN (SELECT value FROM json_each({parameter}))"),
    }
}

/// Returns the condition that a text has the parameter `:text` in it. ASCII letters match in either
/// case, on PostgreSQL all do.
pub(super) fn has_text(backend: DbBackend, text: &str) -> String {
    let find = match backend {
        DbBackend::Postgres => "STRPOS",
        _ => "INSTR",
    };
    format!("{find}(LOWER({text}), LOWER(CAST(:text AS TEXT))) > 0")
}

/// Returns ids with commas between.
pub(super) fn list<'a, T: ToString + 'a>(ids: impl IntoIterator<Item = &'a T>) -> String {
    ids.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Returns the statement with `$1`, `$2` … in place of names; both databases take them, in any order and as often as
/// needed. A name without a value stays, and the database refuses it.
fn numbered(sql: &str, names: &[&str]) -> String {
    let mut parts = sql.split(':');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        match names.iter().position(|known| *known == name) {
            Some(at) => numbered.push_str(&format!("${}{rest}", at + 1)),
            None => numbered.push_str(&format!(":{part}")),
        }
    }
    numbered
}

#[cfg(test)]
mod tests;
