//! Tests that filters of runs are read from addresses and written to them.

use super::*;
use crate::domain::id::AgentId;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn read(query: &str) -> RunFilter {
    RunFilter::from_query(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn fault(query: &str) -> String {
    RunFilter::from_query(query).expect_err(query).detail
}

#[test]
fn every_filter_is_read_and_written_as_it_was() {
    for query in [
        "",
        "agent=3,4",
        "agent=!3",
        "agent_tag=eu,uk",
        "status=failed,cancelled",
        "status=!success",
        "failure_kind=timeout",
        "trigger=manual,api",
        "hook=any",
        "hook=!any",
        "hook=5,6",
        "model=openai/gpt-5",
        "version=2",
        "tag=!web+hooks",
        "metadata.order=17",
        "metadata.a%3Db=x",
        "period=24h",
        "from=2026-11-27T00:00:00.000Z",
        "from=2026-11-27T00:00:00.000Z&to=2026-11-28T00:00:00.000Z",
        "min_duration_s=90",
        "min_cost_usd=0.05",
        "retried=false",
        "signal=looping,cut",
        "signal=!context_nearly_full",
        "q=upstream+timed+out",
        "q=%2312",
        "q=%22timed+out%22+upstr*",
        "agent=1&status=failed&period=7d&q=x",
    ] {
        assert_eq!(read(query).to_query(), query);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (query, named) in [
        ("agent=x", "agent: \"x\" is not the id of an agent"),
        ("status=failed,broken", "status: \"broken\" is not one of queued, running, success"),
        ("status=", "status: \"\" is not"),
        ("status=failed&status=success", "status: is there twice"),
        ("failure_kind=slow", "failure_kind: "),
        ("trigger=chat", "trigger: "),
        ("hook=some", "hook: "),
        ("version=1.5", "version: "),
        ("tag=", "tag: "),
        ("tag=a%00", "tag: must not contain the character NUL"),
        ("metadata.=x", "metadata.: "),
        ("period=2h", "period: \"2h\" is not one of 1h, 24h, 7d, 30d"),
        ("period=1h&from=2026-11-27T00:00:00Z", "period: cannot be together"),
        ("from=yesterday", "from: \"yesterday\" is not a time"),
        ("from=2026-11-27T00:00:00Z&to=2026-11-27T00:00:00Z", "to: must be later"),
        ("min_duration_s=0", "min_duration_s: "),
        ("min_cost_usd=-1", "min_cost_usd: "),
        ("retried=yes", "retried: "),
        ("q=+", "q: is blank"),
        ("q=1+2+3+4+5+6+7+8+9+0+1+2+3+4+5+6+7+8+9+0+1", "q: must be at most 20 words"),
        ("q=%22+-+*%22", "q: has no word or number"),
        ("q=timed+o*", "q: needs at least two characters before an asterisk"),
        ("q=-o*", "q: needs at least two characters before an asterisk"),
        ("q=%22timed+o%22*", "q: needs at least two characters before an asterisk"),
        ("signal=strange", "signal: \"strange\" is not one of looping, slow, expensive"),
        ("outcome=met", "outcome: there is no such filter. There are agent, agent_tag,"),
        ("limit=5", "limit: there is no such filter"),
    ] {
        let detail = fault(query);
        assert!(detail.contains(named), "{query}: {detail}");
    }
    let both = fault("agent=x&period=2h");
    assert!(both.contains("agent: ") && both.contains("period: "), "{both}");
    let pointers = |query: &str| {
        let errors = RunFilter::from_query(query).expect_err(query).errors;
        errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>()
    };
    assert_eq!(pointers("agent=x&metadata.a/b=&to=x"), ["/agent", "/metadata.a~1b", "/to"]);
    assert_eq!(pointers("period=1h&to=2026-11-27T00:00:00Z"), ["/period"]);
    let keys: Vec<_> = (0..=MAX_KEYS).map(|nr| format!("metadata.k{nr}=x")).collect();
    assert!(fault(&keys.join("&")).contains("metadata.k5: at most 5 keys"));
    let many: Vec<_> = (0..=MAX_VALUES).map(|nr| nr.to_string()).collect();
    assert!(fault(&format!("agent={}", many.join(","))).contains("agent: at most 50 values"));
}

#[test]
fn an_offset_from_a_form_is_read_though_its_plus_is_a_blank() {
    let utc = read("from=2026-11-27T10:00:00Z");
    assert_eq!(read("from=2026-11-27T11:00:00+01:00"), utc);
    assert_eq!(read("from=2026-11-27T11:00:00%2B01:00"), utc);
}

#[test]
fn a_filter_is_removed_by_its_name() {
    let filter = read("agent=1&status=failed&metadata.a=x&metadata.b=y&from=2026-11-27T00:00:00.000Z&q=x");
    assert_eq!(filter.clone().without("status").to_query(), filter.to_query().replace("&status=failed", ""));
    let none = filter.pairs().iter().fold(filter.clone(), |filter, (name, _)| filter.without(name));
    assert_eq!(none, RunFilter::default());
    let full = read(
        "agent=1&agent_tag=a&status=failed&failure_kind=error&trigger=api&hook=any&model=a/b&version=1&tag=t&period=1h\
         &min_duration_s=1&min_cost_usd=1&retried=true&signal=slow&q=x",
    );
    let none = NAMES.iter().fold(full, |filter, name| filter.without(name));
    assert_eq!(none, RunFilter::default());
}

#[test]
fn statuses_follow_from_status_and_kind_of_failure() {
    use RunStatus::*;
    assert_eq!(read("").statuses().len(), 6);
    assert_eq!(read("status=!success,skipped").statuses(), [Queued, Running, Failed, Cancelled]);
    assert_eq!(read("failure_kind=timeout").statuses(), [Failed]);
    assert_eq!(read("failure_kind=!timeout").statuses().len(), 6);
    assert_eq!(read("status=success&failure_kind=timeout").statuses(), []);
}

fn choices<T: PartialEq + Clone + std::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Choice<T>> {
    (vec(values, 1..4), any::<bool>()).prop_map(|(values, negated)| Choice { negated, ..Choice::of(values) })
}

/// Commas, exclamation marks and backslashes too.
fn texts() -> impl Strategy<Value = String> {
    "[!,\\\\a-c é=&+%#.]{1,6}"
}

fn times() -> impl Strategy<Value = Within> {
    let at = |ms: i64| Timestamp::from_ms(ms);
    prop_oneof![
        Just(Within::Always),
        select(Period::ALL).prop_map(Within::Last),
        (0..1_000_000_000_000_i64, 1..1_000_000_000_i64, any::<Index>()).prop_map(move |(from, more, which)| {
            let (from, to) = (Some(at(from)), Some(at(from + more)));
            match which.index(3) {
                0 => Within::Range { from, to: None },
                1 => Within::Range { from: None, to },
                _ => Within::Range { from, to },
            }
        }),
    ]
}

fn filters() -> impl Strategy<Value = RunFilter> {
    let ids = || choices(any::<i64>().prop_map(AgentId));
    let first = (
        of(ids()),
        of(choices(texts())),
        of(choices(select(RunStatus::ALL))),
        of(choices(select(FailureKind::ALL))),
        of(choices(select(Trigger::ALL))),
        of(prop_oneof![
            Just(ThroughHook::Any),
            Just(ThroughHook::None),
            choices(any::<i64>().prop_map(HookId)).prop_map(ThroughHook::These)
        ]),
        of(choices(texts())),
        of(choices(any::<i64>())),
    );
    let second = (
        of(choices(texts())),
        btree_map(texts(), choices(texts()), 0..3),
        times(),
        of(1..=MAX_DURATION_S),
        of((1..i64::MAX).prop_map(NanoDollars)),
        of(any::<bool>()),
        of(choices(select(Signal::ALL))),
        of("[a-c][a-c#é&=\"]{0,5}( [a-c]{1,3}){0,3}"),
    );
    (first, second).prop_map(|(first, second)| {
        let (agent, agent_tag, status, failure_kind, trigger, hook, model, version) = first;
        let (tag, metadata, within, min_duration_s, min_cost, retried, signal, q) = second;
        RunFilter {
            agent,
            agent_tag,
            status,
            failure_kind,
            trigger,
            hook,
            model,
            version,
            tag,
            metadata,
            within,
            min_duration_s,
            min_cost,
            retried,
            signal,
            q,
        }
    })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_as_it_was(filter in filters()) {
        prop_assert_eq!(RunFilter::from_query(&filter.to_query()), Ok(filter));
    }

    #[test]
    fn no_query_is_too_much(query in "\\PC{0,60}") {
        if let Ok(filter) = RunFilter::from_query(&query) {
            prop_assert_eq!(RunFilter::from_query(&filter.to_query()), Ok(filter));
        }
    }
}
