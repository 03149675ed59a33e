//! Runs are found by their words, on SQLite and on PostgreSQL.

mod kept;
mod killed;
mod plans;
mod rest;

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{AgentId, OwnerId, RunId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::{Trigger, Usage};
use runboard::domain::run_filter::RunFilter;
use runboard::domain::run_filter::found::{Match, SearchedText};
use runboard::domain::step::StepKind;
use runboard::domain::views::runs::ListedRun;
use runboard::server::execution::{NewStep, StepEnding};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::run_list::RunsFrom;
use runboard::server::store::scope::Scope;

on_both!(
    a_run_is_found_by_all_that_it_has,
    any_text_can_be_searched_for,
    a_search_goes_with_every_filter_and_page_by_page,
    runs_under_way_are_found_by_their_input,
    a_run_of_somebody_else_is_not_found,
);

pub fn filter(q: &str) -> RunFilter {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    RunFilter::from_query(&query).unwrap_or_else(|error| panic!("{q}: {error}"))
}

/// Returns the runs that a search has, newest first, with where it found them.
pub async fn found(s: &Subject, q: &str) -> Vec<ListedRun> {
    let mut page = s.store.listed_runs(&s.scope, &filter(q), RunsFrom::Newest, 50).await.unwrap();
    s.store.mark_found(&s.scope, &filter(q), &mut page.runs).await.unwrap();
    page.runs
}

pub async fn ids(s: &Subject, q: &str) -> Vec<i64> {
    found(s, q).await.iter().map(|listed| listed.run.id.0).collect()
}

/// Starts a run with this input and ends it with this answer; its document is not made yet.
pub async fn end_run(s: &Subject, agent: AgentId, input: &str, answer: &str) -> RunId {
    let run = start_run(s, agent, input).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let ending = Ending { text: answer.to_owned(), ..ending(Verdict::Success) };
    s.store.end_run(&claim, &ending).await.unwrap().unwrap();
    run
}

async fn start_run(s: &Subject, agent: AgentId, input: &str) -> RunId {
    let request = RunRequest { input: Some(input.to_owned()), ..RunRequest::default() };
    s.store.create_task_run_with(&s.scope, agent, Trigger::Api, &request).await.unwrap().run.id
}

pub async fn index(s: &Subject) {
    s.store.index_due_runs(None).await.unwrap();
}

async fn a_run_is_found_by_all_that_it_has(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let request = RunRequest {
        input: Some("Order 4711 for Zoë".to_owned()),
        variables: [("place".to_owned(), "Reykjavík".to_owned())].into(),
        ..RunRequest::default()
    };
    s.store.create_task_run_with(&s.scope, agent, Trigger::Api, &request).await.unwrap();
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let said = StepEnding { position: 1, output: Some("Let me look it up.".to_owned()), ..StepEnding::default() };
    s.store.end_step(&claim, &said, &Usage::default()).await.unwrap();
    let call = NewStep {
        kind: StepKind::ToolCall,
        name: "http_request".to_owned(),
        input: r#"{"url":"https://example.com/late-orders"}"#.to_owned(),
        ..first_step()
    };
    s.store.begin_step(&claim, 2, &call).await.unwrap();
    // Longer than what stands in the step's record.
    let result = format!("{} the_needle at the end", "straw ".repeat(5_000));
    let returned =
        StepEnding { position: 2, output: Some(result), error: Some("418 teapot".to_owned()), ..StepEnding::default() };
    s.store.end_step(&claim, &returned, &Usage::default()).await.unwrap();
    let end = Ending { text: "It was shipped on Tuesday.".to_owned(), open: Vec::new(), ..ending(Verdict::Success) };
    s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!(ids(&s, "shipped").await, [] as [i64; 0], "its document is not made yet");
    assert_eq!(s.store.unsearched_by(&s.scope, &filter("x")).await.unwrap(), Some(1));
    index(&s).await;
    assert_eq!(s.store.unsearched_by(&s.scope, &filter("x")).await.unwrap(), Some(0));
    assert_eq!(s.store.unsearched_by(&s.scope, &RunFilter::default()).await.unwrap(), None);
    use SearchedText::{Answer, Error, Input, Tool};
    for (q, text, marked) in [
        ("zoe", Input, "<mark>Zoë</mark>"),
        ("REYKJAVIK", Input, "<mark>Reykjavík</mark>"),
        ("\"look it\"", Answer, "<mark>look it</mark> up"),
        ("tues* shipped", Answer, "<mark>shipped</mark> on <mark>Tuesday</mark>"),
        ("http_request", Tool, "<mark>http_request</mark>"),
        ("late-orders", Tool, "<mark>late-orders</mark>"),
        ("needle", Tool, "the_<mark>needle</mark> at the end"),
        ("teapot", Error, "418 <mark>teapot</mark>"),
        ("needle shipped 4711", Input, "<mark>4711</mark>"),
    ] {
        let runs = found(&s, q).await;
        let Some(Match { text: of, excerpt }) = runs.first().and_then(|listed| listed.found.clone()) else {
            panic!("{q}: {runs:?}")
        };
        assert!(runs.len() == 1 && of == text && excerpt.contains(marked), "{q}: {of} {excerpt}");
    }
    for q in ["shipped monday", "\"shipped tuesday\"", "ship", "\"4711 tuesday\""] {
        assert_eq!(ids(&s, q).await, [] as [i64; 0], "{q}");
    }
}

async fn any_text_can_be_searched_for(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let text =
        "AND OR NOT NEAR(x) it's \"quoted\" \\ 100% a_b ^c:d {e} 東京タワーへ行く 🎉 한국어 Привет naïve <b>&amp;</b>";
    let run = end_run(&s, agent, text, "<->:*").await.0;
    end_run(&s, agent, "Nothing of that", "none").await;
    index(&s).await;
    for q in [
        "AND OR NOT",
        "NEAR(x",
        "it's",
        "\"quoted",
        "\"quoted\"",
        "100%",
        "a_b",
        "^c:d",
        "{e}",
        "東京",
        "タワー",
        "行く",
        "🎉",
        "한국*",
        "привет",
        "ПРИВЕТ",
        "naive",
        "amp <b>",
        "c d e",
        "\"c d e\"",
        "words : it",
    ] {
        let expected: &[i64] = if q == "words : it" { &[] } else { &[run] };
        assert_eq!(ids(&s, q).await, expected, "{q}");
    }
    for q in ["京東", "\"or and\"", "quote", "' OR 1=1 --", "x:*|y", "🎊"] {
        assert_eq!(ids(&s, q).await, [] as [i64; 0], "{q}");
    }
    for (q, fault) in [("\" - \"", "no word"), ("a*", "two characters"), (&"long ".repeat(2_000), "at most 200")] {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
        let error = RunFilter::from_query(&query).expect_err(q);
        assert!(error.detail.contains(fault), "{}", error.detail);
    }
}

async fn a_search_goes_with_every_filter_and_page_by_page(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (a, b) = (s.agent(50).await, s.agent(50).await);
    let mut expected = Vec::new();
    for nr in 0..30 {
        let run = end_run(&s, if nr % 3 == 0 { b } else { a }, &format!("Parcel {nr} is late"), "noted").await;
        expected.insert(0, run.0);
    }
    end_run(&s, a, "Something else", "noted").await;
    index(&s).await;
    let (mut walked, mut from) = (Vec::new(), RunsFrom::Newest);
    loop {
        let page = s.store.listed_runs(&s.scope, &filter("late parcel"), from, 7).await.unwrap();
        walked.extend(page.runs.iter().map(|listed| listed.run.id.0));
        if !page.has_older {
            break;
        }
        from = RunsFrom::Below(*walked.last().unwrap());
    }
    assert_eq!(walked, expected);
    let above = s.store.listed_runs(&s.scope, &filter("late"), RunsFrom::Above(expected[10]), 4).await.unwrap();
    let above: Vec<_> = above.runs.iter().map(|listed| listed.run.id.0).collect();
    assert_eq!(above, expected[6..10]);
    let with = |query: &str| RunFilter::from_query(query).unwrap();
    for (query, runs) in [
        (format!("q=late&agent={b}"), 10),
        (format!("q=late&agent=!{b}"), 20),
        ("q=late&status=failed".to_owned(), 0),
        ("q=late&status=success,queued".to_owned(), 30),
        ("q=late&period=1h&trigger=api".to_owned(), 30),
        ("q=late&tag=eu".to_owned(), 0),
        ("q=late&min_cost_usd=0.0000001".to_owned(), 30),
        ("q=noted".to_owned(), 31),
        ("q=%237".to_owned(), 1),
        // By its number, and "Parcel 7".
        ("q=7".to_owned(), 2),
        ("q=7&status=failed".to_owned(), 0),
        ("q=late&failure_kind=timeout&status=success".to_owned(), 0),
    ] {
        let totals = s.store.run_totals(&s.scope, &with(&query)).await.unwrap();
        assert_eq!(totals.runs, runs, "{query}");
        let ids = s.store.newest_run_ids(&s.scope, &with(&query), 100).await.unwrap();
        assert_eq!(ids.len() as i64, runs, "{query}");
        assert!(ids.is_sorted_by(|one, next| one > next), "{query}: {ids:?}");
    }
}

async fn runs_under_way_are_found_by_their_input(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let ended = end_run(&s, agent, "Parcel 100% lost", "sorry").await.0;
    index(&s).await;
    let waiting = start_run(&s, agent, "Parcel 4711 is late").await.0;
    assert_eq!(ids(&s, "parcel").await, [waiting, ended]);
    assert_eq!(ids(&s, "parcel 47*").await, [waiting]);
    assert_eq!(ids(&s, "\"is late\"").await, [waiting]);
    let runs = found(&s, "parcel").await;
    let excerpt = runs[0].found.as_ref().map(|found| found.excerpt.as_str());
    assert_eq!(excerpt, Some("<mark>Parcel</mark> 4711 is late"));
    let all = s.store.run_totals(&s.scope, &RunFilter::from_query("q=parcel&status=queued,running").unwrap()).await;
    assert_eq!(all.unwrap().runs, 1);
}

async fn a_run_of_somebody_else_is_not_found(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = end_run(&s, agent, "Zebra crossing", "seen").await;
    start_run(&s, agent, "Zebra waiting").await;
    index(&s).await;
    let other = Scope::of(OwnerId(2));
    for q in ["zebra", "seen", &run.to_string(), &format!("#{run}")] {
        let page = s.store.listed_runs(&other, &filter(q), RunsFrom::Newest, 50).await.unwrap();
        assert!(page.runs.is_empty(), "{q}");
        assert_eq!(s.store.run_totals(&other, &filter(q)).await.unwrap().runs, 0, "{q}");
    }
    let mut runs = found(&s, "zebra").await;
    runs.iter_mut().for_each(|listed| listed.found = None);
    s.store.mark_found(&other, &filter("seen"), &mut runs).await.unwrap();
    assert!(runs.iter().all(|listed| listed.found.is_none()), "no excerpt either");
    let theirs = s.store.create_agent(&other, &AgentSettings::named("Theirs"), None).await.unwrap();
    assert_eq!(s.store.unsearched_by(&other, &filter("x")).await.unwrap(), Some(0), "{theirs}");
}
