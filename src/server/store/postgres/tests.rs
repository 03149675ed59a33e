//! Tests with a server that lets nobody in, or ends a session.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// When a server ends the session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Query,
}

/// Returns a message of the protocol, <https://www.postgresql.org/docs/current/protocol-message-formats.html>.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

/// Reads what a client sends at the start of a session; TLS is refused.
async fn greeted(stream: &mut TcpStream) {
    const SSL_REQUEST: u32 = 80_877_103;
    loop {
        let length = stream.read_u32().await.unwrap();
        let mut rest = vec![0; length as usize - 4];
        stream.read_exact(&mut rest).await.unwrap();
        if rest[..4] != SSL_REQUEST.to_be_bytes() {
            return;
        }
        stream.write_all(b"N").await.unwrap();
    }
}

/// Returns the error that a client gets of a server which says this.
async fn error(severity: &str, code: &str, text: &str, at: At) -> sqlx::Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = message(b'E', format!("S{severity}\0V{severity}\0C{code}\0M{text}\0\0").as_bytes());
    let server = async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        greeted(&mut stream).await;
        if at == At::Query {
            let hello = [message(b'R', &[0; 4]), message(b'K', &[0; 8]), message(b'Z', b"I")].concat();
            stream.write_all(&hello).await.unwrap();
            stream.read_u8().await.unwrap();
        }
        stream.write_all(&answer).await.unwrap();
        stream.shutdown().await.unwrap();
    };
    let options: PgConnectOptions = format!("postgres://u@127.0.0.1:{port}/d?sslmode=disable").parse().unwrap();
    let (_, looked) = tokio::join!(server, look(&options));
    looked.map(drop).unwrap_err()
}

#[tokio::test]
async fn whoever_has_no_room_is_waited_for_at_start() {
    for (code, text) in [
        ("53300", "sorry, too many clients already"),
        ("57P03", "the database system is starting up"),
        ("08P01", "no more connections allowed (max_client_conn)"),
        ("08P01", "server login has been failing"),
        ("XX000", "Max client connections reached"),
    ] {
        for at in [At::Start, At::Query] {
            assert_eq!(Wait::of(&error("FATAL", code, text, at).await), Some(Wait::Busy), "{code} {text}");
        }
    }
    for (code, text) in [
        ("28P01", "password authentication failed"),
        ("3D000", "database \"d\" does not exist"),
        ("08P01", "unsupported startup parameter: options"),
    ] {
        assert_eq!(Wait::of(&error("FATAL", code, text, At::Start).await), None, "{code} {text}");
    }
    let judged = error("ERROR", "42883", "function pg_encoding_to_char does not exist", At::Query).await;
    assert_eq!(Wait::of(&judged), None);
    assert!(matches!(failed(judged), StoreError::Db(_)), "it has been reached");
}

#[tokio::test]
async fn a_session_that_ends_has_judged_nothing() {
    let of = async |severity, code| {
        let error = error(severity, code, "x", At::Query).await;
        DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
    };
    for (severity, code) in [("FATAL", "XX000"), ("PANIC", "XX000"), ("FATAL", "25P03"), ("FATAL", "57P05")] {
        let error = of(severity, code).await;
        assert!(matches!(StoreError::from(error.clone()), StoreError::Unreachable(_)), "{severity} {code}");
        assert!(matches!(StoreError::of_commit(error), StoreError::Unconfirmed(_)), "{severity} {code}");
    }
    assert!(matches!(StoreError::from(of("FATAL", "28000").await), StoreError::Refused(_)));
    assert!(matches!(StoreError::from(of("PANIC", "53100").await), StoreError::DiskFull(_)));
    assert!(matches!(StoreError::from(of("ERROR", "42P05").await), StoreError::Refused(_)));
    assert!(matches!(StoreError::from(of("ERROR", "25P02").await), StoreError::Db(_)));
}
