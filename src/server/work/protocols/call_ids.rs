//! The ids of tool calls as a request carries them: as the model gave them where its turn goes back to it, else in the form
//! that its provider takes, and each of one call alone. Some servers number their calls anew in each answer, and providers
//! refuse a conversation in which two have one id. Some keep signatures in ids, or name calls by them in their reasoning.

use super::super::model::{ChatTurn, ToolCall};
use super::echoes;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

/// Returns the turns with ids that are distinct over the whole conversation, results and echoes alike. Ids of a turn that
/// goes back to `model` as it came stay as they came; those of others go through `fit`. `ids_in` finds the ids of calls in
/// an echoed turn. Ids are settled in order: however a conversation goes on, its beginning is named the same, so that it is
/// found in the provider's cache.
pub(super) fn settled<'a>(
    turns: &'a [ChatTurn],
    model: &str,
    fit: impl Fn(&str) -> String,
    ids_in: fn(&mut Value) -> Vec<&mut Value>,
) -> Cow<'a, [ChatTurn]> {
    let mut names = Names { fit, used: HashSet::new(), counts: HashMap::new() };
    let mut settled = Cow::Borrowed(turns);
    // The new ids of the calls of the last answer, by their old ones.
    let mut asked = Asked::default();
    for (n, turn) in turns.iter().enumerate() {
        match turn {
            ChatTurn::Assistant { calls, echo, .. } if !calls.is_empty() => {
                let is_own = echoes::turn(echo.as_ref().map(|echo| &echo.content), model).is_some();
                let ids: Vec<String> = calls.iter().map(|call| names.next(&call.id, is_own)).collect();
                asked = Asked::new(calls, &ids);
                if calls.iter().zip(&ids).any(|(call, id)| call.id != *id) {
                    rename(&mut settled.to_mut()[n], ids, asked.clone(), ids_in);
                }
            }
            ChatTurn::Tool { call_id, .. } => {
                let id = asked.next(call_id).unwrap_or_else(|| (names.fit)(call_id));
                if id != *call_id
                    && let ChatTurn::Tool { call_id, .. } = &mut settled.to_mut()[n]
                {
                    *call_id = id;
                }
            }
            _ => {}
        }
    }
    settled
}

/// Gives the calls of a turn these ids, and its echo the same.
fn rename(turn: &mut ChatTurn, ids: Vec<String>, mut asked: Asked, ids_in: fn(&mut Value) -> Vec<&mut Value>) {
    let ChatTurn::Assistant { calls, echo, .. } = turn else { return };
    for (call, id) in calls.iter_mut().zip(ids) {
        call.id = id;
    }
    let echoed = echo.as_mut().and_then(|echo| echo.content.get_mut("turn"));
    for echoed in echoed.into_iter().flat_map(ids_in) {
        if let Value::String(id) = echoed
            && let Some(new) = asked.next(id)
        {
            *id = new;
        }
    }
}

/// New ids by old ones, in the order of the calls.
#[derive(Clone, Default)]
struct Asked(HashMap<String, VecDeque<String>>);

impl Asked {
    fn new(calls: &[ToolCall], ids: &[String]) -> Self {
        let mut asked = Self::default();
        for (call, id) in calls.iter().zip(ids) {
            asked.0.entry(call.id.clone()).or_default().push_back(id.clone());
        }
        asked
    }

    /// Returns the new id of the next call with this one; the last one's is everybody's who comes after it.
    fn next(&mut self, id: &str) -> Option<String> {
        let new = self.0.get_mut(id)?;
        if new.len() > 1 { new.pop_front() } else { new.front().cloned() }
    }
}

/// Gives each call an id of its own.
struct Names<F> {
    fit: F,
    used: HashSet<String>,
    /// How often an id was replaced.
    counts: HashMap<String, u32>,
}

impl<F: Fn(&str) -> String> Names<F> {
    fn next(&mut self, id: &str, is_own: bool) -> String {
        let first = if is_own { id.to_owned() } else { (self.fit)(id) };
        if self.used.insert(first.clone()) {
            return first;
        }
        loop {
            let count = self.counts.entry(id.to_owned()).or_default();
            *count += 1;
            let other = (self.fit)(&numbered(id, *count));
            if self.used.insert(other.clone()) {
                return other;
            }
        }
    }
}

/// Returns another id like this one. A number behind a colon is counted up, as in `functions.search:0`.
fn numbered(id: &str, count: u32) -> String {
    let counted_up = id.rsplit_once(':').and_then(|(stem, number)| {
        let number = number.parse::<u32>().ok()?.checked_add(count)?;
        Some(format!("{stem}:{number}"))
    });
    counted_up.unwrap_or_else(|| format!("{id}_{count}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{Arguments, Echo};
    use super::super::super::name::Provider;
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
        let settled = settled(turns, "m", |id| portable_id(id).into_owned(), |_| Vec::new());
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
        assert!(matches!(settled(&turns, "m", |id| portable_id(id).into_owned(), |_| Vec::new()), Cow::Borrowed(_)));
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
        let turns = [answer(&["c"]), answer(&["c"]), answer(&["c_1"]), answer(&["c_2"])].concat();
        assert_eq!(ids(&turns), ["c", "c_1", "c_1_1", "c_2"], "whoever comes later makes way");
        let last = format!("functions.t:{}", u32::MAX);
        let turns = [answer(&[&last]), answer(&[&last])].concat();
        assert_ne!(ids(&turns)[0], ids(&turns)[1], "there is no number after the last one");
    }

    #[test]
    fn a_conversation_that_goes_on_keeps_the_names_of_its_beginning() {
        let answers = [&["c", "c_1"][..], &["c"], &["functions.t:0"], &["c_2", "c_1"], &["functions.t:0"], &["c_3"]];
        let turns: Vec<ChatTurn> = answers.iter().flat_map(|ids| answer(ids)).collect();
        let all = ids(&turns);
        for count in 1..answers.len() {
            let begun: Vec<ChatTurn> = answers[..count].iter().flat_map(|ids| answer(ids)).collect();
            let named = ids(&begun);
            assert_eq!(named, all[..named.len()], "after {count} answers");
        }
    }

    #[test]
    fn ids_go_back_to_the_model_that_gave_them_as_they_came() {
        let given = "functions.read file:0__thought__".to_owned() + &"x".repeat(80);
        let mut turns = answer(&[&given]);
        let ChatTurn::Assistant { echo, .. } = &mut turns[0] else { panic!("{turns:?}") };
        let content = json!({"model": "m", "turn": {}});
        *echo = Some(Echo { provider: Provider::OpenAi, protocol: "openai-chat".to_owned(), content });
        assert_eq!(ids(&turns), [given.as_str()]);
        let other = settled(&turns, "another", |id| portable_id(id).into_owned(), |_| Vec::new());
        let ChatTurn::Tool { call_id, .. } = &other[1] else { panic!("{other:?}") };
        assert_eq!(call_id, &*portable_id(&given), "another model gets what everybody takes");
    }

    #[test]
    fn a_result_without_its_call_is_fitted_all_the_same() {
        let turns = answer(&["functions.t:0"]).split_off(1);
        let settled = settled(&turns, "m", |id| portable_id(id).into_owned(), |_| Vec::new());
        let ChatTurn::Tool { call_id, .. } = &settled[0] else { panic!("{settled:?}") };
        assert_eq!(call_id, &*portable_id("functions.t:0"));
    }
}
