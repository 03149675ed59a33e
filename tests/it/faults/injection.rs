//! A small library, loaded into the server ahead of the C library, that lets writing calls on the database's files fail.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const SOURCE: &str = include_str!("shim.c");

/// Places of `struct control`, all of 8 bytes.
const ON: u64 = 0;
const RANDOM: u64 = 8;
const GAP: u64 = 16;
const LONGEST: u64 = 24;
const BURSTS: u64 = 32;
const FAULTS: u64 = 40;
const SLOW_US: u64 = 48;
const SYNCS: u64 = 56;
const SIZE: u64 = 64;

pub struct Injection {
    library: PathBuf,
    control_path: PathBuf,
    control: File,
}

impl Injection {
    /// Builds the library in a directory. A seed may be given to repeat a walk: `RUNBOARD_TEST_SEED`.
    pub fn new(dir: &Path) -> Self {
        let (source, library, control_path) = (dir.join("shim.c"), dir.join("shim.so"), dir.join("faults"));
        std::fs::write(&source, SOURCE).unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
            .args([&library, &source])
            .args(["-ldl", "-lpthread"])
            .env_remove("LD_PRELOAD")
            .status()
            .expect("a C compiler, as for building Runboard itself");
        assert!(built.success());
        let control =
            OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&control_path).unwrap();
        control.set_len(SIZE).unwrap();
        let injection = Self { library, control_path, control };
        let seed = std::env::var("RUNBOARD_TEST_SEED").ok().map_or_else(rand::random, |seed| seed.parse().unwrap());
        println!("RUNBOARD_TEST_SEED={seed}");
        injection.put(RANDOM, std::cmp::max(seed, 1));
        injection.put(GAP, 100);
        injection.put(LONGEST, 40);
        injection
    }

    pub fn environment(&self) -> [(&'static str, &Path); 2] {
        [("LD_PRELOAD", &self.library), ("RUNBOARD_TEST_FAULTS", &self.control_path)]
    }

    /// Whether calls fail.
    pub fn set(&self, on: bool) {
        self.put(ON, on.into());
    }

    /// Every call fails while it is on.
    pub fn without_gaps(&self) {
        self.put(GAP, 1);
    }

    /// A sync takes this long at least.
    pub fn slow_syncs(&self, each: Duration) {
        self.put(SLOW_US, each.as_micros() as u64);
    }

    /// Syncs that have begun since they are slow.
    pub fn syncs(&self) -> u64 {
        self.get(SYNCS)
    }

    /// Points at which calls began to fail.
    pub fn bursts(&self) -> u64 {
        self.get(BURSTS)
    }

    /// Calls that have failed.
    pub fn faults(&self) -> u64 {
        self.get(FAULTS)
    }

    fn put(&self, place: u64, value: u64) {
        self.control.write_all_at(&value.to_ne_bytes(), place).unwrap();
    }

    fn get(&self, place: u64) -> u64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, place).unwrap();
        u64::from_ne_bytes(bytes)
    }
}
