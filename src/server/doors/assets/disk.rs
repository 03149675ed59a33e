//! The site on disk, as cargo-leptos has just built it. For development and tests.

use super::File;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// `LEPTOS_SITE_ROOT`, which cargo-leptos sets, or where it puts the site by default.
fn root() -> PathBuf {
    match std::env::var_os("LEPTOS_SITE_ROOT") {
        Some(root) => root.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/site"),
    }
}

/// Returns a file of the site; `None` where there is none or the path would leave the site.
pub fn read(path: &str) -> Option<File> {
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let content = inside.then(|| std::fs::read(root().join(path)).ok())??;
    Some(File { content: content.into() })
}

/// Lists the compiled files, each with the time that distinguishes it from others of its name.
pub fn list_pkg() -> Option<Vec<(String, SystemTime)>> {
    let entries = std::fs::read_dir(root().join("pkg")).ok()?;
    Some(
        entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                Some((entry.file_name().into_string().ok()?, entry.metadata().ok()?.modified().ok()?))
            })
            .collect(),
    )
}
