mod loopback;

use self::loopback::Loopback;
use super::fetch::redirect;
use super::*;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap as Headers, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Router, response::Redirect};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower_http::compression::CompressionLayer;

/// A local server, and how often it was asked.
struct Server {
    _running: Loopback,
    /// `127.0.0.1:{port}`
    host: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let asked = Arc::new(AtomicUsize::default());
        let count = Arc::clone(&asked);
        let echo = async |method: axum::http::Method, headers: Headers, body: String| {
            let of = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none");
            format!(
                "{method}, {}, authorization {}, x-key {}: {body}",
                of("content-type"),
                of("authorization"),
                of("x-key")
            )
        };
        let router = Router::new()
            .route("/echo", any(echo))
            .route("/to/{status}/{*url}", any(lead))
            .route("/around", get(async || Redirect::temporary("/around")))
            .route("/none", get(async || (StatusCode::NOT_FOUND, [(header::ETAG, "\"1\"")], "nothing here")))
            .route("/image", get(async || ([(header::CONTENT_TYPE, "image/png")], vec![0_u8, 0xff])))
            .route("/long", get(async || "x".repeat(2_000_000)).layer(CompressionLayer::new()))
            .route("/never", get(async || std::future::pending::<Body>().await))
            .layer(axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
                count.fetch_add(1, Ordering::SeqCst);
                next.run(request)
            }));
        let running = Loopback::serve(router).await.unwrap();
        let host = running.base.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { _running: running, host, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.host)
    }
}

async fn lead(Path((status, url)): Path<(u16, String)>) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, url)]).into_response()
}

fn tool(allow: &[&str]) -> HttpRequest {
    HttpRequest::new(&allow.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())
}

async fn call(tool: &HttpRequest, arguments: Value) -> Result<String, String> {
    tool.call(arguments).await.map_err(|error| error.message)
}

