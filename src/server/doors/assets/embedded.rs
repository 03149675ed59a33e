//! The site inside the executable, so that it runs from anywhere. For release builds.

use super::File;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "target/site-release"]
struct Site;

/// Returns a file of the site.
pub fn read(path: &str) -> Option<File> {
    Site::get(path).map(|file| File { content: file.data })
}

/// Lists the compiled files, each with the hash that distinguishes it from others of its name.
pub fn list_pkg() -> Option<Vec<(String, [u8; 32])>> {
    let files = Site::iter().filter(|path| path.starts_with("pkg/"));
    Some(files.filter_map(|path| Some((path.to_string(), Site::get(&path)?.metadata.sha256_hash()))).collect())
}
