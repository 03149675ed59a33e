//! The settings of a webhook, and how a request changes them (JSON Merge Patch, RFC 7396).

use super::condition::{Condition, Test};
use super::exact;
use super::mapping::{Mapping, Source};
use super::place::Place;
use super::verification::Verification;
use super::{DEFAULT_RATE, MAX_NAME, MAX_RATE, MAX_SECRET};
use crate::domain::rules::length;
use crate::domain::text::one_line;
use crate::domain::wire::FromWire;
use crate::error::{FieldError, pointer_part};
use serde::Serialize;
use serde_json::{Map, Value};

/// The settings of a webhook, but for its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct HookSettings {
    /// 1 to 80 characters.
    pub name: String,
    pub verification: Verification,
    /// All of these have to hold, or a delivery starts no run.
    pub filter: Vec<Condition>,
    pub map: Mapping,
    /// Deliveries a minute, 1 to 6,000; more are refused with 429.
    pub rate_per_minute: i64,
    /// Whether its address is there.
    pub enabled: bool,
}

/// A request's change of the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretChange {
    Keep,
    /// `None` takes it away.
    Set(Option<String>),
}

const NAMES: &str = "name, verification, secret, filter, map, rate_per_minute, enabled";

impl HookSettings {
    /// Reads new ones. `name` and `verification` are needed.
    ///
    /// # Errors
    /// Points at each value that is wrong.
    pub fn read(members: Map<String, Value>) -> Result<(Self, SecretChange), Vec<FieldError>> {
        let (settings, secret) = Self::parse(members)?;
        settings.exact(true, true)?;
        Ok((settings, secret))
    }

    /// Checks that its filter and its map can be kept as they are written, where they were.
    fn exact(&self, has_filter: bool, has_map: bool) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if has_filter {
            errors.extend(exact::faults_of_filter(&self.filter));
        }
        if has_map {
            errors.extend(exact::faults_of_map(&self.map));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Reads stored ones.
    pub(super) fn parse(members: Map<String, Value>) -> Result<(Self, SecretChange), Vec<FieldError>> {
        let (read, mut errors, secret) = parts(members);
        let needed = |name| FieldError::of(name, "is needed");
        if read.name.is_none() && !errors.iter().any(|error| error.field() == "name") {
            errors.push(needed("name"));
        }
        if read.verification.is_none() && !errors.iter().any(|error| error.field() == "verification") {
            errors.push(needed("verification"));
        }
        match (read.name, read.verification) {
            (Some(name), Some(verification)) if errors.is_empty() => Ok((
                Self {
                    name,
                    verification,
                    filter: read.filter,
                    map: read.map,
                    rate_per_minute: read.rate_per_minute,
                    enabled: read.enabled,
                },
                secret,
            )),
            _ => Err(errors),
        }
    }
}

impl HookSettings {
    /// Whether a delivery's body is looked into, rather than taken as one text.
    pub fn look_into_body(&self) -> bool {
        self.filter.iter().any(|condition| condition.place.is_within_body())
            || self.map.sources().any(Source::is_within_body)
    }

    /// Whether a header of a delivery is looked at, by its filter or its map.
    pub fn look_at_header(&self, name: &str) -> bool {
        let is_it = |place: &Place| is_header(place, name);
        self.filter.iter().any(|condition| is_it(&condition.place)) || self.read_header(name)
    }

    /// Whether the value of a header is needed, rather than only that it is there.
    pub fn read_header(&self, name: &str) -> bool {
        let is_compared =
            |condition: &Condition| !matches!(condition.test, Test::Exists(_)) && is_header(&condition.place, name);
        self.filter.iter().any(is_compared)
            || self.map.sources().any(|source| matches!(source, Source::Place(place) if is_header(place, name)))
    }

    /// Whether a header may have a signature, by its name or as these settings say.
    pub fn is_signature(&self, name: &str) -> bool {
        self.is_own_signature(name) || name.to_ascii_lowercase().contains("signature")
    }

    /// Whether a header has the signature by which deliveries are verified.
    pub fn is_own_signature(&self, name: &str) -> bool {
        let own = match &self.verification {
            Verification::None => return false,
            Verification::StandardWebhooks => "webhook-signature",
            Verification::GitHub => "x-hub-signature-256",
            Verification::Slack => "x-slack-signature",
            Verification::Stripe => "stripe-signature",
            Verification::Hmac(scheme) => &scheme.header,
        };
        name.eq_ignore_ascii_case(own)
    }
}

fn is_header(place: &Place, name: &str) -> bool {
    matches!(place, Place::Header(header) if header.eq_ignore_ascii_case(name))
}

/// How the settings of a webhook are changed.
#[derive(Clone, Debug, PartialEq)]
pub enum HookChange {
    /// Only the fields that a patch names (RFC 7396).
    Patch(Map<String, Value>),
    /// All of them; what is left out gets its default, but for the secret.
    Whole(Map<String, Value>),
}

impl HookChange {
    /// Returns settings with the change.
    ///
    /// # Errors
    /// As [`HookSettings::read`].
    pub fn over(self, present: &HookSettings) -> Result<(HookSettings, SecretChange), Vec<FieldError>> {
        let mut patch = match self {
            Self::Whole(members) => return HookSettings::read(members),
            Self::Patch(patch) => patch,
        };
        let (has_filter, has_map) = (patch.contains_key("filter"), patch.contains_key("map"));
        // It is not among what is there, so its null is read rather than merged.
        let secret = patch.remove("secret");
        // Cannot fail: texts, numbers and lists.
        let mut changed = serde_json::to_value(present).unwrap_or_default();
        merge(&mut changed, Value::Object(patch));
        match changed {
            Value::Object(mut members) => {
                members.extend(secret.map(|secret| ("secret".to_owned(), secret)));
                let (settings, secret) = HookSettings::parse(members)?;
                // Stored values were accepted once.
                settings.exact(has_filter, has_map)?;
                Ok((settings, secret))
            }
            _ => Ok((present.clone(), SecretChange::Keep)),
        }
    }
}

/// Applies a patch (RFC 7396, section 2).
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.remove(&name)),
            value => merge(members.entry(name).or_insert(Value::Null), value),
        }
    }
}

