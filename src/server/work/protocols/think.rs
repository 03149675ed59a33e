//! Reasoning in the answer itself: servers without a parser for it pass on the `<think>…</think>` with which a model
//! begins. Where the server's own template has opened the tag, only its end comes. That is seen in time where the tag is in
//! the first piece, as in an answer that comes whole; text that was passed on already stays what it was taken for, since
//! holding back every answer until none can come any more would leave nothing to be watched.

use super::super::model::ChatEvent;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";
/// Most blanks that are held back before the answer begins, in bytes.
const MAX_BLANKS: usize = 64;

/// Splits an answer that comes in pieces.
#[derive(Debug, Default)]
pub struct ThinkSplitter {
    state: State,
    /// Text that is not decided yet.
    held: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nothing but blanks has come, and perhaps the beginning of the mark.
    #[default]
    Start,
    Thinking,
    /// The reasoning is over; blanks before the answer are passed over.
    Between,
    Answer,
}

impl ThinkSplitter {
    /// Takes in the next piece of the answer.
    pub fn push(&mut self, piece: &str, out: &mut Vec<ChatEvent>) {
        if self.state == State::Answer {
            if !piece.is_empty() {
                out.push(ChatEvent::Text(piece.to_owned()));
            }
            return;
        }
        self.held.push_str(piece);
        while self.step(out) {}
    }

    /// Called when reasoning came in a field of its own: marks in the answer are then what it is about.
    pub fn told_apart(&mut self, out: &mut Vec<ChatEvent>) {
        if self.state == State::Start {
            self.state = State::Answer;
            if !self.held.is_empty() {
                out.push(ChatEvent::Text(std::mem::take(&mut self.held)));
            }
        }
    }

    /// Called when the answer is over: what was held back is what it looks like. `has_calls` says that it goes on with
    /// calls.
    pub fn finish(&mut self, has_calls: bool, out: &mut Vec<ChatEvent>) {
        if has_calls
            && self.state == State::Start
            && let Some(at) = closed_only(&self.held)
        {
            self.close(at, out);
        }
        let held = std::mem::take(&mut self.held);
        match self.state {
            State::Thinking if !held.is_empty() => out.push(ChatEvent::Reasoning(held)),
            State::Start if !held.is_empty() => out.push(ChatEvent::Text(held)),
            _ => {}
        }
        self.state = State::Answer;
    }

    /// Decides on what is held; whether there may be more to decide.
    fn step(&mut self, out: &mut Vec<ChatEvent>) -> bool {
        match self.state {
            State::Start => {
                let begun = self.held.trim_start();
                if let Some(rest) = begun.strip_prefix(OPEN) {
                    (self.held, self.state) = (rest.to_owned(), State::Thinking);
                    return true;
                }
                if let Some(at) = closed_only(&self.held) {
                    let behind = &self.held[at + CLOSE.len()..];
                    if !behind.trim().is_empty() {
                        self.close(at, out);
                        return true;
                    }
                    // It is a mark if an answer comes.
                    if behind.len() <= MAX_BLANKS {
                        return false;
                    }
                } else if [OPEN, CLOSE].iter().any(|mark| mark.starts_with(begun))
                    && self.held.len() - begun.len() <= MAX_BLANKS
                {
                    return false;
                }
                self.state = State::Answer;
                out.push(ChatEvent::Text(std::mem::take(&mut self.held)));
                false
            }
            State::Thinking => {
                if let Some(at) = self.held.find(CLOSE) {
                    let rest = self.held.split_off(at)[CLOSE.len()..].to_owned();
                    self.think(rest, out);
                    self.state = State::Between;
                    return true;
                }
                let kept = (1..CLOSE.len()).rev().find(|len| self.held.ends_with(&CLOSE[..*len])).unwrap_or(0);
                let rest = self.held.split_off(self.held.len() - kept);
                self.think(rest, out);
                false
            }
            State::Between => {
                let begun = self.held.trim_start();
                if begun.is_empty() {
                    self.held.clear();
                    return false;
                }
                out.push(ChatEvent::Text(begun.to_owned()));
                self.held.clear();
                self.state = State::Answer;
                false
            }
            State::Answer => false,
        }
    }

