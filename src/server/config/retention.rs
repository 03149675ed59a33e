//! How long runs are kept, as the operator sets it. 0 and `never` both say: nothing is removed.

use crate::domain::retention::{MAX_DAYS, MAX_RUNS, RetentionLimits, limit};

/// Days that runs are kept.
pub const DAYS: Setting = Setting { name: "days", max: MAX_DAYS };
/// How many of each agent's newest runs are kept.
pub const RUNS: Setting = Setting { name: "runs", max: MAX_RUNS };
/// Days that inputs and outputs of steps are kept.
pub const PAYLOAD_DAYS: Setting = Setting { name: "payload_days", max: MAX_DAYS };

/// A number that the operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// In the table `[retention]`; its flag and variable follow from it.
    pub name: &'static str,
    max: i64,
}

impl Setting {
    /// Says what a value must be, without repeating it: it may be a secret that ended up in a wrong place.
    pub fn advice(self) -> String {
        format!("must be a whole number from 0 to {}, or never; 0 and never remove nothing", self.max)
    }

    /// Returns the number if it is within its bounds.
    pub fn number(self, number: i64) -> Option<i64> {
        Some(number).filter(|number| (0..=self.max).contains(number))
    }

    /// Reads a number or `never`.
    pub fn word(self, text: &str) -> Option<i64> {
        if text == "never" { Some(0) } else { text.parse().ok().and_then(|number| self.number(number)) }
    }

    fn parse(self, text: Option<&str>) -> Result<Option<i64>, String> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let name = self.name;
        let labels =
            || format!("--retention-{}/RUNBOARD_RETENTION_{}", name.replace('_', "-"), name.to_ascii_uppercase());
        self.word(text.trim()).map(Some).ok_or_else(|| format!("{}: {}", labels(), self.advice()))
    }
}

/// The operator's settings; those that are `None` have their defaults, 0 is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionSettings {
    pub days: Option<i64>,
    pub runs: Option<i64>,
    pub payload_days: Option<i64>,
}

impl RetentionSettings {
    /// Reads flags or variables.
    ///
    /// # Errors
    /// One text per mistake, each naming its flag and variable.
    pub(super) fn read(
        days: Option<&str>,
        runs: Option<&str>,
        payload_days: Option<&str>,
    ) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let mut number = |setting: Setting, text| setting.parse(text).map_err(|mistake| mistakes.push(mistake)).ok();
        match (number(DAYS, days), number(RUNS, runs), number(PAYLOAD_DAYS, payload_days)) {
            (Some(days), Some(runs), Some(payload_days)) => Ok(Self { days, runs, payload_days }),
            _ => Err(mistakes),
        }
    }

    /// Returns the limits; settings by flag or variable go before those of `runboard.toml`.
    pub(super) fn limits(&self, file: &Self) -> RetentionLimits {
        let default = RetentionLimits::default();
        let one = |set: Option<i64>, file: Option<i64>, default| set.or(file).map_or(default, limit);
        RetentionLimits {
            days: one(self.days, file.days, default.days),
            runs: one(self.runs, file.runs, default.runs),
            payload_days: one(self.payload_days, file.payload_days, default.payload_days),
        }
    }

    /// Whether all of them are set.
    pub(super) fn are_all_set(&self) -> bool {
        self.days.is_some() && self.runs.is_some() && self.payload_days.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_goes_before_the_file_and_never_is_no_limit() {
        let flags = RetentionSettings::read(Some("never"), Some(""), Some("7")).unwrap();
        let file = RetentionSettings { days: Some(1), runs: Some(0), payload_days: Some(2) };
        assert_eq!(flags.limits(&file), RetentionLimits { days: None, runs: None, payload_days: Some(7) });
        assert_eq!(RetentionSettings::default().limits(&RetentionSettings::default()), RetentionLimits::default());
        assert!(file.are_all_set() && !flags.are_all_set());
    }

    #[test]
    fn every_mistake_names_its_flag_and_no_value() {
        let mistakes = RetentionSettings::read(Some("-1"), Some("hunter2"), Some("36501")).unwrap_err().join("\n");
        for name in ["RETENTION_DAYS", "--retention-runs", "RETENTION_PAYLOAD_DAYS"] {
            assert!(mistakes.contains(name), "{mistakes}");
        }
        assert!(!mistakes.contains("hunter2"), "{mistakes}");
    }
}
