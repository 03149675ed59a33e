//! Input and output of the decisions about the connection.

use crate::ui::model::server_time::Reading;

/// How the live connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not begun: the page is only what the server has rendered.
    #[default]
    None,
    Live,
    /// Lost; the next attempt is near.
    Retrying,
    /// Lost for long, or the browser says that there is no network.
    Offline,
}

/// Next step while the connection is down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    #[default]
    Nothing,
    Trying,
    /// An attempt in this many seconds.
    In(i64),
}

/// State of the connection, as far as it may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub connection: Connection,
    pub next: Next,
    /// Down for so long that it has to be said.
    pub stale: bool,
    /// While it is down: when what is shown was last known to be right.
    pub known: Option<Reading>,
}

/// An event of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The page is hydrated.
    Started,
    Opened,
    /// Something has come.
    Heard,
    /// The response to the ping of this number has come.
    Answered(u64),
    Closed,
    /// The time asked for has come.
    Timer,
    /// Somebody looks, or the network may have gone: the connection has to prove itself.
    Doubt,
    /// The page was away, the network is back, or the reader will not wait: the same, and where it is down it is tried
    /// at once.
    Wake,
}

/// The world in which it happens.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub at: Reading,
    /// Whether the browser believes in a network.
    pub online: bool,
    /// Any number that differs between pages.
    pub chance: u64,
}

/// Actions on the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Todo {
    /// Open a socket; one that is there is replaced and no longer heard.
    pub open: bool,
    /// Close the socket; nothing is expected of it.
    pub close: bool,
    /// Ask for every topic.
    pub subscribe: bool,
    /// Send a ping of this number.
    pub ping: Option<u64>,
    /// Send `Timer` after this many milliseconds, instead of at the time asked for before.
    pub timer: Option<i64>,
}
