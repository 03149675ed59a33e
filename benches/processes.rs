//! The server as people run it, a process of its own, and what the system says of it.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Name of the database's file within the data directory.
pub const DATABASE: &str = "runboard.db";

/// A process that serves. Ends with this value.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

/// Bytes and write calls of a process since it began.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Handed to the system, whether to a file or to a socket.
    pub bytes: f64,
    /// Calls that did it.
    pub calls: f64,
}

impl Process {
    /// Starts the server on the database in a directory, which it creates if there is none.
    pub fn server(data: &Path) -> Self {
        let site = data.join("site/pkg");
        fs::create_dir_all(&site).expect("a directory");
        // No page's code is ever asked for.
        fs::write(site.join("__wasm_split_manifest.json"), "{}").expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_runboard"));
        command
            .env_clear()
            .env("LEPTOS_SITE_ROOT", data.join("site"))
            .env("RUNBOARD_DATA_DIR", data)
            .env("RUNBOARD_ADDR", "127.0.0.1:0")
            // More than the demo model, which takes its time, could keep busy.
            .env("RUNBOARD_WORKERS", "400")
            .current_dir(data);
        Self::start(command)
    }

    /// Starts this program again, for another part of it.
    pub fn itself(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(arguments);
        Self::start(command)
    }

    /// Waits until it says its address.
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a process");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let address = line.trim().rsplit('/').next().and_then(|address| address.parse().ok());
        Self { child, address: address.unwrap_or_else(|| panic!("no address in {line:?}")) }
    }

    /// Returns the bytes of memory it has at present.
    pub fn memory(&self) -> f64 {
        value(&self.file("status"), "VmRSS:") * 1024.0
    }

    pub fn written(&self) -> Written {
        let io = self.file("io");
        Written { bytes: value(&io, "wchar:"), calls: value(&io, "syscw:") }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).expect("Linux's /proc")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the number behind a name.
fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the line");
    line.split_whitespace().next().expect("a value").parse().expect("a number")
}

/// Returns the size of the database in a directory, with its write-ahead log.
pub fn database_size(data: &Path) -> f64 {
    let size = |suffix: &str| fs::metadata(data.join(format!("{DATABASE}{suffix}"))).map_or(0, |file| file.len());
    (size("") + size("-wal")) as f64
}

/// How long memory is left to settle before it is looked at.
pub const SETTLING: Duration = Duration::from_secs(3);
