//! Figures by group, hour and day say what the runs' rows say.

use super::history::History;
use super::{rows, script};
use crate::support::database::TestDatabase;
use chrono_tz::Tz;
use rows::Row;
use runboard::domain::id::AgentId;
use runboard::domain::run_filter::Choice;
use runboard::domain::stats::{Bucket, By, GroupKey, RunFigures};
use runboard::domain::summary::HOUR_MS;
use runboard::server::store::rollups::grouped::{Grouped, Wanted};
use runboard::server::store::rollups::spans::Spans;
use sea_orm::ConnectionTrait;

/// Whether a row counts in a group.
fn is_of(key: &GroupKey, row: &Row) -> bool {
    match key {
        GroupKey::Agent { agent_id, .. } => row.agent_id == agent_id.0,
        GroupKey::Model { model } => row.model == *model,
        GroupKey::Tag { tag } => match (tag.as_deref(), row.agent_id) {
            (Some("one"), agent) => agent == 1 || agent == 2,
            (Some("both"), agent) => agent == 1,
            (tag, agent) => tag.is_none() && agent > 2,
        },
        GroupKey::Trigger { trigger } => row.trigger == trigger.as_str(),
        GroupKey::Version { agent_id, version, .. } => {
            row.agent_id == agent_id.0 && row.agent_version.unwrap_or(0) == version.unwrap_or(0)
        }
        GroupKey::All {} => true,
    }
}

fn are_those_of(figures: &RunFigures, rows: &[&Row], what: &str) {
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count() as i64;
    let sum = |of: &dyn Fn(&Row) -> i64| rows.iter().map(|row| of(row)).sum::<i64>();
    assert_eq!(figures.runs, count(&|row| row.started_at.is_some()), "{what}");
    assert_eq!(figures.succeeded, count(&|row| row.status == "success"), "{what}");
    assert_eq!(figures.failed, count(&|row| row.status == "failed"), "{what}");
    assert_eq!(figures.failed_by_kind.timeout, count(&|row| row.failure_kind.as_deref() == Some("timeout")), "{what}");
    assert_eq!(figures.skipped, count(&|row| row.status == "skipped"), "{what}");
    assert_eq!(figures.cancelled, count(&|row| row.status == "cancelled"), "{what}");
    assert_eq!(figures.total_tokens, sum(&|row| row.total_tokens.unwrap_or(0)), "{what}");
    assert_eq!(figures.cost.unwrap_or_default().0, sum(&Row::cost), "{what}");
    let unpriced = count(&|row| row.started_at.is_some() && row.total_cost.is_none());
    assert_eq!(figures.unpriced_runs, unpriced, "{what}");
    let read = figures.duration.map(|took| took.p95_ms);
    assert!(rows::is_near(read, rows::percentile(rows, 95)), "{what}: {read:?}");
}

impl History {
    async fn grouped(&self, by: Option<By>, spans: &Spans, agents: Option<Choice<AgentId>>) -> Grouped {
        let wanted = Wanted { by, spans: spans.clone(), agents };
        self.s.store.grouped(&self.s.scope, &wanted).await.unwrap().unwrap()
    }
}

pub async fn figures_by_group_and_day_are_those_of_the_rows(database: TestDatabase) {
    let mut history = History::on(database, 2).await;
    history.go(&script(190)).await;
    for (agent, tags) in [(1, r#"["one","both"]"#), (2, r#"["one"]"#)] {
        let sql = format!("UPDATE agents SET tags = '{tags}' WHERE id = {agent}");
        history.raw.execute_unprepared(&sql).await.unwrap();
    }
    let all = rows::read(&history.raw).await;
    let over: Vec<&Row> = all.iter().filter(|row| row.finished_at.is_some()).collect();
    let hours = over.iter().filter_map(|row| row.finished_at).map(|at| at / HOUR_MS);
    let hours = (hours.clone().min().unwrap(), hours.max().unwrap() + 1);
    assert!(hours.1 - hours.0 > 3, "{hours:?}");

    for (bucket, zone) in [
        (None, Tz::UTC),
        (Some(Bucket::Hour), Tz::UTC),
        (Some(Bucket::Day), Tz::UTC),
        (Some(Bucket::Day), chrono_tz::Asia::Kathmandu),
    ] {
        let spans = Spans::cut(hours, bucket, zone, 1_000).unwrap();
        for by in [None].into_iter().chain(By::ALL.iter().copied().map(Some)) {
            let Grouped { groups, total } = history.grouped(by, &spans, None).await;
            assert_eq!((groups.is_empty(), total.is_none()), (by.is_none(), by == Some(By::Tag)));
            for group in groups.iter().chain(&total) {
                let what = format!("{:?} {bucket:?} {zone}", group.key);
                let of_group: Vec<&Row> = over.iter().copied().filter(|row| is_of(&group.key, row)).collect();
                are_those_of(&group.figures, &of_group, &what);
                assert_eq!(group.buckets.len(), if bucket.is_some() { spans.spans.len() } else { 0 });
                for bucket in &group.buckets {
                    let within = |row: &&&Row| {
                        let hour = row.finished_at.unwrap() / HOUR_MS * HOUR_MS;
                        (bucket.span.from.ms()..bucket.span.to.ms()).contains(&hour)
                    };
                    let of_span: Vec<&Row> = of_group.iter().filter(within).copied().collect();
                    are_those_of(&bucket.figures, &of_span, &format!("{what} {:?}", bucket.span));
                }
            }
            let counted: i64 = groups.iter().map(|group| group.figures.succeeded).sum();
            let succeeded = over.iter().filter(|row| row.status == "success").count() as i64;
            assert!(by.is_none() || by == Some(By::Tag) || counted == succeeded, "{by:?}: no run is left out");
        }
    }

    // Some agents, and all but some.
    let spans = Spans::cut(hours, None, Tz::UTC, 1).unwrap();
    for negated in [false, true] {
        let some = Choice { negated, ..Choice::of([AgentId(1)]) };
        let total = history.grouped(None, &spans, Some(some)).await.total.unwrap();
        let rows: Vec<&Row> = over.iter().copied().filter(|row| (row.agent_id == 1) != negated).collect();
        are_those_of(&total.figures, &rows, "some agents");
    }

    // The record outlives the runs.
    let before = history.grouped(Some(By::Model), &spans, None).await;
    for sql in ["DELETE FROM run_steps", "UPDATE agent_runs SET retry_of = NULL", "DELETE FROM agent_runs"] {
        history.raw.execute_unprepared(sql).await.unwrap();
    }
    assert_eq!(history.grouped(Some(By::Model), &spans, None).await.groups, before.groups);
}
