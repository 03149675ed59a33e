//! Tests of what a file may say, and how its mistakes are named.

use super::*;
use crate::server::config::database::PreparedStatements;
use crate::server::work::pricing::overrides::Rates;

fn parse(text: &str) -> Result<ConfigFile, Vec<String>> {
    read(Path::new("runboard.toml"), text, |name| (name == "TOKEN").then(|| "s3cret-token".to_owned()))
}

#[test]
fn prices_have_their_defaults() {
    let file = parse(
        r#"
        [[prices]]
        model = "ollama/*"
        input_usd_per_mtok = 0.25
        output_usd_per_mtok = 2

        [[prices]]
        model = "openai/my-finetune"
        input_usd_per_mtok = 0.25
        cached_input_usd_per_mtok = 0.025
        cache_write_usd_per_mtok = 0.3
        output_usd_per_mtok = 2.0
        reasoning_usd_per_mtok = 3.0
        "#,
    )
    .unwrap();
    let rates = [
        Rates { input: 0.25, cached_input: 0.25, cache_write: 0.25, output: 2.0, reasoning: 2.0 },
        Rates { input: 0.25, cached_input: 0.025, cache_write: 0.3, output: 2.0, reasoning: 3.0 },
    ];
    assert_eq!(file.prices.iter().map(|own| own.rates).collect::<Vec<_>>(), rates);
    assert_eq!(file.prices[0].pattern.to_string(), "ollama/*");
}

#[test]
fn an_empty_file_sets_nothing() {
    assert_eq!(parse("# nothing yet\n"), Ok(ConfigFile { is_there: true, ..ConfigFile::default() }));
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let mistakes = parse(
        "[[prices]]\n\
         model = \"openai/a\"\n\
         input_usd_per_mtok = -1\n\
         output_usd_per_mtok = inf\n\
         [[prices]]\n\
         model = \"openai/a\"\n\
         input_usd_per_mtok = 1\n\
         output_usd_per_mtok = 1\n\
         [[prices]]\n\
         model = \"gpt-5\"\n\
         input_usd_per_mtok = 1\n\
         output_usd_per_mtok = nan\n\
         [[prices]]\n\
         model = \"openai/b\"\n\
         inptu_usd_per_mtok = 1\n\
         output_usd_per_mtok = 1\n\
         [[prices]]\n\
         model = \"openai/c\"\n\
         [price]\n",
    )
    .unwrap_err();
    let expected = [
        "line 19, column 2: unknown table \"price\": there are [database], [retention], [[prices]], [tools.http_request] and [mcp.name]",
        "line 3, column 22: -1 is no price: use US dollars per million tokens, 0 or more",
        "line 4, column 23: inf is no price",
        "line 6, column 9: \"openai/a\" has a price already, in line 2: remove one of the two",
        "line 10, column 9: model: \"gpt-5\" names no provider: use openai/…",
        "line 12, column 23: NaN is no price",
        "line 15, column 1: unknown field `inptu_usd_per_mtok`, expected one of `model`, `input_usd_per_mtok`",
        "line 17, column 1: missing field `input_usd_per_mtok`",
    ];
    assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
    for text in expected {
        assert!(mistakes.iter().any(|said| said.contains(text)), "{text} in {mistakes:#?}");
    }
    assert!(mistakes.iter().all(|said| said.starts_with("runboard.toml, line ")), "{mistakes:#?}");
}

#[test]
fn what_is_not_toml_or_of_another_kind_is_named() {
    let said = |text: &str| parse(text).unwrap_err().join("\n");
    assert!(said("é = ").starts_with("runboard.toml, line 1, column 1: "), "{}", said("é = "));
    assert!(said("[[prices]]\nmodel = \"x").starts_with("runboard.toml, line 2, column "));
    assert!(said("prices = 3").contains("line 1, column 10: prices must be a list of tables"));
    assert!(said("[[prices]]\nmodel = 3").contains("line 2, column 9: invalid type: integer, expected a string"));
    assert!(said("prices = [1]").contains("line 1, column 11: "));
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("none.toml");
    let said = ConfigFile::load(Some(&missing), |_| None).unwrap_err().remove(0);
    assert!(said.starts_with("--config/RUNBOARD_CONFIG: ") && said.contains("none.toml cannot be read"), "{said}");
    assert!(ConfigFile::load(Some(dir.path()), |_| None).is_err(), "a directory is no file");
    let path = dir.path().join("mine.toml");
    std::fs::write(&path, "[[prices]]\nmodel = \"ollama/x\"\ninput_usd_per_mtok = 0\noutput_usd_per_mtok = 0\n")
        .unwrap();
    assert_eq!(ConfigFile::load(Some(&path), |_| None).unwrap().prices.len(), 1);
}

