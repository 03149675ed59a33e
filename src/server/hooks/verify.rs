//! Whether a delivery is signed as its webhook has it. What is signed is the raw body; signatures are compared in constant
//! time. Pure: what time it is comes from outside.

use super::received::Received;
use crate::domain::hook::{Encoding, HashAlgorithm, HmacScheme, Verification};
use crate::domain::time::Timestamp;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use thiserror::Error;

/// How far a sender's time may be from ours, in seconds: what Standard Webhooks, Slack and Stripe recommend.
const TOLERANCE_S: i64 = 5 * 60;
/// Signatures of one delivery that are looked at: several are sent while a secret is changed.
const MAX_SIGNATURES: usize = 16;

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why a delivery is not accepted. Reads on in the middle of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Denied {
    #[error("it has no header {0}")]
    NoHeader(String),
    #[error("its header {0} cannot be read")]
    Unreadable(&'static str),
    #[error("it was signed more than 5 minutes ago or ahead of time; check both clocks")]
    OutOfTime,
    #[error("its signature does not match; check that both sides have the same secret")]
    Wrong,
}

/// Verifies a delivery.
///
/// # Errors
/// It is not signed with the secret, or not at this time.
pub(super) fn check(
    verification: &Verification,
    secret: &str,
    received: &Received,
    now: Timestamp,
) -> Result<(), Denied> {
    match verification {
        Verification::None => Ok(()),
        Verification::StandardWebhooks => standard_webhooks(secret, received, now),
        Verification::GitHub => {
            let scheme = HmacScheme {
                header: "X-Hub-Signature-256".to_owned(),
                algorithm: HashAlgorithm::Sha256,
                encoding: Encoding::Hex,
                prefix: "sha256=".to_owned(),
            };
            of_scheme(&scheme, secret, received)
        }
        Verification::Slack => slack(secret, received, now),
        Verification::Stripe => stripe(secret, received, now),
        Verification::Hmac(scheme) => of_scheme(scheme, secret, received),
    }
}

/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
fn standard_webhooks(secret: &str, received: &Received, now: Timestamp) -> Result<(), Denied> {
    let id = needed(received, "webhook-id")?;
    let at = needed(received, "webhook-timestamp")?;
    let signatures = needed(received, "webhook-signature")?;
    in_time(at, "webhook-timestamp", now)?;
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).map_err(|_| Denied::Wrong)?;
    let signed: [&[u8]; 5] = [id.as_bytes(), b".", at.as_bytes(), b".", &received.body];
    let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
    any(given.filter_map(|text| BASE64.decode(text).ok()), |given| is_signed::<Sha256>(&key, &signed, given))
}

/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
fn slack(secret: &str, received: &Received, now: Timestamp) -> Result<(), Denied> {
    let at = needed(received, "X-Slack-Request-Timestamp")?;
    let signature = needed(received, "X-Slack-Signature")?;
    in_time(at, "X-Slack-Request-Timestamp", now)?;
    let signed: [&[u8]; 4] = [b"v0:", at.as_bytes(), b":", &received.body];
    let given = signature.split([',', ' ']).filter_map(|signature| unhex(signature.strip_prefix("v0=")?));
    any(given, |given| is_signed::<Sha256>(secret.as_bytes(), &signed, given))
}

/// <https://docs.stripe.com/webhooks#verify-manually>
fn stripe(secret: &str, received: &Received, now: Timestamp) -> Result<(), Denied> {
    let header = needed(received, "Stripe-Signature")?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let at = parts().find_map(|(name, at)| (name == "t").then_some(at));
    let at = at.ok_or(Denied::Unreadable("Stripe-Signature"))?;
    in_time(at, "Stripe-Signature", now)?;
    let signed: [&[u8]; 3] = [at.as_bytes(), b".", &received.body];
    let given = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, signature)| unhex(signature));
    any(given, |given| is_signed::<Sha256>(secret.as_bytes(), &signed, given))
}

fn of_scheme(scheme: &HmacScheme, secret: &str, received: &Received) -> Result<(), Denied> {
    let HmacScheme { header, algorithm, encoding, prefix } = scheme;
    needed(received, header)?;
    let given = received.all(header).flat_map(|value| candidates(value, prefix)).filter_map(|signature| {
        let text = signature.strip_prefix(prefix.as_str())?;
        match encoding {
            Encoding::Hex => unhex(text),
            Encoding::Base64 => BASE64.decode(text).ok(),
        }
    });
    let (key, signed): (_, [&[u8]; 1]) = (secret.as_bytes(), [&received.body]);
    any(given, |given| match algorithm {
        HashAlgorithm::Sha1 => is_signed::<Sha1>(key, &signed, given),
        HashAlgorithm::Sha256 => is_signed::<Sha256>(key, &signed, given),
        HashAlgorithm::Sha512 => is_signed::<Sha512>(key, &signed, given),
    })
}

/// Returns what may be a signature: the whole value, and each of several, whose prefix may have a comma in it.
fn candidates<'v>(value: &'v str, prefix: &str) -> impl Iterator<Item = &'v str> + use<'v> {
    let begins: Vec<usize> = match prefix.contains(',') {
        true => value.match_indices(prefix).map(|(at, _)| at).collect(),
        false => Vec::new(),
    };
    let ends = begins.clone().into_iter().skip(1).chain([value.len()]);
    let prefixed = begins.into_iter().zip(ends).map(|(begin, end)| value[begin..end].trim_end_matches([',', ' ']));
    std::iter::once(value).chain(prefixed).chain(value.split([',', ' ']))
}

fn needed<'r>(received: &'r Received, name: &str) -> Result<&'r str, Denied> {
    received.header(name).map(str::trim).ok_or_else(|| Denied::NoHeader(name.to_owned()))
}

/// Requires a time, in seconds since the epoch, that is near now.
fn in_time(text: &str, name: &'static str, now: Timestamp) -> Result<(), Denied> {
    let at: i64 = text.parse().map_err(|_| Denied::Unreadable(name))?;
    let apart = now.ms().div_euclid(1_000).saturating_sub(at).saturating_abs();
    if apart <= TOLERANCE_S { Ok(()) } else { Err(Denied::OutOfTime) }
}

fn any(given: impl Iterator<Item = Vec<u8>>, is_signed: impl Fn(&[u8]) -> bool) -> Result<(), Denied> {
    match given.take(MAX_SIGNATURES).any(|given| is_signed(&given)) {
        true => Ok(()),
        false => Err(Denied::Wrong),
    }
}

/// Whether that is the HMAC of these parts, one after the other.
fn is_signed<D: EagerHash>(key: &[u8], parts: &[&[u8]], given: &[u8]) -> bool
where
    Hmac<D>: KeyInit + Mac,
{
    // Keys may have any length.
    let Ok(mut mac) = <Hmac<D> as KeyInit>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(given).is_ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let byte = |at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (0..text.len()).step_by(2).map(byte).collect::<Option<_>>().filter(|_| is_hex)
}

#[cfg(test)]
mod tests;
