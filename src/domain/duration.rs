//! How long something took, as people read it.

use super::decimal::fixed;

/// A number and its unit.
pub type Measure = (String, &'static str);

/// Returns the numbers and units of a duration, the larger unit first. Negative input reads as 0.
pub fn measures(ms: i64) -> Vec<Measure> {
    let ms = ms.max(0);
    let (number, unit, rest, smaller) = match ms {
        0..1_000 => return vec![(ms.to_string(), "ms")],
        // Tenths are cut, not rounded: 59.96 s must not read "60.0 s".
        1_000..60_000 => return vec![(fixed(ms / 100, 1), "s")],
        60_000..3_600_000 => (ms / 60_000, "m", ms % 60_000 / 1_000, "s"),
        _ => (ms / 3_600_000, "h", ms % 3_600_000 / 60_000, "m"),
    };
    vec![(number.to_string(), unit), (format!("{rest:02}"), smaller)]
}

/// `850 ms`, `45.4 s`, `1 m 23 s`, `2 h 05 m`. Negative input reads as 0.
pub fn format_ms(ms: i64) -> String {
    let mut text = String::new();
    for (number, unit) in measures(ms) {
        if !text.is_empty() {
            text.push(' ');
        }
        text = text + &number + " " + unit;
    }
    text
}

/// Returns a number of seconds that somebody has set, in whole units where it is some: `10 min`, `90 s`, `1 h`.
pub fn format_whole(seconds: i32) -> String {
    match seconds {
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s @ ..120 => format!("{s} s"),
        s => format_ms(i64::from(s) * 1_000),
    }
}

/// Returns a duration that is still growing, in whole seconds: `0 s`, `42 s`, `1 m 23 s`. No tenths to flicker.
pub fn format_ticking(ms: i64) -> String {
    match ms.max(0) {
        ms @ 0..60_000 => format!("{} s", ms / 1_000),
        ms => format_ms(ms),
    }
}

/// `just now`, `42 s ago`, `16 min ago`, `3 h ago`, `6 days ago`.
pub fn format_ago(ms: i64) -> String {
    coarse(ms).map_or("just now".to_owned(), |time| format!("{time} ago"))
}

/// `now`, `in 42 s`, `in 16 min`, `in 3 h`, `in 6 days`.
pub fn format_until(ms: i64) -> String {
    coarse(ms).map_or("now".to_owned(), |time| format!("in {time}"))
}

/// Returns a distance in time, rounded as people say it; `None` for less than 5 seconds.
fn coarse(ms: i64) -> Option<String> {
    Some(match ms.max(0) / 1_000 {
        0..5 => return None,
        s @ 5..60 => format!("{s} s"),
        s @ 60..3_600 => format!("{} min", s / 60),
        s @ 3_600..86_400 => format!("{} h", s / 3_600),
        s @ 86_400..172_800 => format!("{} day", s / 86_400),
        s => format!("{} days", s / 86_400),
    })
}

/// `18,213`: thousands apart.
pub fn format_count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_set_is_shown_in_whole_units_where_it_is_some() {
        assert_eq!([600, 90, 3_600, 7_230].map(format_whole), ["10 min", "90 s", "1 h", "2 h 00 m"].map(String::from));
    }

    #[test]
    fn each_range_has_its_own_form() {
        for (ms, shown) in [
            (-5, "0 ms"),
            (0, "0 ms"),
            (850, "850 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (45_449, "45.4 s"),
            (59_999, "59.9 s"),
            (60_000, "1 m 00 s"),
            (83_000, "1 m 23 s"),
            (3_599_999, "59 m 59 s"),
            (7_500_000, "2 h 05 m"),
            (360_000_000, "100 h 00 m"),
        ] {
            assert_eq!(format_ms(ms), shown);
        }
    }

    #[test]
    fn a_ticking_duration_shows_whole_seconds() {
        assert_eq!(format_ticking(42_900), "42 s");
        assert_eq!(format_ticking(83_400), "1 m 23 s");
    }

    #[test]
    fn ages_grow_coarser() {
        for (ms, shown) in [
            (4_000, "just now"),
            (42_000, "42 s ago"),
            (960_000, "16 min ago"),
            (10_800_000, "3 h ago"),
            (90_000_000, "1 day ago"),
            (518_400_000, "6 days ago"),
        ] {
            assert_eq!(format_ago(ms), shown);
        }
    }

    #[test]
    fn what_is_to_come_is_told_as_coarsely() {
        for (ms, shown) in [
            (-1, "now"),
            (42_000, "in 42 s"),
            (960_000, "in 16 min"),
            (39_600_000, "in 11 h"),
            (90_000_000, "in 1 day"),
            (518_400_000, "in 6 days"),
        ] {
            assert_eq!(format_until(ms), shown);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(format_count(0), "0");
        assert_eq!(format_count(999), "999");
        assert_eq!(format_count(18_213), "18,213");
        assert_eq!(format_count(-1_234_567), "-1,234,567");
    }
}
