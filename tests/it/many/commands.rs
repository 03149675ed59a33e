//! `runboard apply` and `runboard export`, with a server and without one.

use crate::support::process::{Process, command};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use tempfile::TempDir;

const FILE: &str = "[[agent]]\nname = \"Nightly\"\nmodel = \"demo/quick\"\ntags = [\"ops\"]\n";

/// Exit code, standard output, standard error.
fn run(dir: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = command(dir)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Does the same for what is expected to end with this code; returns standard output.
#[track_caller]
fn ends(code: i32, dir: &Path, arguments: &[&str], input: &str) -> String {
    let (status, output, errors) = run(dir, arguments, input);
    assert_eq!(status, code, "{arguments:?}: {output} {errors}");
    output
}

/// A file is shown, applied, and then there is nothing to do.
fn works(dir: &Path) {
    let file = dir.join("agents.toml");
    std::fs::write(&file, FILE).unwrap();
    let file = file.to_str().unwrap();
    let shown = ends(2, dir, &["apply", "--dry-run", file], "");
    assert!(shown.starts_with("+ Nightly: new\n    Tags: ops\n    Model: demo/quick\n"), "{shown}");
    assert!(shown.ends_with("1 to create, 0 to change, 0 unchanged\n"), "{shown}");
    assert!(ends(0, dir, &["apply", file], "").ends_with("1 created, 0 changed, 0 unchanged\n"));
    assert_eq!(ends(0, dir, &["apply", file], ""), "0 to create, 0 to change, 1 unchanged\n");
    let exported = ends(0, dir, &["export", "Nightly"], "");
    assert!(exported.contains("\n[[agent]]\nname = \"Nightly\"\n"), "{exported}");
    assert_eq!(ends(0, dir, &["apply", "--dry-run", "-"], &exported), "0 to create, 0 to change, 1 unchanged\n");
    let changed = exported.replace("demo/quick", "demo/slow");
    let applied = ends(0, dir, &["apply", "-"], &changed);
    assert!(applied.contains("    Model: demo/quick → demo/slow\n"), "{applied}");
    assert!(applied.ends_with("0 created, 1 changed, 0 unchanged\n"), "{applied}");

    let (code, output, errors) = run(dir, &["apply", "-"], &format!("{FILE}max_steps = 0\n"));
    assert_eq!(code, 1, "{errors}");
    assert!(
        output.starts_with("! Nightly: line 1\n    line 5: max_steps: must be a whole number from 1 to 200\n"),
        "{output}"
    );
    assert!(errors.contains("nothing was changed"), "{errors}");
    let (code, _, errors) = run(dir, &["apply", "-"], "[[agent]\n");
    assert!(code == 1 && errors.contains("The file is not TOML: line 1"), "{code} {errors}");
    let (code, _, errors) = run(dir, &["export", "Nobody"], "");
    assert!(code == 1 && errors.contains("There is no agent “Nobody”."), "{code} {errors}");
}

#[test]
fn commands_work_on_the_database_where_no_server_is() {
    let dir = TempDir::new().unwrap();
    let (code, _, errors) = run(dir.path(), &["export"], "");
    assert!(code == 1 && errors.contains("there is no database"), "{code} {errors}");
    ends(0, dir.path(), &["migrate", "up"], "");
    works(dir.path());
    ends(0, dir.path(), &["migrate", "down"], "");
    let (code, _, errors) = run(dir.path(), &["apply", "-"], FILE);
    assert!(code == 1 && errors.contains("migrate up"), "{code} {errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_ask_the_server_that_has_the_database() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    works(dir.path());
    let agents = server.get("/api/agents").await;
    let nightly = agents.as_array().unwrap().iter().find(|agent| agent["name"] == "Nightly").unwrap();
    assert_eq!((&nightly["model"], &nightly["version"]), (&json!("demo/slow"), &json!(2)));

    // From elsewhere, by its address.
    let elsewhere = TempDir::new().unwrap();
    let exported = ends(0, elsewhere.path(), &["export", "Nightly", "--server", &server.url], "");
    assert!(exported.contains("demo/slow"), "{exported}");
    drop(server);
    let (code, _, errors) = run(elsewhere.path(), &["export", "--server", "http://127.0.0.1:1"], "");
    assert!(code == 1 && errors.contains("no server answers at http://127.0.0.1:1/"), "{code} {errors}");
    let (code, _, errors) = run(elsewhere.path(), &["export", "--server", "localhost:3000"], "");
    assert!(code == 1 && errors.contains("--server: must be the URL"), "{code} {errors}");
    // Its address is not that of whoever comes next.
    works_again(dir.path());
}

fn works_again(dir: &Path) {
    assert!(ends(0, dir, &["export"], "").contains("\"Nightly\""));
}
