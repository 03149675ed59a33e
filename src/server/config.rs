//! Configuration: flags, variables and `runboard.toml`, checked once at start. Every mistake is named, not only the
//! first, and none repeats a value: it may be a secret that ended up in a wrong place.

pub mod database;
pub mod file;
mod files;
mod redact;
pub mod retention;

pub use self::database::sqlite_url;
pub use self::redact::redacted;

use self::database::{DatabaseConfig, DatabaseSettings, DatabaseUrl};
use self::file::ConfigFile;
use self::retention::RetentionSettings;
use crate::domain::retention::RetentionLimits;
use crate::server::telemetry;
use crate::server::work::providers::ProvidersConfig;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// Runs AI agents and shows every run live.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Text as it was given; [`Config::check`] makes values of it. No `Debug`: it holds a password.
#[derive(Clone, Args)]
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
    /// Connections to PostgreSQL at most, 1 to 1000 [default: 20, or fewer where the server allows fewer].
    #[arg(long, env = "RUNBOARD_DATABASE_CONNECTIONS", global = true)]
    pub database_connections: Option<String>,
    /// Seconds to wait for a free connection, 1 to 300 [default: 12].
    #[arg(long, env = "RUNBOARD_DATABASE_WAIT_S", global = true)]
    pub database_wait_s: Option<String>,
    /// Seconds after which an idle connection is closed, 1 to 86400 [default: 600].
    #[arg(long, env = "RUNBOARD_DATABASE_IDLE_S", global = true)]
    pub database_idle_s: Option<String>,
    /// Whether statements are prepared on connections to PostgreSQL: auto, on, or off as a pooler such as pgbouncer needs
    /// it [default: auto].
    #[arg(long, env = "RUNBOARD_DATABASE_PREPARED_STATEMENTS", global = true)]
    pub database_prepared_statements: Option<String>,
    /// Runs executed at once.
    #[arg(long, env = "RUNBOARD_WORKERS", default_value = "128", global = true)]
    pub workers: String,
    /// Days that runs are kept; 0 or never: for good [default: 90].
    #[arg(long, env = "RUNBOARD_RETENTION_DAYS", global = true)]
    pub retention_days: Option<String>,
    /// How many of each agent's newest runs are kept; 0 or never: all [default: 100000].
    #[arg(long, env = "RUNBOARD_RETENTION_RUNS", global = true)]
    pub retention_runs: Option<String>,
    /// Days that inputs and outputs of runs' steps are kept; 0 or never: for good [default: 30].
    #[arg(long, env = "RUNBOARD_RETENTION_PAYLOAD_DAYS", global = true)]
    pub retention_payload_days: Option<String>,
    /// File with further settings [default: runboard.toml in the working directory, if there is one].
    #[arg(long, env = "RUNBOARD_CONFIG", global = true)]
    pub config: Option<PathBuf>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the dashboard and execute runs (the default).
    Serve,
    /// Change the database's schema by hand.
    Migrate {
        #[command(subcommand)]
        action: MigrateAction,
    },
    /// Look after the statistics of runs.
    Stats {
        #[command(subcommand)]
        action: StatsAction,
    },
    /// Remove runs that have had their time, and give back their space. A running server does so by itself.
    Prune(PruneOptions),
    /// Create and change agents as a file says; those that are not in it are left alone.
    ///
    /// Works whether or not a server is running. Exit codes: 0 done or nothing to do; 1 an error, and nothing was changed; 2
    /// with --dry-run, there is something to do, or the command line is wrong.
    Apply {
        /// The file, as `runboard export` writes it; - reads standard input.
        file: PathBuf,
        /// Only show what would be done.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        at: At,
    },
    /// Write agents as a file, to standard output.
    Export {
        /// Names of agents [default: all].
        names: Vec<String>,
        #[command(flatten)]
        at: At,
    },
}

#[derive(Clone, Copy, Debug, Default, Args)]
pub struct PruneOptions {
    /// Only show what would be removed.
    #[arg(long)]
    pub dry_run: bool,
    /// Remove although there is no configuration file, the limits are not those of the server, or the database was not used for
    /// long.
    #[arg(long)]
    pub anyway: bool,
    /// Afterwards write the SQLite file again without the space that nothing is in. Needs as much free space as the file has, and
    /// once prepares a file of an earlier version for giving back space by itself.
    #[arg(long)]
    pub vacuum: bool,
}

