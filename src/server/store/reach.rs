//! Whether a PostgreSQL server takes connections at all. The driver takes a refused connection for a server that is about to
//! start and tries again for as long as a caller may wait, so that a server that is gone looks like one whose connections
//! are all busy. Only the latter is worth the wait. Knows no statements.

use sea_orm::sqlx::{self, postgres::PgConnectOptions};
use sea_orm::{DbErr, RuntimeErr};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

/// How long a caller waits for a connection before the server is looked at.
const FIRST_LOOK: Duration = Duration::from_millis(700);
/// Time between two looks, whoever wants to know.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// How long a look may take. Whatever takes longer is not refused.
const LOOK: Duration = Duration::from_millis(800);
/// Looks in a row after which a server that refuses is taken to be gone, not to be starting again.
const REFUSALS: u32 = 3;

/// The way to a server. Cheap to clone; clones share what they find out.
#[derive(Clone)]
pub(super) struct Reach(Arc<Way>);

struct Way {
    server: Server,
    /// When it was looked at last, and why it refused.
    last: Mutex<Option<(Instant, Option<ErrorKind>)>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Server {
    Tcp(String, u16),
    Socket(PathBuf),
}

impl Server {
    fn of(options: &PgConnectOptions) -> Self {
        let (host, port) = (options.get_host(), options.get_port());
        // A host that is a directory has the socket in it (libpq, "host").
        let directory = host.starts_with('/').then(|| PathBuf::from(host));
        match options.get_socket().cloned().or(directory) {
            Some(directory) => Self::Socket(directory.join(format!(".s.PGSQL.{port}"))),
            None => Self::Tcp(host.to_owned(), port),
        }
    }

    async fn connect(&self) -> io::Result<()> {
        match self {
            Self::Tcp(host, port) => TcpStream::connect((host.as_str(), *port)).await.map(drop),
            Self::Socket(path) => UnixStream::connect(path).await.map(drop),
        }
    }

    /// Returns why it takes no connections, if it refuses them; `None` also where nobody knows.
    async fn refusal(&self) -> Option<ErrorKind> {
        let kind = timeout(LOOK, self.connect()).await.ok()?.err()?.kind();
        // Without a server its socket is not there, or nobody listens on it.
        matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::NotFound).then_some(kind)
    }
}

impl Reach {
    pub fn of(options: &PgConnectOptions) -> Self {
        Self(Arc::new(Way { server: Server::of(options), last: Mutex::default() }))
    }

    /// Completes once the server has refused connections for a while: about 1.5 s after the call at the earliest, never
    /// while it takes some.
    pub async fn refused(&self) -> DbErr {
        sleep(FIRST_LOOK).await;
        let mut refusals = 0;
        loop {
            refusals = match self.look().await {
                Some(kind) if refusals + 1 == REFUSALS => return failed(kind),
                Some(_) => refusals + 1,
                None => 0,
            };
            sleep(LOOK_EVERY).await;
        }
    }

    /// Looks at the server, unless somebody just has.
    async fn look(&self) -> Option<ErrorKind> {
        let mut last = self.0.last.lock().await;
        match *last {
            Some((at, kind)) if at.elapsed() < LOOK_EVERY => kind,
            _ => {
                let kind = self.0.server.refusal().await;
                *last = Some((Instant::now(), kind));
                kind
            }
        }
    }
}

fn failed(kind: ErrorKind) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(kind.into()))))
}

#[cfg(test)]
mod tests;
