//! A screen reader's announcements of finished runs: one message at a time, the rest as a count. Pure.

/// Sentences that wait to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announcements(Vec<String>);

impl Announcements {
    /// Adds a sentence without its full stop: "Support triage: run failed".
    pub fn add(&mut self, sentence: String) {
        self.0.push(sentence);
    }

    /// Takes out what to say now: the oldest sentence, and how many more there were.
    pub fn take_next(&mut self) -> Option<String> {
        let mut waiting = std::mem::take(&mut self.0).into_iter();
        let first = waiting.next()?;
        Some(match waiting.len() {
            0 => format!("{first}."),
            1 => format!("{first}. One more run finished."),
            more => format!("{first}. {more} more runs finished."),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_said_and_the_rest_counted() {
        let mut said = Announcements::default();
        assert_eq!(said.take_next(), None);
        said.add("A: run failed".into());
        assert_eq!(said.take_next().as_deref(), Some("A: run failed."));
        for name in ["A", "B", "C"] {
            said.add(format!("{name}: run finished"));
        }
        assert_eq!(said.take_next().as_deref(), Some("A: run finished. 2 more runs finished."));
        assert_eq!(said.take_next(), None);
    }
}
