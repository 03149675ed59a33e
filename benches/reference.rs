//! References for the figures: the least work that does the same thing.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Argument of this program that makes it the bare server.
pub const BARE: &str = "serve-bytes";

/// Serves the bytes of a file at every address, with axum and nothing around it, until the process is ended.
pub async fn bare(kind: String, file: &Path) {
    let bytes: Bytes = std::fs::read(file).expect("the file").into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("http://{}", listener.local_addr().expect("an address"));
    let respond = move || {
        let response = ([(CONTENT_TYPE, kind.clone())], bytes.clone());
        async { response }
    };
    axum::serve(listener, Router::new().fallback(respond)).await.expect("serving");
}

/// Returns how long the disk takes for each of so many small writes that survive a power cut.
pub fn synced_writes(directory: &Path, count: usize) -> Vec<Duration> {
    let path = directory.join("synced");
    let mut file = File::create(&path).expect("a file");
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        file.write_all(&[1; 4096]).expect("writing");
        file.sync_data().expect("fdatasync");
        times.push(begun.elapsed());
    }
    drop(file);
    std::fs::remove_file(path).expect("removing");
    times
}

/// Returns how many such writes there are in a second.
pub fn synced_rate(directory: &Path) -> f64 {
    let times = synced_writes(directory, 500);
    times.len() as f64 / times.iter().sum::<Duration>().as_secs_f64()
}
