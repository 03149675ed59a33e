//! Formulas as models write them, and what is none.

use super::html;

/// Returns the formulas of a text as they were written, and how many of them are set.
fn formulas(text: &str) -> (Vec<String>, usize) {
    let html = html(text);
    let written = html
        .split("<span class=\"math")
        .skip(1)
        .filter_map(|part| {
            let (_, rest) =
                part.split_once("<annotation encoding=\"application/x-tex\">").or_else(|| part.split_once("<code>"))?;
            Some(rest.split('<').next()?.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        })
        .collect();
    (written, html.matches("<math").count())
}

#[test]
fn formulas_are_set_whatever_signs_they_stand_in() {
    for (text, written) in [
        (r"The root is \( x = \frac{-b \pm \sqrt{b^2-4ac}}{2a} \).", r"\( x = \frac{-b \pm \sqrt{b^2-4ac}}{2a} \)"),
        (r"\[ E = mc^2 \]", r"\[ E = mc^2 \]"),
        ("\\[\nE = mc^2\n\\]", "\\[\nE = mc^2\n\\]"),
        (r"$$\sum_{i=1}^n a_i * b_i * c_i$$", r"\[\sum_{i=1}^n a_i * b_i * c_i\]"),
        (r"and $a_1 * b_1 * c_1$ end", r"\(a_1 * b_1 * c_1\)"),
        (r"**bold \(a_1*b\) on**", r"\(a_1*b\)"),
        (r"\(a*b\) x* c", r"\(a*b\)"),
        (r"\[ \begin{pmatrix} a & b \\ c & d \end{pmatrix} \]", r"\[ \begin{pmatrix} a & b \\ c & d \end{pmatrix} \]"),
        (r"\(a < b > c\)", r"\(a < b > c\)"),
        ("> \\[\n> a\n> = b \\]", "\\[\na\n= b \\]"),
        (r"| \(x\) | $y$ |", r"\(x\)"),
        (r"- item \(x_i\)", r"\(x_i\)"),
        (
            r"$\alpha \leq \beta \implies \mathbb{R} \ni \vec{x}$",
            r"\(\alpha \leq \beta \implies \mathbb{R} \ni \vec{x}\)",
        ),
    ] {
        let (found, set) = formulas(text);
        assert_eq!(found.first().map(String::as_str), Some(written), "{text}: {}", html(text));
        assert_eq!(found.len(), set, "{text}: {}", html(text));
        assert!(!html(text).contains("<em>"), "{text}: {}", html(text));
    }
}

#[test]
fn money_stays_money() {
    for text in [
        "$5 and $6",
        "It was **$4** and now is $5; from $148+ → $19 (~$1,550).",
        "US$5/US$6 a month",
        "$5/$6",
        "$10 or more$ off",
        "$HOME/$PATH",
        "a $ b $ c",
    ] {
        let (found, _) = formulas(text);
        assert!(found.is_empty(), "{text}: {found:?}");
        let signs = |text: &str| text.matches('$').count();
        assert_eq!(signs(&html(text)), signs(text), "{text}");
    }
}

#[test]
fn what_is_no_formula_is_as_markdown_has_it() {
    for (text, shown) in [
        (r"`\(a\)`", r"<code>\(a\)</code>"),
        (r"\(a and no end", "(a and no end"),
        (r"\\(a\\)", r"\(a\)"),
        (r"\[a\](https://a.example)", ""),
        ("```\n$$x$$\n```", "$$x$$"),
    ] {
        assert!(html(text).contains(shown), "{text}: {}", html(text));
    }
    // A mark that begins before a formula and ends in it ends after it.
    let marked = html(r"*a \(b*c\) d");
    assert!(marked.contains("</math></span></em> d"), "{marked}");
    // A line between keeps brackets apart.
    assert!(formulas("\\(a\n\nb\\)").0.is_empty());
}

#[test]
fn what_cannot_be_set_keeps_all_its_signs() {
    let deep = format!("${}x{}$", "{".repeat(500), "}".repeat(500));
    let long = format!("${}$", "x_1 + ".repeat(1_000) + "y");
    for inner in [
        r"$\unknowncommand{x}$",
        r"$\def\a{\b}\a$",
        r"$\frac{a$",
        r"$x^{$",
        r"$\begin{matrix}a$",
        r"$a \\) b$",
        &deep,
        &long,
    ] {
        let inner = &inner[1..inner.len() - 1];
        let written = format!(r"\({inner}\)");
        assert_eq!(formulas(&written), (vec![written.clone()], 0));
    }
}

/// The crate that reads formulas calls itself for each command; a thread's stack is 2 MiB.
#[test]
fn no_formula_runs_out_of_stack_or_takes_long() {
    let hostile = [
        "\\sqrt",
        "\\sqrt{",
        "\\hat",
        "\\frac",
        "\\frac12",
        "^",
        "_",
        "^{",
        "x^",
        "x_x^",
        "\\left(",
        "\\left(x\\right)",
        "\\begin{matrix}",
        "{",
        "}",
        "&",
        "\\\\",
        "\\text{",
        "\\text{a}",
        "'",
        "\\bf",
        "\\rm",
        "\\mathbf",
        "\\color{red}",
        "\\displaystyle",
        "#",
        "#1",
        "%",
        "~",
        "\\,",
        "\\not",
        "\\over",
        "\\limits",
        "\\middle|",
        "\\binom",
        "\\overset",
        "\\substack{",
        "\\genfrac",
        "\\rule",
        "\\hspace{1em}",
        "\\char",
        "\\operatorname{",
        "\\",
        "$",
        "\\big",
        "\\overline",
        "\\underbrace",
        "\\sum",
        "\\sum_",
        "\\hline",
        "\\begin{array}{c",
        "\\begin{array}{|c|}",
        "é",
        "😀",
        "\u{5d0}",
        "\u{0}",
    ];
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        for piece in hostile {
            for around in ["\\[", "\\[x"] {
                let text = format!("{around}{}\\]", piece.repeat(1_990 / piece.len()));
                assert!(html(&text).len() < 1 << 20, "{piece}");
            }
        }
    });
    thread.unwrap().join().unwrap();
}

proptest::proptest! {
    #[test]
    fn any_mixture_of_commands_is_set_or_shown(pieces in proptest::collection::vec(proptest::sample::select(COMMANDS), 0..30)) {
        let html = html(&format!("\\[{}\\]", pieces.concat()));
        proptest::prop_assert!(super::checked(&html).is_some());
    }
}

const COMMANDS: &[&str] = &[
    "x",
    "1",
    " ",
    "{",
    "}",
    "^",
    "_",
    "&",
    "\\\\",
    "\\frac",
    "\\sqrt",
    "[3]",
    "\\left(",
    "\\right)",
    "\\left.",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\begin{cases}",
    "\\end{cases}",
    "\\begin{array}{l|r}",
    "\\end{array}",
    "\\text{a b}",
    "\\mathbf",
    "\\hat",
    "\\sum",
    "\\limits",
    "\\alpha",
    "\\operatorname{f}",
    "\\color{red}",
    "\\displaystyle",
    "\\big(",
    "\\hspace{1em}",
    "'",
    "%c\n",
    "~",
    "\\not",
    "\\overbrace",
    "\\binom",
    "\\substack",
    "\\hline",
];
