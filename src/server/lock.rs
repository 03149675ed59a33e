//! One server per data directory: on SQLite two of them would each take the other's runs for dead.

use crate::server::config::Config;
use anyhow::{Context, bail};
use std::fs::{File, OpenOptions, TryLockError};

/// Held as long as the server lives; the system releases it however the process ends.
pub struct DataLock(Option<File>);

impl DataLock {
    /// Makes the data directory and takes its lock. With PostgreSQL there is nothing to lock.
    ///
    /// # Errors
    /// The directory cannot be made or written, or another server holds it.
    pub fn take(config: &Config) -> anyhow::Result<Self> {
        if !config.uses_data_dir() {
            return Ok(Self(None));
        }
        let dir = &config.data_dir;
        std::fs::create_dir_all(dir).with_context(|| format!("cannot make the data directory {}", dir.display()))?;
        let path = dir.join("runboard.lock");
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => bail!(
                "another Runboard is using {}: end it first, or give this one its own --data-dir",
                dir.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Whether there is a lock to hold.
    pub fn is_held(&self) -> bool {
        self.0.is_some()
    }
}
