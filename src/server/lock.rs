//! One server per SQLite file: two of them would each take the other's runs for dead.
//!
//! Two locks, since a file can be reached by several names and a name can lead to several files:
//!
//! - `runboard.db.lock` beside the real file, wherever symbolic links lead to it. Earlier versions know this one only.
//! - The database's file itself, so that neither a hard link, nor a mount elsewhere, nor the removal of the `.lock` file
//!   lets a second server in. It is `flock`'s kind of lock, which belongs to the open file; SQLite's own belong to the
//!   process and to ranges of bytes, and on Linux the two kinds do not meet. Elsewhere they do, so there it is left out.
//!   SQLite's write-ahead log does not work on network file systems, where they would meet as well.

use crate::server::config::Config;
use crate::server::database_file::beside;
use crate::server::private;
use anyhow::{Context, bail};
use std::fs::{File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How every SQLite database begins (<https://sqlite.org/fileformat.html>, section 1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Another process uses the database.
#[derive(Debug, Error)]
#[error("another Runboard is using {}: end it first, or give this one its own --data-dir", database.display())]
pub struct InUse {
    pub database: PathBuf,
    /// Where it listens, if it is a server.
    pub server: Option<String>,
}

/// Makes the SQLite file and its directory where there are none, and takes the locks on it, until the process ends. With
/// PostgreSQL there is nothing to lock.
///
/// # Errors
/// The directory or the file cannot be made or written, the file is something else than a database and stays as it is, or
/// another server uses it.
pub fn take(config: &Config) -> anyhow::Result<()> {
    let Some(database) = config.sqlite_file() else { return Ok(()) };
    if let Some(dir) = database.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        private::create_dir(dir).with_context(|| format!("cannot make the directory {}", dir.display()))?;
    }
    let database_file = open(&database)?;
    if !may_be_database(&database_file).with_context(|| format!("cannot read {}", database.display()))? {
        bail!(
            "{} is not a SQLite database and was left as it is: name another file in DATABASE_URL, or move this one away",
            database.display()
        );
    }
    let database = database.canonicalize().with_context(|| format!("cannot find {}", database.display()))?;
    let lock_path = beside(&database, ".lock");
    let lock_file = open(&lock_path)?;
    lock(&lock_file, &lock_path, &database)?;
    // The address of whoever had it before.
    lock_file.set_len(0).with_context(|| format!("cannot write {}", lock_path.display()))?;
    keep_open(lock_file);
    if cfg!(target_os = "linux") {
        lock(&database_file, &lock_path, &database)?;
    }
    keep_open(database_file);
    private::tighten(&database);
    Ok(())
}

/// Whether the file is empty, as a database is before its first write, or begins as one.
fn may_be_database(file: &File) -> io::Result<bool> {
    let mut start = [0; MAGIC.len()];
    let length = file.metadata()?.len();
    Ok(length == 0 || (file.read_exact_at(&mut start, 0).is_ok() && start == *MAGIC))
}

fn open(path: &Path) -> anyhow::Result<File> {
    private::open_or_create(path).with_context(|| format!("cannot write {}", path.display()))
}

/// Takes the lock on a file; `address` is where whoever has it says where it listens.
fn lock(file: &File, address: &Path, database: &Path) -> anyhow::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let server = std::fs::read_to_string(address).ok().filter(|address| address.starts_with("http://"));
            Err(InUse { database: database.to_owned(), server }.into())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", database.display())),
    }
}

/// Says beside the database where the server that has it listens, for commands that would ask it.
///
/// # Errors
/// The file cannot be written.
pub fn announce(config: &Config, address: SocketAddr) -> anyhow::Result<()> {
    let Some(database) = config.sqlite_file() else { return Ok(()) };
    let lock_path = beside(&database.canonicalize()?, ".lock");
    std::fs::write(&lock_path, format!("http://{address}"))
        .with_context(|| format!("cannot write {}", lock_path.display()))
}

/// Leaves a file open until the process ends. Closing it would give back the lock while connections are still being
/// closed, and would drop SQLite's locks too.
fn keep_open(file: File) {
    std::mem::forget(file);
}
