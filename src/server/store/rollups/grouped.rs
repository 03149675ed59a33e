//! Reads figures of any time from roll-ups, grouped and cut into hours or days: one query, however many runs there were, and
//! right after runs were deleted too.

use super::Tally;
use super::spans::Spans;
use super::window::sums_of_hours;
use crate::domain::id::AgentId;
use crate::domain::run::Trigger;
use crate::domain::run_filter::Choice;
use crate::domain::stats::{By, FailureCounts, Group, GroupKey, RunFigures, Span, SpanFigures};
use crate::server::entity::values::Json;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::named::among;
use crate::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use std::collections::{HashMap, HashSet};

/// How many cells, groups times spans, are read at most.
pub const MOST_CELLS: u64 = 20_000;

/// The figures that are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub by: Option<By>,
    pub spans: Spans,
    /// Of which agents; `None` for all.
    pub agents: Option<Choice<AgentId>>,
}

/// Figures of groups, the one with the most runs first, and of all together.
#[derive(Clone, Debug)]
pub struct Grouped {
    pub groups: Vec<Group>,
    /// `None` where runs count in several groups, or where there would be no groups besides.
    pub total: Option<Group>,
}

impl Store {
    /// Sums up the runs that ended within a time. `None` where that would be more than [`MOST_CELLS`].
    pub async fn grouped(&self, scope: &Scope, wanted: &Wanted) -> StoreResult<Option<Grouped>> {
        let Wanted { by, spans, agents } = wanted;
        let segments: Vec<_> =
            spans.segments.iter().map(|segment| (segment.hours.0, segment.hours.1, segment.shift)).collect();
        let mut values = vec![
            ("owner", scope.owner().into()),
            ("segments", Json(segments).into()),
            ("width", spans.width.into()),
            ("most", (MOST_CELLS as i64 + 1).into()),
        ];
        if let Some(agents) = agents {
            values.push(("ids", self.ids(&agents.values)));
        }
        let sql = grouped_sql(self.backend(), *by, agents.as_ref().map(|agents| agents.negated));
        let rows = self.read.query_all_raw(self.named(&sql, values)).await?;
        if rows.len() as u64 > MOST_CELLS {
            return Ok(None);
        }
        let mut cells = Vec::with_capacity(rows.len());
        for row in &rows {
            cells.push((key(row, *by)?, row.try_get::<i64>("", "span")?, Tally::read(row)?));
        }
        // Each group has all spans, those without runs too.
        let groups: HashSet<&GroupKey> = cells.iter().map(|(key, ..)| key).collect();
        let is_too_much = spans.is_cut() && (groups.len() as u64).saturating_mul(spans.spans.len() as u64) > MOST_CELLS;
        if is_too_much {
            return Ok(None);
        }
        Ok(Some(assemble(*by, spans, cells)))
    }
}

/// Puts cells together.
fn assemble(by: Option<By>, spans: &Spans, cells: Vec<(GroupKey, i64, Tally)>) -> Grouped {
    let (mut groups, mut all) = (HashMap::<GroupKey, HashMap<i64, Tally>>::new(), HashMap::<i64, Tally>::new());
    for (key, span, tally) in cells {
        all.entry(span).or_default().add(&tally);
        groups.entry(key).or_default().insert(span, tally);
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(key, tallies)| group(key, spans, &tallies)).collect();
    groups.sort_by(|a, b| b.figures.runs.cmp(&a.figures.runs).then_with(|| order(&a.key).cmp(&order(&b.key))));
    match by {
        None => Grouped { groups: Vec::new(), total: Some(group(GroupKey::All {}, spans, &all)) },
        Some(By::Tag) => Grouped { groups, total: None },
        Some(_) => Grouped { groups, total: Some(group(GroupKey::All {}, spans, &all)) },
    }
}

/// Returns what groups with as many runs are ordered by.
fn order(key: &GroupKey) -> (&str, i64, i64) {
    match key {
        GroupKey::Agent { agent_id, agent_name } => (agent_name, agent_id.0, 0),
        GroupKey::Model { model } => (model, 0, 0),
        GroupKey::Tag { tag } => (tag.as_deref().unwrap_or_default(), 0, 0),
        GroupKey::Trigger { trigger } => (trigger.as_str(), 0, 0),
        GroupKey::Version { agent_id, agent_name, version } => (agent_name, agent_id.0, -version.unwrap_or(0)),
        GroupKey::All {} => ("", 0, 0),
    }
}

