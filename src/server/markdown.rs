//! Markdown from models as HTML that is safe to show. What a model writes is trusted in nothing: HTML in it is shown as
//! it was written, links lead to the web or to mail only, pictures become links, and what comes of it is cleaned once
//! more by a sanitiser.

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// The HTML of a text's top-level blocks, from the one numbered `from` on.
pub fn blocks(text: &str, from: usize) -> Vec<String> {
    split(text).skip(from).map(|block| clean(block)).collect()
}

/// How many top-level blocks a text has.
pub fn count_blocks(text: &str) -> usize {
    split(text).count()
}

/// The events of each top-level block.
fn split(text: &str) -> impl Iterator<Item = Vec<Event<'_>>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut events = Parser::new_ext(text, options);
    std::iter::from_fn(move || {
        let mut block = Vec::new();
        let mut depth = 0_usize;
        for event in events.by_ref() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            block.push(event);
            if depth == 0 {
                return Some(block);
            }
        }
        (!block.is_empty()).then_some(block)
    })
}

/// Quotations in quotations in quotations: so deep they are shown, and no deeper. Depth costs the sanitiser the square of
/// it.
const MAX_DEPTH: usize = 24;

/// The events without what opens and closes too deep; what stands in it stays.
fn flatten<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut depth = 0_usize;
    events.filter(move |event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= MAX_DEPTH
        }
        Event::End(_) => {
            depth = depth.saturating_sub(1);
            depth < MAX_DEPTH
        }
        _ => true,
    })
}

fn clean(events: Vec<Event<'_>>) -> String {
    let mut rendered = String::new();
    // For each link that is open, whether it is shown as one.
    let mut links = Vec::new();
    html::push_html(&mut rendered, flatten(events.into_iter()).filter_map(|event| tame(event, &mut links)));
    SANITISER.clean(&rendered).to_string()
}

/// An event as far as it is shown.
fn tame<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        // The page around it has headings of its own.
        Event::Start(Tag::Heading { level, .. }) => {
            let level = lower(level);
            Some(Event::Start(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            let is_shown = leads_somewhere(&dest_url) && !links.contains(&true);
            links.push(is_shown);
            is_shown.then(|| Event::Start(link(dest_url)))
        }
        Event::End(TagEnd::Link | TagEnd::Image) => links.pop()?.then_some(Event::End(TagEnd::Link)),
        event => Some(event),
    }
}

fn link(dest_url: CowStr<'_>) -> Tag<'_> {
    Tag::Link { link_type: LinkType::Inline, dest_url, title: CowStr::Borrowed(""), id: CowStr::Borrowed("") }
}

fn leads_somewhere(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// Two levels further down: a page and its parts have the first two.
fn lower(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::*;
    match level {
        H1 => H3,
        H2 => H4,
        H3 => H5,
        _ => H6,
    }
}

/// Lets through what Markdown has, and nothing else.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))].into())
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

#[cfg(test)]
mod tests;
