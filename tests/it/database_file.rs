//! The database's file: one server for it by whatever name, for its owner's eyes only, and missed when it is taken away.

use crate::support::eventually;
use crate::support::process::{DATA_DIR, Process, command};
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use tempfile::TempDir;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Starts a second server on a database and expects that it is refused.
fn is_refused(dir: &Path, database: &Path) {
    let url = format!("sqlite://{}", database.display().to_string().replace('%', "%25").replace('?', "%3F"));
    let second = command(dir).env("DATABASE_URL", url).output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains("another Runboard"), "{}: {said}", database.display());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn no_second_server_gets_in_by_another_name_or_without_the_lock_file() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let run = server.start_slow_run().await;
    let database = dir.path().join(DATA_DIR).join("runboard.db");
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let [symbolic, hard, linked_dir] = ["symbolic.db", "hard.db", "linked"].map(|name| elsewhere.join(name));
    symlink(&database, &symbolic).unwrap();
    fs::hard_link(&database, &hard).unwrap();
    symlink(database.parent().unwrap(), &linked_dir).unwrap();
    for path in [&database, &symbolic, &hard, &linked_dir.join("runboard.db")] {
        is_refused(dir.path(), path);
    }
    fs::remove_file(dir.path().join(DATA_DIR).join("runboard.db.lock")).unwrap();
    is_refused(dir.path(), &database);
    assert_eq!(server.get(&format!("/api/runs/{run}")).await["status"], "running", "nobody has taken it for dead");
    assert_eq!(server.status("/readyz").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_taken_away_is_missed_and_one_put_back_is_used() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    let data = dir.path().join(DATA_DIR);
    for file in ["runboard.db", "runboard.db-wal"] {
        fs::rename(data.join(file), data.join("away")).unwrap();
        let start = server.client.post(format!("{}/api/agents/{agent}/task", server.url)).send().await.unwrap();
        assert_eq!(start.status(), 503, "without {file}");
        let said = start.text().await.unwrap();
        assert!(said.contains("removed or replaced"), "{said}");
        assert_eq!(server.status("/readyz").await, 503, "without {file}");
        let log = eventually("the log says so", async || {
            let log = fs::read_to_string(dir.path().join("server.log")).unwrap();
            log.contains(&format!("{file} was removed or replaced")).then_some(log)
        })
        .await;
        assert!(log.contains("nothing can be stored"), "{log}");

        fs::write(data.join(file), "another").unwrap();
        assert_eq!(server.status("/readyz").await, 503, "with another {file}");
        fs::rename(data.join("away"), data.join(file)).unwrap();
        eventually("it is ready", async || (server.status("/readyz").await == 200).then_some(())).await;
        server.post(&format!("/api/agents/{agent}/task"), json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_can_read_the_database() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join(DATA_DIR);
    let files = ["runboard.db", "runboard.db-wal", "runboard.db-shm", "runboard.db.lock"].map(|name| data.join(name));
    let server = Process::start(dir.path()).await;
    server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await;
    assert_eq!((mode(&data), files.each_ref().map(|file| mode(file))), (0o700, [0o600; 4]));
    server.kill();
    // As an earlier version left them.
    for file in &files {
        fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    }
    fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    let _server = Process::start(dir.path()).await;
    assert_eq!((mode(&data), files.each_ref().map(|file| mode(file))), (0o700, [0o600; 4]));
}

/// While somebody reads for long, the log grows.
#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let dir = TempDir::new().unwrap();
    let notes = dir.path().join("notes.txt");
    for content in ["short", "A text that somebody wrote, longer than the header of a database."] {
        fs::write(&notes, content).unwrap();
        fs::set_permissions(&notes, Permissions::from_mode(0o644)).unwrap();
        let url = format!("sqlite://{}", notes.display());
        let refused = command(dir.path()).env("DATABASE_URL", url).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("is not a SQLite database"), "{said}");
        assert_eq!((fs::read_to_string(&notes).unwrap().as_str(), mode(&notes)), (content, 0o644));
        assert!(!dir.path().join("notes.txt.lock").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_write_ahead_log_gets_small_again_after_a_peak() {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database};
    const PEAK: u64 = 12 * 1024 * 1024;
    const SMALL: u64 = 1024 * 1024;
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let data = dir.path().join(DATA_DIR);
    let mut options = ConnectOptions::new(runboard::server::config::sqlite_url(&data));
    options.max_connections(1);
    let reader = Database::connect(options).await.unwrap();
    reader.execute_unprepared("BEGIN; SELECT COUNT(*) FROM agents").await.unwrap();
    let size = || fs::metadata(data.join("runboard.db-wal")).unwrap().len();
    let body = json!({ "name": "Large", "model": "demo/quick", "task_instructions": "x".repeat(90_000) });
    while size() < PEAK {
        server.post("/api/agents", body.clone()).await;
    }
    reader.execute_unprepared("COMMIT").await.unwrap();
    eventually("it is small", async || (size() < SMALL).then_some(())).await;
    assert_eq!(server.status("/readyz").await, 200);
}