fn group(key: GroupKey, spans: &Spans, tallies: &HashMap<i64, Tally>) -> Group {
    let mut whole = Tally::default();
    tallies.values().for_each(|tally| whole.add(tally));
    let of = |(number, span): &(i64, Span)| SpanFigures {
        span: *span,
        figures: tallies.get(number).map(Tally::figures).unwrap_or_default(),
    };
    let buckets = match spans.is_cut() {
        true => spans.spans.iter().map(of).collect(),
        false => Vec::new(),
    };
    Group { key, figures: whole.figures(), buckets }
}

fn key(row: &QueryResult, by: Option<By>) -> StoreResult<GroupKey> {
    Ok(match by {
        None => GroupKey::All {},
        Some(By::Agent) => {
            GroupKey::Agent { agent_id: row.try_get("", "agent_id")?, agent_name: row.try_get("", "agent_name")? }
        }
        Some(By::Model) => GroupKey::Model { model: row.try_get("", "model")? },
        Some(By::Tag) => GroupKey::Tag { tag: row.try_get("", "tag")? },
        Some(By::Trigger) => GroupKey::Trigger { trigger: row.try_get::<Trigger>("", "trigger")? },
        Some(By::Version) => GroupKey::Version {
            agent_id: row.try_get("", "agent_id")?,
            agent_name: row.try_get("", "agent_name")?,
            version: Some(row.try_get("", "version")?).filter(|version| *version > 0),
        },
    })
}

/// A row for each group and span that has runs. CROSS JOIN: SQLite keeps the order, and finds each agent's hours by the key.
pub(in crate::server::store) fn grouped_sql(backend: DbBackend, by: Option<By>, negated: Option<bool>) -> String {
    let columns = match by {
        None => "",
        Some(By::Agent) => "a.id AS agent_id, a.name AS agent_name, ",
        Some(By::Model) => "h.model AS model, ",
        Some(By::Tag) => "t.value AS tag, ",
        Some(By::Trigger) => "h.trigger AS trigger, ",
        Some(By::Version) => "a.id AS agent_id, a.name AS agent_name, h.version AS version, ",
    };
    let grouped = match by {
        None => "",
        Some(By::Agent) => "a.id, a.name, ",
        Some(By::Model) => "h.model, ",
        Some(By::Tag) => "t.value, ",
        Some(By::Trigger) => "h.trigger, ",
        Some(By::Version) => "a.id, a.name, h.version, ",
    };
    let (segments, tags) = match backend {
        DbBackend::Postgres => (
            "json_array_elements(CAST(CAST(:segments AS TEXT) AS JSON)) AS v (value)",
            "LEFT JOIN json_array_elements_text(CAST(a.tags AS JSON)) AS t (value) ON TRUE",
        ),
        _ => ("json_each(:segments) AS v", "LEFT JOIN json_each(a.tags) AS t ON TRUE"),
    };
    let tags = if by == Some(By::Tag) { tags } else { "" };
    let some = match negated {
        None => String::new(),
        Some(negated) => {
            format!("AND {}(a.id {})", if negated { "NOT " } else { "" }, among(backend, ":ids"))
        }
    };
    let span = "(h.hour * 3600 + s.shift) / CAST(:width AS BIGINT)";
    format!(
        "SELECT {columns}{span} AS span, {}, NULL AS listed
         FROM agents a {tags}
         CROSS JOIN (SELECT CAST(v.value ->> 0 AS BIGINT) AS first_hour, CAST(v.value ->> 1 AS BIGINT) AS end_hour,
                            CAST(v.value ->> 2 AS BIGINT) AS shift FROM {segments}) AS s
         CROSS JOIN run_hours h
         WHERE a.owner_id = :owner {some} AND h.agent_id = a.id AND h.hour >= s.first_hour AND h.hour < s.end_hour
         GROUP BY {grouped}{span} LIMIT :most",
        sums_of_hours(backend)
    )
}

impl Tally {
    fn figures(&self) -> RunFigures {
        let Self { error, timeout, interrupted, budget, .. } = *self;
        RunFigures {
            runs: self.began,
            succeeded: self.success,
            failed: self.failed(),
            failed_by_kind: FailureCounts { error, timeout, interrupted, budget },
            cancelled: self.cancelled,
            skipped: self.skipped,
            success_rate: self.success_rate(),
            prompt_tokens: self.prompt_tokens,
            cached_tokens: self.cached_tokens,
            completion_tokens: self.completion_tokens,
            reasoning_tokens: self.reasoning_tokens,
            total_tokens: self.total_tokens,
            cost: self.day().cost,
            unpriced_runs: self.unpriced,
            duration: self.took(),
        }
    }
}
