//! Versions of agents' settings: which changes make one, which one a run is executed with, and what comes of them.

mod rest;

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::HISTORY_LIMIT;
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::agent::AgentSettings;
use runboard::domain::agent::version::AgentVersion;
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::{AgentId, OwnerId, RunId};
use runboard::domain::run::{AgentRun, Trigger};
use runboard::domain::time::Timestamp;
use runboard::server::store::due::{Decision, Facts};
use runboard::server::store::endings::Verdict;
use runboard::server::store::error::StoreError;
use runboard::server::store::transcripts::Assignment;
use runboard::server::store::versions::{Saving, VersionsFrom};
use sea_orm::{ConnectionTrait, Database};

on_both!(
    every_change_makes_a_version_and_nothing_else_does,
    of_those_who_save_at_once_each_makes_its_own_version,
    settings_that_are_there_already_are_saved_whichever_version_they_were_made_from,
    a_queued_run_is_executed_as_it_was_accepted,
    a_chat_turn_and_a_retry_have_the_version_of_when_they_were_accepted,
    figures_are_those_of_each_version_s_runs,
    a_list_is_read_page_by_page_in_both_directions,
    agents_and_runs_from_before_get_what_is_known,
    a_version_goes_with_its_agent,
);

fn settings(instructions: &str) -> AgentSettings {
    AgentSettings {
        model: "demo/quick".into(),
        system_instructions: instructions.into(),
        ..AgentSettings::named("Test")
    }
}

impl Subject {
    async fn save(&self, agent: AgentId, settings: &AgentSettings) {
        self.clock.advance(1_000);
        self.store.replace_agent(&self.scope, agent, settings, &Saving::default()).await.unwrap();
    }

    async fn versions_of(&self, agent: AgentId) -> Vec<AgentVersion> {
        self.store.versions(&self.scope, agent, VersionsFrom::Newest, 50).await.unwrap().versions
    }

    async fn assigned(&self, run: RunId) -> Assignment {
        self.store.assignment(run, |_| HISTORY_LIMIT).await.unwrap()
    }

    async fn found(&self, run: RunId) -> AgentRun {
        self.store.run(&self.scope, run).await.unwrap()
    }
}

fn numbers(versions: &[AgentVersion]) -> Vec<i64> {
    versions.iter().map(|version| version.number).collect()
}

async fn every_change_makes_a_version_and_nothing_else_does(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.store.create_agent(&s.scope, &settings("One"), None).await.unwrap();
    s.save(agent, &settings("One")).await;
    s.save(agent, &settings("One\nTwo")).await;
    s.store.set_paused(&s.scope, agent, true).await.unwrap();
    s.store.set_paused(&s.scope, agent, true).await.unwrap();
    s.store.set_paused(&s.scope, agent, false).await.unwrap();
    let saving = Saving { from: Some(4), note: Some("Cheaper".into()) };
    let cheaper = AgentSettings { model: "demo/slow".into(), ..settings("One\nTwo") };
    s.store.replace_agent(&s.scope, agent, &cheaper, &saving).await.unwrap();
    s.queue(agent).await;

    let versions = s.versions_of(agent).await;
    let said: Vec<_> = versions.iter().map(|v| (v.number, v.changes.as_str(), v.note.as_deref())).collect();
    assert_eq!(
        said,
        [
            (5, "Model demo/slow", Some("Cheaper")),
            (4, "Paused Off", None),
            (3, "Paused On", None),
            (2, "1 line of system instructions", None),
            (1, "Created", None),
        ]
    );
    assert!(versions.iter().all(|version| version.created_by == OwnerId::LOCAL));
    let (present, _) = s.store.agent(&s.scope, agent).await.unwrap();
    assert_eq!((present.version, present.updated_at), (5, versions[0].created_at));
    for (number, text, paused) in
        [(1, "One", false), (2, "One\nTwo", false), (3, "One\nTwo", true), (5, "One\nTwo", false)]
    {
        let record = s.store.version(&s.scope, agent, number).await.unwrap();
        let (kept, unread) = AgentSettings::default().recorded(record.settings);
        assert_eq!((kept.system_instructions.as_str(), kept.paused, unread), (text, paused, Vec::new()));
    }
    let missing = s.store.version(&s.scope, agent, 6).await.unwrap_err();
    assert!(matches!(missing, StoreError::NoVersion(_, 6)), "{missing}");
    let missing = s.store.versions(&s.scope, AgentId(4711), VersionsFrom::Newest, 9).await.unwrap_err();
    assert!(matches!(missing, StoreError::NoAgent(_)), "{missing}");
}

