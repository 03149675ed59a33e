//! Tests of the server's end of a WebSocket, against a client over a pipe.

use super::*;
use std::time::Duration;
use tokio::io::{DuplexStream, duplex};
use tokio::time::timeout;

/// Bytes that the way between both ends holds: fewer than a text, so that it is sent piece by piece.
const WAY: usize = 48;
const MOMENT: Duration = Duration::from_millis(50);

async fn ends() -> (Socket<DuplexStream>, WebSocketStream<DuplexStream>) {
    let (near, far) = duplex(WAY);
    let config = WebSocketConfig::default().read_buffer_size(64).write_buffer_size(0);
    let client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    (Socket::new(near, config).await, client)
}

#[tokio::test]
async fn texts_of_every_length_arrive_whole() {
    for length in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
        let (mut server, mut client) = ends().await;
        let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
        let (sent, heard) = tokio::join!(server.send(Message::text(text.as_str())), client.next());
        sent.unwrap();
        assert_eq!(heard.unwrap().unwrap(), Message::text(text), "{length}");
    }
}

/// Pings arrive before, during and after each text; neither is torn by the other.
#[tokio::test]
async fn a_response_to_a_ping_never_ends_up_within_a_text() {
    const EACH: usize = 200;
    let (server, client) = ends().await;
    let (mut texts, mut reading) = server.split();
    let (mut pings, mut hearing) = client.split();
    let reader = tokio::spawn(async move { while let Some(Ok(_)) = reading.next().await {} });
    let writer = tokio::spawn(async move {
        for n in 0..EACH {
            texts.send(Message::text(format!("{n} {}", "x".repeat(3 * WAY)))).await.unwrap();
        }
        texts.send(Message::Close(None)).await.unwrap();
    });
    let pinging = tokio::spawn(async move { while pings.send(Message::Ping("?".into())).await.is_ok() {} });
    let (mut heard, mut pongs) = (0, 0);
    while let Some(Ok(message)) = hearing.next().await {
        match message {
            Message::Text(text) => {
                assert_eq!(text.len(), heard.to_string().len() + 1 + 3 * WAY);
                assert!(text.starts_with(&format!("{heard} ")), "{text}");
                heard += 1;
            }
            Message::Pong(_) => pongs += 1,
            Message::Close(_) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(heard, EACH);
    assert!(pongs > 0, "nothing came in between");
    pinging.abort();
    drop(hearing);
    writer.await.unwrap();
    reader.abort();
}

#[tokio::test]
async fn reading_goes_on_once_a_text_is_sent() {
    let (server, mut client) = ends().await;
    let (mut texts, mut reading) = server.split();
    client.send(Message::text("hello")).await.unwrap();
    let sending = tokio::spawn(async move { texts.send(Message::text("x".repeat(10 * WAY))).await.map(|()| texts) });
    while timeout(MOMENT, reading.next()).await.is_ok_and(|read| read.is_some()) {}
    assert!(!sending.is_finished(), "the client has read nothing");
    assert_eq!(client.next().await.unwrap().unwrap().len(), 10 * WAY);
    client.send(Message::text("again")).await.unwrap();
    assert_eq!(reading.next().await.unwrap().unwrap(), Message::text("again"));
    drop(sending.await.unwrap().unwrap());
}

#[tokio::test]
async fn nothing_is_sent_after_the_end() {
    let (mut server, mut client) = ends().await;
    client.send(Message::Close(None)).await.unwrap();
    assert!(matches!(server.next().await, Some(Ok(Message::Close(_)))));
    assert!(matches!(server.send(Message::text("late")).await, Err(Error::AlreadyClosed)));
}
