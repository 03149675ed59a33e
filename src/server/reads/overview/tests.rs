use super::charts::{Facts, charts};
use crate::domain::agent::AgentSettings;
use crate::domain::budget::Spent;
use crate::domain::id::AgentId;
use crate::domain::money::NanoDollars;
use crate::domain::stats::{RunFigures, Span, SpanFigures};
use crate::domain::summary::Durations;
use crate::domain::time::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// Thirty days, of which the last is 28 November; `of` says what each day, from 0, came to.
fn facts(settings: &AgentSettings, of: impl Fn(i64) -> RunFigures) -> Facts<'_> {
    let now = Timestamp::parse("2026-11-28T09:30:00Z").unwrap();
    let today = now.ms() / DAY_MS;
    let day = |at: i64| {
        let from = Timestamp::from_ms((today - 29 + at) * DAY_MS);
        SpanFigures { span: Span { from, to: Timestamp::from_ms(from.ms() + DAY_MS) }, figures: of(at) }
    };
    let spent = Spent { cost: NanoDollars(27_000_000_000), tokens: 0, has_unknown_cost: false };
    Facts { agent: AgentId(4), now, days: (0..30).map(day).collect(), versions: Vec::new(), settings, spent }
}

fn busy(at: i64) -> RunFigures {
    RunFigures {
        runs: 9 + at % 2,
        succeeded: 9,
        failed: at % 2,
        cost: Some(NanoDollars(1_000_000_000)),
        duration: Some(Durations { average_ms: 1_000, p50_ms: 1_000, p95_ms: 2_000 }),
        ..RunFigures::default()
    }
}

#[test]
fn sums_are_those_of_the_days() {
    let settings = AgentSettings::default();
    let html = charts(&facts(&settings, busy));
    assert!(html.contains("Last 30 days: 270 succeeded, 15 failed."), "{html}");
    assert!(html.contains("aria-label=\"Today: Succeeded 9, Failed 1\""), "{html}");
    assert!(html.contains("the median was 1.0 s, and 95 of 100 took no longer than 2.0 s. Limit: 10 min."), "{html}");
}

#[test]
fn the_month_s_cost_is_foretold_and_drawn_as_expected() {
    let settings = AgentSettings { month_budget_usd: Some(NanoDollars(28_500_000_000)), ..AgentSettings::default() };
    let html = charts(&facts(&settings, busy));
    assert!(html.contains("$27.00 in November so far. About $29.00 by the end of the month"), "{html}");
    assert!(html.contains("the budget would end on 30 Nov."), "{html}");
    assert_eq!(html.matches("class=\"ghost\"").count(), 2, "29 and 30 November: {html}");
    assert!(html.contains("30 Nov, expected: Cost $1.00"), "{html}");
}

#[test]
fn nothing_is_foretold_of_an_agent_that_began_today() {
    let settings = AgentSettings::default();
    let of = |at| if at == 29 { busy(at) } else { RunFigures::default() };
    let html = charts(&facts(&settings, of));
    assert!(!html.contains("About") && !html.contains("ghost"), "{html}");
    assert!(html.contains("class=\"point\""), "a single day is a point: {html}");
}

#[test]
fn a_day_of_unknown_cost_is_no_day_without_cost() {
    let settings = AgentSettings::default();
    let html = charts(&facts(&settings, |at| match at {
        28 => RunFigures { cost: None, unpriced_runs: 1, ..busy(at) },
        at => busy(at),
    }));
    assert!(html.contains("27 Nov: Cost not known"), "{html}");
    assert!(!html.contains("About"), "nor is anything foretold by it: {html}");
    let html = charts(&facts(&settings, |at| RunFigures { cost: None, unpriced_runs: 1, ..busy(at) }));
    assert!(html.contains("No cost is known of the last 30 days."), "{html}");
}

#[test]
fn versions_are_marked_on_the_day_they_were_saved() {
    let settings = AgentSettings::default();
    let mut facts = facts(&settings, busy);
    let at = |text: &str| Timestamp::parse(text).unwrap();
    facts.versions = vec![
        (1, at("2026-01-01T00:00:00Z")),
        (11, at("2026-11-10T08:00:00Z")),
        (12, at("2026-11-10T09:00:00Z")),
        (13, at("2026-11-21T00:00:00Z")),
    ];
    let html = charts(&facts);
    assert!(html.contains("<a href=\"/agents/4/versions?b=12\" aria-label=\"v11 to v12, saved 10 Nov\">"), "{html}");
    assert!(html.contains("aria-label=\"v13, saved 21 Nov\""), "{html}");
    assert_eq!(html.matches("/agents/4/versions").count(), 2, "{html}");
}

#[test]
fn an_agent_without_runs_has_charts_that_say_so() {
    let settings = AgentSettings::default();
    let html = charts(&facts(&settings, |_| RunFigures::default()));
    assert_eq!(html.matches("<p class=\"chart__none\">No run has ended in the last 30 days.</p>").count(), 3, "{html}");
}
