//! Frames of `/api/ws` that announce more than the server takes.

use crate::support::app::TestApp;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Opens a connection and has it upgraded.
async fn upgraded(app: &TestApp) -> TcpStream {
    let address = app.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /api/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    socket
}

/// Whether the server ends the connection, of which nothing more than this is sent.
async fn is_ended_after(app: &TestApp, bytes: &[u8]) {
    let mut socket = upgraded(app).await;
    socket.write_all(bytes).await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), socket.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the server waits for what was announced");
}

#[tokio::test]
async fn a_frame_is_refused_at_its_header() {
    let app = TestApp::start().await;
    for announced in [1_u64 << 30, 64 * 1024 + 1, u64::MAX >> 1] {
        // Text, final, masked, 64 bits of length; then the mask, and not one byte of the gigabyte.
        let mut header = vec![0x81, 0xff];
        header.extend(announced.to_be_bytes());
        header.extend([1, 2, 3, 4]);
        is_ended_after(&app, &header).await;
    }
}

#[tokio::test]
async fn small_frames_of_a_message_without_end_are_refused_too() {
    let app = TestApp::start().await;
    // The first of a message in parts, then parts that each may be as large as that; together they may not.
    let part = |opcode: u8| {
        let mut frame = vec![opcode, 0xff];
        frame.extend(40_000_u64.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend([b' '; 40_000]);
        frame
    };
    is_ended_after(&app, &[part(0x01), part(0x00)].concat()).await;
}