#[test]
fn the_database_s_connections_are_set() {
    let file = parse("[database]\nconnections = 10\nwait_s = 30\nprepared_statements = \"off\"\n").unwrap();
    let expected = DatabaseSettings {
        connections: Some(10),
        wait_s: Some(30),
        prepared: Some(PreparedStatements::Off),
        ..DatabaseSettings::default()
    };
    assert_eq!(file.database, expected);
    let mistakes = parse("[database]\nconnections = 0\nwait_s = -1\nprepared_statements = \"no\"\n").unwrap_err();
    let said = mistakes.join("\n");
    for text in [
        "line 2, column 15: connections: must be a whole number from 1 to 1000",
        "line 3, column 10: wait_s: must be",
        "line 4, column 23: prepared_statements: must be auto, on or off",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
}

#[test]
fn no_value_is_repeated() {
    for text in [
        "[database]\nconnections = \"hunter2\"",
        "[database]\nprepared_statements = \"hunter2\"",
        "database = \"hunter2\"",
        "prices = \"hunter2\"",
        "[[prices]]\nmodel = \"openai/x\"\ninput_usd_per_mtok = \"hunter2, expected\"\noutput_usd_per_mtok = 1",
        "tools = \"hunter2\"",
        "[tools]\nhttp_request = \"hunter2\"",
        "[tools.http_request]\nallow_hosts = [\"user:hunter2@x\"]",
        "mcp = \"hunter2\"",
        "[mcp]\na = \"hunter2\"",
        "[mcp.a]\ncommand = \"x\"\nargs = \"hunter2\"",
        "[mcp.a]\ncommand = \"x\"\nenv = { A = [\"hunter2\"] }",
        "[mcp.a]\ncommand = \"x\"\nenv = { \"A=hunter2\" = \"\" }",
        "[mcp.a]\nurl = \"https://x\"\nheaders = { \"Bearer hunter2\" = \"\" }",
        "[mcp.a]\nurl = \"https://x\"\ntime_limit_s = \"hunter2\"",
        "[mcp.a]\nurl = \"https://u:hunter2@x\"",
        "[mcp.a]\nurl = \"hunter2\"",
        "key = hunter2",
        "key = \"hunter2",
    ] {
        let said = parse(text).unwrap_err().join("\n");
        assert!(!said.contains("hunter2"), "{text}: {said}");
    }
}

#[test]
fn tools_and_servers_are_declared() {
    let file = parse(
        r#"
        [tools.http_request]
        allow_hosts = ["intranet.example:8080"]
        [mcp.files]
        command = "npx"
        args = ["-y", "server", "/srv"]
        [mcp.search]
        url = "https://mcp.example.com/mcp"
        headers = { Authorization = "Bearer ${TOKEN}" }
        "#,
    )
    .unwrap();
    assert_eq!(file.tools.http_request.allow_hosts, ["intranet.example:8080"]);
    assert_eq!(file.tools.mcp.keys().collect::<Vec<_>>(), ["files", "search"]);
    assert!(!format!("{file:?}").contains("s3cret-token"));
}

#[test]
fn a_mistake_in_a_server_names_it_and_shows_no_secret() {
    let said = |text: &str| parse(text).unwrap_err().join("\n");
    let unset = said("[mcp.search]\nurl = \"https://x.example\"\nheaders = { Authorization = \"Bearer ${NONE}\" }");
    assert!(unset.contains("mcp.search") && unset.contains("NONE"), "{unset}");
    let unknown = said("[mcp.search]\nurl = \"https://x.example\"\ntokn = \"hunter2-hunter2\"");
    assert!(unknown.contains("line 3") && unknown.contains("tokn") && !unknown.contains("hunter2"), "{unknown}");
    assert!(said("[mcp]\nsearch = 3").contains("line 2"), "{}", said("[mcp]\nsearch = 3"));
    assert!(said("[tools]\nhttp = 3").contains("unknown field `http`"));
}
