//! The ids of tool calls as a request carries them: in the form that its provider takes, and each of one call alone. Some
//! servers number their calls anew in each answer, and providers refuse a conversation in which two have one id.

use super::super::model::ChatTurn;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

/// Returns the turns with ids that went through `fit` and are distinct over the whole conversation, results and echoes
/// alike. `id_in` finds the id in a part of an echoed turn that is a call. Those that already are so stay as they came, and
/// the same turns always become the same.
pub(super) fn settled<'a>(
    turns: &'a [ChatTurn],
    fit: impl Fn(&str) -> String,
    id_in: fn(&mut Value) -> Option<&mut Value>,
) -> Cow<'a, [ChatTurn]> {
    let mut seen = HashSet::new();
    let is_settled = turns.iter().all(|turn| match turn {
        ChatTurn::Assistant { calls, .. } => {
            calls.iter().all(|call| fit(&call.id) == call.id && seen.insert(call.id.as_str()))
        }
        ChatTurn::Tool { call_id, .. } => fit(call_id) == *call_id,
        ChatTurn::System(_) | ChatTurn::User(_) => true,
    });
    if is_settled {
        return Cow::Borrowed(turns);
    }
    let mut names = Names::new(turns, fit);
    let mut turns = turns.to_vec();
    // The new ids of the calls of the last answer, by their old ones.
    let mut asked = Asked::default();
    for turn in &mut turns {
        match turn {
            ChatTurn::Assistant { calls, echo, .. } if !calls.is_empty() => {
                asked = Asked::default();
                for call in calls {
                    let id = names.next(&call.id);
                    asked.0.entry(std::mem::replace(&mut call.id, id.clone())).or_default().push_back(id);
                }
                let parts = echo.as_mut().and_then(|echo| echo.content.get_mut("turn")?.as_array_mut());
                let mut echoed = asked.clone();
                for part in parts.into_iter().flatten() {
                    if let Some(Value::String(id)) = id_in(part)
                        && let Some(new) = echoed.next(id)
                    {
                        *id = new;
                    }
                }
            }
            ChatTurn::Tool { call_id, .. } => *call_id = asked.next(call_id).unwrap_or_else(|| (names.fit)(call_id)),
            _ => {}
        }
    }
    Cow::Owned(turns)
}

/// New ids by old ones, in the order of the calls.
#[derive(Clone, Default)]
struct Asked(HashMap<String, VecDeque<String>>);

impl Asked {
    /// Returns the new id of the next call with this one; the last one's is everybody's who comes after it.
    fn next(&mut self, id: &str) -> Option<String> {
        let new = self.0.get_mut(id)?;
        if new.len() > 1 { new.pop_front() } else { new.front().cloned() }
    }
}

/// Gives each call an id of its own.
struct Names<F> {
    fit: F,
    /// Ids that some call has of itself: nobody else gets one of those.
    own: HashSet<String>,
    used: HashSet<String>,
    /// How often an id was replaced.
    counts: HashMap<String, u32>,
}

impl<F: Fn(&str) -> String> Names<F> {
    fn new(turns: &[ChatTurn], fit: F) -> Self {
        let calls = turns.iter().filter_map(|turn| match turn {
            ChatTurn::Assistant { calls, .. } => Some(calls),
            _ => None,
        });
        let own = calls.flatten().map(|call| fit(&call.id)).collect();
        Self { fit, own, used: HashSet::new(), counts: HashMap::new() }
    }

    fn next(&mut self, id: &str) -> String {
        let first = (self.fit)(id);
        if self.used.insert(first.clone()) {
            return first;
        }
        loop {
            let count = self.counts.entry(id.to_owned()).or_default();
            *count += 1;
            let other = (self.fit)(&numbered(id, *count));
            if !self.own.contains(&other) && self.used.insert(other.clone()) {
                return other;
            }
        }
    }
}

/// Returns another id like this one: a number at its end is counted up, as in `functions.search:0`.
fn numbered(id: &str, count: u32) -> String {
    let stem = id.trim_end_matches(|c: char| c.is_ascii_digit());
    match id[stem.len()..].parse::<u32>() {
        Ok(number) if stem.ends_with(['_', ':', '-']) => format!("{stem}{}", number.saturating_add(count)),
        _ => format!("{id}_{count}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{Arguments, ToolCall};
    use super::super::dialogue::portable_id;
    use super::*;
    use serde_json::json;

    fn answer(ids: &[&str]) -> Vec<ChatTurn> {
        let call = |id: &&str| ToolCall {
            id: (*id).to_owned(),
            name: "clock".to_owned(),
            arguments: Arguments::Read(json!({})),
        };
        let result =
            |id: &&str| ChatTurn::Tool { call_id: (*id).to_owned(), name: "clock".to_owned(), content: String::new() };
        let asked = ChatTurn::Assistant { text: String::new(), calls: ids.iter().map(call).collect(), echo: None };
        [asked].into_iter().chain(ids.iter().map(result)).collect()
    }

    /// Returns the ids of the calls, each with that of its result.
    fn ids(turns: &[ChatTurn]) -> Vec<String> {
        let settled = settled(turns, |id| portable_id(id).into_owned(), |_| None);
        let (mut calls, mut results) = (Vec::new(), Vec::new());
        for turn in settled.iter() {
            match turn {
                ChatTurn::Assistant { calls: asked, .. } => calls.extend(asked.iter().map(|call| call.id.clone())),
                ChatTurn::Tool { call_id, .. } => results.push(call_id.clone()),
                _ => {}
            }
        }
        assert_eq!(calls, results, "each result finds its call");
        calls
    }

    #[test]
    fn ids_that_are_fit_and_distinct_stay_where_they_are() {
        let turns = [answer(&["call_a", "call_b"]), answer(&["call_c"])].concat();
        assert!(matches!(settled(&turns, |id| portable_id(id).into_owned(), |_| None), Cow::Borrowed(_)));
        assert_eq!(ids(&turns), ["call_a", "call_b", "call_c"]);
    }

    #[test]
    fn ids_that_come_again_in_another_answer_are_told_apart() {
        let turns = [answer(&["call_0", "call_1"]), answer(&["call_0", "call_1"]), answer(&["call_0"])].concat();
        let first = ids(&turns);
        assert_eq!(first[..2], ["call_0", "call_1"], "the first keeps its own");
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 5, "{first:?}");
        assert_eq!(ids(&turns), first, "always alike");
        assert_eq!(ids(&answer(&["x", "x"]))[1], "x_1");
        let odd = [answer(&["functions.t:0"]), answer(&["functions.t:0"])].concat();
        assert_ne!(ids(&odd)[0], ids(&odd)[1]);
    }

    #[test]
    fn an_id_that_is_made_up_is_nobody_elses() {
        let turns = [answer(&["call_0"]), answer(&["call_0"]), answer(&["call_1"]), answer(&["call_2"])].concat();
        assert_eq!(ids(&turns), ["call_0", "call_3", "call_1", "call_2"]);
    }

    #[test]
    fn a_result_without_its_call_is_fitted_all_the_same() {
        let turns = answer(&["functions.t:0"]).split_off(1);
        let settled = settled(&turns, |id| portable_id(id).into_owned(), |_| None);
        let ChatTurn::Tool { call_id, .. } = &settled[0] else { panic!("{settled:?}") };
        assert_eq!(call_id, &*portable_id("functions.t:0"));
    }
}
