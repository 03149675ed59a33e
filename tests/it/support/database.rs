//! Databases of both kinds, one for each test.

use runboard::server::clock::SharedClock;
use runboard::server::config::database::DatabaseConfig;
use runboard::server::store::Store;
use sea_orm::{ConnectionTrait, Database};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A database of its own; a SQLite file goes with the last clone.
#[derive(Clone)]
pub struct TestDatabase {
    pub url: String,
    _dir: Option<Arc<TempDir>>,
}

impl TestDatabase {
    pub fn sqlite() -> Self {
        let dir = TempDir::new().unwrap();
        Self { url: format!("sqlite://{}", dir.path().join("runboard.db").display()), _dir: Some(Arc::new(dir)) }
    }

    /// On the server that the test harness has started.
    pub async fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("RUNBOARD_TEST_POSTGRES_URL")
            .expect("no PostgreSQL server: run the tests with `make test` or scripts/with-postgres.sh");
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{base}/{name}"), _dir: None }
    }

    pub async fn open(&self, clock: SharedClock) -> Store {
        Store::open(&DatabaseConfig::at(&self.url).unwrap(), clock).await.unwrap()
    }

    pub async fn open_migrated(&self, clock: SharedClock) -> Store {
        let store = self.open(clock).await;
        store.migrate().await.unwrap();
        store
    }
}

/// Declares each test twice: on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::support::database::TestDatabase::sqlite()).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::support::database::TestDatabase::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both;
