//! Tests of the tools that can be picked, in every state a server can be in.

use super::*;

fn info(name: &str) -> ToolInfo {
    ToolInfo { name: name.into(), description: format!("Does {name}.") }
}

fn server(name: &str, state: ToolServerState, error: Option<&str>, tools: &[&str]) -> ToolServer {
    let tools = tools.iter().map(|name| info(name)).collect();
    ToolServer { name: name.into(), state, error: error.map(Into::into), next_try: None, tools, left_out: vec![] }
}

fn catalogue() -> ToolCatalogue {
    ToolCatalogue {
        built_in: vec![info("current_time"), info("http_request")],
        servers: vec![
            server("files", ToolServerState::Ready, None, &["read", "write"]),
            server("mail", ToolServerState::Connecting, None, &[]),
            server("web", ToolServerState::Down, Some("It ended with status 1."), &["fetch"]),
        ],
    }
}

fn picks(texts: &[&str]) -> Vec<ToolPick> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_server_that_is_down_says_when_it_is_tried_again_and_no_more_than_is_known() {
    let mut catalogue = catalogue();
    catalogue.servers[2].next_try = Some(Timestamp::from_ms(30_000));
    let tries: Vec<_> = groups(&catalogue, &[]).into_iter().filter_map(|group| group.next_try).collect();
    assert_eq!(tries, [Timestamp::from_ms(30_000)]);
    assert_eq!(next_try_words(30_000), "Next try in 30 s.");
    assert_eq!(next_try_words(2_000), "Next try now.");
    assert_eq!(next_try_words(-1), "Tried again since. Reload to see how it stands.");
}

#[test]
fn one_can_pick_what_is_built_in_whole_servers_and_single_tools() {
    let all: Vec<String> =
        groups(&catalogue(), &[]).into_iter().flat_map(|group| group.choices).map(|choice| choice.pick).collect();
    let expected = [
        "current_time",
        "http_request",
        "mcp:files",
        "mcp:files/read",
        "mcp:files/write",
        "mcp:mail",
        "mcp:web",
        "mcp:web/fetch",
    ];
    assert_eq!(all, expected);
}

#[test]
fn a_server_says_how_it_stands_and_its_tools_are_within_the_whole() {
    let groups = groups(&catalogue(), &[]);
    let states: Vec<_> = groups.iter().map(|group| (group.state, group.error.as_deref())).collect();
    let expected = [
        (None, None),
        (Some(ToolServerState::Ready), None),
        (Some(ToolServerState::Connecting), None),
        (Some(ToolServerState::Down), Some("It ended with status 1.")),
    ];
    assert_eq!(states, expected);
    let within: Vec<_> = groups[1].choices.iter().map(|choice| choice.within.as_deref()).collect();
    assert_eq!(within, [None, Some("mcp:files"), Some("mcp:files")]);
}

#[test]
fn what_is_not_offered_any_more_stays_to_be_unticked() {
    let kept = picks(&["mcp:files/delete", "mcp:mail/send", "mcp:web/post", "mcp:old", "mcp:old/x"]);
    let groups = groups(&catalogue(), &kept);
    let find = |pick: &str| {
        let mut found = groups.iter().filter_map(|group| {
            let choice = group.choices.iter().find(|choice| choice.pick == pick)?;
            Some((group.server.as_deref(), choice.fault.as_deref()))
        });
        found.next().unwrap()
    };
    assert_eq!(find("mcp:files/delete"), (Some("files"), Some("files does not offer it any more.")));
    assert_eq!(find("mcp:mail/send"), (Some("mail"), None), "nobody knows yet");
    assert_eq!(find("mcp:web/post"), (Some("web"), Some("web is down.")));
    assert_eq!(find("mcp:old"), (None, Some("No server is called old any more.")));
    assert_eq!(find("mcp:old/x"), (None, Some("No server is called old any more.")));
}

#[test]
fn a_picked_tool_that_cannot_be_called_says_why() {
    let faults: Vec<_> = picked(&catalogue(), &picks(&["current_time", "mcp:files", "mcp:web", "mcp:old/x"]));
    let told: Vec<_> = faults.iter().map(|picked| (picked.name.as_str(), picked.fault.as_deref())).collect();
    let expected = [
        ("current_time", None),
        ("files: all", None),
        ("web: all", Some("web is down.")),
        ("old/x", Some("No server is called old any more.")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn ticking_adds_at_the_end_and_unticking_leaves_the_others() {
    let two = tick("current_time", "mcp:files", true, "");
    assert_eq!(two, "current_time\nmcp:files");
    assert_eq!(tick(&two, "mcp:files", true, ""), two);
    assert_eq!(tick(&two, "current_time", false, ""), "mcp:files");
    assert_eq!(tick("mcp:files", "current_time", true, &two), two, "in the order they were in");
    assert_eq!(tick("current_time", "current_time", false, ""), "");
    assert!(is_ticked(&two, "mcp:files") && !is_ticked(&two, "mcp:file"));
}

#[test]
fn what_cannot_be_offered_is_named_with_the_reason() {
    let mut catalogue = catalogue();
    let odd = LeftOut { name: "odd".into(), reason: "it has no inputSchema".into() };
    catalogue.servers[0].left_out = vec![odd.clone()];
    let kept = picks(&["mcp:files/odd"]);
    assert_eq!(groups(&catalogue, &kept)[1].left_out, [odd]);
    let fault = picked(&catalogue, &kept).remove(0).fault;
    assert_eq!(fault.as_deref(), Some("It cannot be offered: it has no inputSchema."));
}

#[test]
fn what_is_ticked_of_a_server_is_told_in_a_line() {
    let all = groups(&catalogue(), &[]);
    let words = |server: usize, picks: &str| chosen_words(picks, &all[server].choices);
    let (files, mail, web) = (1, 2, 3);
    assert_eq!(words(files, "current_time"), "no tools");
    assert_eq!(words(files, "mcp:files/read"), "1 of 2 tools");
    assert_eq!(words(files, "mcp:files/read\nmcp:files"), "all 2 tools");
    assert_eq!((words(mail, ""), words(mail, "mcp:mail")), ("no tools".to_owned(), "all tools".to_owned()));
    assert_eq!(words(web, "mcp:web/fetch"), "1 of 1 tool");
    let part = |picks: &str| is_partly_chosen(picks, &all[files].choices);
    assert_eq!([part(""), part("mcp:files"), part("mcp:files/read")], [false, false, true]);
}

#[test]
fn a_search_goes_through_names_and_descriptions() {
    let all = groups(&catalogue(), &[]);
    let found = |words: &str| {
        let found = all[1].choices.iter().filter(|choice| is_found(choice, words));
        found.map(|choice| choice.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(found(" "), ["All tools", "read", "write"]);
    assert_eq!(found("DOES wri"), ["write"]);
    assert_eq!(found("nothing"), [""; 0]);
}
