//! Progress of a run between its transitions: steps that begin and end, text that grows. Pure.

use crate::domain::live::{OutputDelta, Writing};
use crate::domain::step::RunStep;
use crate::ui::model::seq::Outcome;

/// Takes in a step that began or changed; an older version than the known one is ignored.
pub fn take_step(steps: &mut Vec<RunStep>, step: &RunStep) -> Outcome {
    match steps.binary_search_by_key(&step.position, |known| known.position) {
        Ok(at) if steps[at].revision >= step.revision => return Outcome::Ignored,
        Ok(at) => steps[at] = step.clone(),
        Err(at) => steps.insert(at, step.clone()),
    }
    Outcome::Applied
}

/// Returns, of two readings of the same run's steps, the newer version of each.
pub fn newest(mut known: Vec<RunStep>, read: &[RunStep]) -> Vec<RunStep> {
    for step in read {
        take_step(&mut known, step);
    }
    known
}

/// Takes in what has been written. Its text replaces everything from its offset on; a piece that is known already,
/// because the snapshot was newer, changes nothing. A hole makes the client subscribe again.
pub fn write(writing: &mut Writing, delta: &OutputDelta) -> Outcome {
    let offset = usize::try_from(delta.offset).unwrap_or_default();
    match writing.text_step {
        Some(step) if step > delta.step => return Outcome::Ignored,
        Some(step) if step == delta.step => {}
        _ => *writing = Writing { text_step: Some(delta.step), ..Writing::default() },
    }
    let Some(rest) = writing.text.get(offset..) else { return Outcome::Resubscribe };
    let kept = usize::try_from(delta.kept_blocks).unwrap_or_default();
    if !delta.text.is_empty() && rest.starts_with(&delta.text) {
        return Outcome::Ignored;
    }
    if kept > writing.blocks.len() {
        return Outcome::Resubscribe;
    }
    writing.text.truncate(offset);
    writing.text.push_str(&delta.text);
    writing.blocks.truncate(kept);
    writing.blocks.extend_from_slice(&delta.blocks);
    Outcome::Applied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(step: i32, offset: i64, text: &str) -> OutputDelta {
        let blocks = vec![format!("<p>{text}</p>")];
        OutputDelta { step, offset, text: text.to_owned(), kept_blocks: 0, blocks }
    }

    fn after(deltas: &[OutputDelta]) -> (Writing, Outcome) {
        let mut writing = Writing::default();
        let last = deltas.iter().map(|delta| write(&mut writing, delta)).last().unwrap();
        (writing, last)
    }

    #[test]
    fn pieces_add_up() {
        let (writing, _) = after(&[delta(1, 0, "All "), delta(1, 4, "quiet.")]);
        assert_eq!((writing.text.as_str(), writing.text_step), ("All quiet.", Some(1)));
        assert_eq!(writing.blocks, ["<p>quiet.</p>"]);
    }

    #[test]
    fn a_piece_the_snapshot_had_already_changes_nothing() {
        let (writing, outcome) = after(&[delta(1, 0, "All quiet."), delta(1, 4, "quiet")]);
        assert_eq!((writing.text.as_str(), outcome), ("All quiet.", Outcome::Ignored));
    }

    #[test]
    fn a_repeated_call_begins_anew() {
        let (writing, _) = after(&[delta(1, 0, "All quiet."), delta(1, 0, "")]);
        assert_eq!(writing.text, "");
    }

    #[test]
    fn the_next_step_begins_at_its_beginning_and_the_one_before_is_over() {
        let (writing, outcome) = after(&[delta(1, 0, "Let me see."), delta(3, 0, "It is late."), delta(1, 11, "!")]);
        assert_eq!((writing.text.as_str(), outcome), ("It is late.", Outcome::Ignored));
    }

    #[test]
    fn a_hole_makes_it_subscribe_again() {
        assert_eq!(after(&[delta(1, 0, "All"), delta(1, 9, "quiet")]).1, Outcome::Resubscribe);
        assert_eq!(after(&[delta(2, 9, "quiet")]).1, Outcome::Resubscribe);
    }
}
