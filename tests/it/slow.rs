//! Clients that send or read too slowly, and foreign ones: none holds a connection, and none's body is waited for before
//! its host is known.

use crate::support::app::TestApp;
use crate::support::eventually;
use reqwest::Method;
use runboard::domain::id::{AgentId, OwnerId};
use runboard::server::connections::{Patience, Places, serve};
use runboard::server::doors::router;
use runboard::server::live::hub::Channel;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;

/// Long enough for a loaded machine, short enough for a test.
const PATIENCE: Patience = Patience {
    head: Duration::from_millis(700),
    pause: Duration::from_millis(700),
    body: Duration::from_millis(1_500),
    reading: Duration::from_millis(700),
};

/// Opens a second door to the same server, which waits less long. It closes with the token.
async fn impatient(app: &TestApp) -> (String, CancellationToken) {
    open_door(app, Places::new(100), PATIENCE).await
}

async fn open_door(app: &TestApp, places: Places, patience: Patience) -> (String, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let closing = CancellationToken::new();
    let (router, full) = (router::build(app.state.clone()), router::full());
    tokio::spawn(serve(listener, places, router, full, closing.clone(), patience));
    (address, closing)
}

async fn say(address: &str, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// Returns all that the server says until it ends the connection.
async fn hear_all(mut socket: TcpStream) -> String {
    let mut heard = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), socket.read_to_end(&mut heard)).await;
    // A connection that is reset has ended too.
    drop(ended.expect("the connection goes on"));
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let app = TestApp::start().await;
    let (address, _closing) = impatient(&app).await;
    for beginning in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let socket = say(&address, beginning).await;
        assert!(!hear_all(socket).await.contains("200 OK"), "{beginning:?}");
    }
    // A byte now and then is no reason to go on waiting.
    let mut socket = say(&address, "GET /healthz HTTP/1.1\r\nX: ").await;
    let (mut sent, mut buffer) = (0, [0; 64]);
    let ended = loop {
        tokio::select! {
            read = socket.read(&mut buffer) => break read,
            () = tokio::time::sleep(PATIENCE.head / 7) => {
                sent += 1;
                assert!(sent < 300, "the connection goes on");
                let _ = socket.write_all(b"x").await;
            }
        }
    };
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
}

#[tokio::test]
async fn an_idle_connection_is_ended_after_its_answer() {
    let app = TestApp::start().await;
    let (address, _closing) = impatient(&app).await;
    let socket = say(&address, &format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n")).await;
    assert!(hear_all(socket).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_and_given_up() {
    let app = TestApp::start().await;
    let (address, _closing) = impatient(&app).await;
    for path in ["/api/agents", "/ui/agents/create"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
        );
        let heard = hear_all(say(&address, &head).await).await;
        assert!(heard.starts_with("HTTP/1.1 4") || heard.starts_with("HTTP/1.1 5"), "{path}: {heard}");
    }
}

#[tokio::test]
async fn a_foreign_host_or_page_is_refused_before_its_body() {
    let app = TestApp::start().await;
    let address = app.url.trim_start_matches("http://");
    for headers in ["Host: evil.example".to_owned(), format!("Host: {address}\r\nOrigin: http://evil.example")] {
        let head = format!(
            "POST /api/agents HTTP/1.1\r\n{headers}\r\nContent-Type: application/json\r\n\
             Content-Length: 4000000\r\nExpect: 100-continue\r\n\r\n"
        );
        let mut socket = say(address, &head).await;
        let mut heard = [0; 12];
        tokio::time::timeout(Duration::from_secs(30), socket.read_exact(&mut heard)).await.expect("silence").unwrap();
        assert_eq!(String::from_utf8_lossy(&heard), "HTTP/1.1 403", "{headers}");
    }
}

#[tokio::test]
async fn a_watcher_of_events_that_reads_nothing_is_dropped() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (address, _closing) = impatient(&app).await;
    // The system takes as little as it may for who does not read.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut socket = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!("GET /api/agents/{agent}/events HTTP/1.1\r\nHost: {address}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let channel = Channel::Agent(OwnerId::LOCAL, AgentId(agent));
    eventually("it watches", async || app.state.hub.is_watched(channel).then_some(())).await;
    // Every change is sent with the whole agent, until the system takes no more.
    let text = |version: i32| format!("{version}{}", "x".repeat(200 * 1024));
    for version in 1..40 {
        let settings =
            json!({ "name": "Test", "model": "demo/quick", "system_instructions": text(version), "version": version });
        let request = app.request(Method::PUT, &format!("/api/agents/{agent}")).json(&settings);
        let (status, answer) = app.send(request).await;
        assert!(status.is_success(), "{answer}");
    }
    eventually("it is dropped", async || (!app.state.hub.is_watched(channel)).then_some(())).await;
    drop(socket);
}

/// As many as may be are being refused, and ask for nothing.
#[tokio::test]
async fn slow_clients_that_are_refused_keep_nobody_from_a_free_place() {
    let app = TestApp::start().await;
    let (address, _closing) = open_door(&app, Places::new(2), Patience::USUAL).await;
    let ask = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let first = say(&address, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n").await;
    let second = say(&address, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n").await;
    let mut refused = Vec::new();
    for _ in 0..16 {
        refused.push(say(&address, "").await);
    }
    drop((first, second));
    assert!(hear_all(say(&address, ask).await).await.starts_with("HTTP/1.1 200"), "a place is free");
    let is_waiting = |socket: &TcpStream| {
        let read = socket.try_read(&mut [0; 1]);
        read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    };
    assert!(refused.iter().all(is_waiting), "it waited for one of them to be refused");
}
