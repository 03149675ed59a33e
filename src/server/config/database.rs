//! How the database is reached: its URL, and the settings of the connections to it. Knows no pool and connects to nothing.

mod url;

pub use self::url::{DatabaseUrl, sqlite_url};

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Connections to PostgreSQL at most, as a setting.
pub const CONNECTIONS: Setting = Setting { name: "connections", range: 1..=1000 };
/// Seconds that a caller waits for a free connection.
pub const WAIT_S: Setting = Setting { name: "wait_s", range: 1..=300 };
/// Seconds after which a connection that nobody uses is closed.
pub const IDLE_S: Setting = Setting { name: "idle_s", range: 1..=86_400 };

/// Longer than a statement waits for a lock in SQLite: whoever holds the connection that writes is waiting too.
const DEFAULT_WAIT_S: u32 = 12;
const DEFAULT_IDLE_S: u32 = 600;

/// A whole number that the operator may set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// In the table `[database]`; its flag and variable follow from it.
    pub name: &'static str,
    pub range: RangeInclusive<u32>,
}

impl Setting {
    /// Says what a value out of range must be, without repeating it: it may be a secret that ended up in a wrong place.
    pub fn advice(&self) -> String {
        format!("must be a whole number from {} to {}", self.range.start(), self.range.end())
    }

    fn parse(&self, text: Option<&str>) -> Result<Option<u32>, String> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let number = text.trim().parse().ok().filter(|number| self.range.contains(number));
        number.map(Some).ok_or_else(|| format!("{}: {}", labels(self.name), self.advice()))
    }
}

/// Returns a setting's flag and variable.
fn labels(name: &str) -> String {
    format!("--database-{}/RUNBOARD_DATABASE_{}", name.replace('_', "-"), name.to_ascii_uppercase())
}

/// Whether statements are prepared under a name and kept on their connection. Behind a pooler that hands out connections
/// transaction by transaction, such as pgbouncer, they cannot be: the next transaction may have another connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreparedStatements {
    /// Where the server itself is reached, and not a pooler.
    #[default]
    Auto,
    On,
    Off,
}

impl PreparedStatements {
    pub const ADVICE: &str = "must be auto, on or off";

    /// Reads the word of a setting.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "on" => Some(Self::On),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// The operator's settings; those that are `None` have their defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseSettings {
    /// 1 to 1000.
    pub connections: Option<u32>,
    /// 1 to 300 seconds.
    pub wait_s: Option<u32>,
    /// 1 to 86,400 seconds.
    pub idle_s: Option<u32>,
    pub prepared: Option<PreparedStatements>,
}

impl DatabaseSettings {
    /// Reads flags or variables.
    ///
    /// # Errors
    /// One text per mistake, each naming its flag and variable.
    pub(super) fn read(
        connections: Option<&str>,
        wait_s: Option<&str>,
        idle_s: Option<&str>,
        prepared: Option<&str>,
    ) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let mut number = |setting: Setting, text| setting.parse(text).map_err(|mistake| mistakes.push(mistake)).ok();
        let (connections, wait_s, idle_s) =
            (number(CONNECTIONS, connections), number(WAIT_S, wait_s), number(IDLE_S, idle_s));
        let prepared = prepared.filter(|text| !text.is_empty()).map(|text| PreparedStatements::parse(text.trim()));
        if prepared == Some(None) {
            mistakes.push(format!("{}: {}", labels("prepared_statements"), PreparedStatements::ADVICE));
        }
        match (connections, wait_s, idle_s, mistakes.is_empty()) {
            (Some(connections), Some(wait_s), Some(idle_s), true) => {
                Ok(Self { connections, wait_s, idle_s, prepared: prepared.flatten() })
            }
            _ => Err(mistakes),
        }
    }

    /// Returns these settings, and where nothing is set here, the others.
    fn or(self, other: &Self) -> Self {
        Self {
            connections: self.connections.or(other.connections),
            wait_s: self.wait_s.or(other.wait_s),
            idle_s: self.idle_s.or(other.idle_s),
            prepared: self.prepared.or(other.prepared),
        }
    }
}

/// How to reach the database. Its `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    pub url: DatabaseUrl,
    /// Connections to PostgreSQL at most; `None` for as many as are sensible and the server allows.
    pub connections: Option<u32>,
    /// How long a caller waits for a free connection.
    pub wait: Duration,
    /// How long a connection to PostgreSQL may be idle before it is closed.
    pub idle: Duration,
    pub prepared: PreparedStatements,
}

impl DatabaseConfig {
    /// Settings by flag or variable go before those of `runboard.toml`, and those before what the URL implies.
    pub(super) fn new(url: DatabaseUrl, set: DatabaseSettings, file: &DatabaseSettings) -> Self {
        let set = set.or(file);
        let implied = if url.names_pooler() { PreparedStatements::Off } else { PreparedStatements::Auto };
        Self {
            connections: set.connections,
            wait: Duration::from_secs(set.wait_s.unwrap_or(DEFAULT_WAIT_S).into()),
            idle: Duration::from_secs(set.idle_s.unwrap_or(DEFAULT_IDLE_S).into()),
            prepared: set.prepared.unwrap_or(implied),
            url,
        }
    }

    /// Returns the database at a URL, with every default.
    ///
    /// # Errors
    /// Says what is wrong with the URL, without repeating it.
    pub fn at(url: &str) -> Result<Self, String> {
        Ok(Self::new(DatabaseUrl::parse(url)?, DatabaseSettings::default(), &DatabaseSettings::default()))
    }

    /// Returns the SQLite file, if the database is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.url.sqlite_file()
    }
}

#[cfg(test)]
mod tests;