    /// Takes what is before a mark that nobody has opened for reasoning.
    fn close(&mut self, at: usize, out: &mut Vec<ChatEvent>) {
        let rest = self.held.split_off(at)[CLOSE.len()..].to_owned();
        if self.held.trim().is_empty() {
            self.held.clear();
        }
        self.think(rest, out);
        self.state = State::Between;
    }

    fn think(&mut self, rest: String, out: &mut Vec<ChatEvent>) {
        let thought = std::mem::replace(&mut self.held, rest);
        if !thought.is_empty() {
            out.push(ChatEvent::Reasoning(thought));
        }
    }
}

/// Returns where reasoning ends that nobody has begun: at a mark that begins the answer, or that begins or ends a line.
/// Within a line or a block of code somebody writes about the mark.
fn closed_only(answer: &str) -> Option<usize> {
    let at = answer.find(CLOSE)?;
    let (before, after) = (&answer[..at], &answer[at + CLOSE.len()..]);
    let is_mark = before.trim().is_empty() || before.ends_with('\n') || after.starts_with('\n');
    (is_mark && !before.contains(OPEN) && !is_code_open(before)).then_some(at)
}

/// Whether a text ends within a block of code.
fn is_code_open(text: &str) -> bool {
    // A block may begin within a list or a quotation. The marks of one within a line are no fence.
    let begins = |line: &str| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || "-*+>.)".contains(c));
        let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let rest = line.trim_start_matches(mark);
        let length = line.len() - rest.len();
        (length >= 3 && !rest.contains('`')).then_some((mark, length))
    };
    // By a fence that is at least as long as the one it began with, so that a block may have others in it.
    let ends = |line: &str, (mark, length): (char, usize)| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
        let rest = line.trim_start_matches(mark);
        line.len() - rest.len() >= length && rest.trim().is_empty()
    };
    let mut open = None;
    for line in text.lines() {
        match open {
            Some(fence) if ends(line, fence) => open = None,
            Some(_) => {}
            None => open = begins(line),
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text and reasoning of an answer that comes in pieces of `size` characters.
    fn split(answer: &str, size: usize) -> (String, String) {
        let (mut splitter, mut out) = (ThinkSplitter::default(), Vec::new());
        let chars: Vec<char> = answer.chars().collect();
        for piece in chars.chunks(size) {
            splitter.push(&piece.iter().collect::<String>(), &mut out);
        }
        splitter.finish(false, &mut out);
        joined(out)
    }

    /// Returns the text and the reasoning of these events.
    fn joined(out: Vec<ChatEvent>) -> (String, String) {
        out.into_iter().fold(Default::default(), |(text, thought): (String, String), event| match event {
            ChatEvent::Text(piece) => (text + &piece, thought),
            ChatEvent::Reasoning(piece) => (text, thought + &piece),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn only_what_an_answer_begins_with_is_reasoning() {
        for (answer, text, thought) in [
            ("<think>\nHm.\n</think>\n\nIt is noon.", "It is noon.", "\nHm.\n"),
            ("\n <think>Hm.</think>Noon.", "Noon.", "Hm."),
            ("<think></think>Noon.", "Noon.", ""),
            ("<think>a </thin k> b</think>Noon. <think>c</think>", "Noon. <think>c</think>", "a </thin k> b"),
            ("It is <think>noon</think>.", "It is <think>noon</think>.", ""),
            ("<thinking about it>", "<thinking about it>", ""),
            ("  Noon.", "  Noon.", ""),
            ("</think>\n\nNoon.", "Noon.", ""),
            ("\n\n</think>Noon.", "Noon.", ""),
            ("</thinker>", "</thinker>", ""),
            ("</think>", "</think>", ""),
            ("\n</think>\n", "\n</think>\n", ""),
            ("</thi", "</thi", ""),
            ("<think>never ends </thi", "", "never ends </thi"),
            ("<thi", "<thi", ""),
            ("", "", ""),
        ] {
            for size in [1, 2, 3, 5, 100] {
                assert_eq!(split(answer, size), (text.to_owned(), thought.to_owned()), "{answer:?} by {size}");
            }
        }
    }

    #[test]
    fn reasoning_that_the_server_has_begun_ends_in_an_answer_that_comes_whole() {
        for (answer, text, thought) in [
            ("Hm.\n</think>\n\nIt is noon.", "It is noon.", "Hm.\n"),
            ("Hm.</think>\nNoon.", "Noon.", "Hm."),
            ("Hm.\n</think>Noon.", "Noon.", "Hm.\n"),
            ("Write </think> at the end.", "Write </think> at the end.", ""),
            ("First <think>, then\n</think>\n", "First <think>, then\n</think>\n", ""),
            ("The tag is:\n</think>", "The tag is:\n</think>", ""),
            ("Like this:\n```\n</think>\n```\nDone.", "Like this:\n```\n</think>\n```\nDone.", ""),
            ("~~~\n```\n</think>\n~~~\n", "~~~\n```\n</think>\n~~~\n", ""),
            ("```\nlet x;\n```\nHm.\n</think>\nNoon.", "Noon.", "```\nlet x;\n```\nHm.\n"),
            ("````md\n```sh\nls\n```\n````\nOK.\n</think>\nNoon.", "Noon.", "````md\n```sh\nls\n```\n````\nOK.\n"),
        ] {
            assert_eq!(split(answer, usize::MAX), (text.to_owned(), thought.to_owned()), "{answer:?}");
        }
        let (text, _) = split("Hm.\n</think>\nNoon.", 2);
        assert_eq!(text, "Hm.\n</think>\nNoon.", "what was shown stays, and nothing is lost");
    }

    #[test]
    fn a_mark_waits_for_what_comes_behind_it() {
        let read = |pieces: &[&str], has_calls: bool| {
            let (mut splitter, mut out) = (ThinkSplitter::default(), Vec::new());
            pieces.iter().for_each(|piece| splitter.push(piece, &mut out));
            splitter.finish(has_calls, &mut out);
            joined(out)
        };
        let both = |text: &str, thought: &str| (text.to_owned(), thought.to_owned());
        assert_eq!(read(&["Hm.\n</think>", "\n\n", "Noon."], false), both("Noon.", "Hm.\n"));
        assert_eq!(read(&["Hm.\n</think>", "\n"], false), both("Hm.\n</think>\n", ""));
        assert_eq!(read(&["Hm.\n</think>", "\n"], true), both("", "Hm.\n"), "calls come");
        assert_eq!(read(&["</think>\n\n"], true), both("", ""));
        // Blocks of code that are over, within a list and within a line.
        for thought in ["1. ```sh\n   ls\n   ```\nOK.\n", "```a``` is it.\n", "> ~~~\n> a\n> ~~~\n"] {
            assert_eq!(read(&[&format!("{thought}</think>\n\nNoon.")], false), both("Noon.", thought));
        }
        let about = "- ```\n  </think>\n  ```\nDone.";
        assert_eq!(read(&[about], false), both(about, ""));
    }

    #[test]
    fn nothing_is_split_where_reasoning_has_a_field_of_its_own() {
        let (mut splitter, mut out) = (ThinkSplitter::default(), Vec::new());
        splitter.push("\n", &mut out);
        splitter.told_apart(&mut out);
        splitter.push("<think>\n</think>\nNoon.", &mut out);
        splitter.finish(false, &mut out);
        assert_eq!(joined(out), ("\n<think>\n</think>\nNoon.".to_owned(), String::new()));
    }

    #[test]
    fn blanks_are_not_held_back_for_ever() {
        let (mut splitter, mut out) = (ThinkSplitter::default(), Vec::new());
        splitter.push(&" ".repeat(MAX_BLANKS + 1), &mut out);
        assert_eq!(out, [ChatEvent::Text(" ".repeat(MAX_BLANKS + 1))]);
    }
}
