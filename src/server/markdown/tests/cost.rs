//! The cost of Markdown: time and memory in proportion to the text, whatever a model writes.

use super::{Growing, blocks};
use crate::processor_time::processor_time;

/// Pieces of which a long text is made by repetition.
const REPEATED: &[&str] = &[
    "&",
    "<",
    ">",
    "[",
    "]",
    "*",
    "_",
    "`",
    "~",
    "|",
    "!",
    "![[",
    "[a](",
    "](",
    "[](",
    "<a ",
    "<!--",
    "<?",
    "<![CDATA[",
    "&amp;",
    "&a",
    "&#1",
    "&&&a;",
    "\\",
    "**a",
    "*a ",
    "_a ",
    "a**b",
    "`a",
    "``a`",
    "[a]",
    "[a]: b\n",
    "[a]: <b",
    "![a](b)",
    "[a](https://a.b)",
    "> ",
    "- ",
    "1. ",
    "- a\n",
    "> a\n",
    "a\n",
    "a  \n",
    "# ",
    "#\n",
    "|a|b\n|-|-\n",
    "|a",
    "-\n",
    "=\n",
    "$",
    "$a",
    "$a$",
    "$$",
    "$$a$$",
    "$5/$6 ",
    "\\(",
    "\\)",
    "\\[",
    "\\(a",
    "\\(a\\)",
    "\\(\\[a\\) ",
    "<http://a.b>",
    "<a@b.c>",
    "[[]]",
    "[x](<",
    "*_",
    "***",
    "~~a",
    "a\n\n",
    "\t",
    "    a\n",
    "\n",
    "```\n",
    "~~~\n",
    "- [ ] a\n",
    "<div>\n",
    "<div",
    "\u{0}",
    "\u{5d0}",
    "1 \n",
    "😀",
    "\r\n",
    "[a][b]",
    "[^a]",
    "\"",
    "<a href=\"",
    "(",
    "[a](b \"",
    ":",
    "|-",
    "a b ",
];

/// Returns long texts of about this many bytes.
fn texts(size: usize) -> Vec<(String, String)> {
    let side = size.isqrt().max(2);
    let mut texts: Vec<_> =
        REPEATED.iter().map(|piece| ((*piece).to_owned(), piece.repeat(size / piece.len()))).collect();
    let mut add = |name: &str, text: String| texts.push((name.to_owned(), text));
    add("brackets in brackets", "[".repeat(size / 2) + &"]".repeat(size / 2));
    add("marks in marks", "*a ".repeat(size / 6) + &" a*".repeat(size / 6));
    add("longer and longer code", (1..side).map(|at| "`".repeat(at) + "a").collect());
    add("quotations in quotations", (0..side).map(|at| ">".repeat(at) + "a\n").collect());
    add("lists in lists", (0..side).map(|at| "  ".repeat(at) + "- a\n").collect());
    add("a wide table", format!("{}\n{}\n{}", "|a".repeat(side / 2), "|-".repeat(side / 2), "|\n".repeat(size / 2)));
    let names: String = (0..size / 14).map(|at| format!("[{at}]: /x\n")).collect();
    add("many links", names + "\n" + &(0..size / 14).map(|at| format!("[{at}] ")).collect::<String>());
    texts
}

#[test]
fn time_and_memory_grow_with_the_text_and_no_faster() {
    const SMALL: usize = 4 * 1024;
    const TIMES: usize = 16;
    // Shortest time, in seconds, that is measured well enough.
    let floor = 0.001;
    for ((name, small), (_, large)) in texts(SMALL).into_iter().zip(texts(SMALL * TIMES)) {
        let mut made = 0;
        // The better of two, for the caches' sake.
        let time = |text: &str| processor_time(|| drop(blocks(text))).min(processor_time(|| drop(blocks(text))));
        let (first, then) = (time(&small), time(&large));
        made += blocks(&large).iter().map(String::len).sum::<usize>();
        // Growing with the square would be 256 times.
        let ratio = then / first.max(floor);
        assert!(
            ratio < (TIMES * 4) as f64,
            "{name:?}: {TIMES} times the text takes {ratio:.0} times as long, {then} s"
        );
        assert!(made < 40 * large.len() + (8 << 20), "{name:?}: {made} bytes of {}", large.len());
    }
}

/// One block that only grows is read again as a whole; many blocks are not.
#[test]
fn blocks_that_are_over_are_not_read_again() {
    let paragraph = "Some *words* of a paragraph that is over.\n\n";
    let text = paragraph.repeat(2_000);
    let mut growing = Growing::default();
    let mut read = 0;
    for end in (0..=text.len()).step_by(400) {
        let tail = text.get(growing.begins()..end).unwrap();
        read += tail.len();
        growing.parse(tail);
    }
    assert!(read < 2 * text.len(), "{read} bytes were read of a text of {}", text.len());
}
