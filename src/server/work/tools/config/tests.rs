use super::*;
use serde_json::{Value, json};

fn config(value: Value) -> ToolsConfig {
    serde_json::from_value(value).unwrap()
}

fn check(value: Value) -> Result<ToolsConfig, String> {
    let lookup = |name: &str| (name == "TOKEN").then(|| "t0ken-from-outside".to_owned());
    config(value).check(lookup).map_err(|mistakes| mistakes.join("\n"))
}

#[test]
fn what_is_declared_in_full_is_accepted() {
    let checked = check(json!({
        "http_request": { "allow_hosts": ["intranet.example:8080", "10.0.0.5:8080", "[::1]", "printer"] },
        "mcp": {
            "files": { "command": "npx", "args": ["-y", "server", "--key=${TOKEN}"], "env": { "LOG": "1" } },
            "search": {
                "url": "https://mcp.example.com/mcp",
                "headers": { "Authorization": "Bearer ${TOKEN}" },
                "time_limit_s": 3600
            },
        },
    }))
    .unwrap();
    let Ok(Transport::Program { args, .. }) = checked.mcp["files"].transport() else { panic!("a program") };
    assert_eq!(args[2].expose_secret(), "--key=t0ken-from-outside");
    let Ok(Transport::Http { headers, .. }) = checked.mcp["search"].transport() else { panic!("a URL") };
    assert_eq!(headers[&HEADER], "Bearer t0ken-from-outside");
    assert_eq!(checked.mcp["search"].time_limit().as_secs(), 3600);
    assert_eq!(checked.mcp["files"].time_limit().as_secs(), 60);
}

#[test]
fn the_readme_s_example_is_right() {
    #[derive(Deserialize)]
    struct File {
        tools: Tools,
        mcp: BTreeMap<String, McpServerConfig>,
    }
    #[derive(Deserialize)]
    struct Tools {
        http_request: HttpRequestConfig,
    }
    let readme = include_str!("../../../../../README.md");
    let (_, example) = readme.split_once("```toml\n[tools.http_request]").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let file: File = toml::from_str(&format!("[tools.http_request]{example}")).unwrap();
    let config = ToolsConfig { http_request: file.tools.http_request, mcp: file.mcp };
    let checked = config.clone().check(|_| Some("from-outside".to_owned())).unwrap();
    assert_eq!(checked.mcp.keys().collect::<Vec<_>>(), ["files", "search"]);
    assert_eq!(checked.mcp["search"].time_limit().as_secs(), 120);
    assert_ne!(checked, config, "its references are replaced");
}

const HEADER: reqwest::header::HeaderName = reqwest::header::AUTHORIZATION;

#[test]
fn nothing_declared_is_fine() {
    assert!(check(json!({})).unwrap().mcp.is_empty());
}

#[test]
fn an_unknown_word_is_refused() {
    for value in [json!({ "mcp": { "a": { "comand": "x" } } }), json!({ "http_request": { "allow": [] } })] {
        assert!(serde_json::from_value::<ToolsConfig>(value).unwrap_err().to_string().contains("unknown field"));
    }
}

#[test]
fn every_mistake_is_named() {
    let said = check(json!({
        "http_request": { "allow_hosts": ["http://x/", "a b", "ok"] },
        "mcp": {
            "Bad": { "command": "x" },
            "none": {},
            "both": { "command": "x", "url": "https://x/" },
            "prog": { "command": " ", "headers": { "A": "b" }, "env": { "A=B": "c" }, "time_limit_s": 0 },
            "web": { "url": "ftp://x/", "args": ["a"], "headers": { "a b": "c", "X-Two": "s3cret\n", "Host": "x" } },
            "user": { "url": "https://user:pa55@x/" },
            "unset": { "command": "x", "args": ["${NOPE}"], "env": { "A": "s3cret ${" } },
        },
    }))
    .unwrap_err();
    for words in [
        "tools.http_request.allow_hosts: entry 1 is not a host",
        "tools.http_request.allow_hosts: entry 2 is not a host",
        "mcp.\"Bad\": a server's name is 1 to 32",
        "mcp.none: needs either",
        "mcp.both: needs either",
        "mcp.prog: command: must name",
        "mcp.prog: headers: belong",
        "mcp.prog: env: by name, entry 1 cannot be",
        "mcp.prog: time_limit_s: must be",
        "mcp.web: url: must begin",
        "mcp.web: args and env: belong",
        "mcp.web: headers: by name, entry 3 is not",
        "mcp.web: headers.X-Two: holds",
        "mcp.web: headers.host: is set",
        "mcp.user: url: must not hold a user",
        "mcp.unset: args: the environment variable NOPE is not set",
        "mcp.unset: env.A: a ${ without",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
    assert!(!said.contains("s3cret") && !said.contains("pa55"), "{said}");
}

#[test]
fn secrets_do_not_show() {
    let checked = check(json!({
        "mcp": {
            "a": { "command": "x", "args": ["--t=${TOKEN}"], "env": { "API_KEY": "key-in-file", "REGION": "eu-central-1" } },
            "b": { "url": "https://x/", "headers": { "Authorization": "Bearer header-value" } },
        },
    }))
    .unwrap();
    let shown = format!("{checked:?} {:?} {:?}", checked.mcp["a"].transport(), checked.mcp["b"].transport());
    for secret in ["t0ken", "key-in-file", "header-value"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let secrets = |name: &str| -> Vec<String> {
        checked.mcp[name].secrets().iter().map(|secret| secret.expose_secret().to_owned()).collect()
    };
    assert_eq!(secrets("a"), ["t0ken-from-outside", "key-in-file"]);
    assert_eq!(secrets("b"), ["Bearer header-value", "header-value"]);
    let lines = check(
        json!({ "mcp": { "a": { "command": "x", "env": { "A_KEY": "-----BEGIN KEY-----\nfirst line\nsecond line\n--" } } } }),
    );
    let lines: Vec<_> =
        lines.unwrap().mcp["a"].secrets().iter().map(|secret| secret.expose_secret().to_owned()).collect();
    assert_eq!(
        lines,
        ["-----BEGIN KEY-----\nfirst line\nsecond line\n--", "second line", "first line"],
        "a program writes it line by line"
    );
    let account = "{\n  \"private_key_id\": \"0123456789abcdef0123456789abcdef01234567\"\n}";
    let account = check(json!({ "mcp": { "a": { "command": "x", "env": { "ACCOUNT_KEY": account } } } })).unwrap();
    let is_key = |secret: &SecretString| secret.expose_secret() == "0123456789abcdef0123456789abcdef01234567";
    assert!(account.mcp["a"].secrets().iter().any(is_key), "a program may name the key alone");
}
