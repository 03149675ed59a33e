//! Tests of the state of the page of versions.

use super::*;
use crate::domain::agent::version::DiffPart;

fn figures(runs: i64, rate: f64, cost: i64) -> VersionFigures {
    VersionFigures { runs, success_rate: Some(rate), p50_ms: None, cost: Some(NanoDollars(cost)), unpriced: 0 }
}

#[test]
fn an_address_goes_there_and_back() {
    for address in [
        VersionsAddress::default(),
        VersionsAddress::of(3, 5),
        VersionsAddress { below: Some(40), ..VersionsAddress::of(1, 2) },
    ] {
        let href = address.href(AgentId(4));
        let query = href.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(VersionsAddress::from_query(query), address, "{href}");
    }
    assert_eq!(version_href(AgentId(4), 7), "/agents/4/versions?b=7");
    assert_eq!(VersionsAddress::from_query("a=x&b=&c=3"), VersionsAddress::default());
}

#[test]
fn versions_are_compared_once_both_have_enough_runs() {
    let (before, after) = (figures(20, 0.968, 20 * 43_000_000), figures(204, 0.912, 204 * 16_000_000));
    let text = |delta: Option<Delta>| delta.map(|delta| (delta.text, delta.class));
    assert_eq!(text(success_delta(&after, &before)), Some(("−5.6 pp".into(), "delta delta--worse")));
    assert_eq!(text(success_delta(&before, &after)), Some(("+5.6 pp".into(), "delta delta--better")));
    assert_eq!(text(cost_delta(&after, &before)), Some(("−63%".into(), "delta delta--better")));
    assert_eq!(text(cost_delta(&before, &after)), Some(("+169%".into(), "delta delta--worse")));
    let few = VersionFigures { runs: 19, ..before };
    assert_eq!((success_delta(&after, &few), cost_delta(&few, &after)), (None, None));
    assert_eq!((success_delta(&after, &after), cost_delta(&after, &after)), (None, None), "no news");
    let unpriced = VersionFigures { unpriced: 1, ..after };
    assert_eq!(cost_delta(&unpriced, &before), None, "of what is not known nothing is said");
}

#[test]
fn a_run_s_cost_says_whether_it_is_all() {
    assert_eq!(cost_words(&figures(2, 1.0, 86_000_000)).as_deref(), Some("$0.043"));
    assert_eq!(cost_words(&VersionFigures { unpriced: 1, ..figures(2, 1.0, 86_000_000) }).as_deref(), Some("≥ $0.043"));
    assert_eq!(cost_words(&VersionFigures::default()), None);
}

#[test]
fn lines_are_counted_by_what_became_of_them() {
    let line = |kind| DiffLine {
        kind,
        before: None,
        after: None,
        skipped: 0,
        parts: vec![DiffPart { text: "x".into(), changed: false }],
    };
    let [same, added, removed] = [LineKind::Same, LineKind::Added, LineKind::Removed].map(line);
    let says = |lines: &[&DiffLine]| line_words(&lines.iter().map(|line| (*line).clone()).collect::<Vec<_>>());
    assert_eq!(says(&[&same, &added, &added, &removed]), "2 lines added, 1 removed");
    assert_eq!((says(&[&added]), says(&[&removed, &removed])), ("1 line added".into(), "2 lines removed".into()));
}

#[test]
fn the_present_version_is_not_restored() {
    assert_eq!((restorable(11, 12, 12), restorable(12, 11, 12)), (Some(11), Some(11)));
    assert_eq!((restorable(3, 5, 12), restorable(12, 12, 12)), (Some(3), None));
}
