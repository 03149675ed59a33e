//! The page of cost and failures: its address and its words. Pure.

use crate::domain::decimal::fixed;
use crate::domain::duration::format_count;
use crate::domain::run_filter::Period;
use crate::domain::stats::By;
use crate::domain::views::analytics::AnalyticsRow;
use crate::ui::model::runs_page::RUNS;

/// Address of the page.
pub const ANALYTICS: &str = "/analytics";

/// What the page groups by.
pub const TABS: [(By, &str); 4] =
    [(By::Agent, "Agents"), (By::Model, "Models"), (By::Tag, "Tags"), (By::Trigger, "Triggers")];

/// Returns the address of the page.
pub fn href(by: By, period: Period) -> String {
    format!("{ANALYTICS}?by={by}&period={period}")
}

/// Returns what a group is.
pub fn by_words(by: By) -> &'static str {
    match by {
        By::Agent => "agent",
        By::Model => "model",
        By::Tag => "tag",
        By::Trigger => "trigger",
        By::Version => "version",
    }
}

/// Returns a time that ends now in words.
pub fn period_words(period: Period) -> &'static str {
    match period {
        Period::Hour => "Last hour",
        Period::Day => "24 hours",
        Period::Week => "7 days",
        Period::Month => "30 days",
    }
}

/// Returns where the runs of a row are; `None` where no filter has them.
pub fn runs_href(row: &AnalyticsRow) -> Option<String> {
    Some(format!("{RUNS}?{}", row.query.as_deref()?))
}

/// Returns where its failed runs are.
pub fn failed_href(row: &AnalyticsRow) -> Option<String> {
    Some(format!("{RUNS}?status=failed&{}", row.query.as_deref()?))
}

/// `12.5%`; a share that is hardly one is `< 0.1%`.
pub fn share(row: &AnalyticsRow) -> String {
    match (row.share, row.cost) {
        (0, Some(cost)) if cost.0 > 0 => "< 0.1%".to_owned(),
        (share, _) => format!("{}%", fixed(share, 1)),
    }
}

/// Says of how many runs the cost is not known; `None` where it is known of all.
pub fn unknown_words(row: &AnalyticsRow) -> Option<String> {
    match row.unpriced_runs {
        ..=0 => None,
        1 => Some(" without 1 run".to_owned()),
        runs => Some(format!(" without {} runs", format_count(runs))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::NanoDollars;

    fn row(cost: Option<i64>, share: i64, unpriced_runs: i64) -> AnalyticsRow {
        AnalyticsRow {
            label: "x".to_owned(),
            query: Some("agent=3&period=7d".to_owned()),
            runs: 1,
            failed: 1,
            success_rate: None,
            total_tokens: 0,
            cost: cost.map(NanoDollars),
            unpriced_runs,
            share,
            p50_ms: None,
            p95_ms: None,
        }
    }

    #[test]
    fn rows_lead_to_their_runs() {
        let row = row(None, 0, 0);
        assert_eq!(runs_href(&row).as_deref(), Some("/runs?agent=3&period=7d"));
        assert_eq!(failed_href(&row).as_deref(), Some("/runs?status=failed&agent=3&period=7d"));
        assert_eq!(href(By::Tag, Period::Day), "/analytics?by=tag&period=24h");
    }

    #[test]
    fn a_small_share_is_not_none_and_unknown_costs_are_said() {
        assert_eq!([share(&row(Some(1), 0, 0)), share(&row(Some(0), 0, 0))], ["< 0.1%", "0.0%"]);
        assert_eq!(share(&row(Some(9), 125, 0)), "12.5%");
        assert_eq!(unknown_words(&row(None, 0, 2)).as_deref(), Some(" without 2 runs"));
        assert_eq!(unknown_words(&row(None, 0, 0)), None);
    }
}
