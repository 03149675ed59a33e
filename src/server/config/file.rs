//! `runboard.toml`: the operator's settings that are too much for a variable. Reads and checks it; knows no services.
//!
//! A new table is a field of [`ConfigFile`], an arm in [`read`] and a module here that says what may be in it.

mod database;
mod place;
mod prices;
mod retention;
mod tools;

use self::place::Place;
use super::database::DatabaseSettings;
use super::retention::RetentionSettings;
use crate::server::work::pricing::overrides::PriceOverride;
use crate::server::work::tools::ToolsConfig;
use std::io::ErrorKind;
use std::path::Path;
use toml::de::DeTable;

/// Read where it exists, unless another file is named.
const DEFAULT_PATH: &str = "runboard.toml";

/// Contents of the file; empty without one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigFile {
    /// Whether there is a file.
    pub is_there: bool,
    /// `[retention]`: how long runs are kept.
    pub retention: RetentionSettings,
    /// `[database]`: the connections to it.
    pub database: DatabaseSettings,
    /// `[[prices]]`: what models cost, over the bundled prices.
    pub prices: Vec<PriceOverride>,
    /// `[tools.http_request]` and `[mcp.…]`: what agents' models may call. Holds secrets; its `Debug` shows none.
    pub tools: ToolsConfig,
}

impl ConfigFile {
    /// Reads the file that was named, or the customary one if there is any. `lookup` reads an environment variable.
    ///
    /// # Errors
    /// One text per mistake, each naming the file and, within it, line and column.
    pub(super) fn load(named: Option<&Path>, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let path = named.unwrap_or(Path::new(DEFAULT_PATH));
        match std::fs::read_to_string(path) {
            Ok(text) => read(path, &text, lookup),
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(Self::default()),
            Err(error) => Err(vec![match named {
                Some(path) => format!("--config/RUNBOARD_CONFIG: {} cannot be read: {error}", path.display()),
                None => format!("{DEFAULT_PATH} cannot be read: {error}"),
            }]),
        }
    }
}

fn read(path: &Path, text: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<ConfigFile, Vec<String>> {
    let place = Place { path, text };
    let root = DeTable::parse(text).map_err(|error| vec![place.of(&error)])?;
    let (mut file, mut mistakes) = (ConfigFile { is_there: true, ..ConfigFile::default() }, Vec::new());
    for (name, value) in root.into_inner() {
        match name.get_ref().as_ref() {
            "database" => file.database = database::read(&place, value, &mut mistakes),
            "retention" => file.retention = retention::read(&place, value, &mut mistakes),
            "prices" => file.prices = prices::read(&place, value, &mut mistakes),
            "tools" => file.tools.http_request = tools::read(&place, value, &mut mistakes),
            "mcp" => file.tools.mcp = tools::read_servers(&place, value, &mut mistakes),
            unknown => {
                let problem = format!(
                    "unknown table {unknown:?}: there are [database], [retention], [[prices]], [tools.http_request] and [mcp.name]"
                );
                mistakes.push(place.at(name.span(), &problem));
            }
        }
    }
    match std::mem::take(&mut file.tools).check(lookup) {
        Ok(tools) => file.tools = tools,
        Err(found) => mistakes.extend(found.into_iter().map(|problem| format!("{}: {problem}", path.display()))),
    }
    if mistakes.is_empty() { Ok(file) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests;
