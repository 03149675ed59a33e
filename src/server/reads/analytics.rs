//! Cost and failures of all agents of an owner, by what is chosen: two queries of roll-ups, however many runs there were.

mod charts;

use self::charts::charts;
use super::snapshots::Snapshots;
use crate::domain::decimal::rounded;
use crate::domain::run::Trigger;
use crate::domain::run_filter::{Choice, Period, RunFilter, Within};
use crate::domain::stats::{Bucket, By, Group, GroupKey};
use crate::domain::summary::HOUR_MS;
use crate::domain::views::analytics::{AnalyticsRow, AnalyticsView, MOST_ROWS};
use crate::server::store::error::StoreResult;
use crate::server::store::rollups::grouped::Wanted;
use crate::server::store::rollups::spans::{Spans, first_hour_of_day};
use crate::server::store::scope::Scope;
use chrono_tz::Tz;

/// Most parts of the charts: the hours of a day, or the days of a month.
const PARTS: usize = 31;

impl Snapshots {
    /// Returns what the page shows of a period that ends now, by hours of a day or by days of UTC.
    pub async fn analytics(&self, scope: &Scope, by: By, period: Period) -> StoreResult<AnalyticsView> {
        let now = self.store.now();
        let end = now.ms() / HOUR_MS + 1;
        let (bucket, first) = match period {
            Period::Hour | Period::Day => (Bucket::Hour, end - period.ms() / HOUR_MS),
            Period::Week | Period::Month => {
                (Bucket::Day, first_hour_of_day(now, period.ms() / (24 * HOUR_MS) - 1, Tz::UTC))
            }
        };
        let cut = |bucket| Spans::cut((first, end), bucket, Tz::UTC, PARTS);
        let (mut spans, mut groups) = (Vec::new(), Vec::new());
        if let Some(cut) = cut(Some(bucket)) {
            let wanted = Wanted { by: None, spans: cut, agents: None };
            let total = self.store.grouped(scope, &wanted).await?.and_then(|grouped| grouped.total);
            spans = total.map(|total| total.buckets).unwrap_or_default();
        }
        if let Some(spans) = cut(None) {
            let wanted = Wanted { by: Some(by), spans, agents: None };
            groups = self.store.grouped(scope, &wanted).await?.map(|grouped| grouped.groups).unwrap_or_default();
        }
        let (rows, more) = rows(groups, period);
        Ok(AnalyticsView { by, period, charts: charts(&spans, bucket, now), rows, more })
    }
}

/// Returns the rows of groups, the one that has cost the most first, and how many there are besides.
fn rows(mut groups: Vec<Group>, period: Period) -> (Vec<AnalyticsRow>, i64) {
    let cost = |group: &Group| group.figures.cost.unwrap_or_default().0;
    // Those that cost the same stay as they are: by runs.
    groups.sort_by_key(|group| std::cmp::Reverse(cost(group)));
    let all = groups.iter().map(cost).fold(0_i64, i64::saturating_add);
    let more = groups.len().saturating_sub(MOST_ROWS) as i64;
    let row = |group: Group| {
        let share = if all > 0 { rounded(cost(&group).saturating_mul(1_000), all) } else { 0 };
        let figures = group.figures;
        AnalyticsRow {
            label: label(&group.key),
            query: filter(group.key, period).map(|filter| filter.to_query()),
            runs: figures.runs,
            failed: figures.failed,
            success_rate: figures.success_rate,
            total_tokens: figures.total_tokens,
            cost: figures.cost,
            unpriced_runs: figures.unpriced_runs,
            share,
            p50_ms: figures.duration.map(|took| took.p50_ms),
            p95_ms: figures.duration.map(|took| took.p95_ms),
        }
    };
    (groups.into_iter().take(MOST_ROWS).map(row).collect(), more)
}

fn label(key: &GroupKey) -> String {
    match key {
        GroupKey::Agent { agent_name, .. } => agent_name.clone(),
        GroupKey::Model { model } => model.clone(),
        GroupKey::Tag { tag } => tag.clone().unwrap_or_else(|| "No tag".to_owned()),
        GroupKey::Trigger { trigger } => match trigger {
            Trigger::Manual => "Manual".to_owned(),
            Trigger::Schedule => "Schedule".to_owned(),
            Trigger::Api => "API".to_owned(),
        },
        GroupKey::Version { agent_name, version: Some(version), .. } => format!("{agent_name}, version {version}"),
        GroupKey::Version { agent_name, version: None, .. } => agent_name.clone(),
        GroupKey::All {} => "All".to_owned(),
    }
}

/// Returns the filter by which a group's runs are listed; `None` where there is none.
fn filter(key: GroupKey, period: Period) -> Option<RunFilter> {
    let mut filter = RunFilter { within: Within::Last(period), ..RunFilter::default() };
    match key {
        GroupKey::Agent { agent_id, .. } => filter.agent = Some(Choice::of([agent_id])),
        GroupKey::Model { model } => filter.model = Some(Choice::of([model])),
        GroupKey::Tag { tag } => filter.agent_tag = Some(Choice::of([tag?])),
        GroupKey::Trigger { trigger } => filter.trigger = Some(Choice::of([trigger])),
        GroupKey::Version { agent_id, version, .. } => {
            filter.agent = Some(Choice::of([agent_id]));
            filter.version = Some(Choice::of([version?]));
        }
        GroupKey::All {} => {}
    }
    Some(filter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentId;
    use crate::domain::money::NanoDollars;
    use crate::domain::stats::RunFigures;

    fn group(key: GroupKey, cost: Option<i64>) -> Group {
        let figures = RunFigures { runs: 1, cost: cost.map(NanoDollars), ..RunFigures::default() };
        Group { key, figures, buckets: Vec::new() }
    }

    #[test]
    fn what_has_cost_the_most_comes_first_with_its_share() {
        let model = |name: &str| GroupKey::Model { model: name.to_owned() };
        let groups =
            vec![group(model("a/unknown"), None), group(model("a/b"), Some(30)), group(model("c/d"), Some(70))];
        let (rows, more) = rows(groups, Period::Week);
        let shown: Vec<_> = rows.iter().map(|row| (row.label.as_str(), row.share, row.cost.is_some())).collect();
        assert_eq!(shown, [("c/d", 700, true), ("a/b", 300, true), ("a/unknown", 0, false)]);
        assert_eq!((rows[0].query.as_deref(), more), (Some("model=c/d&period=7d"), 0));
    }

    #[test]
    fn rows_lead_to_their_runs_and_those_without_a_tag_nowhere() {
        let query = |key| filter(key, Period::Day).map(|filter| filter.to_query());
        let agent = GroupKey::Agent { agent_id: AgentId(3), agent_name: "x".to_owned() };
        assert_eq!(query(agent).as_deref(), Some("agent=3&period=24h"));
        assert_eq!(
            query(GroupKey::Tag { tag: Some("a,b".to_owned()) }).as_deref(),
            Some("agent_tag=a%5C,b&period=24h")
        );
        assert_eq!(query(GroupKey::Tag { tag: None }), None);
    }

    #[test]
    fn of_very_many_groups_the_rest_is_counted() {
        let groups = (0..130).map(|n| group(GroupKey::Model { model: n.to_string() }, Some(n))).collect();
        let (rows, more) = rows(groups, Period::Day);
        assert_eq!((rows.len(), more, rows[0].label.as_str()), (MOST_ROWS, 30, "129"));
    }
}
