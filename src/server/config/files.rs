//! How many files the server has open besides its clients' connections, and as how many workers the system allows. Knows no
//! limit but the one it is given.

use super::Config;

/// Each connection to a SQLite file has the file, its log and the log's index: eight that read, one that writes, and one that
/// keeps the log.
const SQLITE: u64 = 3 * 10;
/// Connections to PostgreSQL, where the operator says nothing.
const POSTGRES: u32 = 20;
/// An MCP server has three pipes, or as many connections.
const MCP_SERVER: u64 = 3;
/// A run asks one model at a time.
const RUN: u64 = 1;
/// All other files: the listener, the log, the lock, what the runtime needs, names that are looked up.
const OTHERS: u64 = 32;

impl Config {
    /// Returns how many files the database, MCP servers, and all runs that are executed at once need together.
    pub fn files(&self) -> u64 {
        self.files_of_others() + RUN * self.workers as u64
    }

    fn files_of_others(&self) -> u64 {
        let database = match self.sqlite_file() {
            Some(_) => SQLITE,
            None => self.database.connections.unwrap_or(POSTGRES).into(),
        };
        database + MCP_SERVER * self.file.tools.mcp.len() as u64 + OTHERS
    }

    /// Returns the same with as many workers as this many files are enough for, at least one. Where these are fewer, the log
    /// says so: a run that is begun and finds no file for its call would fail.
    #[must_use]
    pub fn within(self, files: u64) -> Self {
        let most = files.saturating_sub(self.files_of_others()) / RUN;
        let workers = usize::try_from(most).unwrap_or(usize::MAX).clamp(1, self.workers);
        if workers < self.workers {
            tracing::warn!(
                workers,
                wanted = self.workers,
                "the system allows few open files, so fewer runs are executed at once than --workers says; to have all, \
                 start the server with a higher limit: `ulimit -n 20000`, or LimitNOFILE=20000 in its systemd unit"
            );
        }
        Self { workers, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::options;
    use super::*;

    fn config(workers: &str, url: Option<&str>) -> Config {
        Config::check(&options("127.0.0.1:3000", workers, url), |_| None).unwrap().0
    }

    #[test]
    fn each_worker_and_each_connection_needs_files() {
        assert_eq!(config("128", None).files(), 128 + 30 + 32);
        assert_eq!(config("1", Some("postgres://localhost/runboard")).files(), 1 + 20 + 32);
    }

    #[test]
    fn there_are_no_more_workers_than_files_for_them() {
        let workers = |files| config("128", None).within(files).workers;
        assert_eq!([1_000, 190, 189, 100, 62, 0].map(workers), [128, 128, 127, 38, 1, 1]);
    }
}
