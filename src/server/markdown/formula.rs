//! Formulas: TeX as MathML, within bounds. One that cannot be set is shown as it was written, all its signs kept.

use super::check::checked;
use super::html::push_text;
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::mathml::write_mathml;
use pulldown_latex::{Parser, Storage};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longest formula that is set, in bytes.
const MAX_TEX: usize = 2_000;
/// Most commands of one. The crate that reads it calls itself as often as one is the argument of another, at up to 10 KB
/// of a thread's 2 MiB each.
const MAX_COMMANDS: usize = 100;
/// Deepest nesting of groups.
const MAX_GROUPS: usize = 30;
/// Commands that make commands: with them a short text stands for a long one.
const MAKERS: [&str; 8] = ["def", "edef", "futurelet", "gdef", "let", "newcommand", "renewcommand", "xdef"];

/// How much of a text may still be set as formulas; what comes after is shown as it was written. A formula costs some
/// hundred times what text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    formulas: usize,
    bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { formulas: 1_000, bytes: 64 * 1024 }
    }
}

impl Budget {
    fn spend(&mut self, bytes: usize) -> bool {
        match (self.formulas.checked_sub(1), self.bytes.checked_sub(bytes)) {
            (Some(formulas), Some(bytes)) => {
                *self = Self { formulas, bytes };
                true
            }
            _ => false,
        }
    }
}

/// Writes a formula, its TeX without the signs around it.
pub fn push(out: &mut String, tex: &str, is_display: bool, left: &mut Budget) {
    let (class, signs) = if is_display { ("math math--display", ["\\[", "\\]"]) } else { ("math", ["\\(", "\\)"]) };
    out.push_str("<span class=\"");
    out.push_str(class);
    out.push_str("\">");
    match left.spend(tex.len()).then(|| mathml(tex, is_display)).flatten() {
        Some(set) => {
            // Whoever copies the formula, or reads it with a program that knows no MathML, has it as TeX.
            out.push_str(if is_display { "<math display=\"block\">" } else { "<math display=\"inline\">" });
            out.push_str("<semantics><mrow>");
            out.push_str(&set);
            out.push_str("</mrow><annotation encoding=\"application/x-tex\">");
            push_signed(out, tex, signs);
            out.push_str("</annotation></semantics></math>");
        }
        None => {
            out.push_str("<code>");
            push_signed(out, tex, signs);
            out.push_str("</code>");
        }
    }
    out.push_str("</span>");
}

fn push_signed(out: &mut String, tex: &str, [open, close]: [&str; 2]) {
    out.push_str(open);
    push_text(out, tex);
    out.push_str(close);
}

/// Returns the contents of `<math>`; `None` for a formula that is not understood, too long or too deep.
fn mathml(tex: &str, is_display: bool) -> Option<String> {
    let is_large = tex.len() > MAX_TEX || commands(tex).count() > MAX_COMMANDS || is_deep(tex);
    if is_large || tex.trim().is_empty() || makes_commands(tex) {
        return None;
    }
    // It has refused all that was tried and panicked at none; a formula must not cost the answer it stands in.
    let html = catch_unwind(AssertUnwindSafe(|| {
        let storage = Storage::new();
        let events = Parser::new(tex, &storage).collect::<Result<Vec<_>, _>>().ok()?;
        let display_mode = if is_display { DisplayMode::Block } else { DisplayMode::Inline };
        let mut html = Vec::new();
        let events = events.into_iter().map(Ok::<_, Infallible>);
        write_mathml(&mut html, events, RenderConfig { display_mode, ..RenderConfig::default() }).ok()?;
        String::from_utf8(html).ok()
    }))
    .ok()??;
    let (_, inner) = html.strip_suffix("</math>")?.split_once('>')?;
    // It leaves one sign as it is that HTML reads otherwise, and names one that is no text of ours.
    checked(&inner.replace("><</mo>", ">&lt;</mo>").replace("&nbsp;", "\u{a0}"))
}

fn is_deep(tex: &str) -> bool {
    let mut depth = 0_usize;
    tex.bytes().any(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_GROUPS
    })
}

/// Returns the names of a formula's commands.
fn commands(tex: &str) -> impl Iterator<Item = &str> {
    let name = |rest: &'_ str| rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    tex.split('\\').skip(1).filter_map(move |rest| rest.get(..name(rest))).filter(|name| !name.is_empty())
}

fn makes_commands(tex: &str) -> bool {
    commands(tex).any(|name| MAKERS.contains(&name))
}
