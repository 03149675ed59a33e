//! Markdown as HTML, and the limits of what a hostile model can make of it.

mod cost;
mod formulas;
mod hostile;

use super::check::checked;
use super::html::MAX_DEPTH;
use super::{Growing, Tail};

/// Returns the blocks of a text; unlike what people are shown, with the panics of whatever reads it.
fn blocks(text: &str) -> Vec<String> {
    Growing::default().parse(text).blocks
}

fn html(text: &str) -> String {
    blocks(text).concat()
}

#[test]
fn markdown_becomes_html() {
    for (text, expected) in [
        (
            "Some *very* **good** `code`",
            "<p dir=\"auto\">Some <em>very</em> <strong>good</strong> <code>code</code></p>\n",
        ),
        ("- a\n- b", "<ul>\n<li dir=\"auto\">a</li>\n<li dir=\"auto\">b</li>\n</ul>\n"),
        ("- a\n\n- b", "<ul>\n<li><p dir=\"auto\">a</p>\n</li>\n<li><p dir=\"auto\">b</p>\n</li>\n</ul>\n"),
        ("3. c", "<ol start=\"3\">\n<li dir=\"auto\">c</li>\n</ol>\n"),
        ("1. c", "<ol>\n<li dir=\"auto\">c</li>\n</ol>\n"),
        ("# Title", "<h3 dir=\"auto\">Title</h3>\n"),
        ("```rust\nlet a = 1 < 2;\n```", "<pre><code>let a = 1 &lt; 2;\n</code></pre>\n"),
        ("> said", "<blockquote>\n<p dir=\"auto\">said</p>\n</blockquote>\n"),
        ("a  \nb\nc\n\n---", "<p dir=\"auto\">a<br>\nb\nc</p>\n<hr>\n"),
        ("&amp; &copy; \"'", "<p dir=\"auto\">&amp; © \"'</p>\n"),
    ] {
        assert_eq!(html(text), expected);
    }
}

#[test]
fn tables_keep_their_columns_where_they_were_put() {
    let table = html("|a|b|c|\n|-|-:|:-:|\n|1|2|3|");
    assert!(
        table.starts_with("<table><thead><tr><th dir=\"auto\">a</th><th dir=\"auto\" class=\"end\">b</th>"),
        "{table}"
    );
    assert!(table.contains("<td dir=\"auto\" class=\"center\">3</td></tr>\n</tbody></table>"), "{table}");
}

#[test]
fn tasks_keep_their_marks() {
    let tasks = html("- [ ] open\n- [x] done\n- plain");
    assert!(
        tasks.contains("<li dir=\"auto\" class=\"task\"><span role=\"img\" aria-label=\"To do\">☐</span> open</li>")
    );
    assert!(tasks.contains("<span role=\"img\" aria-label=\"Done\">☑</span> done</li>"), "{tasks}");
    assert!(tasks.contains("<li dir=\"auto\">plain</li>"), "{tasks}");
}

#[test]
fn text_that_reads_from_right_to_left_has_its_marks_at_the_right() {
    let list = html("- عنصر (1)\n- two\n");
    assert!(list.starts_with("<ul dir=\"rtl\">\n<li dir=\"auto\">عنصر"), "{list}");
    let quoted = html("> שלום\n>\n> - a\n> - ב");
    assert!(quoted.starts_with("<blockquote dir=\"rtl\">\n<p dir=\"auto\">שלום"), "{quoted}");
    assert!(quoted.contains("<ul dir=\"ltr\">"), "{quoted}");
    assert!(html("|שם|a|\n|-|-|\n|1|2|").starts_with("<table dir=\"rtl\">"));
    assert!(html("- 5 (1) `عنصر`").starts_with("<ul>"), "digits and code say nothing");
}

#[test]
fn links_lead_to_the_web_and_tell_it_nothing() {
    let link = html("[docs](https://example.com/a?b=1&c=2)");
    assert!(link.contains("href=\"https://example.com/a?b=1&amp;c=2\""), "{link}");
    assert!(link.contains("rel=\"noopener noreferrer nofollow\"") && link.contains("target=\"_blank\""), "{link}");
    assert!(html("<mailto:a@example.com>").contains("href=\"mailto:a@example.com\""));
    assert!(html("[x](<https://a.example/\">)").contains("href=\"https://a.example/&quot;\""));
}

