//! Room for a database that can be taken away and given back: a small file system of its own where one may be mounted,
//! otherwise a limit on the size of the server's files.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Room {
    dir: PathBuf,
    is_mounted: bool,
}

impl Room {
    /// Prepares for a database that will lie in this directory.
    pub fn new(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"])
            .arg(dir)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        Self { dir: dir.to_owned(), is_mounted: mounted }
    }

    /// Fills the disk: from now on nothing can be stored.
    pub fn fill(&self, server: u32) {
        if !self.is_mounted {
            return limit(server, "4096");
        }
        let mut filler = File::create(self.filler()).unwrap();
        let mut size = 1 << 20;
        while size > 0 {
            if filler.write(&vec![b'x'; size]).is_ok_and(|written| written == size) {
                continue;
            }
            size /= 2;
        }
    }

    /// Makes room again.
    pub fn free(&self, server: u32) {
        match self.is_mounted {
            true => std::fs::remove_file(self.filler()).unwrap(),
            false => limit(server, "unlimited"),
        }
    }

    fn filler(&self) -> PathBuf {
        self.dir.join("filler")
    }
}

impl std::fmt::Display for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_mounted { "a file system of 32 MB" } else { "a limit on the size of files" })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg("-l").arg(&self.dir).status();
        }
    }
}

fn limit(server: u32, bytes: &str) {
    let set =
        Command::new("prlimit").args(["--pid", &server.to_string(), &format!("--fsize={bytes}:unlimited")]).status();
    assert!(set.unwrap().success());
}
