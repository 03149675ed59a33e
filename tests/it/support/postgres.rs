//! PostgreSQL as people run it: behind a pooler, cut off for a while, with roles and databases of their own.

use super::database::TestDatabase;
use sea_orm::sqlx::{self, Connection, Executor, PgConnection};
use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Executes statements on the server, one by one, as its superuser.
pub async fn on_server(statements: &[String]) {
    let url = std::env::var("RUNBOARD_TEST_POSTGRES_URL").expect("a PostgreSQL server");
    let mut admin = PgConnection::connect(&url).await.unwrap();
    for statement in statements {
        admin.execute(sqlx::AssertSqlSafe(statement.clone())).await.unwrap();
    }
    admin.close().await.unwrap();
}

impl TestDatabase {
    /// Returns the name of a database on PostgreSQL.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }

    /// Returns the host and port of its server.
    pub fn address(&self) -> &str {
        let (_, rest) = self.url.split_once('@').unwrap();
        rest.split('/').next().unwrap()
    }

    /// Returns the same database, reached at another port of this machine.
    pub fn at_port(&self, port: u16) -> Self {
        let mut same = self.clone();
        same.url = format!("postgres://runboard@127.0.0.1:{port}/{}", self.name());
        same
    }

    /// Returns the same database for another role.
    pub fn as_role(&self, role: &str) -> Self {
        let mut same = self.clone();
        same.url = self.url.replace("runboard@", &format!("{role}@"));
        same
    }
}

/// A pgbouncer in front of a database, which hands out its few sessions transaction by transaction.
pub struct Pooler {
    child: Child,
    pub port: u16,
    _dir: TempDir,
}

impl Pooler {
    pub async fn before(database: &TestDatabase) -> Self {
        let dir = TempDir::new().unwrap();
        let port = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (host, server_port) = database.address().split_once(':').unwrap();
        let name = database.name();
        let config = dir.path().join("pgbouncer.ini");
        std::fs::write(
            &config,
            format!(
                "[databases]\n{name} = host={host} port={server_port} user=runboard dbname={name}\n[pgbouncer]\n\
                 listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
                 pool_mode = transaction\ndefault_pool_size = 3\n"
            ),
        )
        .unwrap();
        let program = std::env::var_os("PGBOUNCER").map_or_else(|| "/usr/sbin/pgbouncer".into(), PathBuf::from);
        let mut command = Command::new(program);
        // It refuses to run as root, and reads its file as whoever it becomes.
        if std::env::var_os("HOME").is_some_and(|home| home == "/root") {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
            command.args(["-u", "nobody"]);
        }
        let child = command.arg("-q").arg(&config).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("no pgbouncer: scripts/setup.sh test installs it");
        super::eventually("the pooler takes connections", async || {
            TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop)
        })
        .await;
        Self { child, port, _dir: dir }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A way to a server that can be cut: as if the server went away in the middle of whatever it was asked, and came back.
pub struct Way {
    pub port: u16,
    to: String,
    open: Option<JoinHandle<()>>,
}

impl Way {
    pub async fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Some(tokio::spawn(forward(listener, address.to_owned())));
        Self { port, to: address.to_owned(), open }
    }

    /// Ends every connection, and takes no more.
    pub async fn cut(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            let _ = open.await;
        }
    }

    /// Takes connections again.
    pub async fn mend(&mut self) {
        let port = self.port;
        let listener =
            super::eventually("the port is free", async || TcpListener::bind(("127.0.0.1", port)).await.ok()).await;
        self.open = Some(tokio::spawn(forward(listener, self.to.clone())));
    }
}

async fn forward(listener: TcpListener, to: String) {
    // Whoever drops this task ends all of them.
    let mut connections = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        let to = to.clone();
        connections.spawn(async move {
            if let Ok(mut far) = TcpStream::connect(to).await {
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}