#[test]
fn a_picture_is_a_link_and_nothing_is_fetched() {
    let picture = html("![a cat](https://example.com/cat.png)");
    assert!(picture.contains("<a ") && picture.contains(">a cat</a>") && !picture.contains("<img"), "{picture}");
    let linked = html("[![badge](https://example.com/b.svg)](https://example.com)");
    assert_eq!(linked.matches("<a ").count(), 1, "{linked}");
    assert!(linked.contains("badge"), "{linked}");
}

#[test]
fn what_is_nested_without_end_is_shown_flat() {
    let deep = html(&format!("{}deep", ">".repeat(100_000)));
    assert!(deep.contains("deep"));
    assert!(deep.matches("<blockquote>").count() <= MAX_DEPTH, "{}", deep.len());
    let list: String = (0..200).map(|at| format!("{}- x\n", " ".repeat(2 * at))).collect();
    assert!(html(&list).matches("<ul>").count() <= MAX_DEPTH);
    let table = html(&format!("{}|a|\n{}|-|\n{}|b|", "> ".repeat(60), "> ".repeat(60), "> ".repeat(60)));
    assert!(table.contains("<td dir=\"auto\">b</td>"), "{table}");
    let marks = html(&format!("{}a{}", "*a **b ".repeat(100), " b** a*".repeat(100)));
    assert!(marks.matches("<em>").count() <= MAX_DEPTH);
}

/// Shows a text as it grows: piece by piece, each time what is new after what stays.
fn grown(text: &str, ends: impl Iterator<Item = usize>) -> Vec<String> {
    let (mut growing, mut shown) = (Growing::default(), Vec::new());
    for end in ends.filter(|end| text.is_char_boundary(*end)) {
        let Tail { kept, blocks } = growing.parse(&text[growing.begins()..end]);
        shown.truncate(kept);
        shown.extend(blocks);
    }
    shown
}

#[test]
fn a_growing_text_changes_in_its_last_block_only() {
    let text = include_str!("../work/demo/long.md");
    assert_eq!(grown(text, 0..=text.len()), blocks(text));
    let tricky = "One\n===\n\n  two\nthree | four\n|-|-|\n| a | b |\n\n    code\n\n    more\n\n1. a\n\n   b\n\n\n   - c\n> d\ne\n***\n\
                  ```\nfence\n\n~~~\n```\n<div>\n\n*x*\n\n</div>\n\n- [x] t\n\n\\[ a\nb \\]\n\n$$c$$ end";
    assert_eq!(grown(tricky, 0..=tricky.len()), blocks(tricky));
}

#[test]
fn what_was_defined_earlier_is_known_later() {
    let text = "[it]: https://example.com \"t\"\n\nfirst\n\nsee [IT] and [x][ it ]\n\nlast [it]\n";
    assert_eq!(grown(text, 0..=text.len()), blocks(text));
    assert_eq!(html(text).matches("<a href=\"https://example.com\"").count(), 3);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever pieces come together in whatever order: the check refuses nothing that the writer makes, and what has
    /// grown is what it would have been at once.
    #[test]
    fn any_mixture_is_well_formed_and_grows(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30), step in 1_usize..9) {
        let text = pieces.concat();
        let at_once = blocks(&text);
        for block in &at_once {
            let is_whole = checked(block).as_ref() == Some(block);
            proptest::prop_assert!(is_whole, "{}", block);
        }
        let ends = (0..text.len()).step_by(step).chain([text.len()]);
        proptest::prop_assert_eq!(grown(&text, ends), at_once);
    }
}

const PIECES: &[&str] = &[
    "a",
    "b c",
    " ",
    "\n",
    "\n\n",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "```\n",
    "> ",
    "- ",
    "1. ",
    "  ",
    "    ",
    "# ",
    "|",
    "|-|-|\n",
    "|a|b|\n",
    "[",
    "](",
    ")",
    "https://a.example",
    "<",
    ">",
    "<b>",
    "<div>\n",
    "</div>",
    "<!--",
    "&",
    "&amp;",
    "\\",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "$",
    "$$",
    "x_1",
    "\\frac{a}{b}",
    "- [ ] ",
    "- [x] ",
    "\u{5d0}",
    "\u{627}\u{644}",
    "---\n",
    "===\n",
    "!",
    "![",
    "\"",
    "'",
    "\t",
    "\r\n",
    "\u{0}",
    "😀",
];