async fn of_those_who_save_at_once_each_makes_its_own_version(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.store.create_agent(&s.scope, &settings("0"), None).await.unwrap();
    let save = |n: i32, from: Option<i64>| {
        let (store, scope) = (s.store.clone(), s.scope);
        let settings = settings(&format!("{}", n + 1));
        tokio::spawn(async move { store.replace_agent(&scope, agent, &settings, &Saving { from, note: None }).await })
    };
    for saved in futures::future::join_all((0..20).map(|n| save(n, None))).await {
        saved.unwrap().unwrap();
    }
    let versions = s.versions_of(agent).await;
    assert_eq!(numbers(&versions), (1..=21).rev().collect::<Vec<_>>());
    let (present, _) = s.store.agent(&s.scope, agent).await.unwrap();
    let newest = s.store.version(&s.scope, agent, 21).await.unwrap();
    assert_eq!((present.version, AgentSettings::default().recorded(newest.settings).0), (21, present.settings));

    // Of those who have all seen the same version, one is first.
    let saved = futures::future::join_all((100..110).map(|n| save(n, Some(21)))).await;
    let refused = saved.into_iter().filter(|saved| matches!(saved, Ok(Err(StoreError::Conflict(_))))).count();
    assert_eq!((refused, s.versions_of(agent).await.len()), (9, 22));
}

/// Whoever had no answer sends the same again.
async fn settings_that_are_there_already_are_saved_whichever_version_they_were_made_from(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.store.create_agent(&s.scope, &settings("One"), None).await.unwrap();
    let save = async |name: &str, from| {
        let saving = Saving { from: Some(from), note: None };
        s.store.replace_agent(&s.scope, agent, &settings(name), &saving).await.map(|replaced| replaced.version)
    };
    assert_eq!(save("Two", 1).await.unwrap(), 2);
    assert_eq!(save("Two", 1).await.unwrap(), 2, "it came again");
    assert_eq!(save("Two", 2).await.unwrap(), 2, "nothing is changed");
    assert!(matches!(save("Three", 1).await, Err(StoreError::Conflict(_))));
    assert_eq!((save("Three", 2).await.unwrap(), s.versions_of(agent).await.len()), (3, 3));
}

async fn a_queued_run_is_executed_as_it_was_accepted(database: TestDatabase) {
    let s = Subject::on(database).await;
    let first = AgentSettings { max_steps: 7, timeout_s: 60, month_budget_tokens: Some(1_000), ..settings("Old") };
    let agent = s.store.create_agent(&s.scope, &first, None).await.unwrap();
    let queued = s.queue(agent).await;
    let changed = AgentSettings {
        model: "demo/slow".into(),
        max_steps: 9,
        timeout_s: 90,
        tools: Vec::new(),
        month_budget_tokens: Some(500),
        ..settings("New")
    };
    s.save(agent, &changed).await;
    let later = s.queue(agent).await;

    let (old, new) = (s.assigned(queued).await, s.assigned(later).await);
    assert_eq!((old.run.agent_version, new.run.agent_version), (Some(1), Some(2)));
    assert_eq!((old.run.model.as_str(), new.run.model.as_str()), ("demo/quick", "demo/slow"));
    assert_eq!((old.timeout_s, new.timeout_s), (60, 90));
    assert_eq!((old.limits.max_steps, new.limits.max_steps), (7, 9));
    assert_eq!((old.limits.tools, new.limits.tools), (first.tools, Vec::new()));
    let said = |assignment: &[runboard::server::execution::Past]| format!("{:?}", assignment[0]);
    assert!(said(&old.history).contains("Old") && said(&new.history).contains("New"));
    // The month is the agent's, not the run's.
    assert_eq!((old.limits.budgets.month_tokens, new.limits.budgets.month_tokens), (Some(500), Some(500)));

    // It stays the same while it is executed and afterwards.
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.save(agent, &settings("Newer")).await;
    let (begun, _) = s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let (ended, _) = s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!((begun.run.id, begun.run.agent_version, ended.run.agent_version), (queued, Some(1), Some(1)));
    assert_eq!(s.found(queued).await.agent_version, Some(1));
}

