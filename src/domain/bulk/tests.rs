//! Tests of what an action on many runs may ask for.

use super::*;

fn request(action: BulkAction, ids: &[i64], add: &[&str], remove: &[&str]) -> BulkRequest {
    let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    let selection = Selection::Runs(ids.iter().map(|id| RunId(*id)).collect());
    BulkRequest { action, selection, tags: TagChange { add: texts(add), remove: texts(remove) } }
}

fn faults(request: BulkRequest) -> Vec<String> {
    request.checked().unwrap_err().into_iter().map(|error| error.pointer).collect()
}

#[test]
fn each_run_is_acted_on_once() {
    let asked = request(BulkAction::Stop, &[7, 3, 7], &[], &[]).checked().unwrap();
    assert_eq!(asked, request(BulkAction::Stop, &[3, 7], &[], &[]));
}

#[test]
fn no_run_and_too_many_are_refused() {
    let many: Vec<i64> = (1..=10_001).collect();
    assert_eq!(faults(request(BulkAction::Retry, &[], &[], &[])), ["/ids"]);
    assert_eq!(faults(request(BulkAction::Retry, &many, &[], &[])), ["/ids"]);
    assert!(request(BulkAction::Retry, &many[1..], &[], &[]).checked().is_ok());
}

#[test]
fn tags_are_those_of_the_action_that_changes_them() {
    let asked = request(BulkAction::Tag, &[1], &[" eu ", "eu"], &["old"]).checked().unwrap();
    assert_eq!(asked, request(BulkAction::Tag, &[1], &["eu"], &["old"]));
    assert_eq!(faults(request(BulkAction::Tag, &[1], &[], &[])), ["/tags"]);
    assert_eq!(faults(request(BulkAction::Tag, &[1], &["a,b"], &["!c"])), ["/tags/0", "/remove/0"]);
    assert_eq!(faults(request(BulkAction::Tag, &[1], &["a"], &["a"])), ["/remove"]);
    assert_eq!(faults(request(BulkAction::Stop, &[1], &["a"], &["b"])), ["/tags", "/remove"]);
}
