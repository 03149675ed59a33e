//! Holds whatever serves a request to its caller's scope.
//!
//! A query of the store either takes a [`Scope`](super::store::scope::Scope) or stands in the table below. An entry there is a
//! decision: it is for all owners, so no door may lead to it.

use crate::sources::{code, rust_files};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Queries without a scope: what the engine does by itself, for all owners.
const ENGINE: &[&str] = &[
    // Claims and leases.
    "has_claimable",
    "next_start",
    "claim_runs",
    "renew_leases",
    "release_claim",
    "expire_all_leases",
    "expired_running",
    // Executing what was claimed: the claim says which run.
    "assignment",
    "mark_running",
    "begin_step",
    "write_tries",
    "end_step",
    "mark_looping",
    "append_output",
    "end_run",
    "spent_this_month",
    "kept_output",
    "answer",
    // Actions on many runs: each is carried out for the owner it was written down for.
    "claim_bulk",
    "bulk_piece",
    "record_bulk",
    "release_bulk",
    // Schedules.
    "fire_due",
    "fire_due_agent",
    "all_due",
    "next_due",
    "bring_back_due",
    // Recovery and upkeep.
    "interrupt_expired",
    "agents_being_deleted",
    "resume_agent_deletion",
    "has_active_runs",
    "delete_agent",
    "drop_old_echoes",
    "drop_old_request_keys",
    "drop_old_deliveries",
    "drop_old_bulks",
    "index_due_runs",
    "create_first_agents",
    "agents_to_prune",
    "newest_run_of_all",
    "retention_bounds",
    "room_for_runs",
    "retention_candidates",
    "old_threads",
    "old_payloads",
    "remove_old_threads",
    "remove_old_payloads",
    "agent_foresight",
    // When servers looked, and their limits.
    "note_seen",
    "retention_record",
    "rebuild_stats",
    // Whose a delivery is says the token in its address.
    "hook_of_token",
    // Noticing what other processes have changed.
    "live_seqs",
];

/// Of these, what a request may lead to after all: room, query, and why nothing of anybody else's can come of it.
const AFTER_A_SCOPE: &[(&str, &str, &str)] = &[
    ("reads", "answer", "of a run that was found within the scope"),
    ("reads", "kept_output", "of a run that was found within the scope"),
    ("reads", "spent_this_month", "of an agent that was found within the scope"),
    ("hooks", "hook_of_token", "the one webhook whose token the sender has"),
    ("bulk", "claim_bulk", "an action with its owner, in whose scope its runs are acted on"),
    ("bulk", "bulk_piece", "runs of an action, each of which is found within its owner's scope"),
    ("bulk", "record_bulk", "what came of an action's runs"),
    ("bulk", "release_bulk", "no rows that anybody sees"),
    ("live", "live_seqs", "numbers, each with the owner whose watchers alone hear of it"),
];

/// Rooms that serve requests.
const REQUESTS: &[&str] = &["doors", "reads", "live", "agents", "bulk", "hooks", "starts", "threads", "views", "api"];

/// The store's connections: no rows that anybody owns.
const CONNECTIONS: &[&str] = &[
    "batch.rs",
    "connect.rs",
    "health.rs",
    "pool.rs",
    "postgres.rs",
    "reach.rs",
    "space.rs",
    "sqlite.rs",
    "upkeep.rs",
    "write.rs",
    "writer.rs",
];

fn source(within: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(within)
}

/// Returns the product's files in a directory.
fn files(within: &str) -> Vec<PathBuf> {
    let is_test = |path: &PathBuf| path.iter().any(|part| part == "tests" || part == "tests.rs");
    let files = rust_files(&source(within)).into_iter().filter(|path| !is_test(path) && !path.ends_with("scopes.rs"));
    files.collect()
}

/// Returns the name and signature of each public query of the store.
fn queries() -> Vec<(String, String)> {
    let is_query = |path: &PathBuf| !CONNECTIONS.iter().any(|name| path.ends_with(name));
    let mut queries = Vec::new();
    for text in files("server/store").iter().filter(|path| is_query(path)).map(|path| code(path)) {
        for (at, start) in text.match_indices("pub async fn ") {
            let declared = &text[at + start.len()..];
            let name = declared.split(['(', '<']).next().unwrap();
            queries.push((name.to_owned(), declared.split('{').next().unwrap().to_owned()));
        }
    }
    queries
}

#[test]
fn a_query_takes_a_scope_or_is_the_engine_s() {
    let queries = queries();
    assert!(queries.len() > 50);
    for (name, signature) in &queries {
        let is_scoped = signature.contains(" scope: &Scope");
        assert!(!signature.contains("_scope"), "{name} takes a scope and ignores it");
        assert_ne!(is_scoped, ENGINE.contains(&name.as_str()), "{name}: within a scope, or in the table");
    }
    for name in ENGINE {
        assert!(queries.iter().any(|(query, _)| query == name), "{name} is in the table and nowhere else");
    }
}

#[test]
fn requests_lead_to_no_query_of_the_engine() {
    let mut used = BTreeSet::new();
    for room in REQUESTS {
        let (file, directory) = (source(&format!("server/{room}.rs")), format!("server/{room}"));
        let mut paths = if *room == "api" { files("api") } else { vec![file] };
        if source(&directory).is_dir() {
            paths.extend(files(&directory));
        }
        for text in paths.iter().map(|path| code(path).split_whitespace().collect::<String>()) {
            for name in ENGINE
                .iter()
                .filter(|name| text.contains(&format!("store.{name}(")) || text.contains(&format!("store().{name}(")))
            {
                used.insert((*room, *name));
            }
        }
    }
    let allowed: BTreeSet<_> = AFTER_A_SCOPE.iter().map(|(room, name, _)| (*room, *name)).collect();
    assert_eq!(used, allowed);
}

/// Rows that name their owner are looked for by it, but by the engine.
#[test]
fn entities_are_found_within_a_scope() {
    let mut found = BTreeSet::new();
    for path in files("server/store") {
        let text = code(&path);
        let whole = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let finds =
            |entity| text.match_indices(&format!("{entity}::Entity::find")).filter(|(at, _)| whole(*at)).count();
        let finds: usize = ["agent", "thread", "run"].into_iter().map(finds).sum();
        if finds > 0 {
            found.insert((path.file_name().unwrap().to_str().unwrap().to_owned(), finds));
        }
    }
    // A claim's run; what it takes to execute one.
    assert_eq!(found, [("confirm.rs".to_owned(), 2), ("transcripts.rs".to_owned(), 2)].into());
}

/// Besides, a command in a shell acts for the local owner: whoever gives it could read the database as well. An action on many
/// runs is carried out for the owner that it was asked for by.
#[test]
fn only_the_extractor_of_callers_makes_scopes() {
    let mut makers = BTreeSet::new();
    for path in files("") {
        if code(&path).contains("Scope::of(") {
            makers.insert(path.strip_prefix(source("")).unwrap().to_owned());
        }
    }
    let allowed = ["server/apply/door.rs", "server/bulk/worker.rs", "server/doors/caller.rs"].map(PathBuf::from);
    assert_eq!(makers, allowed.into());
}
