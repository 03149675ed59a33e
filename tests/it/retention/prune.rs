//! `runboard prune`.

use crate::support::process::{Process, command};
use std::process::Output;
use tempfile::TempDir;

/// Returns what it printed, and whether it succeeded.
fn prune(dir: &TempDir, args: &[&str]) -> (String, bool) {
    let Output { status, stdout, stderr } = command(dir.path()).arg("prune").args(args).output().unwrap();
    (format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)), status.success())
}

#[tokio::test]
async fn nothing_is_pruned_by_limits_that_nobody_has_said() {
    let dir = TempDir::new().unwrap();
    let (said, done) = prune(&dir, &[]);
    assert!(!done && said.contains("no database"), "{said}");
    let server = Process::start(dir.path()).await;
    let (said, done) = prune(&dir, &[]);
    assert!(!done && said.contains("another Runboard is using"), "{said}");
    let (said, done) = prune(&dir, &["--dry-run"]);
    assert!(done && said.contains("runs that would be removed: 0"), "{said}");
    drop(server);

    let (said, done) = prune(&dir, &[]);
    for words in ["runboard.db", "runs: 90 days", "nothing was removed", "no configuration file", "--anyway"] {
        assert!(!done && said.contains(words), "{words} in {said}");
    }
    std::fs::write(dir.path().join("runboard.toml"), "[retention]\ndays = 7\nruns = \"never\"\n").unwrap();
    let (said, done) = prune(&dir, &[]);
    for words in ["runs: 7 days; number of runs: for good", "other limits (runs: 90 days"] {
        assert!(!done && said.contains(words), "{words} in {said}");
    }
    assert!(!said.contains("no configuration file"), "{said}");
    let (said, done) = prune(&dir, &["--anyway", "--vacuum"]);
    assert!(done && said.contains("runs removed: 0") && said.contains("file: "), "{said}");
}
