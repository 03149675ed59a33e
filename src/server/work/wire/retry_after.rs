//! How long a provider asks to wait, from its response's headers. Reads no clock: it is given the time.

use crate::domain::time::Timestamp;
use reqwest::header::HeaderMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reads `retry-after-ms` (milliseconds), `retry-after` (RFC 9110: seconds or a date; fractions occur), and the resets
/// that providers add to what is left of a limit, of those limits of which nothing is left. `None` without a usable one.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let ms = text("retry-after-ms").and_then(number).map(|ms| ms / 1_000.0).and_then(seconds);
    let asked = || text("retry-after").and_then(|value| number(value).and_then(seconds).or_else(|| until(value, now)));
    ms.or_else(asked).or_else(|| reset(headers, now))
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok()
}

/// Returns the time until an HTTP date; 0 where it is past.
fn until(date: &str, now: Timestamp) -> Option<Duration> {
    let at = httpdate::parse_http_date(date).ok()?;
    Some(at.duration_since(system(now)).unwrap_or_default())
}

fn system(now: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(now.ms().unsigned_abs())
}

/// The pairs of headers by which providers say what is left of a limit and when it is whole again: OpenAI and Groq
/// (`6m0s`), OpenRouter (milliseconds since 1970), Anthropic (RFC 3339).
const LIMITS: [(&str, &str); 7] = [
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
];

/// Returns the longest wait until a limit of which nothing is left is whole again.
fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let spent = LIMITS.iter().filter(|(left, _)| text(left).and_then(number) == Some(0.0));
    spent.filter_map(|(_, at)| wait(text(at)?, now)).max()
}

fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    if let Some(number) = number(text) {
        let ahead = |ms: f64| seconds((ms - now.ms() as f64).max(0.0) / 1_000.0);
        return match number {
            1e12.. => ahead(number),
            1e9.. => ahead(number * 1_000.0),
            _ => seconds(number),
        };
    }
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(Duration::from_millis((at.timestamp_millis() - now.ms()).max(0).unsigned_abs()));
    }
    units(text)
}

/// `1s`, `6m0s`, `120ms`, `1h2m3.5s`.
fn units(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount = number(&rest[..end])?;
        let unit_end = rest[end..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |found| end + found);
        total += amount
            * match &rest[end..unit_end] {
                "ms" => 0.001,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3_600.0,
                "d" => 86_400.0,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    seconds(total).filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderName;

    /// Fri, 27 Nov 2026 03:00:00 GMT
    const NOW_MS: i64 = 1_795_748_400_000;

    fn asked(headers: &[(&str, &str)]) -> Option<Duration> {
        let pairs = headers.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()));
        retry_after(&pairs.collect(), Timestamp::from_ms(NOW_MS))
    }

    #[test]
    fn every_form_is_read() {
        for (name, value, ms) in [
            ("retry-after", "2", 2_000),
            ("retry-after", "1.5", 1_500),
            ("retry-after", "0", 0),
            ("retry-after", "Fri, 27 Nov 2026 03:00:06 GMT", 6_000),
            ("retry-after", "Fri, 27 Nov 2026 02:00:00 GMT", 0),
            ("retry-after-ms", "1500", 1_500),
        ] {
            assert_eq!(asked(&[(name, value)]), Some(Duration::from_millis(ms)), "{name}: {value}");
        }
        let both = [("retry-after", "2"), ("retry-after-ms", "1500")];
        assert_eq!(asked(&both), Some(Duration::from_millis(1_500)), "the more exact one");
    }

    #[test]
    fn junk_is_none() {
        for value in ["soon", "-5", "NaN", "inf", "1e400", "", "Fri, 32 Nov"] {
            assert_eq!(asked(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[("retry-after", "1e300")]), None, "longer than a duration can be");
    }

    #[test]
    fn the_reset_of_a_limit_that_is_spent_is_waited_for() {
        let openai =
            |left, reset| asked(&[("x-ratelimit-remaining-tokens", left), ("x-ratelimit-reset-tokens", reset)]);
        assert_eq!(openai("0", "6m0s"), Some(Duration::from_secs(360)));
        assert_eq!(openai("0", "120ms"), Some(Duration::from_millis(120)));
        assert_eq!(openai("7", "6m0s"), None, "there is some left");
        assert_eq!(openai("0", "6x"), None);
        let router = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795748405000")];
        assert_eq!(asked(&router), Some(Duration::from_secs(5)));
        let anthropic = [
            ("anthropic-ratelimit-tokens-remaining", "0"),
            ("anthropic-ratelimit-tokens-reset", "2026-11-27T03:00:09Z"),
        ];
        assert_eq!(asked(&anthropic), Some(Duration::from_secs(9)));
    }
}
