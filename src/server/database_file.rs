//! A SQLite database as the files it consists of: where they lie, and whether they are still the same ones.
//!
//! Nothing here opens a file. When a process closes any descriptor of a database, the system drops all locks that the
//! process has on it, SQLite's own among them (<https://sqlite.org/howtocorrupt.html>, section 2.2).

use percent_encoding::percent_decode_str;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Returns the file that a `sqlite:` URL names.
pub fn path_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or_default();
    Some(percent_decode_str(path).decode_utf8_lossy().into_owned().into())
}

/// Returns a file beside a database: its name with something after it.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Identifies the file at a path, behind symbolic links.
    ///
    /// # Errors
    /// There is no such file, or it cannot be looked at.
    pub fn of(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|metadata| Self::from(&metadata))
    }
}

impl From<&std::fs::Metadata> for Identity {
    fn from(metadata: &std::fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// The files of an open database, as they were when it was opened. As long as a connection stays open, SQLite replaces none
/// of them; one that is missing or another was taken away from under it, and what is written goes nowhere.
#[derive(Debug)]
pub struct PinnedFiles(Vec<(PathBuf, Identity)>);

impl PinnedFiles {
    /// Returns the database's file with its write-ahead log and its index, as far as there are any.
    ///
    /// # Errors
    /// The database's file cannot be found.
    pub fn of(database: &Path) -> io::Result<Self> {
        // SQLite puts them beside the real file.
        let database = database.canonicalize()?;
        let mut files = vec![(database.clone(), Identity::of(&database)?)];
        for suffix in ["-wal", "-shm"] {
            let path = beside(&database, suffix);
            if let Ok(identity) = Identity::of(&path) {
                files.push((path, identity));
            }
        }
        Ok(Self(files))
    }

    /// Returns the first file that is no longer there or has been replaced.
    pub fn missing(&self) -> Option<&Path> {
        let is_same = |(path, identity): &&(PathBuf, Identity)| Identity::of(path).is_ok_and(|now| now == *identity);
        self.0.iter().find(|file| !is_same(file)).map(|(path, _)| path.as_path())
    }

    /// Returns the size of the write-ahead log in bytes.
    pub fn wal_size(&self) -> u64 {
        let wal = self.0.first().map(|(database, _)| beside(database, "-wal"));
        wal.and_then(|wal| std::fs::metadata(wal).ok()).map_or(0, |metadata| metadata.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_that_was_removed_or_replaced_is_noticed() {
        let dir = tempfile::TempDir::new().unwrap();
        let database = dir.path().join("a.db");
        let wal = beside(&database, "-wal");
        fs::write(&database, "database").unwrap();
        fs::write(&wal, "log").unwrap();
        let pinned = PinnedFiles::of(&database).unwrap();
        assert_eq!(pinned.missing(), None);
        fs::write(&database, "it has grown since").unwrap();
        assert_eq!((pinned.missing(), pinned.wal_size()), (None, 3));

        let elsewhere = dir.path().join("elsewhere");
        fs::rename(&wal, &elsewhere).unwrap();
        assert_eq!(pinned.missing(), Some(wal.canonicalize().unwrap_or(wal.clone()).as_path()));
        fs::rename(&elsewhere, &wal).unwrap();
        assert_eq!(pinned.missing(), None, "put back");

        fs::rename(&database, &elsewhere).unwrap();
        fs::write(&database, "another").unwrap();
        assert_eq!(pinned.missing(), Some(database.as_path()));
    }

    #[test]
    fn a_link_is_the_same_file() {
        let dir = tempfile::TempDir::new().unwrap();
        let [file, symbolic, hard] = ["a.db", "b.db", "c.db"].map(|name| dir.path().join(name));
        fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &symbolic).unwrap();
        fs::hard_link(&file, &hard).unwrap();
        let identity = Identity::of(&file).unwrap();
        assert_eq!([Identity::of(&symbolic).unwrap(), Identity::of(&hard).unwrap()], [identity, identity]);
    }
}
