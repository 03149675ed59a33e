//! Tests that a PostgreSQL server that is gone is told from one that is busy.

use super::*;
use tokio::net::{TcpListener, TcpSocket};

fn reach(url: &str) -> Reach {
    Reach::of(&url.parse().unwrap())
}

#[test]
fn a_server_is_found_as_the_driver_finds_it() {
    let server = |url: &str| Server::of(&url.parse().unwrap());
    assert_eq!(server("postgres://u@db.example:6543/x"), Server::Tcp("db.example".into(), 6543));
    let socket = Server::Socket("/run/postgresql/.s.PGSQL.5432".into());
    assert_eq!(server("postgres://u@localhost/x?host=/run/postgresql"), socket);
    assert_eq!(server("postgres://u@%2Frun%2Fpostgresql/x"), socket);
}

#[tokio::test]
async fn a_server_that_keeps_refusing_is_gone() {
    // It is taken, so that nobody else gets it, and nobody listens there.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = taken.local_addr().unwrap().port();
    let begun = Instant::now();
    let error = reach(&format!("postgres://u@127.0.0.1:{port}/x")).refused().await;
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(begun.elapsed() >= FIRST_LOOK + 2 * LOOK_EVERY, "{:?}", begun.elapsed());
    let error = reach("postgres://u@localhost/x?host=/no/such/directory").refused().await;
    assert!(error.to_string().contains("not found"), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_connections_is_left_to_those_who_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let reach = reach(&format!("postgres://u@127.0.0.1:{port}/x"));
    // Looks that many callers want at a time are one.
    let looks = futures::future::join_all((0..50).map(|_| reach.look())).await;
    assert!(looks.into_iter().all(|refusal| refusal.is_none()));
    let mut taken = 0;
    while timeout(Duration::from_millis(50), listener.accept()).await.is_ok() {
        taken += 1;
    }
    assert_eq!(taken, 1);
    assert!(timeout(FIRST_LOOK + 4 * LOOK_EVERY, reach.refused()).await.is_err());
}
