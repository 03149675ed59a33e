//! The sets of tools that models are offered: each is stored once, compressed, under the digest of what is in it, and the runs
//! that were offered it name the digest. No list reads either.

use super::Store;
use super::error::StoreResult;
use super::payloads::packed::{pack, unpack};
use super::scope::Scope;
use crate::domain::id::RunId;
use crate::server::aside;
use crate::server::execution::offer::{DIGEST, OfferedTool, ToolOffer};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait;
use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

/// Digests that are remembered at most; after that they are learnt again.
const REMEMBERED: usize = 10_000;

/// The column of runs that names the set. It is no part of the entity: lists have no use for it.
pub(super) const COLUMN: &str = "tools_digest";

const INSERT: &str = "INSERT INTO tool_sets (digest, zstd) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";

/// The set that a run was offered.
pub(super) const OF_RUN: &str = "
SELECT t.zstd FROM agent_runs r JOIN tool_sets t ON t.digest = r.tools_digest
WHERE r.id = :run AND r.owner_id + 0 = :owner";

/// The digests of sets that are stored. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct KnownOffers(Arc<Mutex<HashSet<[u8; DIGEST]>>>);

/// A set of tools on its way into the database.
#[derive(Clone, Debug)]
pub(super) struct KeptOffer {
    digest: [u8; DIGEST],
    /// `None` where it is stored already.
    packed: Option<Vec<u8>>,
}

impl KeptOffer {
    /// Returns what the run's row names it by.
    pub(super) fn digest(&self) -> Vec<u8> {
        self.digest.to_vec()
    }
}

impl Store {
    /// Prepares a set of tools, before the transaction that stores it. Costs nothing where it is known to be stored.
    pub(super) async fn kept_offer(&self, offer: Option<&ToolOffer>) -> Option<KeptOffer> {
        let ToolOffer { digest, json } = offer?.clone();
        if self.offers.0.lock().contains(&digest) {
            return Some(KeptOffer { digest, packed: None });
        }
        match aside::read(json.len(), move || pack(json.as_bytes())).await {
            Ok(packed) => Some(KeptOffer { digest, packed: Some(packed) }),
            Err(error) => {
                // Out of memory. Which tools the run was offered is then not known.
                tracing::error!(%error, "compressing the tools that a run is offered");
                None
            }
        }
    }

    /// Stores a set of tools unless it is there, in the transaction that writes its digest into the run's row.
    pub(super) async fn insert_offer<C: ConnectionTrait>(&self, db: &C, offer: Option<&KeptOffer>) -> StoreResult<()> {
        if let Some(KeptOffer { digest, packed: Some(packed) }) = offer {
            db.execute_raw(self.statement(INSERT, [digest.to_vec().into(), packed.clone().into()])).await?;
        }
        Ok(())
    }

    /// Remembers that a set is stored. Called after the commit, not before.
    pub(super) fn remember_offer(&self, offer: Option<&KeptOffer>) {
        if let Some(KeptOffer { digest, packed: Some(_) }) = offer {
            let mut known = self.offers.0.lock();
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(*digest);
        }
    }

    /// Returns the tools that a run's model was offered, in the order of their names. `None` where that is not known: of runs
    /// that have not made a model call, and of those from before this was recorded.
    pub async fn offered_tools(&self, scope: &Scope, run: RunId) -> StoreResult<Option<Vec<OfferedTool>>> {
        let values = [("run", run.into()), ("owner", scope.owner().into())];
        let Some(row) = self.read.query_one_raw(self.named(OF_RUN, values)).await? else { return Ok(None) };
        let packed: Vec<u8> = row.try_get("", "zstd")?;
        Ok(aside::read(packed.len(), move || read(packed, run)).await)
    }
}

fn read(packed: Vec<u8>, run: RunId) -> Option<Vec<OfferedTool>> {
    let mut json = String::new();
    let tools = match unpack(packed.into()).and_then(|mut reader| reader.read_to_string(&mut json)) {
        Ok(_) => ToolOffer::read(&json),
        Err(error) => {
            tracing::error!(%run, %error, "reading the tools that a run was offered");
            return None;
        }
    };
    if tools.is_none() {
        tracing::error!(%run, "the tools that a run was offered cannot be read");
    }
    tools
}
