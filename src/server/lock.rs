//! One server per SQLite file: two of them would each take the other's runs for dead.

use crate::server::config::Config;
use anyhow::{Context, bail};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;

/// Held as long as the server lives; the system releases it however the process ends.
pub struct DatabaseLock {
    _file: Option<File>,
}

impl DatabaseLock {
    /// Makes the directory of the SQLite file and takes the file's lock. With PostgreSQL there is nothing to lock.
    ///
    /// # Errors
    /// The directory cannot be made or written, or another server uses the file.
    pub fn take(config: &Config) -> anyhow::Result<Self> {
        let Some(database) = config.sqlite_file() else { return Ok(Self { _file: None }) };
        if let Some(dir) = database.parent().filter(|dir| !dir.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).with_context(|| format!("cannot make the directory {}", dir.display()))?;
        }
        let mut path = database.clone().into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => bail!(
                "another Runboard is using {}: end it first, or give this one its own --data-dir",
                database.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }
}
