//! Lists of tools as servers have been met to write them.

use super::*;
use parking_lot::Mutex;
use serde_json::json;
use std::io::{self, Write};

fn listed(tools: Value) -> Listing {
    let mut listing = Listing::new("s");
    listing.take(&json!({ "tools": tools })).unwrap();
    listing
}

fn plain(names: &[&str]) -> Listing {
    listed(names.iter().map(|name| json!({ "name": name, "description": "Does", "inputSchema": {} })).collect())
}

fn left_out(listing: Listing) -> Vec<(String, String)> {
    let mut offer = Offer::default();
    offer.renew(listing);
    offer.left_out.into_iter().map(|tool| (tool.name, tool.reason)).collect()
}

#[test]
fn what_is_gone_stays_known_until_it_is_back() {
    let mut offer = Offer::default();
    offer.renew(plain(&["a", "b", "a"]));
    assert_eq!(offer.tools.len(), 2, "each name once");
    offer.renew(plain(&["b", "c"]));
    assert!(offer.known("a").is_some() && !offer.has("a") && offer.has("c"));
    assert_eq!(offer.infos().iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    offer.renew(plain(&["a"]));
    assert!(offer.has("a") && offer.known("b").is_some() && offer.known("x").is_none());
}

#[test]
fn a_tool_is_named_for_models_and_its_schema_stays() {
    let listing = listed(
        json!([{ "name": "x.y", "title": "T", "inputSchema": { "$schema": "…" }, "outputSchema": 5, "annotations": null }]),
    );
    let offered = &listing.tools[0];
    assert!(offered.name == "x.y" && offered.spec.name.starts_with("s__x_y_") && offered.spec.description == "T");
    assert_eq!(offered.spec.parameters, json!({ "$schema": "…" }));
}

#[test]
fn one_odd_tool_costs_no_other_and_is_named() {
    let listing = listed(json!([
        { "name": "good", "inputSchema": {} },
        { "name": "bare" },
        { "name": "null", "inputSchema": null },
        { "name": "text", "inputSchema": { "type": "string" } },
        { "name": 5, "inputSchema": {} },
        { "name": " ", "inputSchema": {} },
        { "name": "a\u{7}", "inputSchema": {} },
        "tool",
        { "name": "good", "inputSchema": {}, "description": "Another" },
        { "name": "fine", "inputSchema": true, "description": null },
        { "name": "huge", "inputSchema": { "description": "x".repeat(70_000) } },
    ]));
    let names: Vec<&str> = listing.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["good", "fine"]);
    let expected = [
        ("bare", "it has no inputSchema"),
        ("null", "its inputSchema is null"),
        ("text", "its schema takes no object, and arguments always are one"),
        ("(no name)", "its name is no text"),
        (" ", "it has no name"),
        ("a\u{7}", "its name contains control characters"),
        ("(no name)", "it has no name"),
        ("good", "another of its tools has the same name"),
        ("huge", "its schema is larger than 64 KiB"),
    ];
    assert_eq!(left_out(listing), expected.map(|(name, why)| (name.to_owned(), why.to_owned())));
}

#[test]
fn a_page_says_what_follows() {
    for (page, next) in [
        (json!({ "tools": [], "nextCursor": "a" }), Some("a")),
        (json!({ "tools": null, "nextCursor": 2 }), Some("2")),
        (json!({ "nextCursor": "" }), None),
        (json!({ "tools": [], "nextCursor": null }), None),
    ] {
        assert_eq!(Listing::new("s").take(&page).unwrap().as_deref(), next, "{page}");
    }
    for page in [json!("x"), json!(null), json!({ "tools": "x" })] {
        assert!(Listing::new("s").take(&page).unwrap_err().starts_with("its list of tools is none"), "{page}");
    }
}

#[test]
fn a_list_without_end_is_bounded_and_says_so() {
    let mut listing = Listing::new("s");
    for n in 0..1_500 {
        listing.take(&json!({ "tools": [{ "name": format!("t{n}"), "inputSchema": {} }] })).unwrap();
    }
    assert!(listing.is_full() && listing.tools.len() == MAX_TOOLS);
    listing.has_more();
    let left = left_out(listing);
    assert_eq!(left.len(), MAX_NAMED + 2);
    assert_eq!(left[0], ("t1000".to_owned(), "of one server, at most 1000 tools are taken".to_owned()));
    assert_eq!(
        left[MAX_NAMED],
        ("further tools".to_owned(), "the list goes on after 1000 tools, and is not read further".to_owned())
    );
    assert_eq!(left[MAX_NAMED + 1].0, "400 more tools");

    let wordy = |n: usize| json!({ "tools": [{ "name": format!("t{n}"), "inputSchema": { "description": "x".repeat(60_000) } }] });
    let mut listing = Listing::new("s");
    (0..200).for_each(|n| _ = listing.take(&wordy(n)));
    assert!(listing.bytes <= MAX_BYTES && listing.tools.len() < 150 && !listing.left_out.is_empty());
    let long = listed(json!([{ "name": "a", "description": "é".repeat(MAX_DESCRIPTION), "inputSchema": {} }]));
    assert_eq!(long.tools[0].spec.description.len(), MAX_DESCRIPTION);
}

/// Returns the lines that the work writes to the log.
fn logged(work: impl FnOnce()) -> Vec<String> {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, work);
    let written = log.0.lock();
    String::from_utf8_lossy(&written).lines().map(str::to_owned).collect()
}

#[test]
fn a_long_list_of_bad_tools_does_not_flood_the_log() {
    let mut left = Vec::new();
    let log = logged(|| left = left_out(listed((0..5_000).map(|n| json!({ "name": format!("t{n}") })).collect())));
    assert_eq!((log.len(), left.len()), (MAX_NAMED + 1, MAX_NAMED + 1));
    assert!(log[0].contains("it has no inputSchema") && log[0].contains("t0"), "{}", log[0]);
    assert!(log[MAX_NAMED].contains("left out 4900 more tools"), "{}", log[MAX_NAMED]);
}
