//! Configuration: flags, variables and `runboard.toml`, checked once at start. Every mistake is named, not only the
//! first.

pub mod file;

use self::file::ConfigFile;
use crate::server::agent::providers::ProvidersConfig;
use crate::server::telemetry;
use clap::{Args, Parser, Subcommand};
use percent_encoding::percent_decode_str;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;

/// Runs AI agents and shows every run live.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Text as it was given; [`Config::check`] makes values of it.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Address to serve on; loopback only until there is sign-in.
    #[arg(long, env = "RUNBOARD_ADDR", default_value = "127.0.0.1:3000", global = true)]
    pub addr: String,
    /// Where the SQLite database lives.
    #[arg(long, env = "RUNBOARD_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,
    /// `sqlite:` or `postgres:` URL [default: runboard.db in the data directory].
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Runs executed at once.
    #[arg(long, env = "RUNBOARD_WORKERS", default_value = "32", global = true)]
    pub workers: String,
    /// File with further settings [default: runboard.toml in the working directory, if there is one].
    #[arg(long, env = "RUNBOARD_CONFIG", global = true)]
    pub config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Command {
    /// Serve the dashboard and execute runs (the default).
    Serve,
    /// Change the database's schema by hand.
    Migrate {
        #[command(subcommand)]
        action: MigrateAction,
    },
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum MigrateAction {
    /// Apply every pending migration.
    Up,
    /// Take back the newest migration; with it goes the data it holds.
    Down {
        /// How many to take back.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List the migrations and whether each is applied.
    Status,
}

/// Checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    pub addr: SocketAddr,
    pub data_dir: PathBuf,
    pub database_url: String,
    /// 1 to 1000.
    pub workers: usize,
    pub providers: ProvidersConfig,
    /// What `runboard.toml` says.
    pub file: ConfigFile,
}

impl Config {
    /// Checks everything; `lookup` reads an environment variable.
    ///
    /// # Errors
    /// One text per mistake, each naming its flag, variable or place in the file.
    pub fn check(options: &Options, lookup: impl Fn(&str) -> Option<String>) -> Result<(Self, EnvFilter), Vec<String>> {
        let mut mistakes = Vec::new();
        let mut note = |mistake| mistakes.push(mistake);
        let addr = check_addr(&options.addr).map_err(&mut note).ok();
        let workers = check_workers(&options.workers).map_err(&mut note).ok();
        let url = options.database_url.as_deref().filter(|url| !url.is_empty());
        let database_url = match url {
            None => Some(sqlite_url(&options.data_dir)),
            Some(url) => check_url(url).map_err(&mut note).ok(),
        };
        let filter = lookup("RUST_LOG").filter(|text| !text.is_empty());
        let filter = EnvFilter::try_new(filter.as_deref().unwrap_or(telemetry::DEFAULT_FILTER))
            .map_err(|error| note(format!("RUST_LOG: {error}")))
            .ok();
        let providers = ProvidersConfig::from_env(&lookup).map_err(|error| note(error.to_string())).ok();
        let named = options.config.as_deref().filter(|path| !path.as_os_str().is_empty());
        let file = ConfigFile::load(named, &lookup).map_err(|found| found.into_iter().for_each(&mut note)).ok();
        match (addr, workers, database_url, filter, providers, file) {
            (Some(addr), Some(workers), Some(database_url), Some(filter), Some(providers), Some(file)) => {
                let data_dir = options.data_dir.clone();
                Ok((Self { addr, data_dir, database_url, workers, providers, file }, filter))
            }
            _ => Err(mistakes),
        }
    }

    /// The SQLite file, if the database is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.database_url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or_default();
        Some(percent_decode_str(path).decode_utf8_lossy().into_owned().into())
    }
}

