//! A schedule in plain English.
//!
//! The words are the parser's own. They take a step for an even rhythm, so a step that is none is spelt out first:
//! `*/40` in the minutes is 0 and 40, not "every 40 minutes".

use croner::{Cron, CronComponent};
use std::str::FromStr;

/// How a cron text reads that has been understood as `cron`.
pub fn reading(cron: &Cron, text: &str) -> String {
    let mut fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if fields.len() == 5 {
        fields.insert(0, "0".to_owned());
    }
    let pattern = &cron.pattern;
    let rhythms =
        [(0, &pattern.seconds, 60), (1, &pattern.minutes, 60), (2, &pattern.hours, 24), (4, &pattern.months, 12)];
    for (place, component, size) in rhythms {
        if let Some(field) = fields.get_mut(place).filter(|field| field.contains('/') && !is_even(field, size)) {
            *field = spelt_out(component);
        }
    }
    let words = Cron::from_str(&fields.join(" ")).map_or_else(|_| cron.describe(), |spelt_out| spelt_out.describe());
    match words.strip_prefix("At every ") {
        Some(rest) => format!("Every {rest}"),
        None => words,
    }
}

/// Whether a field of `size` values is one step that comes round to where it began.
fn is_even(field: &str, size: u32) -> bool {
    field.strip_prefix("*/").and_then(|step| step.parse().ok()).is_some_and(|step: u32| size.is_multiple_of(step))
}

fn spelt_out(component: &CronComponent) -> String {
    component.values().iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use crate::server::schedule::Schedule;

    #[test]
    fn a_schedule_reads_as_plain_english() {
        for (schedule, expected) in [
            ("@daily", "At 00:00."),
            ("0 9 * * MON-FRI", "At 09:00, on Monday, Tuesday, Wednesday, Thursday, and Friday."),
            ("0 9 * * MON,FRI", "At 09:00, on Monday and Friday."),
            ("* * * * *", "Every minute."),
            ("*/15 9-17 * * *", "Every 15 minutes, of hour 9-17."),
            ("*/10 * * * * *", "Every 10 seconds."),
            ("0 9,17 * * *", "At minute 0, of hour 9 and 17."),
            ("0 0 13 * FRI", "At 00:00, on day 13 or Friday."),
            ("0 0 1 */3 *", "At 00:00, on day 1, in every 3 months."),
            ("0 0 L * *", "At 00:00, on the last day of the month."),
            ("0 0 * * 5#2", "At 00:00, on the 2nd Friday of the month."),
        ] {
            assert_eq!(Schedule::parse(schedule, "UTC").unwrap().reading(), expected, "{schedule}");
        }
    }

    #[test]
    fn a_step_that_is_no_even_rhythm_is_spelt_out() {
        for (schedule, expected) in [
            ("*/40 * * * *", "At minute 0 and 40 past every hour."),
            ("0-30/10 * * * *", "At minute 0, 10, 20, and 30 past every hour."),
            ("*/30,5 * * * *", "At minute 0, 5, and 30 past every hour."),
            ("0 */5 * * *", "At minute 0, of hour 0, 5, 10, 15, and 20."),
            ("0 0 1 */5 *", "At 00:00, on day 1, in January, June, and November."),
        ] {
            assert_eq!(Schedule::parse(schedule, "UTC").unwrap().reading(), expected, "{schedule}");
        }
    }
}
