//! Permissions to read the database: its owner's alone. It holds instructions, answers and tools' results as they are.

use crate::server::database_file::beside;
use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions, set_permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

const DIR: u32 = 0o700;
const FILE: u32 = 0o600;
/// Permission bits of group and others.
const OTHERS: u32 = 0o077;
/// A directory that several people keep files in, such as /tmp.
const STICKY: u32 = 0o1000;

/// Makes a directory, with those above it, that only its owner can enter. One that is there stays as it is.
///
/// # Errors
/// It cannot be made.
pub fn create_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIR).create(dir)
}

/// Opens a file for reading and writing, and makes it for its owner alone where there is none.
///
/// # Errors
/// It cannot be opened or made.
pub fn open_or_create(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).read(true).write(true).truncate(false).mode(FILE).open(path)
}

/// Makes a file for its owner alone. One that is there is not touched, and not even opened.
///
/// # Errors
/// It is not there and cannot be made.
pub fn create(path: &Path) -> io::Result<()> {
    match OpenOptions::new().create_new(true).write(true).mode(FILE).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Takes away what others may do with the files of a database, and with its directory if there is nothing else in it. Only
/// what is this user's own is changed, and said in the log. SQLite gives the files that it makes the database's permissions.
pub fn tighten(database: &Path) {
    for suffix in ["", "-wal", "-shm", ".lock"] {
        restrict(&beside(database, suffix), FILE);
    }
    let (Some(dir), Some(name)) = (database.parent(), database.file_name()) else { return };
    if holds_only(dir, name) {
        restrict(dir, DIR);
    }
}

fn restrict(path: &Path, mode: u32) {
    let Ok(metadata) = std::fs::metadata(path) else { return };
    if metadata.mode() & OTHERS == 0 || metadata.mode() & STICKY != 0 || !is_own(&metadata) {
        return;
    }
    match set_permissions(path, Permissions::from_mode(mode)) {
        Ok(()) => tracing::info!(path = %path.display(), "made readable for its owner only"),
        Err(error) => tracing::warn!(path = %path.display(), %error, "others can read this"),
    }
}

fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Whether all that a directory holds begins with this name.
fn holds_only(dir: &Path, name: &OsStr) -> bool {
    let Ok(mut entries) = std::fs::read_dir(dir) else { return false };
    let name = name.as_encoded_bytes();
    entries.all(|entry| entry.is_ok_and(|entry| entry.file_name().as_encoded_bytes().starts_with(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use tempfile::TempDir;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    /// Makes a directory that is open to others, with a database in it.
    fn open_to_all(dir: &TempDir) -> (PathBuf, PathBuf) {
        let data = dir.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let database = data.join("a.db");
        for path in [database.clone(), beside(&database, "-wal")] {
            std::fs::write(&path, "").unwrap();
            set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
        }
        set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        (data, database)
    }

    #[test]
    fn what_is_made_is_its_owners_alone() {
        let dir = TempDir::new().unwrap();
        let data = dir.path().join("a/b");
        create_dir(&data).unwrap();
        open_or_create(&data.join("a.db")).unwrap();
        assert_eq!((mode(&data), mode(&data.join("a.db"))), (0o700, 0o600));
    }

    #[test]
    fn what_was_there_before_is_tightened() {
        let dir = TempDir::new().unwrap();
        let (data, database) = open_to_all(&dir);
        tighten(&database);
        assert_eq!([mode(&database), mode(&beside(&database, "-wal")), mode(&data)], [0o600, 0o600, 0o700]);
    }

    #[test]
    fn a_directory_with_other_things_in_it_stays_as_it_is() {
        let dir = TempDir::new().unwrap();
        let (data, database) = open_to_all(&dir);
        std::fs::write(data.join("notes.txt"), "").unwrap();
        tighten(&database);
        assert_eq!((mode(&database), mode(&data)), (0o600, 0o755));
    }
}