#[tokio::test]
async fn this_machine_is_refused_however_it_is_written() {
    let server = Server::start().await;
    let port = server.host.rsplit(':').next().unwrap().to_owned();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
    ] {
        let said = call(&tool(&[]), json!({ "url": format!("http://{host}:{port}/echo") })).await.unwrap_err();
        assert!(said.contains("only public addresses and hosts allowed"), "{host}: {said}");
    }
    let said = call(&tool(&[]), json!({ "url": "http://169.254.169.254/latest/meta-data/" })).await.unwrap_err();
    assert!(said.starts_with("169.254.169.254 is a link-local address: "), "{said}");
    assert_eq!(server.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_the_address_that_is_connected_to() {
    let server = Server::start().await;
    let lookups = Arc::new(AtomicUsize::default());
    let count = Arc::clone(&lookups);
    let lookup: Lookup = Arc::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) })
    });
    let tool = HttpRequest { lookup, ..tool(&[]) };
    let port = server.host.rsplit(':').next().unwrap();
    let url = format!("http://rebound.example:{port}/echo");
    let said = call(&tool, json!({ "url": url })).await.unwrap_err();
    assert!(said.starts_with("rebound.example has a loopback address: "), "{said}");
    assert_eq!(lookups.load(Ordering::SeqCst), 1, "no second look that could see another address");
    assert_eq!(server.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_allowed_host_answers() {
    let server = Server::start().await;
    let tool = tool(&[&server.host]);
    let said = call(&tool, json!({ "url": server.url("none") })).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 404 Not Found\ncontent-type: text/plain"), "{said}");
    assert!(said.contains("\netag: \"1\"\n") && said.ends_with("\n\nnothing here"), "{said}");

    let said = call(&tool, json!({ "url": server.url("echo"), "method": "post", "body": "{}" })).await.unwrap();
    assert!(said.ends_with("\n\nPOST, application/json, authorization none, x-key none: {}"), "{said}");

    let said = call(&tool, json!({ "url": server.url("image") })).await.unwrap();
    assert!(said.ends_with("[binary, image/png, 2 bytes]"), "{said}");
}

#[tokio::test]
async fn every_redirect_is_checked() {
    let server = Server::start().await;
    let tool = tool(&[&server.host]);
    let port = server.host.rsplit(':').next().unwrap();
    for target in [format!("http://localhost:{port}/echo"), "http://169.254.169.254/".into(), "//[::1]/".into()] {
        let said = call(&tool, json!({ "url": server.url(&format!("to/302/{target}")) })).await.unwrap_err();
        assert!(said.contains("only public addresses"), "{target}: {said}");
    }
    assert_eq!(server.asked.load(Ordering::SeqCst), 3, "only the redirects themselves");
    for (target, words) in [
        ("file:///etc/passwd", "use an http:// or https:// URL"),
        ("http://user:pass@1.1.1.1/", "must not hold a user"),
        ("http://[/", "what is no URL"),
    ] {
        let said = call(&tool, json!({ "url": server.url(&format!("to/302/{target}")) })).await.unwrap_err();
        assert!(said.contains(words), "{target}: {said}");
    }
    let said = call(&tool, json!({ "url": server.url("around") })).await.unwrap_err();
    assert!(said.starts_with("more than 5 redirects"), "{said}");
}

#[tokio::test]
async fn another_server_is_told_no_secrets() {
    let (one, other) = (Server::start().await, Server::start().await);
    let tool = tool(&[&one.host, &other.host]);
    let ask = async |status: u16, target: String, method: &str| {
        let mut arguments = json!({
            "url": one.url(&format!("to/{status}/{target}")),
            "method": method,
            "headers": { "Authorization": "Bearer a", "X-Key": "b" },
        });
        if method == "POST" {
            arguments["body"] = json!("s3cret");
        }
        call(&tool, arguments).await
    };
    let said = ask(302, one.url("echo"), "GET").await.unwrap();
    assert!(said.ends_with("GET, none, authorization Bearer a, x-key b: "), "{said}");
    assert!(said.contains(&format!("\nredirected to: {}\n", one.url("echo"))), "{said}");
    let said = ask(302, other.url("echo"), "GET").await.unwrap();
    assert!(said.ends_with("GET, none, authorization none, x-key none: "), "{said}");
    let said = ask(303, other.url("echo"), "POST").await.unwrap();
    assert!(said.ends_with("GET, none, authorization none, x-key none: "), "{said}");
    let said = ask(307, one.url("echo"), "POST").await.unwrap();
    assert!(said.ends_with("authorization Bearer a, x-key b: s3cret"), "{said}");
    let said = ask(307, other.url("echo"), "POST").await.unwrap_err();
    assert!(said.contains("redirects the POST to another server"), "{said}");
}

#[test]
fn https_does_not_become_http() {
    let mut request = request(json!({ "url": "https://example.com/a" })).unwrap();
    let said = redirect(&mut request, StatusCode::FOUND, "http://example.com/b").unwrap_err().message;
    assert!(said.contains("from https to http"), "{said}");
    redirect(&mut request, StatusCode::FOUND, "../b").unwrap();
    assert_eq!(request.url.as_str(), "https://example.com/b");
}

#[tokio::test]
async fn a_long_body_is_cut_off_after_decompression() {
    let server = Server::start().await;
    let said = call(&tool(&[&server.host]), json!({ "url": server.url("long") })).await.unwrap();
    assert!(said.ends_with(&format!("{}\n[cut off after 256 KiB]", "x".repeat(LIMITS.body))), "{}", said.len());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let server = Server::start().await;
    let limits = Limits { time: Duration::from_millis(50), ..LIMITS };
    let tool = HttpRequest { limits, ..tool(&[&server.host]) };
    let said = call(&tool, json!({ "url": server.url("never") })).await.unwrap_err();
    assert_eq!(said, "127.0.0.1 took longer than 0.05 s");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    // It is taken, so that nobody else gets it, and nobody listens there.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let host = taken.local_addr().unwrap().to_string();
    let said = call(&tool(&[&host]), json!({ "url": format!("http://{host}/?key=s3cret") })).await.unwrap_err();
    assert_eq!(said, "cannot reach 127.0.0.1: connection refused");
}

#[test]
fn wrong_arguments_are_named() {
    for (arguments, words) in [
        (json!({}), "`url` is missing"),
        (json!({ "url": "example.com" }), "is not a URL (relative URL without a base)"),
        (json!({ "url": "http://x", "method": "PUT" }), "`method` \"PUT\" is not possible: use GET or POST"),
        (json!({ "url": "http://x", "body": "b" }), "a GET has no `body`"),
        (json!({ "url": "http://x", "headers": { "Host": "y" } }), "the header host cannot be set"),
        (json!({ "url": "http://x", "headers": { "Proxy-Authorization": "y" } }), "cannot be set"),
        (json!({ "url": "http://x", "headers": { "X": "a\nb" } }), "line breaks"),
    ] {
        let said = request(arguments).unwrap_err().message;
        assert!(said.contains(words), "{words}: {said}");
    }
}
