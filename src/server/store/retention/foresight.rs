//! What would be removed by now, found out by the conditions that decide when it is removed. Changes nothing.

use super::PrunedAgent;
use crate::domain::id::RunId;
use crate::domain::retention::{AgentForesight, Foresight, RetentionLimits};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// Agents of an owner that are looked at for a request.
const MOST_AGENTS: i64 = 200;
/// Pages of runs that are looked at for a request.
const MOST_PAGES: u32 = 20;
/// How long looking for a request may take.
const PATIENCE: Duration = Duration::from_millis(300);

/// How far somebody looks.
#[derive(Clone, Copy, Debug)]
struct Reach {
    pages: u32,
    until: Option<Instant>,
}

impl Reach {
    /// Takes another page; whether there is one.
    fn go_on(&mut self) -> bool {
        self.pages = self.pages.saturating_sub(1);
        self.pages > 0 && self.until.is_none_or(|until| Instant::now() < until)
    }
}

impl Store {
    /// Returns what would be removed of an owner's runs by now, under a server's limits. Looks at some thousand runs at most.
    pub async fn retention_foresight(
        &self,
        scope: &Scope,
        servers: RetentionLimits,
        now: Timestamp,
    ) -> StoreResult<Foresight> {
        let agents = self.own_agents_to_prune(scope, MOST_AGENTS + 1).await?;
        let mut reach = Reach { pages: MOST_PAGES, until: Some(Instant::now() + PATIENCE) };
        let mut sum = Foresight { is_more: agents.len() as i64 > MOST_AGENTS, ..Foresight::default() };
        for agent in agents.iter().take(usize::try_from(MOST_AGENTS).unwrap_or_default()) {
            sum.is_more |= self.foresee(agent, servers, now, &mut reach, &mut sum.agents).await?;
            if reach.pages == 0 || reach.until.is_some_and(|until| Instant::now() >= until) {
                sum.is_more |= agents.last().is_some_and(|last| last.id != agent.id);
                break;
            }
        }
        sum.runs = sum.agents.iter().map(|agent| agent.runs).sum();
        sum.payloads = sum.agents.iter().map(|agent| agent.payloads).sum();
        Ok(sum)
    }

    /// Returns what would be removed of one agent's runs, all of it; `None` where nothing would.
    pub async fn agent_foresight(
        &self,
        agent: &PrunedAgent,
        servers: RetentionLimits,
        now: Timestamp,
    ) -> StoreResult<Option<AgentForesight>> {
        let (mut reach, mut found) = (Reach { pages: u32::MAX, until: None }, Vec::new());
        self.foresee(agent, servers, now, &mut reach, &mut found).await?;
        Ok(found.pop())
    }

    /// Adds to `found` what would be removed of an agent's runs, if anything; returns whether there may be more.
    async fn foresee(
        &self,
        agent: &PrunedAgent,
        servers: RetentionLimits,
        now: Timestamp,
        reach: &mut Reach,
        found: &mut Vec<AgentForesight>,
    ) -> StoreResult<bool> {
        let bounds = self.retention_bounds(agent, servers, now, false).await?;
        let upto = bounds.upto.max(bounds.payloads_upto);
        let (mut runs, mut payloads, mut after) = (0, 0, RunId(0));
        // A long conversation is on many pages.
        let mut counted = HashSet::new();
        let is_more = loop {
            let page = self.retention_candidates(agent, &bounds, (after, upto)).await?;
            let new: Vec<_> = page.threads.iter().copied().filter(|thread| counted.insert(*thread)).collect();
            if !new.is_empty() {
                let fit = self.fit_threads(&self.read, agent, &bounds, &new).await?;
                runs += fit.iter().map(|size| size.runs).sum::<i64>();
            }
            if !page.payloads.is_empty() {
                payloads += self.fit_payloads(&self.read, agent, &bounds, &page.payloads).await?.len() as i64;
            }
            match page.last {
                None => break false,
                Some(_) if !reach.go_on() => break true,
                Some(last) => after = last,
            }
        };
        if runs > 0 || payloads > 0 {
            let (agent_id, agent_name, limits) = (agent.id, agent.name.clone(), bounds.limits);
            found.push(AgentForesight { agent_id, agent_name, limits, runs, payloads });
        }
        Ok(is_more)
    }
}
