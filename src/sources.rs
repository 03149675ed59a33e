//! The crate's own source files, for tests that hold its structure to rules.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns all Rust files beneath a directory.
pub fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false if path.extension().is_some_and(|extension| extension == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

/// Returns the code of a file without its comments and what is tested with it.
pub fn code(path: &Path) -> String {
    code_of(&fs::read_to_string(path).unwrap())
}

/// Returns the same of a source.
pub fn code_of(source: &str) -> String {
    let mut code = String::new();
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        // Indented, it is about one function among others, which is read with them.
        if line.trim_end() == "#[cfg(test)]" {
            // A module in a file of its own is one line; what stands here is the rest of the file.
            match lines.next_if(|next| next.ends_with(';')) {
                Some(_) => continue,
                None => break,
            }
        }
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    code
}

/// Returns the paths that follow a prefix in a code, such as `state::clock` in `crate::ui::state::clock`. Groups are
/// spelled out.
pub fn paths_after(code: &str, prefix: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        read_paths(&code[at + prefix.len()..], "", &mut paths);
    }
    paths
}

/// Reads a path, or a group of paths, that goes on after `before`. Returns what is left of the text.
fn read_paths<'a>(text: &'a str, before: &str, paths: &mut Vec<String>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start().trim_start_matches(',').trim_start();
            match rest.strip_prefix('}') {
                Some(after) => return after,
                None if rest.is_empty() => return rest,
                None => {}
            }
            let left = read_paths(rest, before, paths);
            // Anything that is neither a path nor a group, such as `as name`, is passed over.
            rest = left.trim_start_matches(|c: char| !matches!(c, ',' | '}'));
        }
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = format!("{before}{name}");
    match rest.strip_prefix("::") {
        Some(rest) if rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '{')) => {
            read_paths(rest, &format!("{path}::"), paths)
        }
        _ => {
            paths.push(path);
            rest
        }
    }
}

#[cfg(test)]
mod tests;
