//! Writes Markdown's events as HTML. Whatever a model wrote goes through [`push_text`] or [`push_value`]; all else is
//! spelt out here. Each paragraph, item and cell finds the direction of its own text.

use super::check::leads_somewhere;
use super::direction::is_rtl;
use super::formula;
use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Tag, TagEnd};

/// Quotations in quotations in quotations: so deep they are shown, and no deeper. The same for emphasis in emphasis.
pub const MAX_DEPTH: usize = 24;

/// The closing tag of an open element, and which way its text reads.
struct Open {
    end: &'static str,
    is_rtl: bool,
}

/// Writes one top-level block.
#[derive(Default)]
struct Writer {
    out: String,
    open: Vec<Open>,
    /// How many of the open elements are shown: containers of blocks, and marks within a line.
    nested: usize,
    marks: usize,
    in_link: bool,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

/// Returns the HTML of a block's events. How many formulas are still set, `left` says.
pub fn write(events: &[Event<'_>], left: &mut formula::Budget) -> String {
    let mut writer = Writer::default();
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Start(tag) => writer.start(tag, &events[at + 1..]),
            Event::End(tag) => writer.end(*tag),
            // HTML is shown as it was written.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => push_text(&mut writer.out, text),
            Event::Code(text) => {
                writer.out.push_str("<code>");
                push_text(&mut writer.out, text);
                writer.out.push_str("</code>");
            }
            Event::InlineMath(tex) => formula::push(&mut writer.out, tex, false, left),
            Event::DisplayMath(tex) => formula::push(&mut writer.out, tex, true, left),
            Event::SoftBreak => writer.out.push('\n'),
            Event::HardBreak => writer.out.push_str("<br>\n"),
            Event::Rule => writer.out.push_str("<hr>\n"),
            Event::TaskListMarker(true) => writer.out.push_str("<span role=\"img\" aria-label=\"Done\">☑</span> "),
            Event::TaskListMarker(false) => writer.out.push_str("<span role=\"img\" aria-label=\"To do\">☐</span> "),
            Event::FootnoteReference(name) => push_text(&mut writer.out, name),
        }
    }
    writer.out
}