fn fire(facts: &Facts, _: Timestamp) -> Decision {
    Decision { next: Some(Timestamp::from_ms(facts.due.ms() + 3_600_000)), skip: None, fault: None }
}

async fn a_chat_turn_and_a_retry_have_the_version_of_when_they_were_accepted(database: TestDatabase) {
    let s = Subject::on(database).await;
    let hourly = |text: &str| AgentSettings { schedule: Some("0 * * * *".into()), ..settings(text) };
    let agent = s.store.create_agent(&s.scope, &hourly("Old"), None).await.unwrap();
    let turn = s.store.create_chat_turn(&s.scope, agent, None, "Hello", Trigger::Manual).await.unwrap().run;
    let task = s.queue(agent).await;
    s.store.request_stop(&s.scope, task).await.unwrap();
    s.save(agent, &hourly("New")).await;
    let second =
        s.store.create_chat_turn(&s.scope, agent, Some(turn.thread_id), "And?", Trigger::Manual).await.unwrap();
    let retry = s.store.create_retry(&s.scope, task, Trigger::Manual, None).await.unwrap().run;
    s.clock.advance(3_600_000);
    let fired = s.store.fire_due(1, fire).await.unwrap().changes.remove(0).run;

    let versions = [turn.agent_version, second.run.agent_version, retry.agent_version, fired.agent_version];
    assert_eq!(versions, [Some(1), Some(2), Some(2), Some(2)]);
    let first_words = async |run: RunId| format!("{:?}", s.assigned(run).await.history[0]);
    assert!(first_words(turn.id).await.contains("Old"));
    assert!(first_words(second.run.id).await.contains("New"));
    assert!(first_words(retry.id).await.contains("Old"), "a retry goes on with its thread's messages");
    // A run's page shows the messages that the run was given.
    let shown = s.store.transcript(&s.scope, turn.id, |_| HISTORY_LIMIT).await.unwrap();
    assert_eq!(shown[0].content, "Old");
}

async fn figures_are_those_of_each_version_s_runs(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.store.create_agent(&s.scope, &settings("One"), None).await.unwrap();
    let end = async |verdict: Verdict, ms: i64| {
        s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.clock.advance(ms);
        s.store.end_run(&claim, &ending(verdict)).await.unwrap().unwrap();
    };
    end(Verdict::Success, 10).await;
    s.save(agent, &settings("Two")).await;
    for ms in [20, 30, 40] {
        end(Verdict::Success, ms).await;
    }
    end(Verdict::Failed(Failure::new(FailureCause::Other, "no")), 50).await;
    // Never began, and still under way: neither is a run of the figures.
    let stopped = s.queue(agent).await;
    s.store.request_stop(&s.scope, stopped).await.unwrap();
    s.queue(agent).await;
    s.save(agent, &settings("Three")).await;

    for _ in 0..2 {
        let versions = s.versions_of(agent).await;
        let shown: Vec<_> =
            versions.iter().map(|v| (v.figures.runs, v.figures.success_rate, v.figures.p50_ms)).collect();
        assert_eq!(shown, [(0, None, None), (4, Some(0.75), Some(30)), (1, Some(1.0), Some(10))]);
        let costs: Vec<_> = versions.iter().map(|v| v.figures.cost.map(|cost| cost.0)).collect();
        assert_eq!(costs, [None, Some(6_000), Some(1_500)]);
        assert_eq!(s.store.version(&s.scope, agent, 2).await.unwrap().version, versions[1]);
        s.store.rebuild_stats().await.unwrap();
    }
}

