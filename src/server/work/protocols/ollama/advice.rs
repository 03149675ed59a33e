//! Meaning of Ollama's errors, and remedies.

use super::super::super::model::ModelError;
use super::super::super::name::ModelName;

/// Words of errors that the same call meets again, whatever the status says: a model that does not fit into memory is a
/// 500.
const LASTING: [&str; 8] = [
    "not found",
    "more system memory",
    "does not support",
    "context length",
    "context size",
    "unable to load model",
    "invalid",
    "unauthorized",
];

/// Words of errors that may be gone when the server has started the model again, or has room. In the middle of an answer
/// no status comes with them.
const PASSING: [&str; 6] = [
    "unexpectedly stopped",
    "crashed",
    "process has terminated",
    "process no longer running",
    "server busy",
    "timed out",
];

/// Returns the error with what helps, as far as it is known.
pub(super) fn explain(error: ModelError, name: &ModelName) -> ModelError {
    let said = error.message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|words| said.contains(words));
    let is_passing = (error.is_passing || says(&PASSING)) && !says(&LASTING);
    let helps = match said {
        said if said.contains("model") && said.contains("not found") => {
            Some(format!("run `ollama pull {}` on the machine that Ollama runs on", name.model))
        }
        said if said.contains("more system memory") => Some("use a smaller model, or free memory".to_owned()),
        said if said.contains("does not support tools") => {
            Some("use a model that supports tools, or take the agent's tools away".to_owned())
        }
        said if said.contains("context length") || said.contains("context size") => Some(
            "the conversation is too long for the model: start a new one, or use a model with a larger window"
                .to_owned(),
        ),
        _ => None,
    };
    let message = match helps {
        Some(helps) => format!("{} ({helps})", error.message.trim_end_matches('.')),
        None => error.message,
    };
    ModelError { message, is_passing, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(message: &str) -> (String, bool) {
        let name = "ollama/llama3.2:1b".parse().unwrap();
        let error = explain(ModelError { status: Some(500), ..ModelError::passing(message) }, &name);
        (error.message, error.is_passing)
    }

    #[test]
    fn a_model_that_is_not_there_is_to_be_pulled() {
        for said in
            [r#"404 Not Found: model "llama3.2:1b" not found, try pulling it first"#, "model 'llama3.2:1b' not found"]
        {
            let (message, is_passing) = explained(said);
            assert!(
                message.ends_with("(run `ollama pull llama3.2:1b` on the machine that Ollama runs on)"),
                "{message}"
            );
            assert!(!is_passing);
        }
    }

    #[test]
    fn too_little_memory_does_not_pass_though_it_is_a_500() {
        let said = "500 Internal Server Error: model requires more system memory (10 GiB) than is available (4 GiB)";
        assert_eq!(explained(said), (format!("{said} (use a smaller model, or free memory)"), false));
    }

    #[test]
    fn a_runner_that_stopped_may_be_started_again() {
        let said = "the provider reported an error: model runner has unexpectedly stopped";
        assert_eq!(explained(said), (said.to_owned(), true));
    }
}