impl Writer {
    fn start(&mut self, tag: &Tag<'_>, rest: &[Event<'_>]) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.element("<p dir=\"auto\">", "</p>\n"),
            Tag::Heading { level, .. } => {
                let (start, end) = heading(*level);
                self.element(start, end);
            }
            Tag::BlockQuote(_) => self.container("<blockquote", ">\n", "</blockquote>\n", rest),
            Tag::List(None) => self.container("<ul", ">\n", "</ul>\n", rest),
            Tag::List(Some(1)) => self.container("<ol", ">\n", "</ol>\n", rest),
            Tag::List(Some(start)) => self.container("<ol", &format!(" start=\"{start}\">\n"), "</ol>\n", rest),
            Tag::Item => self.item(rest),
            Tag::CodeBlock(_) => self.element("<pre><code>", "</code></pre>\n"),
            Tag::Table(columns) => {
                self.columns = columns.clone();
                self.container("<table", ">", "</tbody></table>\n", rest);
            }
            Tag::TableHead => {
                (self.column, self.in_head) = (0, true);
                self.element("<thead><tr>", "</tr></thead><tbody>\n");
            }
            Tag::TableRow => {
                (self.column, self.in_head) = (0, false);
                self.element("<tr>", "</tr>\n");
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.mark("<em>", "</em>"),
            Tag::Strong => self.mark("<strong>", "</strong>"),
            Tag::Strikethrough => self.mark("<del>", "</del>"),
            // Pictures become links: nothing is fetched.
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.link(dest_url),
            // Nothing else is switched on.
            _ => self.element("", ""),
        }
    }

    fn element(&mut self, start: &str, end: &'static str) {
        self.out.push_str(start);
        let is_rtl = self.is_rtl();
        self.open.push(Open { end, is_rtl });
    }

    fn is_rtl(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_rtl)
    }

    /// Writes an element that has blocks in it. Its direction is named where it is not that of what is around it: lists
    /// have their marks, and quotations their line, on the side where the text begins.
    fn container(&mut self, start: &str, start_end: &str, end: &'static str, rest: &[Event<'_>]) {
        if self.nested >= MAX_DEPTH && end != "</tbody></table>\n" {
            return self.element("", "");
        }
        self.nested += 1;
        let around = self.is_rtl();
        let is_rtl = is_rtl(rest).unwrap_or(around);
        self.out.push_str(start);
        match (around, is_rtl) {
            (false, true) => self.out.push_str(" dir=\"rtl\""),
            (true, false) => self.out.push_str(" dir=\"ltr\""),
            _ => {}
        }
        self.out.push_str(start_end);
        self.open.push(Open { end, is_rtl });
    }

    fn item(&mut self, rest: &[Event<'_>]) {
        if self.open.last().is_none_or(|list| list.end.is_empty()) {
            return self.element("<br>", "");
        }
        // With paragraphs in it, those have the text.
        let (auto, first) = match rest {
            [Event::Start(Tag::Paragraph), first, ..] => ("", Some(first)),
            [first, ..] => (" dir=\"auto\"", Some(first)),
            [] => ("", None),
        };
        let class = if matches!(first, Some(Event::TaskListMarker(_))) { " class=\"task\"" } else { "" };
        self.element(&format!("<li{auto}{class}>"), "</li>\n");
    }

    fn cell(&mut self) {
        let align = match self.columns.get(self.column) {
            Some(Alignment::Right) => " class=\"end\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        self.column += 1;
        let (name, end) = if self.in_head { ("th", "</th>") } else { ("td", "</td>") };
        self.element(&format!("<{name} dir=\"auto\"{align}>"), end);
    }

    fn mark(&mut self, start: &str, end: &'static str) {
        match self.marks < MAX_DEPTH {
            true => self.element(start, end),
            false => self.element("", ""),
        }
        self.marks += 1;
    }

    fn link(&mut self, url: &CowStr<'_>) {
        if self.in_link || !leads_somewhere(url) {
            return self.element("", "");
        }
        self.in_link = true;
        self.out.push_str("<a href=\"");
        push_value(&mut self.out, url);
        self.element("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">", "</a>");
    }

    fn end(&mut self, tag: TagEnd) {
        let Some(open) = self.open.pop() else { return };
        self.out.push_str(open.end);
        match tag {
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Table if !open.end.is_empty() => self.nested -= 1,
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.marks -= 1,
            TagEnd::Link | TagEnd::Image if !open.end.is_empty() => self.in_link = false,
            _ => {}
        }
    }
}

/// Returns a heading's tags, two levels further down: a page and its parts have the first two.
fn heading(level: HeadingLevel) -> (&'static str, &'static str) {
    match level {
        HeadingLevel::H1 => ("<h3 dir=\"auto\">", "</h3>\n"),
        HeadingLevel::H2 => ("<h4 dir=\"auto\">", "</h4>\n"),
        HeadingLevel::H3 => ("<h5 dir=\"auto\">", "</h5>\n"),
        _ => ("<h6 dir=\"auto\">", "</h6>\n"),
    }
}

/// Appends text between tags.
pub fn push_text(out: &mut String, text: &str) {
    for part in text.split_inclusive(['&', '<', '>']) {
        let plain = part.trim_end_matches(['&', '<', '>']);
        out.push_str(plain);
        out.push_str(match part.as_bytes().get(plain.len()) {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(_) => "&gt;",
            None => "",
        });
    }
}

/// Appends the value of an attribute, which stands in double quotes.
fn push_value(out: &mut String, value: &str) {
    for (at, part) in value.split('"').enumerate() {
        if at > 0 {
            out.push_str("&quot;");
        }
        push_text(out, part);
    }
}
