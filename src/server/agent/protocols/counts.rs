//! Counts as providers write them. A count is a label on a bill here, never a size.

use serde_json::Value;

/// More tokens than any call can have; a larger number is no count.
const MOST: i64 = 1_000_000_000_000;

/// A count that is written as a number, be it whole or a fraction; `None` where there is none that can be one.
pub(super) fn count(value: &Value) -> Option<i64> {
    let whole = |number: f64| (number.is_finite() && number.abs() <= MOST as f64).then(|| number.round() as i64);
    let count = value.as_i64().or_else(|| value.as_f64().and_then(whole));
    count.filter(|count| (0..=MOST).contains(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_count_is_a_number_that_can_be_one() {
        for (value, known) in [(json!(7), 7), (json!(7.0), 7), (json!(6.6), 7), (json!(0), 0), (json!(1e3), 1_000)] {
            assert_eq!(count(&value), Some(known), "{value}");
        }
        for none in [json!(null), json!(-1), json!("7"), json!(u64::MAX), json!(i64::MAX), json!(1e300), json!([7])] {
            assert_eq!(count(&none), None, "{none}");
        }
    }
}
