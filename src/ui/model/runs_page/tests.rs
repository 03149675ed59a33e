//! Tests of the address, the chips and the totals of the page of runs.

use super::*;
use crate::domain::money::NanoDollars;
use crate::domain::run_filter::NAMES;
use std::collections::BTreeSet;

fn chips_of(query: &str) -> Vec<(String, String, String)> {
    let agents = [AgentName { id: AgentId(3), name: "Invoice matcher".into() }];
    let text = |value| match value {
        ChipValue::Text(text) => text,
        ChipValue::Times { from, to } => format!("{} to {}", from.is_some(), to.is_some()),
    };
    let chips = chips(&RunsAddress::from_query(query), &agents).into_iter();
    chips.map(|chip| (chip.key, text(chip.value), chip.href)).collect()
}

#[test]
fn an_address_reads_back_as_it_was() {
    for query in ["", "status=failed&period=24h", "agent=3&limit=10&cursor=YmVsb3c6OQ&include=totals", "cursor=x"] {
        assert_eq!(RunsAddress::from_query(query).query(), query);
    }
    assert_eq!(RunsAddress::from_query("status=nonsense"), RunsAddress::default());
    assert_eq!((RunsAddress::default().href().as_str(), runs_href(AgentId(3)).as_str()), (ALL_RUNS, "/runs?agent=3"));
    assert_eq!(ALL_RUNS, format!("{RUNS}?{ALL}"));
}

#[test]
fn an_export_has_the_filter_and_no_page() {
    let of = |query| export_href(&RunsAddress::from_query(query), "csv");
    assert_eq!(of("status=failed&cursor=x&limit=2"), "/api/runs/export?format=csv&status=failed");
    assert_eq!(of(""), "/api/runs/export?format=csv");
}

#[test]
fn each_filter_has_a_chip_that_takes_it_away() {
    let chips = chips_of("agent=3,9&status=!success&period=24h&cursor=x&include=totals");
    let rows = [
        ("Agent", "Invoice matcher, #9", "/runs?status=!success&period=24h&include=totals"),
        ("Status", "not Success", "/runs?agent=3,9&period=24h&include=totals"),
        ("Accepted", "Last 24 h", "/runs?agent=3,9&status=!success&include=totals"),
    ];
    assert_eq!(chips, rows.map(|(key, text, href)| (key.to_owned(), text.to_owned(), href.to_owned())));
    let range = chips_of("from=2026-11-27T00:00:00Z&to=2026-11-28T00:00:00Z&metadata.order=17&hook=any&retried=false");
    let words: Vec<_> = range.iter().map(|(key, text, _)| (key.as_str(), text.as_str())).collect();
    assert_eq!(words, [("Webhook", "any"), ("order", "17"), ("Accepted", "true to true"), ("Retried", "no")]);
    assert_eq!(range[2].2, "/runs?hook=any&metadata.order=17&retried=false");
}

#[test]
fn every_filter_has_a_chip() {
    let all = "agent=3&agent_tag=a&status=failed&failure_kind=error&trigger=api&hook=any&model=a/b&version=1&tag=t&metadata.order=17\
               &period=1h&min_duration_s=1&min_cost_usd=1&retried=true&signal=slow&q=x";
    let names = all.split('&').map(|pair| pair.split('=').next().unwrap().trim_end_matches("order"));
    // A range is a period otherwise.
    assert_eq!(names.chain(["from", "to"]).collect::<BTreeSet<_>>(), NAMES.into_iter().collect());
    let chips = chips_of(all);
    assert_eq!(chips.len(), all.split('&').count());
    for (key, _, href) in chips {
        assert_eq!(href.split('&').count(), all.split('&').count() - 1, "{key}: {href}");
    }
}

#[test]
fn signals_are_said_in_words_and_all_of_them_in_one() {
    let said = |query: &str| chips_of(query).into_iter().map(|(_, text, _)| text).collect::<Vec<_>>();
    assert_eq!(said("signal=looping,context_nearly_full"), ["looping, context nearly full"]);
    assert_eq!(said("signal=!failing_tool"), ["not failing tool"]);
    assert_eq!(
        (said(SUSPECT), said(&SUSPECT.replace("looping", "!looping"))[1].as_str()),
        (vec!["Success".to_owned(), "any".to_owned()], "none")
    );
}

#[test]
fn views_are_filters_that_can_be_read() {
    for (name, query) in VIEWS {
        assert_eq!(RunsAddress::from_query(query).query(), query, "{name}");
    }
    let of = |query| RunsAddress::from_query(query).href();
    assert_eq!((of("status=failed&period=24h"), of("agent=3")), (FAILED.to_owned(), runs_href(AgentId(3))));
}

#[test]
fn totals_say_what_is_not_known() {
    let of = |cost: Option<i64>, unpriced_runs| {
        totals_cost(&RunTotals { total_cost: cost.map(NanoDollars), unpriced_runs, ..RunTotals::default() })
    };
    assert_eq!([of(Some(50_000_000), 0), of(Some(50_000_000), 2), of(None, 2)], ["$0.050", "≥ $0.050", "—"]);
    assert_eq!([new_words(1), new_words(12), new_words(100)], ["1 new run", "12 new runs", "99+ new runs"]);
}
