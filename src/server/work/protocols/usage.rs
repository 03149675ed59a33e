//! Token counts as values: leniently read, and the last real ones win. Each protocol knows its own names for them.

use super::super::model::TokenUsage;
use serde_json::Value;

/// No call counts more: the largest window of any model is a few million tokens. What is larger is nonsense, and as good as no
/// count: the tokens are estimated then, and marked as such.
const MOST: f64 = 1e9;

/// Returns a count, which may be written as a float or in digits. Negative ones and nonsense are none.
pub fn count(value: &Value) -> Option<i64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (number.is_finite() && (0.0..=MOST).contains(&number)).then(|| number.round() as i64)
}

/// Returns the first count among these places, each a path of fields.
pub fn count_at(usage: &Value, places: &[&[&str]]) -> Option<i64> {
    places.iter().find_map(|path| path.iter().try_fold(usage, |value, field| value.get(*field)).and_then(count))
}

/// Returns the counts so far together with later ones. Servers send zeros before they have counted, and some again
/// after: a zero never replaces a count.
pub fn later(before: TokenUsage, after: TokenUsage) -> TokenUsage {
    let real = |after: Option<i64>, before: Option<i64>| after.filter(|count| *count > 0).or(before);
    TokenUsage {
        prompt: real(after.prompt, before.prompt),
        cached: real(after.cached, before.cached),
        cache_written: real(after.cache_written, before.cache_written),
        completion: real(after.completion, before.completion),
        reasoning: real(after.reasoning, before.reasoning),
        billed: after.billed.or(before.billed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_count_is_read_however_it_is_written() {
        for (written, counted) in [
            (json!(7), Some(7)),
            (json!(7.0), Some(7)),
            (json!("7"), Some(7)),
            (json!(0), Some(0)),
            (json!(-1), None),
            (json!(1e9), Some(1_000_000_000)),
            (json!(1_000_000_001), None),
            (json!(1e300), None),
            (json!(null), None),
            (json!([]), None),
            (json!("many"), None),
        ] {
            assert_eq!(count(&written), counted, "{written}");
        }
        assert_eq!(count_at(&json!({"a": {"b": 3}}), &[&["x"], &["a", "c"], &["a", "b"]]), Some(3));
    }

    #[test]
    fn zeros_never_replace_counts() {
        let counted = |prompt, completion| TokenUsage { prompt, completion, ..TokenUsage::default() };
        let real = counted(Some(100), Some(4));
        assert_eq!(later(counted(Some(0), Some(0)), real), real);
        assert_eq!(later(real, counted(Some(0), Some(0))), real);
        assert_eq!(later(real, counted(None, Some(9))), counted(Some(100), Some(9)));
        assert_eq!(
            later(TokenUsage::default(), counted(Some(0), Some(0))),
            TokenUsage::default(),
            "zeros are no counts"
        );
    }
}
