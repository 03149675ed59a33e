//! How a webhook has senders prove who they are.

use super::place::Place;
use crate::domain::wire::{FromWire, NOT_OF_TYPE, Unreadable};
use crate::domain::wire_enum::wire_enum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

wire_enum! {
    /// Kinds of proof.
    VerificationKind {
        /// Whoever knows the address may send.
        None = "none",
        /// `webhook-signature` (<https://www.standardwebhooks.com>).
        StandardWebhooks = "standard-webhooks",
        /// `X-Hub-Signature-256`.
        GitHub = "github",
        /// `X-Slack-Signature`, version 0.
        Slack = "slack",
        /// `Stripe-Signature`.
        Stripe = "stripe",
        /// An HMAC of the body in a header of any name.
        Hmac = "hmac",
    }
}

wire_enum! {
    /// The hash function of an HMAC.
    HashAlgorithm {
        Sha1 = "sha1",
        Sha256 = "sha256",
        Sha512 = "sha512",
    }
}

wire_enum! {
    /// How the bytes of a signature are written.
    Encoding {
        Hex = "hex",
        Base64 = "base64",
    }
}

/// How senders prove who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Verification {
    None,
    StandardWebhooks,
    GitHub,
    Slack,
    Stripe,
    Hmac(HmacScheme),
}

/// An HMAC of the body in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HmacScheme {
    pub header: String,
    pub algorithm: HashAlgorithm,
    pub encoding: Encoding,
    /// Stands before the signature, such as `sha256=`; empty without one.
    pub prefix: String,
}

/// Longest prefix of a signature, in bytes.
const MAX_PREFIX: usize = 32;

impl Verification {
    /// Returns its kind.
    pub fn kind(&self) -> VerificationKind {
        match self {
            Self::None => VerificationKind::None,
            Self::StandardWebhooks => VerificationKind::StandardWebhooks,
            Self::GitHub => VerificationKind::GitHub,
            Self::Slack => VerificationKind::Slack,
            Self::Stripe => VerificationKind::Stripe,
            Self::Hmac(_) => VerificationKind::Hmac,
        }
    }

    /// Whether it needs a secret.
    pub fn needs_secret(&self) -> bool {
        *self != Self::None
    }

    /// Reads one: the word of a kind, or an object with `kind` and, for `hmac`, what it needs to know. What other kinds do not
    /// need makes no difference to them.
    ///
    /// # Errors
    /// It is none; reads on from its name.
    pub fn read(value: Value) -> Result<Self, String> {
        let says = || {
            let kinds: Vec<_> = VerificationKind::ALL.iter().map(|kind| format!("\"{kind}\"")).collect();
            format!("must be one of {}, or an object with such a \"kind\"", kinds.join(", "))
        };
        let (kind, mut members) = match value {
            Value::String(kind) => (kind, None),
            Value::Object(mut members) => match members.remove("kind") {
                Some(Value::String(kind)) => (kind, Some(members)),
                _ => return Err(says()),
            },
            _ => return Err(says()),
        };
        Ok(match VerificationKind::parse(&kind).ok_or_else(says)? {
            VerificationKind::None => Self::None,
            VerificationKind::StandardWebhooks => Self::StandardWebhooks,
            VerificationKind::GitHub => Self::GitHub,
            VerificationKind::Slack => Self::Slack,
            VerificationKind::Stripe => Self::Stripe,
            VerificationKind::Hmac => {
                let mut text = |name: &str| match members.as_mut().and_then(|members| members.remove(name)) {
                    None | Some(Value::Null) => Ok(None),
                    Some(Value::String(text)) => Ok(Some(text)),
                    Some(_) => Err(format!("must have text as \"{name}\"")),
                };
                let needs = "needs the \"header\" with the signature, such as \"X-Signature\"";
                let header = text("header")?.ok_or(needs)?;
                let Place::Header(header) = Place::header(&header).map_err(|_| needs)? else { return Err(says()) };
                let algorithm =
                    text("algorithm")?.map_or(Some(HashAlgorithm::Sha256), |word| HashAlgorithm::parse(&word));
                let encoding = text("encoding")?.map_or(Some(Encoding::Hex), |word| Encoding::parse(&word));
                let prefix = text("prefix")?.unwrap_or_default();
                if prefix.len() > MAX_PREFIX || !prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(format!("must have at most {MAX_PREFIX} visible ASCII characters as \"prefix\""));
                }
                Self::Hmac(HmacScheme {
                    header,
                    algorithm: algorithm.ok_or("must have \"sha1\", \"sha256\" or \"sha512\" as \"algorithm\"")?,
                    encoding: encoding.ok_or("must have \"hex\" or \"base64\" as \"encoding\"")?,
                    prefix,
                })
            }
        })
    }
}

impl From<Verification> for Value {
    fn from(verification: Verification) -> Self {
        let kind = verification.kind();
        match verification {
            Verification::Hmac(HmacScheme { header, algorithm, encoding, prefix }) => json!({
                "kind": kind, "header": header, "algorithm": algorithm, "encoding": encoding, "prefix": prefix,
            }),
            _ => json!({ "kind": kind }),
        }
    }
}

impl TryFrom<Value> for Verification {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        Self::read(value)
    }
}

impl FromWire for Verification {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        Self::read(value).map_err(|_| NOT_OF_TYPE)
    }
}
