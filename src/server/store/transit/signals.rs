//! The signals of a run that has ended as reported: what its execution saw, what its end says, and how it compares with its
//! agent's earlier runs. At most one read, where a comparison could show anything, and one write, where there is a signal that
//! its row does not have.

use crate::domain::normal::{AMONG, LATEST, LEAST_EXCESS_MS};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::signal::{Earlier, Signals};
use crate::server::entity::values::Json;
use crate::server::store::Store;
use crate::server::store::endings::Ending;
use crate::server::store::error::StoreResult;
use crate::server::store::newest::{NEWEST_FIRST, as_json, newest_with};
use crate::server::store::normal::{Successes, normal_of};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

impl Store {
    /// Writes down all that is out of the ordinary about a run that has just ended, in the transaction that ended it.
    pub(super) async fn signal(
        &self,
        txn: &DatabaseTransaction,
        run: &mut AgentRun,
        ending: &Ending,
    ) -> StoreResult<()> {
        let served = run.served_model.as_deref();
        let earlier = self.earlier(txn, run, served).await?;
        let signals = run
            .signals
            .and(ending.seen())
            .and(Signals::of_end(run, &ending.text))
            .and(Signals::of_comparison(run, &earlier, served));
        if signals != run.signals {
            run.signals = signals;
            let update = "UPDATE agent_runs SET signals = $2 WHERE id = $1";
            txn.execute_raw(self.statement(update, [run.id.into(), signals.into()])).await?;
        }
        Ok(())
    }

    /// Reads what a run is to be compared with, as far as a comparison could show anything.
    async fn earlier(&self, txn: &DatabaseTransaction, run: &AgentRun, served: Option<&str>) -> StoreResult<Earlier> {
        // A moment is never slow, and what is free never expensive.
        let is_long = run.duration_ms.is_some_and(|ms| ms > LEAST_EXCESS_MS);
        let with_normal = is_long || run.usage.total_cost.is_some_and(|cost| cost.0 > 0);
        if !with_normal && served.is_none() {
            return Ok(Earlier::default());
        }
        let sql = earlier_sql(self.backend(), with_normal, served.is_some());
        let mut values = vec![("agent", run.agent_id.into()), ("run", run.id.into())];
        // PostgreSQL takes no parameter that has no place.
        values.extend(served.map(|_| ("model", run.model.as_str().into())));
        let Some(row) = txn.query_one_raw(self.named(&sql, values)).await? else { return Ok(Earlier::default()) };
        let latest: Option<Successes> = row.try_get("", "latest")?;
        Ok(Earlier { normal: latest.as_ref().and_then(normal_of), served: served_models(row.try_get("", "served")?) })
    }
}

/// Models that runs were served, each as a list of one.
type Served = Json<Vec<(String,)>>;

fn served_models(served: Option<Served>) -> Vec<String> {
    served.map_or_else(Vec::new, |Json(models)| models.into_iter().map(|(model,)| model).collect())
}

/// Returns the statement that reads of agent `:agent` its latest successes but run `:run`, and the models that its latest runs
/// before that were served which succeeded and asked for `:model`; each only where it is wanted, and one of them always is.
pub(in crate::server::store) fn earlier_sql(backend: DbBackend, with_normal: bool, with_served: bool) -> String {
    // A turn of a chat is no measure for a task.
    let alike =
        format!("n.status = '{}' AND n.chat = (SELECT r.chat FROM agent_runs r WHERE r.id = :run)", RunStatus::Success);
    let latest = newest_with(LATEST + 1, &alike, AMONG, "n.duration_ms, n.total_cost");
    let latest = format!("SELECT k.* FROM ({latest}) k WHERE k.id <> :run ORDER BY k.id DESC LIMIT {LATEST}");
    let latest = as_json(backend, "j.duration_ms, j.total_cost", NEWEST_FIRST, &latest);
    let served = format!(
        "n.status = '{}' AND n.model = :model AND n.served_model IS NOT NULL AND n.id < :run",
        RunStatus::Success
    );
    let served = newest_with(LATEST, &served, AMONG, "n.served_model");
    let served = as_json(backend, "j.served_model", NEWEST_FIRST, &served);
    let unless = |is_wanted: bool, sql: String| if is_wanted { sql } else { "CAST(NULL AS TEXT)".to_owned() };
    let (latest, served) = (unless(with_normal, latest), unless(with_served, served));
    format!("SELECT {latest} AS latest, {served} AS served FROM agents a WHERE a.id = :agent")
}
