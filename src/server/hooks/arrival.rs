//! Decides about a delivery: verifies, filters and maps it. Pure, for a thread of its own where the body is large.

use super::received::{Received, Unreadable, is_secret};
use super::{filter, mapped, verify};
use crate::domain::hook::{Hook, VerificationKind};
use crate::domain::request::RunRequest;
use crate::domain::time::Timestamp;
use crate::error::AppError;
use crate::server::store::hooks::StoredHook;

/// The request that a delivery makes.
#[derive(Debug)]
pub(super) enum Arrival {
    /// It is not signed as it has to be; says why, in the middle of a sentence.
    Denied(String),
    /// Its sender tests the address.
    Challenge {
        /// The text that the sender expects; `None` where any answer will do.
        text: Option<String>,
        detail: String,
    },
    /// It does not pass the filter, and why.
    Filtered(String),
    /// It cannot be made into a run.
    Unfit(AppError),
    /// A run that is given this.
    Ready(Box<RunRequest>),
}

impl Arrival {
    /// Reads a delivery that has just come.
    pub(super) fn verified(stored: &StoredHook, received: &Received, now: Timestamp) -> Self {
        let StoredHook { hook, secret } = stored;
        let secret = secret.as_deref().unwrap_or_default();
        match verify::check(&hook.settings.verification, secret, received, now) {
            Ok(()) => Self::kept(hook, received),
            Err(denied) => Self::Denied(denied.to_string()),
        }
    }

    /// Reads one that was verified when it came.
    pub(super) fn kept(hook: &Hook, received: &Received) -> Self {
        let content = match received.content() {
            Ok(content) => content,
            // Nobody looks into it: it is a text, as of whoever writes a line of JSON for each of several things.
            Err(_) if !hook.settings.look_into_body() => received.as_text(),
            Err(Unreadable(why)) => {
                let text = format!("The body begins as JSON does, and cannot be read as such: {why}.");
                return Self::Unfit(AppError::invalid(text));
            }
        };
        let text = |pointer| content.value.pointer(pointer).and_then(|value| value.as_str());
        match hook.settings.verification.kind() {
            // https://docs.slack.dev/reference/events/url_verification
            VerificationKind::Slack if text("/type") == Some("url_verification") => {
                let detail = "Slack has tested the address: its challenge was answered".to_owned();
                return Self::Challenge { text: Some(text("/challenge").unwrap_or_default().to_owned()), detail };
            }
            // Sent once when a webhook is set up:
            // https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
            VerificationKind::GitHub if received.header("x-github-event") == Some("ping") => {
                return Self::Challenge { text: None, detail: "GitHub has tested the address by a ping".to_owned() };
            }
            _ => {}
        }
        let is_proof = |name: &str| is_secret(name) || hook.settings.is_signature(name);
        if let Some(why) = filter::reason(&hook.settings.filter, is_proof, received, &content) {
            return Self::Filtered(why);
        }
        match mapped::request(&hook.settings.map, received, content) {
            Ok(request) => Self::Ready(Box::new(request)),
            Err(errors) => Self::Unfit(AppError::invalid_fields(errors)),
        }
    }

    /// Returns the text that the sender of a test expects.
    pub(super) fn challenge(&self) -> Option<&str> {
        match self {
            Self::Challenge { text, .. } => text.as_deref(),
            _ => None,
        }
    }
}
