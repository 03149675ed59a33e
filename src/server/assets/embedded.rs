//! The site inside the executable, so that it runs from anywhere. For release builds.

use super::File;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "target/site-release"]
struct Site;

/// A file of the site.
pub fn read(path: &str) -> Option<File> {
    Site::get(path).map(|file| File { content: file.data })
}

/// Names and times of the built files.
pub fn list_pkg() -> Option<Vec<(String, Option<u64>)>> {
    let files = Site::iter().filter_map(|path| {
        let modified = Site::get(&path)?.metadata.last_modified();
        Some((path.strip_prefix("pkg/")?.to_owned(), modified))
    });
    Some(files.collect())
}
