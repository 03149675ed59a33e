//! Tests that a run's status changes only by legal transitions and in one place.

use super::*;
use crate::domain::failure::FailureCause;
use crate::domain::step::StepKind;
use crate::server::store::endings::Verdict;
use crate::sources::rust_files;
use std::fs;
use std::path::Path;

/// Returns one of each kind.
fn all<'a>(
    claim: &'a Claim,
    first: &'a NewStep,
    ending: &'a Ending,
    failure: &'a Failure,
    (input, outputs, written): &'a (Kept, Outputs, Written),
) -> [Transition<'a>; 4] {
    let at = Timestamp::from_ms(0);
    [
        Transition::Start { claim, at, first, input },
        Transition::End { claim, ending, outputs, moment: Moment { at, elapsed_ms: 0 } },
        Transition::Interrupt { agent: claim.agent, run: claim.run, failure, at, written },
        Transition::Cancel { agent: claim.agent, run: claim.run, at },
    ]
}

#[test]
fn each_transition_begins_at_one_status_so_what_was_before_is_known() {
    let claim = Claim { run: RunId(1), agent: AgentId(1), owner: "a".to_owned(), attempt: 1 };
    let ending = Ending {
        verdict: Verdict::Success,
        text: String::new(),
        usage: None,
        finish: None,
        signals: Default::default(),
        open: Vec::new(),
        ended: None,
        acknowledged_at: None,
    };
    let first = NewStep {
        kind: StepKind::ModelCall,
        name: "m".to_owned(),
        input: String::new(),
        prompt_tokens: None,
        call_id: None,
    };
    use RunStatus::*;
    let failure = Failure::new(FailureCause::Interrupted, "gone");
    let begin_at = all(&claim, &first, &ending, &failure, &Default::default()).map(|transition| transition.sources());
    assert_eq!(begin_at, [vec![Queued], vec![Running], vec![Running], vec![Queued]]);
}

#[test]
fn one_status_is_spelled_as_partial_indexes_spell_it() {
    let sql = |statuses: &[RunStatus]| format!("{:?}", statement::is_one_of(statuses));
    assert!(sql(&[RunStatus::Queued]).contains("status = 'queued'"));
    assert!(sql(&[RunStatus::Queued, RunStatus::Running]).contains("status IN ('queued', 'running')"));
}

/// Finds the code in a source file that changes the status of runs, or makes runs.
fn changes_of_status(source: &str) -> Vec<String> {
    let code = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let set = |from: usize| {
        let statement = &code[from..];
        &statement[..statement.find("WHERE").unwrap_or(statement.len())]
    };
    let updates =
        code.match_indices("UPDATE agent_runs").map(|(at, _)| set(at)).filter(|set| set.contains(" status ="));
    let built = [
        "INSERT INTO agent_runs",
        "run::ActiveModel",
        "run::Entity::insert",
        "run::Entity::update",
        "table(run::Entity",
        "many(run::Entity",
        "into_table(run::Entity",
        "Column::Status,",
    ];
    let built = built.into_iter().filter(|text| code.contains(text));
    updates.chain(built).map(str::to_owned).collect()
}

#[test]
fn a_change_of_status_is_noticed_in_any_form() {
    for change in [
        "\"UPDATE agent_runs SET lease_until = NULL,\n     status = 'failed' WHERE id = $1\"",
        "\"INSERT INTO agent_runs (id) VALUES (1)\"",
        "run::ActiveModel { ..Default::default() }",
        "Query::update().table(run::Entity)",
        "update.value(Column::Status, \"failed\")",
    ] {
        assert_eq!(changes_of_status(change).len(), 1, "{change}");
    }
    let lease = "\"UPDATE agent_runs SET lease_until = 0 WHERE status = 'queued'\"";
    assert_eq!(changes_of_status(lease), Vec::<String>::new());
}

#[test]
fn nobody_else_changes_the_status_of_a_run() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let room = server.join("store/transit");
    let files = rust_files(&server);
    assert!(files.iter().any(|file| file.starts_with(&room)), "the room is where it was");
    for file in files.iter().filter(|file| !file.starts_with(&room)) {
        let changes = changes_of_status(&fs::read_to_string(file).unwrap());
        assert!(changes.is_empty(), "{} changes the status of runs: {changes:?}", file.display());
    }
}
