//! Tests of names in instructions, and of the values that replace them.

use super::*;
use proptest::prelude::*;

fn filled(text: &str) -> Result<String, Unfilled> {
    let value = |name: &str| match name {
        "who" => Some("Ada"),
        "braces" => Some("{{who}} <&>"),
        _ => None,
    };
    Template::parse(text).unwrap().fill(value)
}

#[test]
fn names_stand_for_values_and_nothing_else_changes() {
    assert_eq!(filled("Ask {{who}}, {{ who }} and {{\n who}}.\n").unwrap(), "Ask Ada, Ada and Ada.\n");
    assert_eq!(filled("{% if x %} {# y #} {who} }} {").unwrap(), "{% if x %} {# y #} {who} }} {");
    assert_eq!(filled("").unwrap(), "");
}

#[test]
fn a_value_is_neither_read_again_nor_escaped() {
    assert_eq!(filled("{{braces}}").unwrap(), "{{who}} <&>");
}

#[test]
fn a_name_without_a_value_is_named() {
    assert_eq!(filled("{{who}} {{since}} {{until}}"), Err(Unfilled::Missing("since".into())));
}

#[test]
fn what_is_no_name_is_quoted_with_its_line() {
    let said = |text: &str| Template::parse(text).unwrap_err().to_string();
    for (text, quoted) in [
        ("one\n{{ a + b }} two", "line 2 has {{ a + b }}."),
        ("{{ name | upper }}", "line 1 has {{ name | upper }}."),
        ("{{a.b}}", "line 1 has {{a.b}}."),
        ("{{}}", "line 1 has {{}}."),
        ("{{1st}}", "line 1 has {{1st}}."),
        ("{{{who}}}", "line 1 has {{{who}}."),
        ("{{ who", "line 1 has {{ who."),
        ("{{ never\nclosed", "line 1 has {{ never."),
        ("{{ größe }}", "line 1 has {{ größe }}."),
    ] {
        assert!(said(text).contains(quoted), "{text}: {}", said(text));
    }
    let long = said(&format!("{{{{{}}}}}", "é".repeat(100)));
    assert!(long.contains(&format!("{{{{{}…", "é".repeat(38))), "{long}");
    assert!(said("{{ }}").contains("such as {{customer}}") && said("{{ }}").contains("Turn templates off"));
}

#[test]
fn a_name_has_an_end() {
    assert!(is_name(&"n".repeat(64)) && is_name("_") && is_name("a1_B"));
    assert!(!is_name(&"n".repeat(65)) && !is_name("") && !is_name("a-b") && !is_name("a b"));
}

#[test]
fn nothing_is_made_of_what_would_be_too_long() {
    let value = "x".repeat(MAX_FILLED / 2);
    let filled = |text: &str| Template::parse(text).unwrap().fill(|_| Some(&value)).map(|text| text.len());
    assert_eq!(filled("{{a}}{{a}}"), Ok(MAX_FILLED));
    assert_eq!(filled("{{a}}{{a}}."), Err(Unfilled::TooLong));
    let many = "{{a}}".repeat(50_000);
    assert_eq!(filled(&many), Err(Unfilled::TooLong));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[a{} \n_é1]{0,24}") {
        if let Ok(template) = Template::parse(&text) {
            let name_of = |name: &str| is_name(name);
            prop_assert!(template.names().all(name_of));
            let plain = |part: &Part| matches!(part, Part::Name(_)) || matches!(part, Part::Text(text) if !text.contains("{{"));
            prop_assert!(template.parts().iter().all(plain));
            if template.names().next().is_none() {
                prop_assert_eq!(template.fill(|_| None).unwrap(), text);
            }
        }
    }

    #[test]
    fn filling_is_replacing(before in "[a }\n]{0,5}", name in "[a-z_][a-z0-9_]{0,5}", after in "[a }\n]{0,5}", value in ".{0,8}") {
        let text = format!("{before}{{{{ {name} }}}}{after}");
        let template = Template::parse(&text).unwrap();
        prop_assert_eq!(template.names().collect::<Vec<_>>(), vec![name.as_str()]);
        prop_assert_eq!(template.fill(|_| Some(&value)).unwrap(), format!("{before}{value}{after}"));
    }
}
