//! Recognising one's own writes. When the confirmation of a COMMIT is lost, the write is tried again and finds that it
//! comes too late; owner and attempt of the claim show whether the earlier write was its own.

use super::Store;
use super::error::StoreResult;
use super::leases::Claim;
use super::transit::Change;
use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::RunStep;
use crate::server::entity::{agent, run, step};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

impl Store {
    /// This claim's run, and its first step, if it has begun to run already.
    pub(super) async fn begun_before(&self, claim: &Claim) -> StoreResult<Option<(Change, RunStep)>> {
        let begun = |run: &AgentRun| !run.status.is_terminal() && run.started_at.is_some();
        let Some(change) = self.own_run(claim, RunStatus::Queued, begun).await? else { return Ok(None) };
        let first = self.step_at(claim.run, 1).await?;
        Ok(first.map(|step| (change, step)))
    }

    /// Returns one of the steps of this claim's run, which goes on, if it has begun already.
    pub(super) async fn step_begun_before(&self, claim: &Claim, position: i32) -> StoreResult<Option<RunStep>> {
        match self.own_run(claim, RunStatus::Running, goes_on).await? {
            Some(_) => self.step_at(claim.run, position).await,
            None => Ok(None),
        }
    }

    /// This claim's run, which goes on, and one of its steps if that has ended already.
    pub(super) async fn step_ended_before(
        &self,
        claim: &Claim,
        position: i32,
    ) -> StoreResult<Option<(Change, RunStep)>> {
        let Some(change) = self.own_run(claim, RunStatus::Running, goes_on).await? else { return Ok(None) };
        let step = self.step_at(claim.run, position).await?.filter(|step| step.finished_at.is_some());
        Ok(step.map(|step| (change, step)))
    }

    /// This claim's run and its steps, if the claim has ended it already. A run that recovery or a stop has ended names no
    /// owner.
    pub(super) async fn ended_before(&self, claim: &Claim) -> StoreResult<Option<(Change, Vec<RunStep>)>> {
        let is_over = |run: &AgentRun| run.status.is_terminal();
        let Some(change) = self.own_run(claim, RunStatus::Running, is_over).await? else { return Ok(None) };
        Ok(Some((change, self.read_steps(&self.read, claim.run).await?)))
    }

    async fn own_run(
        &self,
        claim: &Claim,
        before: RunStatus,
        is_so: fn(&AgentRun) -> bool,
    ) -> StoreResult<Option<Change>> {
        let row = run::Entity::find_by_id(claim.run)
            .filter(run::Column::LeaseOwner.eq(claim.owner.as_str()))
            .filter(run::Column::Attempt.eq(claim.attempt))
            .one(&self.read)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (owner, run) = (row.owner_id, AgentRun::from(row));
        if !is_so(&run) {
            return Ok(None);
        }
        // Of this change or a later one: whoever listens asks for what may be missing between.
        let agent = agent::Entity::find_by_id(run.agent_id).one(&self.read).await?;
        Ok(agent.map(|agent| Change { owner, run, before: Some(before), seq: agent.live_seq }))
    }

    async fn step_at(&self, run: RunId, position: i32) -> StoreResult<Option<RunStep>> {
        let row = step::Entity::find()
            .filter(step::Column::RunId.eq(run))
            .filter(step::Column::Position.eq(position))
            .order_by_asc(step::Column::Id)
            .one(&self.read)
            .await?;
        Ok(row.map(RunStep::from))
    }
}

fn goes_on(run: &AgentRun) -> bool {
    !run.status.is_terminal()
}
