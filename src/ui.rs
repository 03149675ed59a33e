//! User interface: pages, their parts and the state behind them. Reaches the server through `api` only.
//!
//! Rooms, each of which may use those above it and no others (`rooms` tests it):
//!
//! | Room | Holds | May use |
//! |---|---|---|
//! | `model` | plain data: pure reducers, words, figures | |
//! | `dom` | what has to be done to the page by hand | |
//! | `state` | signals: what a page knows, and the live connection that feeds it | `model`, `dom` |
//! | `kit` | parts that know no agent, run or chat | `model`, `dom`, the page-wide parts of `state` |
//! | `runs` | a run: its page, its row, its steps | `model`, `dom`, `state`, `kit` |
//! | `chats` | an agent's chats | those and `runs` |
//! | `agents` | the dashboard, an agent's pages, its form | those and `runs` |
//! | `shell` | what stands around every page | `model`, `dom`, `state`, `kit` |

pub mod agents;
pub mod chats;
pub mod dom;
pub mod kit;
pub mod model;
#[cfg(test)]
mod rooms;
pub mod runs;
pub mod shell;
pub mod state;
