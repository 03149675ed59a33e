//! The last thing that happens to HTML made of Markdown: whatever is not exactly of the few kinds that the writer makes
//! ends it. Reads the HTML once from front to back and trusts neither the writer nor the crate that sets formulas.

/// Elements with content.
const ELEMENTS: [&str; 54] = [
    "a",
    "annotation",
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
    "math",
    "menclose",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
    "ol",
    "p",
    "pre",
    "semantics",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "wbr",
];

/// Elements that are empty and end themselves.
const EMPTY: [&str; 3] = ["br", "hr", "wbr"];

/// Attributes that are kept; all others go. None of them runs, fetches or styles.
const ATTRIBUTES: [&str; 33] = [
    "accent",
    "accentunder",
    "alttext",
    "aria-label",
    "class",
    "columnspan",
    "depth",
    "dir",
    "display",
    "displaystyle",
    "encoding",
    "fence",
    "form",
    "height",
    "href",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rel",
    "role",
    "rspace",
    "scriptlevel",
    "separator",
    "start",
    "stretchy",
    "symmetric",
    "target",
    "width",
];

/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http:", "https:", "mailto:"];

/// Browsers nest no deeper than about 500 elements; half of it leaves the page its own.
const MAX_DEPTH: usize = 250;

/// Whether a link to there is shown as one.
pub fn leads_somewhere(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// Returns the same HTML with known attributes only; `None` when it has an element that is not known, is not well
/// formed, or leads somewhere else.
pub fn checked(html: &str) -> Option<String> {
    let mut out = String::with_capacity(html.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = (rest.get(..at)?, rest.get(at + 1..)?);
        out.push_str(text);
        let end = tag.find('>')?;
        let (tag, after) = (tag.get(..end)?, tag.get(end + 1..)?);
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return None;
            }
            out.push_str("</");
            out.push_str(name);
            out.push('>');
            continue;
        }
        let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let is_empty = EMPTY.contains(&name);
        if !ELEMENTS.contains(&name) || open.len() >= MAX_DEPTH {
            return None;
        }
        out.push('<');
        out.push_str(name);
        push_attributes(&mut out, attributes)?;
        out.push('>');
        if is_closed && !is_empty {
            // In HTML only elements of formulas end like this; spelt out it is the same everywhere.
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        } else if !is_empty {
            open.push(name);
        }
    }
    out.push_str(rest);
    open.is_empty().then_some(out)
}

/// `name="value"`, any number of them, one space between. A value has no `>`, for the tag has ended before it.
fn push_attributes(out: &mut String, attributes: &str) -> Option<()> {
    let mut rest = attributes.trim_ascii();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        if !after.is_empty() && !after.starts_with(' ') || value.contains('<') {
            return None;
        }
        if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            || (name == "href" && !leads_somewhere(value))
        {
            return None;
        }
        if ATTRIBUTES.contains(&name) {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            out.push_str(value);
            out.push('"');
        }
        rest = after.trim_ascii_start();
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_writer_makes_passes_as_it_is() {
        for html in
            ["<p dir=\"auto\">a &lt; b<br>c</p>\n<hr>\n", "<a href=\"https://a.example/?b&amp;c\">x</a>", "text"]
        {
            assert_eq!(checked(html).as_deref(), Some(html));
        }
    }

    #[test]
    fn what_formulas_are_set_with_loses_its_styles() {
        assert_eq!(
            checked("<mrow style=\"color: red\" class=\"x\"><mspace width=\"1em\" /></mrow>").as_deref(),
            Some("<mrow class=\"x\"><mspace width=\"1em\"></mspace></mrow>")
        );
    }

    #[test]
    fn anything_else_ends_it() {
        for html in [
            "<script>",
            "<img src=\"x\">",
            "<P>x</P>",
            "<p>x",
            "x</p>",
            "<p><em>x</p></em>",
            "<p onclick=alert(1)>x</p>",
            "<p a=\"b\"onclick=\"c\">x</p>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\" https://a.example\">x</a>",
            "<p\nclass=\"a\">x</p>",
            "<p class=\"<\">x</p>",
            "<!-- -->",
            "<p",
            "<",
        ] {
            assert_eq!(checked(html), None, "{html}");
        }
        assert_eq!(checked(&"<em>".repeat(MAX_DEPTH + 1)), None);
    }
}
