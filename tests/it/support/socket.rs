//! A subscriber on the WebSocket.

use super::PATIENCE;
use super::app::TestApp;
use super::owners::OWNER;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(app: &TestApp) -> Self {
        Self::open_at(&app.url).await
    }

    /// Returns a subscriber who says whose it is.
    pub async fn open_as(app: &TestApp, owner: i64) -> Self {
        let mut request = format!("{}/api/ws", app.url.replace("http", "ws")).into_client_request().unwrap();
        request.headers_mut().insert(OWNER, owner.into());
        let (socket, _) = connect_async(request).await.unwrap();
        Self(socket)
    }

    pub async fn open_at(url: &str) -> Self {
        let (socket, _) = connect_async(format!("{}/api/ws", url.replace("http", "ws"))).await.unwrap();
        Self(socket)
    }

    pub async fn say(&mut self, message: Value) {
        self.say_text(&message.to_string()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// Sends something to a server that may already have closed.
    pub async fn try_say(&mut self, text: &str) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.0.send(Message::text(text)).await
    }

    pub async fn subscribe(&mut self, topic: &str) {
        self.say(json!({ "type": "subscribe", "topics": [topic] })).await;
    }

    /// Returns the next message; `None` when the server has closed.
    pub async fn hear(&mut self) -> Option<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            match tokio::time::timeout_at(until, self.0.next()).await.expect("silence") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Returns the next message, which has this type.
    pub async fn hear_type(&mut self, kind: &str) -> Value {
        let message = self.hear().await.expect("closed");
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    /// Returns the next message of this type; whatever comes before it is passed over.
    pub async fn hear_next(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().await.expect("closed");
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Statuses of the run updates up to and including the first terminal one, with their sequence numbers.
    pub async fn hear_run_through(&mut self) -> (Vec<String>, Vec<i64>) {
        let (mut statuses, mut seqs) = (Vec::new(), Vec::new());
        loop {
            let update = self.hear_next("run_update").await;
            let status = update["data"]["status"].as_str().unwrap().to_owned();
            seqs.push(update["seq"].as_i64().unwrap());
            let over = !matches!(status.as_str(), "queued" | "running");
            statuses.push(status);
            if over {
                return (statuses, seqs);
            }
        }
    }
}
