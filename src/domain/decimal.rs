//! Decimals as people read them, made of whole numbers. To write a floating-point number takes code for every one there
//! is, which each visitor would have to load.

use std::fmt;

/// Writes a number of tenths, hundredths and so on: `fixed(1240, 2)` is `12.40`. Negative ones are not meant.
pub fn fixed(n: i64, digits: usize) -> String {
    if digits == 0 {
        return n.to_string();
    }
    let scale = (0..digits).fold(1, |scale: i64, _| scale.saturating_mul(10));
    format!("{}.{:0digits$}", n / scale, n % scale)
}

/// Returns `part` divided by `whole`, which is above 0, as the nearest whole number; halves go up.
pub fn rounded(part: i64, whole: i64) -> i64 {
    part.saturating_add(whole / 2) / whole
}

/// Tenths, as a path in a drawing has them: `27`, `25.5`. Negative ones are not meant.
#[derive(Clone, Copy)]
pub struct Tenths(pub i64);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, tenth) => write!(f, "{whole}.{tenth}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_after_the_point_are_kept() {
        assert_eq!([fixed(1_240, 2), fixed(7, 3), fixed(0, 1), fixed(31, 0)], ["12.40", "0.007", "0.0", "31"]);
    }

    #[test]
    fn halves_go_up() {
        assert_eq!([rounded(4, 8), rounded(3, 8), rounded(12, 8), rounded(7, 7), rounded(1, 3)], [1, 0, 2, 1, 0]);
        assert_eq!(rounded(i64::MAX, 10), i64::MAX / 10);
    }

    #[test]
    fn whole_numbers_have_no_point() {
        assert_eq!([Tenths(270), Tenths(255), Tenths(6), Tenths(0)].map(|n| n.to_string()), ["27", "25.5", "0.6", "0"]);
    }
}
