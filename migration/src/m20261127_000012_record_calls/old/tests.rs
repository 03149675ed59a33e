//! Texts of old records, with and without calls in them.

use super::*;

fn made(name: &str, input: &str) -> Made {
    Made { id: Some("call".to_owned()), name: name.to_owned(), input: input.to_owned(), is_cut: false }
}

/// Returns what was said, and the calls in short.
fn told(split: &Split) -> (String, Vec<String>) {
    let calls: Vec<Value> = serde_json::from_str(&split.calls).unwrap();
    let short = |call: &Value| format!("{} {}", call["name"].as_str().unwrap(), given(call));
    (split.said.clone(), calls.iter().map(short).collect())
}

#[test]
fn calls_that_were_made_are_taken_out_and_nothing_else_is() {
    let clock = || made("clock", "{}");
    let echo = || made("echo", "{\"a\":1}");
    for (text, made, said, calls) in [
        (
            "Let me see.\nNow.\n→ clock {}\n→ echo {\"a\":1}",
            vec![clock(), echo()],
            "Let me see.\nNow.",
            vec!["clock {}", "echo {\"a\":1}"],
        ),
        ("→ clock {}", vec![clock()], "", vec!["clock {}"]),
        ("Like this:\n→ clock {}\n→ clock {}", vec![clock()], "Like this:\n→ clock {}", vec!["clock {}"]),
        ("Then → clock {}", vec![clock()], "Then → clock {}", vec!["clock {}"]),
        ("See.\n→ clock {}\n→ echo {\"a\":1}", vec![clock()], "See.", vec!["clock {}", "echo {\"a\":1}"]),
        ("See.\n→ clock {}\n→ echo {\"a\":1}", vec![echo()], "See.\n→ clock {}", vec!["echo {\"a\":1}"]),
        ("See.\n→ clock {}\n→ is an arrow", vec![clock()], "See.\n→ clock {}\n→ is an arrow", vec!["clock {}"]),
        ("See.\n\n→ my tool {}", vec![made("my tool", "{}")], "See.\n", vec!["my tool {}"]),
        ("→ echo \"{\\\"q\\\":\"", vec![made("echo", "{\"q\":")], "", vec!["echo \"{\\\"q\\\":\""]),
    ] {
        let split = split(text, false, &made);
        assert_eq!(told(&split), (said.to_owned(), calls.iter().map(|call| (*call).to_owned()).collect()), "{text}");
        assert!(!split.is_cut);
    }
}

#[test]
fn what_was_cut_within_its_calls_was_said_as_a_whole() {
    let calls = [made("clock", "{}"), made("clock", "{}"), made("echo", "{\"a\":1}")];
    for tail in ["→", "→ ", "→ clo", "→ clock {}\n", "→ clock {}\n→ clock {}\n→ echo {\"a\""] {
        let split = split(&format!("See.\n{tail}"), true, &calls);
        assert_eq!((split.said.as_str(), split.is_cut), ("See.", false), "{tail}");
        assert_eq!(told(&split).1.len(), 3);
    }
    let words = split("See how long it g", true, &calls);
    assert_eq!((words.said.as_str(), words.is_cut), ("See how long it g", true));
}

#[test]
fn what_was_cut_at_the_end_of_a_line_may_have_gone_on() {
    for said in ["See.", "See.\n", "See.\n→ clock {}."] {
        let split = split(&format!("{said}\n"), true, &[made("clock", "{}")]);
        assert_eq!((split.said.as_str(), split.is_cut), (said, true));
        assert_eq!(told(&split).1, ["clock {}"]);
    }
}

#[test]
fn arguments_are_structure_where_they_can_be() {
    let cut = Made { is_cut: true, ..made("echo", "{\"q\":\"x") };
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let text = format!("→ echo {{\"q\":\"xyz\"}}\n→ deep {deep}\n→ clock {{\"z\":1}}");
    let split = split(&text, false, &[cut, made("deep", &deep), made("clock", "{\"z\":1}")]);
    let calls: Vec<Value> = serde_json::from_str(&split.calls).unwrap();
    assert_eq!((&calls[0]["arguments_text"], &calls[0]["arguments_cut"]), (&json!("{\"q\":\"x"), &json!(true)));
    assert_eq!((&calls[1]["arguments_text"], &calls[1]["arguments_cut"]), (&json!(deep), &json!(false)));
    assert_eq!((&calls[2]["arguments"], &calls[2]["id"]), (&json!({ "z": 1 }), &json!("call")));
}

#[test]
fn put_together_it_is_what_it_was() {
    for (text, made) in [
        ("See.\n→ clock {}\n→ echo \"{\\\"q\"", vec![made("clock", "{}"), made("echo", "{\"q")]),
        ("→ clock {}", vec![made("clock", "{}")]),
    ] {
        let Split { said, is_cut, calls } = split(text, false, &made);
        assert_eq!(joined(&said, is_cut, &calls), (text.to_owned(), false));
    }
    let (text, is_cut) = joined(&"é".repeat(MAX_PAYLOAD / 2), false, "[{\"name\":\"clock\",\"arguments\":{}}]");
    assert_eq!((text.len(), is_cut), (MAX_PAYLOAD, true));
}
