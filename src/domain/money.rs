//! Money as an integer number of nano-dollars; a decimal only where it is shown or serialised.

use super::decimal::{fixed, rounded};
use super::wire::from_wire;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use std::fmt;

/// US dollars × 10⁻⁹. On the wire a decimal number of dollars. An unknown price is `None`, never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NanoDollars(pub i64);

const PER_DOLLAR: f64 = 1e9;
const NANO: i64 = 1_000_000_000;
/// Digits after the point.
const DIGITS: usize = 9;

impl NanoDollars {
    /// Rounds once, half away from zero. `None` when the amount is not finite, is negative or does not fit.
    pub fn from_usd(usd: f64) -> Option<Self> {
        let nano = (usd * PER_DOLLAR).round();
        (nano.is_finite() && (0.0..=i64::MAX as f64).contains(&nano)).then_some(Self(nano as i64))
    }

    /// Returns the decimal amount, for showing and serialising.
    pub fn usd(self) -> f64 {
        self.0 as f64 / PER_DOLLAR
    }

    /// Writes it as people type it into a field: `2.50`, `0.0004`. Exact, and without numbers that float, whose reading
    /// every visitor would have to load.
    pub fn decimal(self) -> String {
        let (whole, rest) = (self.0 / NANO, self.0 % NANO);
        let digits = format!("{rest:09}");
        let shown = digits.trim_end_matches('0').len().max(2);
        format!("{whole}.{}", &digits[..shown])
    }

    /// Reads what people type: `2`, `2.50`, `.5`. `None` for anything else.
    pub fn from_decimal(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let are_digits = [whole, rest].iter().all(|part| part.bytes().all(|c| c.is_ascii_digit()));
        if !are_digits || rest.len() > DIGITS || whole.len() + rest.len() == 0 {
            return None;
        }
        let whole: i64 = format!("0{whole}").parse().ok()?;
        let rest: i64 = format!("{rest:0<DIGITS$}").parse().ok()?;
        Some(Self(whole.checked_mul(NANO)?.checked_add(rest)?))
    }
}

/// `$0`, `$12.40`, `$0.031`, `$0.0004`: two significant digits at least, cents from a dollar up.
impl fmt::Display for NanoDollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, digits) = match self.0 {
            0 => return f.write_str("$0"),
            1_000_000_000.. => (10_000_000, 2),
            10_000_000.. => (1_000_000, 3),
            100_000.. => (100_000, 4),
            1.. => return f.write_str("<$0.0001"),
            _ => return write!(f, "-{}", Self(self.0.saturating_neg())),
        };
        write!(f, "${}", fixed(rounded(self.0, unit), digits))
    }
}

impl Serialize for NanoDollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.usd())
    }
}

impl<'de> Deserialize<'de> for NanoDollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_usd(f64::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("not an amount of dollars"))
    }
}

from_wire! {
    NanoDollars: Value::Number(usd) => usd.as_f64().and_then(Self::from_usd);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_once_into_nano_dollars() {
        assert_eq!(NanoDollars::from_usd(0.000_000_001_4), Some(NanoDollars(1)));
        assert_eq!(NanoDollars::from_usd(1.25), Some(NanoDollars(1_250_000_000)));
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for usd in [f64::NAN, f64::INFINITY, -0.01, 1e300] {
            assert_eq!(NanoDollars::from_usd(usd), None, "{usd}");
        }
    }

    #[test]
    fn shows_enough_digits_to_tell_small_costs_apart() {
        let shown = |nano| NanoDollars(nano).to_string();
        assert_eq!(shown(0), "$0");
        assert_eq!(shown(12_400_000_000), "$12.40");
        assert_eq!(shown(31_000_000), "$0.031");
        assert_eq!(shown(400_000), "$0.0004");
        assert_eq!(shown(7), "<$0.0001");
    }

    #[test]
    fn what_is_typed_is_kept_to_the_last_digit() {
        for (typed, nano, shown) in [
            ("2", 2_000_000_000, "2.00"),
            (" 2.5 ", 2_500_000_000, "2.50"),
            (".0004", 400_000, "0.0004"),
            ("0.000000001", 1, "0.000000001"),
            ("1000000.00", 1_000_000_000_000_000, "1000000.00"),
        ] {
            let amount = NanoDollars::from_decimal(typed).unwrap();
            assert_eq!((amount.0, amount.decimal().as_str()), (nano, shown), "{typed}");
            assert_eq!(NanoDollars::from_decimal(shown), Some(amount));
        }
        for typed in ["", ".", "-1", "1,5", "1e3", "$2", "1.0000000001", "1.2.3", "99999999999"] {
            assert_eq!(NanoDollars::from_decimal(typed), None, "{typed}");
        }
    }

    #[test]
    fn wire_form_survives_the_round_trip() {
        for nano in [0, 1, 999, 31_000_007, 123_456_789_012] {
            let json = serde_json::to_string(&NanoDollars(nano)).unwrap();
            assert_eq!(serde_json::from_str::<NanoDollars>(&json).unwrap(), NanoDollars(nano), "{json}");
        }
    }
}
