//! Framings as servers send them, in every way a stream can be cut.

use super::*;
use proptest::collection;
use proptest::prelude::*;

/// Returns the events of a stream that comes in chunks of `size` bytes.
fn parse(stream: &[u8], size: usize) -> Result<Vec<(String, String)>, String> {
    let (mut parser, mut events) = (SseParser::default(), Vec::new());
    for chunk in stream.chunks(size) {
        parser.push(chunk, &mut events)?;
    }
    parser.finish(&mut events);
    Ok(events.into_iter().map(|event| (event.name, String::from_utf8_lossy(&event.data).into_owned())).collect())
}

fn data(stream: &str) -> Vec<String> {
    let whole = parse(stream.as_bytes(), usize::MAX).unwrap();
    for size in 1..=4 {
        assert_eq!(parse(stream.as_bytes(), size).unwrap(), whole, "in chunks of {size}");
    }
    whole.into_iter().map(|(_, data)| data).collect()
}

#[test]
fn every_kind_of_line_end_parts_events() {
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(data(&format!("data: a{end}{end}data: b{end}{end}")), ["a", "b"], "{end:?}");
    }
    assert_eq!(data("data: a\r\n\ndata: b\n\r\ndata: c\r\r"), ["a", "b", "c"], "mixed");
}

#[test]
fn the_space_after_the_colon_may_be_missing_and_only_one_is_taken() {
    assert_eq!(data("data:a\n\ndata:  b\n\n"), ["a", " b"]);
}

#[test]
fn comments_ids_retries_and_keep_alives_are_passed_over() {
    assert_eq!(
        data(": OPENROUTER PROCESSING\n\n:\n\nretry: 3000\nid: 1\ndata: a\n: c\n\n\n\nnonsense\n\ndata\n\n"),
        ["a"]
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_field() {
    assert_eq!(data("\u{feff}data: a\n\n"), ["a"]);
    assert_eq!(data("data: \u{feff}a\n\n"), ["\u{feff}a"], "only at the start");
    assert_eq!(parse(b"\xef\xbbdata: a\n\ndata: b\n\n", 1).unwrap().len(), 1, "half a mark belongs to its line");
}

#[test]
fn several_data_lines_are_one_event_and_the_last_needs_no_end() {
    assert_eq!(data("data: {\ndata: \"a\":1}\n\ndata: b"), ["{\n\"a\":1}", "b"]);
}

#[test]
fn names_are_kept_and_an_error_line_is_an_event() {
    let events =
        parse(b"event: ping\ndata: {}\n\nevent: lonely\n\nerror: {\"code\":500}\n\nerror: words\n\n", 3).unwrap();
    let expected = [("ping", "{}"), ("error", "{\"code\":500}"), ("error", "words")]
        .map(|(name, data)| (name.to_owned(), data.to_owned()));
    assert_eq!(events, expected);
}

#[test]
fn the_first_line_that_is_no_part_of_an_event_is_kept() {
    let stray = |text: &str| {
        let mut parser = SseParser::default();
        parser.push(text.as_bytes(), &mut Vec::new()).unwrap();
        parser.finish(&mut Vec::new());
        String::from_utf8_lossy(parser.stray()).into_owned()
    };
    assert_eq!(stray("id: 1\nretry: 3\n: c\n\nupstream connect error\nmore"), "upstream connect error");
    assert_eq!(stray(&"x".repeat(10_000)).len(), STRAY_KEPT);
    assert_eq!(stray("data: {}\n\n"), "");
}

#[test]
fn an_event_without_end_is_refused_early_however_it_grows() {
    for part in ["data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"] {
        let (mut parser, mut events, mut sent) = (SseParser::default(), Vec::new(), 0);
        let chunk = part.repeat(1_000);
        let error = loop {
            match parser.push(chunk.as_bytes(), &mut events) {
                Ok(()) => sent += chunk.len(),
                Err(error) => break error,
            }
        };
        assert_eq!(error, "the provider sent a single event of more than 16 MiB");
        assert!(sent <= MAX_EVENT * 2 && events.is_empty(), "{sent}");
    }
}

proptest! {
    #[test]
    fn the_same_events_come_whatever_the_chunks(
        parts in collection::vec(prop_oneof!["data: ?[a-z]{0,3}", "\n", "\r", "\r\n", "\u{feff}", ": c", "event: e", "[ -~]{0,5}"], 0..20),
        size in 1_usize..7,
    ) {
        let stream = parts.concat();
        prop_assert_eq!(parse(stream.as_bytes(), size), parse(stream.as_bytes(), usize::MAX));
    }
}
