//! An HTTP client that costs next to nothing: where it shares the machine with the server it measures, every cycle of its own
//! hides a difference. Over loopback only, one request at a time on a connection, bodies of a length that is said.

use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long a response may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    socket: TcpStream,
    read: Vec<u8>,
}

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        text.push_str("content-length: 0\r\n");
    }
    text.push_str("\r\n");
    text.into_bytes()
}

pub fn get(path: &str) -> Vec<u8> {
    request("GET", path, &[])
}

impl Client {
    pub async fn connect(server: SocketAddr) -> Self {
        assert!(server.ip().is_loopback(), "{server} is not this machine");
        let socket = TcpStream::connect(server).await.expect("a connection");
        socket.set_nodelay(true).expect("no delay");
        Self { socket, read: Vec::with_capacity(1 << 16) }
    }

    /// Sends a request and reads the response to its end; returns its body.
    pub async fn send(&mut self, request: &[u8]) -> &[u8] {
        tokio::time::timeout(PATIENCE, self.exchange(request)).await.expect("a response in time")
    }

    async fn exchange(&mut self, request: &[u8]) -> &[u8] {
        self.socket.write_all(request).await.expect("sending");
        self.read.clear();
        let head = loop {
            self.more().await;
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let length = length(&self.read[..head]);
        while self.read.len() < head + length {
            self.more().await;
        }
        &self.read[head..]
    }

    async fn more(&mut self) {
        let read = self.socket.read_buf(&mut self.read).await.expect("reading");
        assert!(read > 0, "the server has closed the connection");
    }
}

/// Returns how many bytes a page's body takes as browsers get it, compressed and in chunks.
pub async fn size(server: SocketAddr, path: &str) -> usize {
    let mut client = Client::connect(server).await;
    let asked = request("GET", path, &[("accept-encoding", "gzip, deflate, br, zstd"), ("connection", "close")]);
    client.socket.write_all(&asked).await.expect("sending");
    client.socket.read_to_end(&mut client.read).await.expect("reading");
    let head = client.read.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    assert!(client.read.starts_with(b"HTTP/1.1 200"), "a page");
    client.read.len() - head - 4
}

/// Returns the length of the body that a successful response's head announces.
fn length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).expect("a head in ASCII");
    assert!(head.starts_with("HTTP/1.1 2"), "{head}");
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    value.expect("a length").parse().expect("a number")
}

/// Returns how many times a second the server responds, asked on so many connections for this long. `request` makes the
/// n-th request of a connection.
pub async fn rate(
    server: SocketAddr,
    connections: u64,
    time: Duration,
    request: impl Fn(u64) -> Vec<u8> + Clone + Send + 'static,
) -> f64 {
    let mut asking = JoinSet::new();
    let begun = Instant::now();
    for connection in 0..connections {
        let request = request.clone();
        asking.spawn(async move {
            let mut client = Client::connect(server).await;
            let mut sent = 0;
            while begun.elapsed() < time {
                client.send(&request(sent * connections + connection)).await;
                sent += 1;
            }
            sent
        });
    }
    let sent: u64 = asking.join_all().await.into_iter().sum();
    sent as f64 / begun.elapsed().as_secs_f64()
}

/// Returns how long each of so many responses takes, one after the other, after a few that are not counted.
pub async fn times(server: SocketAddr, request: &[u8], count: usize) -> Vec<Duration> {
    let mut client = Client::connect(server).await;
    for _ in 0..count / 10 {
        client.send(request).await;
    }
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        client.send(request).await;
        times.push(begun.elapsed());
    }
    times
}
