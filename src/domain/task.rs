//! The first messages of a task run: its agent's instructions, filled in with the run's input and variables. Pure.

use super::agent::AgentSettings;
use super::request::RunRequest;
use super::template::{MAX_FILLED, Template, Unfilled};
use crate::error::FieldError;

/// The name that stands for a run's input.
pub const INPUT: &str = "input";
/// The message of a task run without task instructions and without input: models expect a user's turn.
pub const DEFAULT_TASK: &str = "Carry out your instructions.";

/// An agent's instructions, as it has them now.
#[derive(Clone, Copy, Debug)]
pub struct Instructions<'a> {
    pub system: &'a str,
    pub task: &'a str,
    /// Whether names between double braces stand for values.
    pub templates: bool,
}

impl<'a> From<&'a AgentSettings> for Instructions<'a> {
    fn from(settings: &'a AgentSettings) -> Self {
        let AgentSettings { system_instructions: system, task_instructions: task, templates, .. } = settings;
        Self { system, task, templates: *templates }
    }
}

/// The messages that a task run begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskMessages {
    /// Blank where there is none.
    pub system: String,
    pub user: String,
}

impl Instructions<'_> {
    /// Whether a run has to be given something.
    pub fn hold_names(&self) -> bool {
        // Instructions saved with templates on have nothing but names between double braces.
        self.templates && [self.system, self.task].iter().any(|text| text.contains("{{"))
    }

    /// Returns the messages of a run that is given this. An input that no name stands for comes after the task and a blank
    /// line. Values that no name stands for are left alone: whoever sends them need not know what the instructions use.
    ///
    /// # Errors
    /// Points at each value that is missing, or at the input where the messages would be too long.
    pub fn messages(&self, given: &RunRequest) -> Result<TaskMessages, Vec<FieldError>> {
        let (mut errors, mut holds_input) = (Vec::new(), false);
        let mut fill = |text: &str| {
            let template = match Template::parse(text) {
                Ok(template) if self.templates => template,
                // Instructions that cannot be read were refused when they were saved.
                _ => return text.to_owned(),
            };
            for name in template.names() {
                holds_input |= name == INPUT;
                if given.value(name).is_none() {
                    let error = missing(name);
                    errors.extend(Some(error).filter(|error| !errors.contains(error)));
                }
            }
            match template.fill(|name| given.value(name).or(Some(""))) {
                Ok(text) => text,
                Err(Unfilled::TooLong | Unfilled::Missing(_)) => {
                    errors.push(too_long(given));
                    String::new()
                }
            }
        };
        let (system, task) = (fill(self.system), fill(self.task));
        let input = given.input.as_deref().filter(|input| !holds_input && !input.trim().is_empty());
        let user = match (task.trim().is_empty(), input) {
            (true, None) => DEFAULT_TASK.to_owned(),
            (true, Some(input)) => input.to_owned(),
            (false, None) => task,
            (false, Some(input)) => format!("{}\n\n{input}", task.trim_end()),
        };
        if errors.is_empty() { Ok(TaskMessages { system, user }) } else { Err(errors) }
    }
}

fn missing(name: &str) -> FieldError {
    match name {
        INPUT => FieldError::of(INPUT, "is missing: the agent's instructions hold {{input}}"),
        name => FieldError::of(
            &format!("variables/{name}"),
            format!("is missing: the agent's instructions hold {{{{{name}}}}}"),
        ),
    }
}

fn too_long(given: &RunRequest) -> FieldError {
    let most = MAX_FILLED / 1024;
    match given.input {
        Some(_) => {
            FieldError::of(INPUT, format!("makes the instructions longer than {most} KiB: shorten it or the variables"))
        }
        None => FieldError::of("variables", format!("make the instructions longer than {most} KiB: shorten them")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(input: Option<&str>, variables: &[(&str, &str)]) -> RunRequest {
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        RunRequest { input: input.map(str::to_owned), variables, ..RunRequest::default() }
    }

    fn messages(system: &str, task: &str, given: &RunRequest) -> Result<(String, String), Vec<String>> {
        let made = Instructions { system, task, templates: true }.messages(given);
        made.map(|made| (made.system, made.user))
            .map_err(|errors| errors.into_iter().map(|error| format!("{} {}", error.pointer, error.detail)).collect())
    }

    fn user(task: &str, given: &RunRequest) -> String {
        messages("", task, given).unwrap().1
    }

    #[test]
    fn names_in_both_instructions_get_their_values() {
        let given = given(Some("It is late."), &[("customer", "Ada")]);
        let made = messages("Help {{customer}}.", "Answer {{customer}}: {{input}}", &given).unwrap();
        assert_eq!(made, ("Help Ada.".to_owned(), "Answer Ada: It is late.".to_owned()));
    }

    #[test]
    fn an_input_that_no_name_stands_for_comes_after_a_blank_line() {
        let input = given(Some("It is late."), &[]);
        assert_eq!(user("Triage this.\n", &input), "Triage this.\n\nIt is late.");
        assert_eq!(user(" \n", &input), "It is late.");
        assert_eq!(user("Triage this.", &given(Some(" \n"), &[])), "Triage this.");
        assert_eq!(messages("About {{input}}", "Go on.", &input).unwrap().1, "Go on.", "it has its place already");
    }

    #[test]
    fn without_input_all_is_as_it_was() {
        assert_eq!(user("Triage {this}.\n", &given(None, &[])), "Triage {this}.\n");
        assert_eq!(user("", &given(None, &[])), DEFAULT_TASK);
    }

    #[test]
    fn where_templates_are_off_braces_are_braces() {
        let instructions = Instructions { system: "{{a|b}}", task: "{{input}}", templates: false };
        let made = instructions.messages(&given(Some("x"), &[])).unwrap();
        assert_eq!((made.system.as_str(), made.user.as_str()), ("{{a|b}}", "{{input}}\n\nx"));
    }

    #[test]
    fn every_missing_value_is_named_once() {
        let said = messages("{{customer}}", "{{input}} {{customer}} {{since}}", &given(None, &[("other", "x")]));
        let said = said.unwrap_err();
        assert_eq!(said.len(), 3, "{said:?}");
        assert_eq!(said[0], "/variables/customer is missing: the agent's instructions hold {{customer}}");
        assert_eq!(said[1], "/input is missing: the agent's instructions hold {{input}}");
        assert!(said[2].starts_with("/variables/since "), "{said:?}");
    }

    #[test]
    fn an_empty_value_is_a_value() {
        assert_eq!(user("a{{input}}b{{x}}", &given(Some(""), &[("x", "")])), "ab");
    }

    #[test]
    fn messages_have_an_end() {
        let given = given(Some(&"x".repeat(256 * 1024)), &[]);
        let said = messages("", &"{{input}}".repeat(5), &given).unwrap_err();
        assert!(said[0].starts_with("/input makes the instructions longer than 1024 KiB"), "{said:?}");
    }
}
