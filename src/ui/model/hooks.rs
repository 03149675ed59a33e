//! The page of an agent's webhooks: its address, words, and an example of how to send. Pure.

use crate::domain::hook::{Encoding, HashAlgorithm, HmacScheme, Hook, Outcome, Verification, VerificationKind};
use crate::domain::id::{AgentId, HookId};
use crate::domain::request::RunRequest;
use crate::ui::model::words::Look;

/// Which deliveries the page shows: `/agents/4/hooks?hook=2&outcome=refused&below=80`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HooksAddress {
    pub hook: Option<HookId>,
    /// The only ones that are listed.
    pub outcome: Option<Outcome>,
    /// The list begins below this id.
    pub below: Option<i64>,
}

impl HooksAddress {
    /// Reads the query of an address, without its question mark. What cannot be read is as if it were not there.
    pub fn from_query(query: &str) -> Self {
        let mut address = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "hook" => address.hook = value.parse().ok(),
                "outcome" => address.outcome = Outcome::parse(&value),
                "below" => address.below = value.parse().ok(),
                _ => {}
            }
        }
        address
    }

    /// Returns the address of the page of an agent.
    pub fn href(self, agent: AgentId) -> String {
        let hook = self.hook.map(|hook| format!("hook={hook}"));
        let outcome = self.outcome.map(|outcome| format!("outcome={outcome}"));
        let below = self.below.map(|below| format!("below={below}"));
        let query: Vec<String> = hook.into_iter().chain(outcome).chain(below).collect();
        match query.is_empty() {
            true => format!("/agents/{agent}/hooks"),
            false => format!("/agents/{agent}/hooks?{}", query.join("&")),
        }
    }
}

/// Returns the name of a kind of verification.
pub fn kind_words(kind: VerificationKind) -> &'static str {
    match kind {
        VerificationKind::None => "Nothing",
        VerificationKind::StandardWebhooks => "Standard Webhooks",
        VerificationKind::GitHub => "GitHub",
        VerificationKind::Slack => "Slack",
        VerificationKind::Stripe => "Stripe",
        VerificationKind::Hmac => "HMAC in a header",
    }
}

/// Says what a kind of verification goes by.
pub fn kind_help(kind: VerificationKind) -> &'static str {
    match kind {
        VerificationKind::None => "Whoever knows the address can start runs.",
        VerificationKind::StandardWebhooks => "webhook-signature over id, time and body; 5 minutes of tolerance.",
        VerificationKind::GitHub => "X-Hub-Signature-256 over the body. GitHub's ping starts no run.",
        VerificationKind::Slack => "X-Slack-Signature over time and body; 5 minutes of tolerance.",
        VerificationKind::Stripe => "Stripe-Signature over time and body; 5 minutes of tolerance.",
        VerificationKind::Hmac => "Of the raw body, in a header of any name.",
    }
}

/// Says in a line what a webhook takes.
pub fn hook_words(hook: &Hook) -> String {
    let settings = &hook.settings;
    let verified = match &settings.verification {
        Verification::None => "No verification".to_owned(),
        Verification::Hmac(HmacScheme { header, .. }) => format!("HMAC in {header}"),
        verification => kind_words(verification.kind()).to_owned(),
    };
    let filter = match settings.filter.len() {
        0 => String::new(),
        1 => ", 1 condition".to_owned(),
        count => format!(", {count} conditions"),
    };
    format!("{verified}{filter}, at most {} a minute", settings.rate_per_minute)
}

/// Returns how it looks whether a webhook takes anything.
pub fn hook_look(enabled: bool) -> Look {
    match enabled {
        true => Look { class: "success", icon: "success", word: "Receiving" },
        false => Look { class: "paused", icon: "paused", word: "Off" },
    }
}

/// Returns how what came of a delivery looks.
pub fn outcome_look(outcome: Outcome) -> Look {
    match outcome {
        Outcome::Accepted => Look { class: "success", icon: "success", word: "Accepted" },
        Outcome::Filtered => Look { class: "idle", icon: "idle", word: "Filtered" },
        Outcome::Refused => Look { class: "failed", icon: "failed", word: "Refused" },
    }
}

