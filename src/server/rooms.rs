//! Holds the server's rooms to one direction. A room is a module right under `server`, with all that is in it.
//!
//! An arrow that is missing here is a decision: add it to the table, below or above in the order, and say so in
//! ARCHITECTURE.md, or find the place where the code belongs.

use crate::sources::{code, paths_after, rust_files};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may use; those stand below it.
const ROOMS: &[(&str, &[&str])] = &[
    ("apply", &["agents", "clock", "config", "lock", "runs", "state", "store", "work"]),
    ("migrate", &["clock", "config", "lock", "store"]),
    ("prune", &["clock", "config", "lock", "retention", "runs", "store"]),
    ("stats", &["clock", "config", "lock", "store"]),
    ("shutdown", &["state"]),
    (
        "doors",
        &[
            "agents",
            "aside",
            "bulk",
            "connections",
            "hooks",
            "live",
            "once",
            "reads",
            "retention",
            "schedule",
            "state",
            "store",
            "views",
        ],
    ),
    ("connections", &["file_limit"]),
    (
        "state",
        &[
            "agents",
            "bulk",
            "callers",
            "clock",
            "config",
            "examples",
            "execution",
            "hooks",
            "live",
            "reads",
            "retention",
            "runs",
            "starts",
            "store",
            "tasks",
            "threads",
            "views",
            "work",
        ],
    ),
    ("callers", &[]),
    ("examples", &["store"]),
    ("bulk", &["once", "runs", "store", "tasks"]),
    ("hooks", &["aside", "lenient", "runs", "starts", "store"]),
    ("starts", &["agents", "runs", "store"]),
    ("agents", &["aside", "differences", "runs", "schedule", "store", "work"]),
    ("threads", &["runs", "store"]),
    ("views", &["store"]),
    ("retention", &["runs", "store", "tasks"]),
    ("live", &["aside", "markdown", "reads", "runs", "store", "tasks"]),
    ("reads", &["aside", "charts", "compare", "execution", "markdown", "runs", "schedule", "store"]),
    ("runs", &["backoff", "execution", "schedule", "store", "tasks"]),
    (
        "store",
        &[
            "aside",
            "backoff",
            "clock",
            "config",
            "database_file",
            "differences",
            "entity",
            "execution",
            "once",
            "private",
            "schedule",
            "tasks",
        ],
    ),
    ("lock", &["config", "database_file", "private"]),
    ("private", &["database_file"]),
    ("compare", &["differences", "execution"]),
    ("differences", &[]),
    ("entity", &[]),
    ("config", &["database_file", "telemetry", "work"]),
    ("telemetry", &[]),
    ("database_file", &[]),
    ("work", &["aside", "backoff", "clock", "execution", "file_limit", "lenient"]),
    ("execution", &[]),
    ("schedule", &[]),
    ("charts", &[]),
    ("markdown", &[]),
    ("tasks", &["backoff"]),
    ("aside", &[]),
    ("lenient", &[]),
    ("once", &[]),
    ("file_limit", &[]),
    ("backoff", &[]),
    ("clock", &[]),
    ("scopes", &[]),
];

/// Rooms that know a web framework. The rest are services, which any door can use.
const WEB: &[&str] = &["doors", "connections"];

fn is_test(path: &Path) -> bool {
    path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
}

/// Returns the rooms that a code refers to.
fn rooms_in(code: &str) -> BTreeSet<String> {
    let room = |path: String| path.split("::").next().unwrap_or_default().to_owned();
    paths_after(code, "crate::server::").into_iter().map(room).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn room_of(file: &Path) -> String {
    let inner = file.strip_prefix(source().join("server")).unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn the_table_has_no_circle() {
    for (at, (room, used)) in ROOMS.iter().enumerate() {
        for name in *used {
            let below = ROOMS[at + 1..].iter().any(|(other, _)| other == name);
            assert!(below, "{room} may use {name}, which does not stand below it");
        }
    }
}

#[test]
fn rooms_point_one_way() {
    let mut wrong = BTreeSet::new();
    for file in
        rust_files(&source().join("server")).iter().filter(|file| !is_test(file) && !file.ends_with("server/rooms.rs"))
    {
        let (room, text) = (room_of(file), code(file));
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.insert(format!("{room} is not in the table"));
            continue;
        };
        for used in rooms_in(&text).into_iter().filter(|used| *used != room && !allowed.contains(&used.as_str())) {
            wrong.insert(format!("{} uses {used}", file.display()));
        }
        for outside in ["crate::ui", "crate::api"] {
            if text.contains(outside) && room != "doors" {
                wrong.insert(format!("{} uses {outside}", file.display()));
            }
        }
        if text.contains("axum::") && !WEB.contains(&room.as_str()) {
            wrong.insert(format!("{} uses axum", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_vocabulary_knows_nobody() {
    let files = rust_files(&source().join("domain"));
    assert!(files.len() > 20);
    for file in files {
        let text = code(&file);
        for outside in ["crate::server", "crate::ui", "crate::api", "crate::app", "sea_orm::", "axum::", "tokio::"] {
            assert!(!text.contains(outside), "{} uses {outside}", file.display());
        }
    }
}

#[test]
fn groups_of_names_are_taken_apart() {
    let rooms: Vec<_> = rooms_in("use crate::server::{aside, store::{a, b}, work};").into_iter().collect();
    assert_eq!(rooms, ["aside", "store", "work"]);
}
