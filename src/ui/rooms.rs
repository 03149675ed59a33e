//! The arrows between the rooms of `ui`, tested against every file.

use crate::sources::{code_of, paths_after, rust_files};
use std::fs;
use std::path::Path;

/// A room, and what of `ui` it may use besides itself.
const ROOMS: [(&str, &[&str]); 8] = [
    ("model", &[]),
    ("dom", &[]),
    ("state", &["model", "dom"]),
    // Of the state only what every page has: nothing that knows what a page is about.
    ("kit", &["model", "dom", "state::page", "state::clock", "state::menu", "state::part"]),
    ("runs", &["model", "dom", "state", "kit"]),
    ("chats", &["model", "dom", "state", "kit", "runs"]),
    ("agents", &["model", "dom", "state", "kit", "runs"]),
    ("shell", &["model", "dom", "state", "kit"]),
];

/// Parts of the vocabulary that `kit` must not know: what it shows is handed to it.
const FOREIGN_TO_KIT: [&str; 4] = ["agent", "run", "thread", "hook"];

/// Returns the paths that a source refers to within `ui`, such as `state::clock::Clock`.
fn used(source: &str) -> Vec<String> {
    paths_after(&code_of(source), "crate::ui::")
}

fn may_use(room: &str, path: &str) -> bool {
    let within = |whole: &str| path == whole || path.strip_prefix(whole).is_some_and(|rest| rest.starts_with("::"));
    let (_, allowed) = ROOMS.iter().find(|(known, _)| *known == room).expect("every file is in a room");
    within(room) || allowed.iter().any(|whole| within(whole))
}

#[test]
fn ui_rooms_point_one_way() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut faults = Vec::new();
    for file in rust_files(&ui) {
        let inside = file.strip_prefix(&ui).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if room == "rooms" {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        // A path that climbs out of its room would not be seen below.
        let out = "super::".repeat(inside.components().count());
        faults.extend(source.contains(&out).then(|| format!("{}: {out}", inside.display())));
        let foreign = used(&source).into_iter().filter(|path| !may_use(room, path));
        faults.extend(foreign.map(|path| format!("{}: {path}", inside.display())));
    }
    assert!(faults.is_empty(), "arrows against the map in src/ui.rs:\n{}", faults.join("\n"));
}

#[test]
fn kit_knows_no_agent_run_chat_or_hook() {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/kit");
    let files = rust_files(&kit);
    assert!(files.len() > 10);
    for file in files {
        let known = paths_after(&code_of(&fs::read_to_string(&file).unwrap()), "crate::domain::");
        let foreign: Vec<_> =
            known.iter().filter(|path| FOREIGN_TO_KIT.contains(&path.split("::").next().unwrap_or_default())).collect();
        assert!(foreign.is_empty(), "{} uses {foreign:?}", file.display());
    }
}

#[test]
fn an_arrow_against_the_map_is_seen() {
    let source = "use crate::ui::{model, kit};\nuse crate::ui::runs::row::Row;\n// crate::ui::agents\n";
    assert_eq!(used(source), ["model", "kit", "runs::row::Row"]);
    assert!(!may_use("kit", "runs::row::Row") && !may_use("kit", "state::dashboard"));
    assert!(may_use("kit", "state::page::Hydrated") && may_use("runs", "runs") && !may_use("runs", "runstate"));
}