async fn a_list_is_read_page_by_page_in_both_directions(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.store.create_agent(&s.scope, &settings("1"), None).await.unwrap();
    for n in 2..=5 {
        s.save(agent, &settings(&n.to_string())).await;
    }
    let page = async |from| {
        let page = s.store.versions(&s.scope, agent, from, 2).await.unwrap();
        (numbers(&page.versions), page.has_newer, page.has_older)
    };
    assert_eq!(page(VersionsFrom::Newest).await, (vec![5, 4], false, true));
    assert_eq!(page(VersionsFrom::Below(4)).await, (vec![3, 2], true, true));
    assert_eq!(page(VersionsFrom::Below(2)).await, (vec![1], true, false));
    assert_eq!(page(VersionsFrom::Above(1)).await, (vec![3, 2], true, true));
    assert_eq!(page(VersionsFrom::Above(3)).await, (vec![5, 4], false, true));
    assert_eq!(page(VersionsFrom::Below(1)).await, (vec![], true, false));
}

/// Settings were changed before there were versions: of an agent that has not been changed, all is known, of another's
/// runs those since the change.
async fn agents_and_runs_from_before_get_what_is_known(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (same, changed) = (s.agent(5).await, s.agent(5).await);
    let mut runs = vec![s.queue(same).await, s.queue(changed).await];
    s.save(changed, &AgentSettings { max_steps: 3, ..settings("New") }).await;
    s.clock.advance(1);
    runs.push(s.queue(changed).await);
    for claim in s.store.claim_runs("a", 9, &[]).await.unwrap() {
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    }
    let status = s.store.migration_status().await.unwrap();
    let before = status.iter().position(|(name, _)| name.ends_with("keep_versions")).unwrap();
    s.store.migrate_down(Some((status.len() - before) as u32)).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    let merged = raw.query_all_raw(sea_orm::Statement::from_string(
        raw.get_database_backend(),
        format!("SELECT success FROM run_hours WHERE agent_id = {changed}"),
    ));
    let merged: Vec<i64> = merged.await.unwrap().iter().map(|row| row.try_get("", "success").unwrap()).collect();
    assert_eq!(merged, [2], "two versions are one again");
    s.store.migrate().await.unwrap();

    let mut found = Vec::new();
    for run in runs {
        found.push(s.found(run).await.agent_version);
    }
    assert_eq!(found, [Some(1), None, Some(2)]);
    let versions = s.versions_of(changed).await;
    assert_eq!((numbers(&versions), versions[0].changes.as_str()), (vec![2], "First version on record"));
    let (present, _) = s.store.agent(&s.scope, changed).await.unwrap();
    assert_eq!((present.version, present.updated_at), (2, versions[0].created_at));
    let record = s.store.version(&s.scope, changed, 2).await.unwrap();
    assert_eq!(AgentSettings::default().recorded(record.settings).0, present.settings);
    let versions = s.versions_of(same).await;
    assert_eq!((versions[0].number, versions[0].changes.as_str(), versions[0].figures.runs), (1, "Created", 1));
    // Runs that were not counted by version can be counted later.
    assert_eq!(s.versions_of(changed).await[0].figures.runs, 0);
    s.store.rebuild_stats().await.unwrap();
    assert_eq!(s.versions_of(changed).await[0].figures.runs, 1);
    assert_eq!(s.found(s.queue(changed).await).await.agent_version, Some(2));
}

async fn a_version_goes_with_its_agent(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    s.store.delete_agent(agent).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    let left = sea_orm::Statement::from_string(raw.get_database_backend(), "SELECT 1 FROM agent_versions".to_owned());
    assert!(raw.query_all_raw(left).await.unwrap().is_empty());
}
