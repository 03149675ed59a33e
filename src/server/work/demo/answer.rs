//! The demo model's answers, and their pieces. Knows words, not the protocol.

use super::wire::{CHARS_PER_TOKEN, Request};

const WHO: &str = "I am Runboard's built-in demo model, not a language model. I repeat what I was given and make \
nothing up.";

const HOW_TO_CONNECT: &str = "For real answers, set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or \
OLLAMA_HOST, start the server again, and choose one of that provider's models for this agent.";

/// Long enough to be watched: a hundred pieces of it make 20 seconds.
const WHILE_YOU_WAIT: &str = "This answer takes about twenty seconds on purpose, so that there is something to watch. \
While it grows, the run is live everywhere it is shown: its duration ticks in the list of agents, the bar for it in \
the strip of latest runs is still open, and a second window on the same agent follows word for word without being \
reloaded. Stop the run now and it ends within moments: what was written so far is kept, the tokens are an estimate, \
and the run reads Stopped rather than Failed. Start several at once and they share the places the agent allows; the \
others wait in the queue and show how long they have been waiting. Give the agent a shorter time limit and a run like \
this one is cut off as Timed out. Restart the server in the middle and the run is marked as interrupted, never \
silently run again, because a run may have done something that must not be done twice. Retry starts a new run on the \
same thread, and both stay in the history. When the last word has arrived, the run turns to success, and its tokens, \
its cost and its time are settled in the same moment.";

/// Everything that Markdown has, for a minute.
const IN_MARKDOWN: &str = include_str!("long.md");

/// How many pieces a slow answer comes in; a quick one comes in fewer.
const SLOW_PIECES: usize = 100;
const LONG_PIECES: usize = 300;
const QUICK_PIECES: usize = 12;
/// How much of the last message is repeated, in characters.
const QUOTED: usize = 120;

/// A whole answer and the number of pieces it is streamed in.
pub(super) struct Answer {
    text: String,
    pieces: usize,
}

impl Answer {
    pub(super) fn quick(request: &Request) -> Self {
        let mut parts = vec![WHO.to_owned()];
        if !matches!(request.model.as_str(), "quick" | "flaky" | "busy") {
            parts.push(format!("There is no model demo/{}, so I answer as demo/quick.", request.model));
        }
        parts.push(what_came(request));
        parts.push(HOW_TO_CONNECT.to_owned());
        Self { text: parts.join("\n\n"), pieces: QUICK_PIECES }
    }

    pub(super) fn slow(request: &Request) -> Self {
        let text = [WHO, &what_came(request), WHILE_YOU_WAIT, HOW_TO_CONNECT].join("\n\n");
        Self { text, pieces: SLOW_PIECES }
    }

    pub(super) fn long(request: &Request) -> Self {
        let text = [WHO, &what_came(request), IN_MARKDOWN, HOW_TO_CONNECT].join("\n\n");
        Self { text, pieces: LONG_PIECES }
    }

    /// Returns the text before its tools have returned.
    pub(super) fn before_tools() -> Self {
        Self { text: "Let me ask my tools.".to_owned(), pieces: 3 }
    }

    /// Returns the answer after its tools have returned.
    pub(super) fn of_tools(request: &Request) -> Self {
        let results: Vec<String> = request.tool_results().iter().map(|text| format!("- `{}`", quote(text))).collect();
        let text = [WHO, "My tools answered:", &results.join("\n"), HOW_TO_CONNECT].join("\n\n");
        Self { text, pieces: QUICK_PIECES }
    }

    pub(super) fn in_a_loop() -> Self {
        Self { text: "What time is it?".to_owned(), pieces: 2 }
    }

    /// Returns the answer cut to this many tokens, and whether that is less than all of it.
    pub(super) fn within(&self, tokens: Option<usize>) -> (Self, bool) {
        let end = tokens.and_then(|tokens| self.text.char_indices().nth(tokens.saturating_mul(CHARS_PER_TOKEN)));
        let text = end.map_or(self.text.as_str(), |(end, _)| &self.text[..end]);
        (Self { text: text.to_owned(), pieces: self.pieces }, end.is_some())
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text in pieces of whole words, at most as many as the kind of answer comes in.
    pub(super) fn pieces(&self) -> Vec<String> {
        let words: Vec<&str> = self.text.split_inclusive(char::is_whitespace).collect();
        let pieces = self.pieces.clamp(1, words.len().max(1));
        // Spread evenly, so that the last piece is as long as the others.
        (0..pieces).map(|i| words[i * words.len() / pieces..(i + 1) * words.len() / pieces].concat()).collect()
    }
}

/// Describes the request: enough to see that instructions and history arrive.
fn what_came(request: &Request) -> String {
    let texts: Vec<String> = request.messages.iter().map(|message| message.text()).collect();
    let words: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    let asked = request.messages.iter().zip(&texts).rfind(|(message, _)| message.role == "user");
    let counted = format!("I was given {} with {} in all.", count(texts.len(), "message"), count(words, "word"));
    match asked.map(|(_, text)| text.trim()).filter(|text| !text.is_empty()) {
        Some(text) => format!("{counted} The last one asked: “{}”", quote(text)),
        None => counted,
    }
}

fn count(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ => format!("{n} {what}s"),
    }
}

fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(model: &str, asked: &str) -> Request {
        let messages = serde_json::json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": asked}]},
        ]);
        serde_json::from_value(serde_json::json!({"model": model, "messages": messages})).unwrap()
    }

    #[test]
    fn it_says_what_it_is_and_what_it_was_given() {
        let answer = Answer::quick(&request("quick", "Sum up\nthe  news."));
        assert!(answer.text().starts_with("I am Runboard's built-in demo model, not a language model."));
        assert!(answer.text().contains("I was given 2 messages with 6 words in all."), "{}", answer.text());
        assert!(answer.text().contains("“Sum up the news.”"));
        assert!(answer.text().contains("OPENAI_API_KEY"));
    }

    #[test]
    fn an_unknown_demo_model_is_told_apart() {
        assert!(Answer::quick(&request("gpt-9", "Hi")).text().contains("There is no model demo/gpt-9"));
        assert!(!Answer::quick(&request("flaky", "Hi")).text().contains("There is no model"));
    }

    #[test]
    fn the_pieces_make_up_the_text() {
        for answer in [Answer::quick(&request("quick", "Hi")), Answer::slow(&request("slow", "Hi"))] {
            assert_eq!(answer.pieces().concat(), answer.text());
            assert_eq!(answer.pieces().len(), answer.pieces);
            assert!(answer.pieces().iter().all(|piece| !piece.is_empty()));
        }
    }

    #[test]
    fn a_long_question_is_cut_between_characters() {
        assert_eq!(quote(&"é".repeat(200)), format!("{}…", "é".repeat(QUOTED)));
        assert_eq!(quote(""), "");
    }
}
