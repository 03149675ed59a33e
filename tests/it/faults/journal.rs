//! Looks into the database from outside: what is stored, and how often each run has ended.

use super::clients::Accepted;
use crate::support::eventually;
use crate::support::process::{DATA_DIR, command};
use runboard::server::config::sqlite_url;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// Written by the database itself, in the transaction that it is about.
const TRIGGERS: &str = "
CREATE TABLE test_endings (run_id INTEGER NOT NULL, status TEXT NOT NULL);
CREATE TRIGGER test_ended AFTER UPDATE OF status ON agent_runs
WHEN OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL
BEGIN INSERT INTO test_endings VALUES (NEW.id, NEW.status); END;
CREATE TRIGGER test_ended_again AFTER UPDATE OF status ON agent_runs
WHEN OLD.finished_at IS NOT NULL
BEGIN INSERT INTO test_endings VALUES (NEW.id, NEW.status); END;
";

pub struct Journal {
    database: DatabaseConnection,
}

impl Journal {
    /// Makes the database and has it keep a record of how runs end.
    pub async fn begin(dir: &Path) -> Self {
        let migrated = command(dir).args(["migrate", "up"]).output().unwrap();
        assert!(migrated.status.success(), "{migrated:?}");
        let mut options = ConnectOptions::new(sqlite_url(&dir.join(DATA_DIR)));
        options.max_connections(1).sqlx_logging(false);
        let database = Database::connect(options).await.unwrap();
        database.execute_unprepared(TRIGGERS).await.unwrap();
        database.close_by_ref().await.unwrap();
        let mut options = ConnectOptions::new(format!("{}?mode=ro", sqlite_url(&dir.join(DATA_DIR))));
        options.max_connections(1).connect_lazy(true).sqlx_logging(false);
        Self { database: Database::connect(options).await.unwrap() }
    }

    /// Waits until every run is over.
    pub async fn settles(&self) {
        eventually("every run is over", async || {
            let open = self.rows("SELECT id, 0 FROM agent_runs WHERE finished_at IS NULL").await;
            open.is_empty().then_some(())
        })
        .await;
    }

    /// Asserts that everything that was accepted is stored, and that each run has ended once, with what belongs to its
    /// end.
    pub async fn holds(&self, accepted: &Accepted) {
        let integrity = Statement::from_string(sea_orm::DbBackend::Sqlite, "PRAGMA integrity_check");
        let integrity = self.database.query_one_raw(integrity).await.unwrap().unwrap();
        assert_eq!(integrity.try_get::<String>("", "integrity_check").unwrap(), "ok");

        let agents: BTreeSet<i64> = self.rows("SELECT id, 0 FROM agents").await.into_keys().collect();
        let lost: Vec<_> = accepted.agents.iter().filter(|id| !agents.contains(id)).collect();
        assert!(lost.is_empty(), "agents that were accepted: {lost:?}");
        let runs = self.rows("SELECT id, 0 FROM agent_runs").await;
        let lost: Vec<_> = accepted.runs.iter().filter(|id| !runs.contains_key(id)).collect();
        assert!(lost.is_empty(), "runs that were accepted: {lost:?}");
        let messages = self.rows("SELECT id, LENGTH(content) FROM thread_messages WHERE role = 'user'").await;
        let lost: Vec<_> =
            accepted.messages.iter().filter(|(id, size)| messages.get(id) != Some(&(*size as i64))).collect();
        assert!(lost.is_empty(), "messages that were accepted: {lost:?}");

        let endings = self.rows("SELECT run_id, COUNT(*) FROM test_endings GROUP BY run_id").await;
        for run in runs.keys() {
            assert_eq!(endings.get(run), Some(&1), "run {run} ends once");
        }
        for (what, query) in [
            (
                "a success without its one answer",
                "SELECT r.id, COUNT(m.id) FROM agent_runs r
                 LEFT JOIN thread_messages m ON m.run_id = r.id AND m.role = 'assistant'
                 WHERE r.status = 'success' GROUP BY r.id HAVING COUNT(m.id) <> 1",
            ),
            ("a step that has not ended", "SELECT id, run_id FROM run_steps WHERE finished_at IS NULL"),
            // The disk has nobody's fault: only what was cut off by a kill has failed.
            (
                "a failure that is not an interruption",
                "SELECT id, 0 FROM agent_runs WHERE status = 'failed' AND failure_kind <> 'interrupted'",
            ),
        ] {
            let found = self.rows(query).await;
            assert!(found.is_empty(), "{what}: {found:?}");
        }
    }

    /// Returns two columns of whole numbers, the first of them unique.
    async fn rows(&self, sql: &str) -> HashMap<i64, i64> {
        let rows = self.database.query_all_raw(Statement::from_string(sea_orm::DbBackend::Sqlite, sql)).await.unwrap();
        rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
    }
}
