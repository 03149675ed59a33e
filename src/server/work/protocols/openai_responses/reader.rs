//! Reads the events of a response.

use super::super::super::model::{ChatCall, ChatEvent, Finished, ModelError, ToolCall};
use super::super::super::name::ModelName;
use super::super::super::wire::{WireData, WireEvent};
use super::super::AnswerReader;
use super::super::asked::Asked;
use super::super::limits::{MAX_DETAIL, MAX_ECHO, MAX_PARTS, model_name};
use super::finish::Stop;
use super::items::{self, Item, Said};
use super::usage;
use crate::domain::finish::Finish;
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer so far.
pub(super) struct Reader {
    asked: Asked,
    /// By their number in the response.
    items: BTreeMap<u64, Item>,
    /// The words with which the model declined to answer.
    refusal: String,
    stop: Option<Stop>,
    served_model: Option<String>,
}

impl Reader {
    pub(super) fn new(protocol: &'static str, call: &ChatCall, name: &ModelName) -> Self {
        Self {
            asked: Asked::new(protocol, call, name),
            items: BTreeMap::new(),
            refusal: String::new(),
            stop: None,
            served_model: None,
        }
    }

    /// Returns the item of an event: by its number, else by its id, else the last one; a new one where there is none.
    fn item(&mut self, event: &Value) -> Result<&mut Item, ModelError> {
        let id = event["item_id"].as_str().or(event["item"]["id"].as_str());
        let known = |items: &BTreeMap<u64, Item>| {
            let named =
                items.iter().find(|(_, item)| id.is_some() && item.id.as_deref() == id).map(|(number, _)| *number);
            let last = || items.last_key_value().map(|(number, _)| *number);
            named.or_else(|| if event["item"].is_object() { None } else { last() })
        };
        let next = || self.items.last_key_value().map_or(0, |(number, _)| number.saturating_add(1));
        let number = event["output_index"].as_u64().or_else(|| known(&self.items)).unwrap_or_else(next);
        if self.items.len() >= MAX_PARTS && !self.items.contains_key(&number) {
            return Err(ModelError::lasting(format!("the answer has more than {MAX_PARTS} parts")));
        }
        Ok(self.items.entry(number).or_default())
    }

    fn item_done(&mut self, event: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let said = self.item(event)?.end(&event["item"]);
        said.into_iter().for_each(|said| self.say(said, out));
        Ok(())
    }

    fn say(&mut self, said: Said, out: &mut Vec<ChatEvent>) {
        match said {
            Said::Text(text) => out.push(ChatEvent::Text(text)),
            Said::Reasoning(text) => out.push(ChatEvent::Reasoning(text)),
            Said::Refusal(text) => self.refuse(&text),
        }
    }

    fn refuse(&mut self, text: &str) {
        let room = MAX_DETAIL.saturating_sub(self.refusal.chars().count());
        self.refusal.extend(text.chars().take(room));
    }

    fn argue(&mut self, event: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let piece = event["delta"].as_str().unwrap_or_default();
        out.push(ChatEvent::Unseen(piece.chars().count()));
        self.item(event)?.argue(piece)
    }

    /// Takes in a response as far as it is.
    fn head(&mut self, response: &Value, out: &mut Vec<ChatEvent>) {
        self.served_model = model_name(&response["model"]).or_else(|| self.served_model.take());
        out.extend(usage::tokens(&response["usage"]).map(ChatEvent::Usage));
    }

    /// Takes in a response that is over, and has all of its items, if its status says so; `status` is the one it has where it
    /// says nothing that anybody knows.
    fn response(&mut self, response: &Value, status: Option<&str>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        self.head(response, out);
        let known = || match status {
            Some(status) => Stop::with(status, response),
            None => Ok(None),
        };
        let Some(stop) = Stop::of(response)?.map_or_else(known, |stop| Ok(Some(stop)))? else { return Ok(()) };
        for (number, item) in response["output"].as_array().into_iter().flatten().enumerate() {
            let event = serde_json::json!({ "output_index": number, "item": item });
            self.item_done(&event, out)?;
        }
        self.stop = Some(stop);
        Ok(())
    }

    fn calls(&mut self, is_cut: bool) -> Result<Vec<ToolCall>, ModelError> {
        let last = self.items.keys().next_back().copied();
        let maker = &mut self.asked.maker;
        self.items.iter().filter_map(|(n, item)| item.call(maker, is_cut && Some(*n) == last).transpose()).collect()
    }
}

impl AnswerReader for Reader {
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let WireData::Json(data) = &event.data else { return Ok(()) };
        let delta = || data["delta"].as_str().unwrap_or_default().to_owned();
        match data["type"].as_str().unwrap_or(&event.name) {
            "response.output_item.added" => self.item(data)?.begin(&data["item"]),
            "response.output_item.done" => self.item_done(data, out)?,
            "response.output_text.delta" => {
                self.item(data)?.has_said = true;
                out.push(ChatEvent::Text(delta()));
            }
            "response.refusal.delta" => {
                self.item(data)?.has_said = true;
                self.refuse(&delta());
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                self.item(data)?.has_reasoned = true;
                out.push(ChatEvent::Reasoning(delta()));
            }
            // Summaries come in paragraphs.
            "response.reasoning_summary_part.added" if data["summary_index"].as_u64() > Some(0) => {
                out.push(ChatEvent::Reasoning("\n\n".to_owned()));
            }
            "response.function_call_arguments.delta" => self.argue(data, out)?,
            "response.function_call_arguments.done" => {
                self.item(data)?.argued(data["arguments"].as_str().unwrap_or_default())?;
            }
            kind @ ("response.completed" | "response.incomplete" | "response.failed") => {
                self.response(&data["response"], Some(kind.trim_start_matches("response.")), out)?;
            }
            "response.created" | "response.in_progress" | "response.queued" => {
                self.response(&data["response"], None, out)?;
            }
            // One that came whole, in place of a stream.
            _ if data["object"] == "response" => {
                let goes_on = matches!(data["status"].as_str(), Some("in_progress" | "queued"));
                self.response(data, Some("completed").filter(|_| !goes_on), out)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    fn kept(&self) -> usize {
        self.items.values().map(Item::kept).sum()
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let Stop { mut finish, mut detail } = self.stop.take().unwrap_or(Stop { finish: Finish::Stop, detail: None });
        if finish == Finish::Stop && !self.refusal.is_empty() {
            (finish, detail) = (Finish::Refusal, Some(std::mem::take(&mut self.refusal)));
        }
        let calls = self.calls(finish.is_cut())?;
        let is_too_much = self.kept() > 2 * MAX_ECHO;
        let is_needed = !calls.is_empty() && !is_too_much && self.items.values().any(Item::is_own);
        let echo = is_needed.then(|| items::sent(self.items.values(), &calls));
        let echo = echo.and_then(|turn| self.asked.echo(turn));
        let finished = Finished { finish, detail, calls, echo, served_model: self.served_model };
        out.push(ChatEvent::Finished(Box::new(finished)));
        Ok(())
    }
}