/// Says in a line what a run would be given; `None` where that is nothing.
pub fn given_words(given: &RunRequest) -> Option<String> {
    const SHOWN: usize = 80;
    let quoted = |text: &str| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(SHOWN) {
            Some((cut, _)) => format!("“{}…”", &line[..cut]),
            None => format!("“{line}”"),
        }
    };
    let input = given.input.as_deref().map(|input| format!("input is {}", quoted(input)));
    let named = given.variables.iter().map(|(name, value)| format!("{name} is {}", quoted(value)));
    let tags = Some(given.tags.join(", ")).filter(|tags| !tags.is_empty()).map(|tags| format!("tags are {tags}"));
    let metadata = given.metadata.iter().map(|(name, value)| format!("{name} (metadata) is {value}"));
    let words: Vec<String> = input.into_iter().chain(named).chain(tags).chain(metadata).collect();
    Some(words.join(", ")).filter(|words| !words.is_empty())
}

/// Says how often the same came again.
pub fn repeat_words(repeats: i64) -> Option<String> {
    match repeats {
        0 => None,
        1 => Some("delivered once more".to_owned()),
        count => Some(format!("delivered {count} more times")),
    }
}

/// Returns commands of a shell that send something to an address as its webhook wants it. The secret is in `$SECRET`.
pub fn example(url: &str, verification: &Verification) -> String {
    const BODY: &str = "body='{\"text\": \"Hello\"}'";
    const TIME: &str = "time=$(date +%s)";
    let hex = |algorithm: &str| format!("openssl dgst -{algorithm} -hmac \"$SECRET\" | sed 's/.*= //'");
    let post = |headers: &[&str]| {
        let headers: String = headers.iter().map(|header| format!(" \\\n  -H \"{header}\"")).collect();
        format!("curl {url} \\\n  -H \"Content-Type: application/json\"{headers} \\\n  -d \"$body\"")
    };
    let (time, signing, headers): (bool, String, Vec<String>) = match verification {
        Verification::None => (false, String::new(), Vec::new()),
        Verification::GitHub => (
            false,
            format!("signature=$(printf %s \"$body\" | {})", hex("sha256")),
            vec![
                "X-GitHub-Event: push".to_owned(),
                "X-GitHub-Delivery: $(date +%s%N)".to_owned(),
                "X-Hub-Signature-256: sha256=$signature".to_owned(),
            ],
        ),
        Verification::Slack => (
            true,
            format!("signature=$(printf 'v0:%s:%s' \"$time\" \"$body\" | {})", hex("sha256")),
            vec!["X-Slack-Request-Timestamp: $time".to_owned(), "X-Slack-Signature: v0=$signature".to_owned()],
        ),
        Verification::Stripe => (
            true,
            format!("signature=$(printf '%s.%s' \"$time\" \"$body\" | {})", hex("sha256")),
            vec!["Stripe-Signature: t=$time,v1=$signature".to_owned()],
        ),
        Verification::StandardWebhooks => (
            true,
            "key=$(printf %s \"${SECRET#whsec_}\" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')\n\
             signature=$(printf '%s.%s.%s' \"msg_$time\" \"$time\" \"$body\" |\n  \
             openssl dgst -sha256 -mac HMAC -macopt \"hexkey:$key\" -binary | openssl base64 -A)"
                .to_owned(),
            vec![
                "webhook-id: msg_$time".to_owned(),
                "webhook-timestamp: $time".to_owned(),
                "webhook-signature: v1,$signature".to_owned(),
            ],
        ),
        Verification::Hmac(HmacScheme { header, algorithm, encoding, prefix }) => {
            let algorithm = match algorithm {
                HashAlgorithm::Sha1 => "sha1",
                HashAlgorithm::Sha256 => "sha256",
                HashAlgorithm::Sha512 => "sha512",
            };
            let digest = match encoding {
                Encoding::Hex => hex(algorithm),
                Encoding::Base64 => format!("openssl dgst -{algorithm} -hmac \"$SECRET\" -binary | openssl base64 -A"),
            };
            (
                false,
                format!("signature=$(printf %s \"$body\" | {digest})"),
                vec![format!("{header}: {prefix}$signature")],
            )
        }
    };
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let time = if time { TIME } else { "" };
    let lines = [BODY.to_owned(), time.to_owned(), signing, post(&headers)];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