#[derive(Clone, Debug, Args)]
pub struct At {
    /// URL of the server to ask [default: the one that uses the database; without one, the database itself].
    #[arg(long)]
    pub server: Option<String>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum StatsAction {
    /// Count the runs of each hour again, of all hours whose runs are still there.
    Rebuild,
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
    pub database: DatabaseConfig,
    /// 1 to 1000.
    pub workers: usize,
    pub providers: ProvidersConfig,
    /// How long runs are kept.
    pub retention: RetentionLimits,
    /// Whether somebody has said so, in a file or by all three flags, or could have.
    pub retention_is_said: bool,
    /// Contents of `runboard.toml`.
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
        let url = match options.database_url.as_deref().filter(|url| !url.is_empty()) {
            None => Some(DatabaseUrl::in_directory(&options.data_dir)),
            Some(url) => {
                DatabaseUrl::parse(url).map_err(|mistake| note(format!("--database-url/DATABASE_URL: {mistake}"))).ok()
            }
        };
        let connections = DatabaseSettings::read(
            options.database_connections.as_deref(),
            options.database_wait_s.as_deref(),
            options.database_idle_s.as_deref(),
            options.database_prepared_statements.as_deref(),
        );
        let connections = connections.map_err(|found| found.into_iter().for_each(&mut note)).ok();
        let retention = RetentionSettings::read(
            options.retention_days.as_deref(),
            options.retention_runs.as_deref(),
            options.retention_payload_days.as_deref(),
        );
        let retention = retention.map_err(|found| found.into_iter().for_each(&mut note)).ok();
        let filter = lookup("RUST_LOG").filter(|text| !text.is_empty());
        let filter = EnvFilter::try_new(filter.as_deref().unwrap_or(telemetry::DEFAULT_FILTER))
            .map_err(|_| note("RUST_LOG: is no filter such as info or info,runboard=debug".to_owned()))
            .ok();
        let providers = ProvidersConfig::from_env(&lookup).map_err(|error| note(error.to_string())).ok();
        let named = options.config.as_deref().filter(|path| !path.as_os_str().is_empty());
        let file = ConfigFile::load(named, &lookup).map_err(|found| found.into_iter().for_each(&mut note)).ok();
        match (addr, workers, url.zip(connections).zip(retention), filter, providers, file) {
            (Some(addr), Some(workers), Some(((url, set), kept)), Some(filter), Some(providers), Some(file)) => {
                let data_dir = options.data_dir.clone();
                let database = DatabaseConfig::new(url, set, &file.database);
                let (retention, retention_is_said) =
                    (kept.limits(&file.retention), file.is_there || kept.are_all_set());
                Ok((Self { addr, data_dir, database, workers, providers, retention, retention_is_said, file }, filter))
            }
            _ => Err(mistakes),
        }
    }

    /// Returns the SQLite file, if the database is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.database.sqlite_file()
    }
}

fn check_addr(text: &str) -> Result<SocketAddr, String> {
    let text = text.replacen("localhost:", "127.0.0.1:", 1);
    let addr: SocketAddr = text
        .parse()
        .map_err(|_| "--addr/RUNBOARD_ADDR: must be an address with a port, such as 127.0.0.1:3000".to_owned())?;
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
        .ok_or_else(|| "--workers/RUNBOARD_WORKERS: must be a whole number from 1 to 1000".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn options(addr: &str, workers: &str, url: Option<&str>) -> Options {
        Options {
            addr: addr.into(),
            data_dir: "./data".into(),
            database_url: url.map(Into::into),
            database_connections: None,
            database_wait_s: None,
            database_idle_s: None,
            database_prepared_statements: None,
            workers: workers.into(),
            retention_days: None,
            retention_runs: None,
            retention_payload_days: None,
            config: None,
        }
    }

    #[test]
    fn defaults_are_sqlite_in_the_data_dir() {
        let (config, _) = Config::check(&options("127.0.0.1:3000", "32", None), |_| None).unwrap();
        assert_eq!(config.database.url.expose(), "sqlite://./data/runboard.db");
        assert_eq!(config.sqlite_file(), Some("./data/runboard.db".into()));
    }

    #[test]
    fn a_data_dir_may_have_any_name() {
        let options = Options { data_dir: "/tmp/100% mine?".into(), ..options("127.0.0.1:3000", "32", None) };
        let (config, _) = Config::check(&options, |_| None).unwrap();
        assert_eq!(config.database.url.expose(), "sqlite:///tmp/100%25 mine%3F/runboard.db");
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
    fn every_mistake_is_named_and_no_value_is_repeated() {
        let lookup = |name: &str| (name == "RUST_LOG").then(|| "a=hunter2=c".to_owned());
        let options = Options {
            config: Some("no/such.toml".into()),
            database_wait_s: Some("hunter2".into()),
            ..options("hunter2", "hunter2", Some("mysql://u:hunter2@x"))
        };
        let mistakes = Config::check(&options, lookup).unwrap_err().join("\n");
        let names =
            ["RUNBOARD_ADDR", "RUNBOARD_WORKERS", "DATABASE_URL", "DATABASE_WAIT_S", "RUST_LOG", "RUNBOARD_CONFIG"];
        for name in names {
            assert!(mistakes.contains(name), "{name} in {mistakes}");
        }
        assert!(!mistakes.contains("hunter2"), "{mistakes}");
    }

    #[test]
    fn a_checked_configuration_shows_no_password() {
        let options = options("127.0.0.1:3000", "32", Some("postgres://u:hunter2@x/d?password=hunter2"));
        let (config, _) = Config::check(&options, |_| None).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
    }
}
