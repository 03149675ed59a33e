//! Suggestions for a field that takes any text: those that fit what is typed, and which one a key leads to. Pure.

use crate::ui::model::lower::lower;

/// Suggestions that are shown at once; of more it is said how many there are.
pub const AT_MOST: usize = 100;

/// Something that can be put into the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The value of the field once this is chosen.
    pub value: String,
    /// In words; empty where the value says it all.
    pub name: String,
    /// A further detail, such as the price.
    pub detail: String,
}

/// Suggestions of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub label: String,
    pub suggestions: Vec<Suggestion>,
}

/// The suggestions that are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub groups: Vec<Group>,
    /// How many are shown.
    pub count: usize,
    /// How many more would fit.
    pub more: usize,
}

impl Shown {
    /// Returns those whose value or name has every word that is typed, in any case.
    pub fn of(groups: &[Group], typed: &str) -> Self {
        let typed = lower(typed);
        let fits = |suggestion: &Suggestion| {
            let text = lower(&format!("{} {}", suggestion.value, suggestion.name));
            typed.split_whitespace().all(|word| text.contains(word))
        };
        let mut shown = Self::default();
        for Group { label, suggestions } in groups {
            let mut kept: Vec<Suggestion> = suggestions.iter().filter(|suggestion| fits(suggestion)).cloned().collect();
            let room = AT_MOST - shown.count;
            shown.more += kept.len().saturating_sub(room);
            kept.truncate(room);
            shown.count += kept.len();
            if !kept.is_empty() {
                shown.groups.push(Group { label: label.clone(), suggestions: kept });
            }
        }
        shown
    }

    /// Returns the suggestion at a place.
    pub fn at(&self, place: usize) -> Option<&Suggestion> {
        self.groups.iter().flat_map(|group| &group.suggestions).nth(place)
    }

    /// Returns the place that an arrow leads to. From the field it leads to the first or the last, and from there back to the
    /// field.
    pub fn step(&self, from: Option<usize>, is_down: bool) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        match (from, is_down) {
            (None, true) => Some(0),
            (None, false) => Some(last),
            (Some(place), true) => Some(place + 1).filter(|place| *place <= last),
            (Some(place), false) => place.checked_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sizes: &[usize]) -> Vec<Group> {
        let suggestion = |group: usize, nr: usize| Suggestion {
            value: format!("p{group}/model-{nr}"),
            name: format!("Number {nr}"),
            detail: String::new(),
        };
        let group = |(at, size): (usize, &usize)| Group {
            label: format!("p{at}"),
            suggestions: (0..*size).map(|nr| suggestion(at, nr)).collect(),
        };
        sizes.iter().enumerate().map(group).collect()
    }

    #[test]
    fn every_word_that_is_typed_is_in_what_is_shown() {
        let groups = groups(&[3, 2]);
        let shown = |typed| Shown::of(&groups, typed);
        assert_eq!((shown("").count, shown(" ").groups.len()), (5, 2));
        let one = shown("NUMBER p1 model-1");
        assert_eq!((one.count, one.at(0).unwrap().value.as_str(), one.at(1)), (1, "p1/model-1", None));
        assert_eq!(shown("none"), Shown::default());
        assert_eq!(shown("").at(3).unwrap().value, "p1/model-0");
    }

    #[test]
    fn of_many_it_is_said_how_many_there_are() {
        let shown = Shown::of(&groups(&[AT_MOST - 1, 5, 7]), "");
        assert_eq!((shown.count, shown.more, shown.groups.len()), (AT_MOST, 11, 2));
    }

    #[test]
    fn arrows_go_round_by_way_of_the_field() {
        let shown = Shown::of(&groups(&[2]), "");
        assert_eq!(
            (shown.step(None, true), shown.step(Some(0), true), shown.step(Some(1), true)),
            (Some(0), Some(1), None)
        );
        assert_eq!(
            (shown.step(None, false), shown.step(Some(1), false), shown.step(Some(0), false)),
            (Some(1), Some(0), None)
        );
        assert_eq!(Shown::default().step(None, true), None);
    }
}