/// The URL of the SQLite database in a data directory. Two characters mean something in such a URL and may well be in
/// a directory's name.
pub fn sqlite_url(data_dir: &Path) -> String {
    let path = data_dir.join("runboard.db").display().to_string();
    format!("sqlite://{}", path.replace('%', "%25").replace('?', "%3F"))
}

fn check_addr(text: &str) -> Result<SocketAddr, String> {
    let text = text.replacen("localhost:", "127.0.0.1:", 1);
    let addr: SocketAddr = text
        .parse()
        .map_err(|_| format!("--addr/RUNBOARD_ADDR: {text:?} is not an address with a port, such as 127.0.0.1:3000"))?;
    match addr.ip().is_loopback() {
        true => Ok(addr),
        false => Err(format!(
            "--addr/RUNBOARD_ADDR: {addr} can be reached from other machines, and there is no sign-in yet: \
             use 127.0.0.1 or [::1]"
        )),
    }
}

fn check_workers(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|workers| (1..=1000).contains(workers))
        .ok_or_else(|| format!("--workers/RUNBOARD_WORKERS: {text:?} is not a whole number from 1 to 1000"))
}

fn check_url(url: &str) -> Result<String, String> {
    if url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory")) {
        return Err("--database-url/DATABASE_URL: a database in memory forgets every run; name a file".to_owned());
    }
    match ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
        true => Ok(url.to_owned()),
        false => Err("--database-url/DATABASE_URL: the URL must begin with sqlite: or postgres:".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(addr: &str, workers: &str, url: Option<&str>) -> Options {
        Options {
            addr: addr.into(),
            data_dir: "./data".into(),
            database_url: url.map(Into::into),
            workers: workers.into(),
            config: None,
        }
    }

    #[test]
    fn defaults_are_sqlite_in_the_data_dir() {
        let (config, _) = Config::check(&options("127.0.0.1:3000", "32", None), |_| None).unwrap();
        assert_eq!(config.database_url, "sqlite://./data/runboard.db");
        assert_eq!(config.sqlite_file(), Some("./data/runboard.db".into()));
    }

    #[test]
    fn a_data_dir_may_have_any_name() {
        let options = Options { data_dir: "/tmp/100% mine?".into(), ..options("127.0.0.1:3000", "32", None) };
        let (config, _) = Config::check(&options, |_| None).unwrap();
        assert_eq!(config.database_url, "sqlite:///tmp/100%25 mine%3F/runboard.db");
        assert_eq!(config.sqlite_file(), Some("/tmp/100% mine?/runboard.db".into()));
    }

    #[test]
    fn a_sqlite_file_is_found_in_its_url() {
        for (url, file) in [
            ("sqlite:///var/lib/a.db?mode=rwc", Some("/var/lib/a.db")),
            ("sqlite:b%20c.db", Some("b c.db")),
            ("postgres://localhost/x", None),
        ] {
            let (config, _) = Config::check(&options("127.0.0.1:3000", "32", Some(url)), |_| None).unwrap();
            assert_eq!(config.sqlite_file(), file.map(PathBuf::from), "{url}");
        }
    }

    #[test]
    fn an_address_others_can_reach_is_refused() {
        for addr in ["0.0.0.0:3000", "192.168.1.4:80", "[::]:3000"] {
            let mistakes = Config::check(&options(addr, "32", None), |_| None).unwrap_err();
            assert!(mistakes[0].contains("RUNBOARD_ADDR"), "{mistakes:?}");
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let lookup = |name: &str| (name == "RUST_LOG").then(|| "a=b=c".to_owned());
        let options = Options { config: Some("no/such.toml".into()), ..options("nowhere", "0", Some("mysql://x")) };
        let mistakes = Config::check(&options, lookup).unwrap_err().join("\n");
        for name in ["RUNBOARD_ADDR", "RUNBOARD_WORKERS", "DATABASE_URL", "RUST_LOG", "RUNBOARD_CONFIG"] {
            assert!(mistakes.contains(name), "{name} in {mistakes}");
        }
    }
}