struct Parts {
    name: Option<String>,
    verification: Option<Verification>,
    filter: Vec<Condition>,
    map: Mapping,
    rate_per_minute: i64,
    enabled: bool,
}

fn parts(members: Map<String, Value>) -> (Parts, Vec<FieldError>, SecretChange) {
    let mut parts = Parts {
        name: None,
        verification: None,
        filter: Vec::new(),
        map: Mapping::default(),
        rate_per_minute: DEFAULT_RATE,
        enabled: true,
    };
    let (mut errors, mut secret) = (Vec::new(), SecretChange::Keep);
    for (name, value) in members {
        let wrong = match (name.as_str(), value) {
            ("name", Value::String(text)) => match one_line(&text) {
                text if (1..=MAX_NAME).contains(&length(&text)) && !text.contains('\0') => {
                    parts.name = Some(text);
                    continue;
                }
                _ => format!("must be text of 1 to {MAX_NAME} characters"),
            },
            ("name", _) => format!("must be text of 1 to {MAX_NAME} characters"),
            ("verification", value) => match Verification::read(value) {
                Ok(verification) => {
                    parts.verification = Some(verification);
                    continue;
                }
                Err(detail) => detail,
            },
            ("secret", Value::Null) => {
                secret = SecretChange::Set(None);
                continue;
            }
            ("secret", Value::String(text)) if is_secret(&text) => {
                secret = SecretChange::Set(Some(text));
                continue;
            }
            ("secret", _) => format!("must be text of 1 to {MAX_SECRET} characters, or null"),
            ("filter", value) => {
                match Condition::read_all("filter", value) {
                    Ok(filter) => parts.filter = filter,
                    Err(wrong) => errors.extend(wrong),
                }
                continue;
            }
            ("map", value) => {
                match Mapping::read("map", value) {
                    Ok(map) => parts.map = map,
                    Err(wrong) => errors.extend(wrong),
                }
                continue;
            }
            ("rate_per_minute", Value::Null) | ("enabled", Value::Null) => continue,
            ("rate_per_minute", value) => match value.as_i64().filter(|rate| (1..=MAX_RATE).contains(rate)) {
                Some(rate) => {
                    parts.rate_per_minute = rate;
                    continue;
                }
                None => format!("must be a whole number from 1 to {MAX_RATE}"),
            },
            ("enabled", Value::Bool(enabled)) => {
                parts.enabled = enabled;
                continue;
            }
            ("enabled", _) => "must be true or false".to_owned(),
            _ => format!("there is no such field: use {NAMES}"),
        };
        errors.push(FieldError::of(&pointer_part(&name), wrong));
    }
    (parts, errors, secret)
}

fn is_secret(text: &str) -> bool {
    (1..=MAX_SECRET).contains(&length(text)) && !text.contains('\0') && !text.trim().is_empty()
}

impl SecretChange {
    /// Returns the secret of a webhook that has had `present`.
    ///
    /// # Errors
    /// It needs one and has none, needs none and is given one, or cannot use it.
    pub fn over(self, present: Option<String>, verification: &Verification) -> Result<Option<String>, FieldError> {
        let wrong = |detail: &str| Err(FieldError::of("secret", detail));
        let secret = match self {
            Self::Set(Some(_)) if !verification.needs_secret() => {
                return wrong("must be left out: with the verification \"none\" nothing is verified");
            }
            _ if !verification.needs_secret() => return Ok(None),
            Self::Set(secret) => secret,
            Self::Keep => present,
        };
        match secret {
            None => wrong("is needed: give the secret that the sender signs with"),
            Some(secret) if *verification == Verification::StandardWebhooks && !is_key(&secret) => {
                wrong("must be whsec_ and then base64, as the sender shows it")
            }
            secret => Ok(secret),
        }
    }
}

/// Whether a text is a key of Standard Webhooks.
fn is_key(secret: &str) -> bool {
    let key = secret.strip_prefix("whsec_").unwrap_or(secret).trim_end_matches('=');
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    !key.is_empty() && key.len() % 4 != 1 && key.bytes().all(is_base64)
}
