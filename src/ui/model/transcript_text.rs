//! A run's transcript as text, to be copied. Pure.

use crate::domain::duration::format_ms;
use crate::domain::step::{RunStep, StepCall};
use crate::domain::thread::{Message, Role};
use crate::domain::views::run::RunDetail;
use crate::ui::model::transcript::{Piece, answer_title, has_answer, way};

/// Returns what the transcript shows, in its order. Of texts that the page has in part, the part, which says so.
pub fn transcript_text(detail: &RunDetail) -> String {
    let RunDetail { run, steps, messages, writing, .. } = detail;
    let is_over = run.status.is_terminal();
    let way = way(steps, is_over);
    let is_answer = |message: &&Message| is_over && message.role == Role::Assistant && message.run_id.is_some();
    let answer = messages.last().filter(is_answer);
    let given = &messages[..messages.len() - usize::from(answer.is_some())];
    let mut parts: Vec<String> =
        given.iter().map(|message| part(who(message.role, run.chat), &message.content)).collect();
    for piece in &way {
        match piece {
            Piece::Said(position, text) => {
                let is_cut = steps.iter().any(|step| step.position == *position && step.said_cut);
                parts.push(part(&format!("Assistant{}", cut_words(is_cut)), text));
            }
            Piece::Tools(positions) => {
                let called = steps.iter().filter(|step| positions.contains(&step.position));
                parts.extend(called.map(call));
            }
            Piece::NotMade(_, calls) => {
                let title = |call: &StepCall| format!("{}, not called{}", call.name, cut_words(call.arguments_cut));
                parts.extend(calls.iter().map(|call| part(&title(call), &call.text())));
            }
        }
    }
    // What is being written stands nowhere else yet.
    let is_said = |at| way.iter().any(|piece| matches!(piece, Piece::Said(said, _) if Some(*said) == at));
    if !is_over && !writing.text.is_empty() && !is_said(writing.text_step) {
        parts.push(part("Assistant", &writing.text));
    }
    if let Some(answer) = answer.filter(|_| !has_answer(&way, steps)) {
        parts.push(part(answer_title(run.status), &answer.content));
    }
    parts.join("\n\n")
}

fn who(role: Role, chat: bool) -> &'static str {
    match role {
        Role::System => "System",
        Role::User if chat => "User",
        Role::User => "Task",
        Role::Assistant => "Assistant",
        Role::Tool => "Tool",
    }
}

fn part(title: &str, text: &str) -> String {
    format!("## {title}\n\n{}", text.trim())
}

fn cut_words(is_cut: bool) -> &'static str {
    if is_cut { " (only the beginning)" } else { "" }
}

fn call(step: &RunStep) -> String {
    let took = step.duration_ms.map(|ms| format!(", {}", format_ms(ms))).unwrap_or_default();
    let text = |words: &str, text: Option<&str>, is_cut: bool| {
        text.filter(|text| !text.is_empty()).map(|text| format!("{words}{}: {text}", cut_words(is_cut)))
    };
    let lines = [
        text("Arguments", step.input.as_deref(), step.input_cut),
        text("Result", step.output.as_deref(), step.output_cut),
        text("Error", step.error.as_deref(), false),
    ];
    part(&format!("{}{took}", step.name), &lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{MessageId, RunId, ThreadId};
    use crate::domain::live::Writing;
    use crate::domain::run::RunStatus;
    use crate::domain::step::StepKind;
    use crate::domain::time::Timestamp;
    use crate::samples;
    use serde_json::json;

    fn message(role: Role, content: &str, run: Option<i64>) -> Message {
        let (id, thread_id, created_at) = (MessageId(1), ThreadId(1), Timestamp::from_ms(0));
        Message { id, thread_id, run_id: run.map(RunId), role, content: content.to_owned(), created_at }
    }

    fn calling(position: i32) -> RunStep {
        let arguments = json!({ "zone": "UTC" });
        let call =
            StepCall { id: None, name: "clock".to_owned(), arguments, arguments_text: None, arguments_cut: false };
        let said = Some("Let me see.".to_owned());
        RunStep { said, calls: vec![call], ..samples::step(position, StepKind::ModelCall) }
    }

    fn clock(position: i32) -> RunStep {
        RunStep {
            name: "clock".to_owned(),
            duration_ms: Some(1_200),
            input: Some("{\"zone\":\"UTC\"}".to_owned()),
            output: Some("12:0".to_owned()),
            output_cut: true,
            ..samples::step(position, StepKind::ToolCall)
        }
    }

    #[test]
    fn all_that_is_shown_is_copied_in_its_order() {
        let steps = vec![calling(1), clock(2), samples::step(3, StepKind::ModelCall)];
        let messages = vec![message(Role::User, "What time is it?", None), message(Role::Assistant, "Noon.", Some(1))];
        let detail = RunDetail { steps, messages, ..samples::detail(samples::run(1, RunStatus::Success)) };
        let expected = "## Task\n\nWhat time is it?\n\n## Assistant\n\nLet me see.\n\n## clock, 1.2 s\n\n\
                        Arguments: {\"zone\":\"UTC\"}\nResult (only the beginning): 12:0\n\n## Answer\n\nNoon.";
        assert_eq!(transcript_text(&detail), expected);
    }

    #[test]
    fn calls_that_nobody_made_say_so() {
        let detail = RunDetail { steps: vec![calling(1)], ..samples::detail(samples::run(1, RunStatus::Failed)) };
        let text = transcript_text(&detail);
        assert!(text.ends_with("## clock, not called\n\n{\"zone\":\"UTC\"}"), "{text}");
    }

    #[test]
    fn a_partial_answer_is_not_copied_as_an_answer() {
        let messages = vec![message(Role::Assistant, "It is", Some(1))];
        let steps = vec![samples::step(1, StepKind::ModelCall)];
        let detail = RunDetail { steps, messages, ..samples::detail(samples::run(1, RunStatus::Failed)) };
        assert_eq!(transcript_text(&detail), "## Partial answer\n\nIt is");
    }

    #[test]
    fn texts_that_are_cut_say_so() {
        let mut steps = vec![RunStep { said_cut: true, ..calling(1) }];
        steps[0].calls[0].arguments_text = Some("{\"zo".to_owned());
        steps[0].calls[0].arguments_cut = true;
        let text = transcript_text(&RunDetail { steps, ..samples::detail(samples::run(1, RunStatus::Failed)) });
        let expected = "## Assistant (only the beginning)\n\nLet me see.\n\n\
                        ## clock, not called (only the beginning)\n\n{\"zo";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_is_being_written_is_copied_once() {
        let writing = Writing { text: "It is".to_owned(), text_step: Some(1), blocks: Vec::new() };
        let steps = vec![samples::step(1, StepKind::ModelCall)];
        let detail = RunDetail { steps, writing, ..samples::detail(samples::run(1, RunStatus::Running)) };
        assert_eq!(transcript_text(&detail), "## Assistant\n\nIt is");
        let detail = RunDetail { steps: vec![calling(1), clock(2)], ..detail };
        assert!(!transcript_text(&detail).contains("It is"), "the step has the whole text by now");
    }
}
