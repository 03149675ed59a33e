//! Lists of an agent's newest runs, as they went out last: while nothing has changed, they are neither read nor written
//! again.
//!
//! A list is never older than a change that anybody has seen. Two things show that none has been made. Where one
//! process writes, [`Generation`]: nothing at all has been committed since. Otherwise the agent's `live_seq`, read by its
//! key. A claim counts a queued run's attempts without raising that, so a list with a queued run has the first alone.

use super::kept::Kept;
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::run::{AgentRun, RunStatus};
use crate::server::store::Store;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::generation::Generation;
use crate::server::store::scope::Scope;
use bytes::Bytes;
use http::HeaderValue;
use std::sync::Arc;

/// Room for all lists together.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A list as it goes out.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub body: Bytes,
    /// Its content coding; `None` where it is as it was written.
    pub coding: Option<HeaderValue>,
    /// Entity tag, strong: another for other bytes.
    pub tag: HeaderValue,
}

/// All that decides what a list looks like.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    owner: OwnerId,
    agent: AgentId,
    limit: u64,
    /// The codings that the client takes, in its words.
    accepts: Option<HeaderValue>,
}

/// A list, and what it is known to be current by.
#[derive(Clone, Debug)]
struct Entry {
    rendered: Rendered,
    /// No newer than what was read.
    generation: Option<Generation>,
    /// `live_seq`, no newer than what was read; `None` where it does not tell.
    seq: Option<i64>,
}

/// Reads lists. Cheap to clone; every clone keeps the same ones.
#[derive(Clone)]
pub struct RunLists {
    store: Store,
    kept: Arc<Kept<Key, Entry>>,
}

impl RunLists {
    pub fn new(store: Store) -> Self {
        Self { store, kept: Arc::new(Kept::new(MOST_BYTES)) }
    }

    /// Returns the newest runs of an agent, newest first, at most `limit`, as `render` makes them for a client that
    /// `accepts` these codings.
    ///
    /// # Errors
    /// No such agent; those of `render`.
    pub async fn read<E, F>(
        &self,
        scope: &Scope,
        agent: AgentId,
        limit: u64,
        accepts: Option<&HeaderValue>,
        render: impl FnOnce(Vec<AgentRun>) -> F,
    ) -> Result<Rendered, E>
    where
        E: From<StoreError>,
        F: Future<Output = Result<Rendered, E>>,
    {
        let key = Key { owner: scope.owner(), agent, limit, accepts: accepts.cloned() };
        // Before anything is read: what is kept is at least as new as this says.
        let generation = self.store.generation();
        let kept = self.kept.get(&key);
        if generation.is_some()
            && let Some(entry) = kept.as_ref().filter(|entry| entry.generation == generation)
        {
            return Ok(entry.rendered.clone());
        }
        let seq = self.seq(scope, &key).await?;
        let entry = match kept.filter(|entry| entry.seq == Some(seq)) {
            Some(entry) => Entry { generation, ..entry },
            None => {
                let runs = self.store.list_runs(scope, agent, limit).await?;
                let is_settled = runs.iter().all(|run| run.status != RunStatus::Queued);
                Entry { rendered: render(runs).await?, generation, seq: is_settled.then_some(seq) }
            }
        };
        let rendered = entry.rendered.clone();
        let bytes = rendered.body.len() + accepts.map_or(0, HeaderValue::len);
        self.kept.put(&key, entry, bytes);
        Ok(rendered)
    }

    async fn seq(&self, scope: &Scope, key: &Key) -> StoreResult<i64> {
        let seq = self.store.live_seq(scope, key.agent).await;
        if seq.is_err() {
            self.kept.remove(key);
        }
        seq
    }
}
