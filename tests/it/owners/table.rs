//! Every address of the server, and what it shows to somebody who owns nothing of what is asked for.

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Stands in all that the first owner has.
pub const SECRET: &str = "Zebra";

/// Another owner's view.
#[derive(Debug, PartialEq)]
pub enum Sees {
    /// 404, in the words for what nobody has.
    Gone,
    /// This value at this place of the response, where the first owner sees another.
    None(&'static str, Value),
    /// A response without the first owner's things.
    NoTrace,
    /// Something of its own is made.
    Own,
    /// The same as everybody: facts of the server, which nobody owns. Nothing of the first owner's is among them.
    Same,
}

/// One request.
#[derive(Debug)]
pub struct Row {
    /// Method and path, as declared.
    pub route: &'static str,
    /// The path to ask for, with names in place of ids.
    pub at: &'static str,
    /// JSON, if it takes any.
    pub body: &'static str,
    pub sees: Sees,
}

impl Row {
    pub fn method(&self) -> &str {
        self.route.split(' ').next().unwrap()
    }
}

/// The table. Rows that change things come after those that only read, and those that delete come last: the first owner
/// does all of it too.
pub fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        use Sees::*;
        [
            // Facts of the server.
            ("GET /healthz", "/healthz", "", Same),
            ("GET /readyz", "/readyz", "", Same),
            ("GET /api", "/api", "", Same),
            ("GET /api/{*rest}", "/api/elsewhere", "", Same),
            ("GET /api/tools", "/api/tools", "", Same),
            ("POST /api/schedules/preview", "/api/schedules/preview", r#"{"schedule":"@daily"}"#, Same),
            ("GET /ui/schedules/preview", "/ui/schedules/preview?schedule=@daily&time_zone=UTC", "", Same),
            ("GET /ui/models/check", "/ui/models/check?model=demo/quick", "", Same),
            ("GET /api/models", "/api/models", "", Same),
            ("GET /ui/models", "/ui/models", "", Same),
            ("GET /agents/new", "/agents/new", "", Same),
            ("GET /agents/import", "/agents/import", "", Same),
            // Whose it is says the token.
            ("POST /hooks/{token}", "/hooks/none", "", Same),
            // A socket is asked below, topic by topic.
            ("GET /api/ws", "/api/ws", "", Same),
            // Lists.
            ("GET /api/agents", "/api/agents", "", None("", json!([]))),
            ("GET /ui/agents", "/ui/agents", "", None("/data", json!([]))),
            ("GET /api/agents/export", "/api/agents/export", "", NoTrace),
            ("GET /api/runs", "/api/runs?include=totals", "", None("/totals/runs", json!(0))),
            ("GET /api/runs/export", "/api/runs/export?format=csv", "", NoTrace),
            ("GET /api/runs/export", "/api/runs/export?format=ndjson", "", NoTrace),
            ("GET /api/runs/export", "/api/runs/export?format=otlp", "", NoTrace),
            ("GET /ui/runs", "/ui/runs?query=", "", None("/runs", json!([]))),
            ("GET /ui/runs/news", "/ui/runs/news?query=&shown=<run>,<running>", "", None("/runs", json!([]))),
            ("GET /ui/runs/news", "/ui/runs/news?query=&shown=&above=0", "", None("/new", json!(0))),
            ("GET /ui/runs/count", "/ui/runs/count?query=", "", None("", json!(0))),
            ("GET /api/bulk", "/api/bulk", "", None("/data", json!([]))),
            ("GET /api/views", "/api/views", "", None("/data", json!([]))),
            ("GET /ui/summary", "/ui/summary", "", None("/data/runs", json!(0))),
            ("GET /api/stats", "/api/stats?by=agent&bucket=day", "", None("/data", json!([]))),
            ("GET /api/stats", "/api/stats", "", None("/total/runs", json!(0))),
            ("GET /api/groups", "/api/groups", "", None("/data", json!([]))),
            ("GET /ui/groups", "/ui/groups", "", None("", json!([]))),
            ("GET /api/retention", "/api/retention", "", NoTrace),
            ("GET /api/hold", "/api/hold", "", None("/hold", json!(null))),
            ("GET /ui/hold/reach", "/ui/hold/reach", "", None("/running", json!(0))),
            ("GET /", "/", "", NoTrace),
            ("GET /", "/?agent=<agent>", "", NoTrace),
            ("GET /agents/select", "/agents/select", "", NoTrace),
            ("GET /runs", "/runs?include=totals", "", NoTrace),
            ("GET /analytics", "/analytics", "", NoTrace),
            // One thing.
            ("GET /api/agents/{id}", "/api/agents/<agent>", "", Gone),
            ("GET /api/agents/{id}/export", "/api/agents/<agent>/export", "", Gone),
            ("GET /api/agents/{id}/details", "/api/agents/<agent>/details?include=runs,threads,stats", "", Gone),
            ("GET /api/agents/{id}/runs", "/api/agents/<agent>/runs", "", Gone),
            ("GET /api/agents/{id}/inputs", "/api/agents/<agent>/inputs?q=Zebra", "", Gone),
            ("GET /api/agents/{id}/stats", "/api/agents/<agent>/stats?by=version", "", Gone),
            ("GET /api/agents/{id}/errors", "/api/agents/<agent>/errors", "", Gone),
            ("GET /ui/errors", "/ui/errors?agent=<agent>", "", Gone),
            ("GET /api/agents/{id}/threads", "/api/agents/<agent>/threads", "", Gone),
            ("GET /api/agents/{id}/hooks", "/api/agents/<agent>/hooks", "", Gone),
            ("GET /api/agents/{id}/hooks/{hook}", "/api/agents/<agent>/hooks/<hook>", "", Gone),
            ("GET /api/agents/{id}/hooks/{hook}/deliveries", "/api/agents/<agent>/hooks/<hook>/deliveries", "", Gone),
            ("GET /api/agents/{id}/events", "/api/agents/<agent>/events", "", Gone),
            ("GET /api/runs/{id}", "/api/runs/<run>", "", Gone),
            ("GET /api/runs/{a}/diff/{b}", "/api/runs/<run>/diff/<running>", "", Gone),
            ("GET /api/runs/{id}/raw", "/api/runs/<run>/raw", "", Gone),
            ("GET /api/runs/{id}/steps", "/api/runs/<run>/steps", "", Gone),
            ("GET /api/runs/{id}/steps/{position}/input", "/api/runs/<run>/steps/1/input", "", Gone),
            ("GET /api/runs/{id}/steps/{position}/output", "/api/runs/<run>/steps/1/output", "", Gone),
            ("GET /api/bulk/{id}", "/api/bulk/<bulk>", "", Gone),
            ("GET /ui/bulk", "/ui/bulk?id=<bulk>", "", Gone),
            ("GET /ui/bulk/results", "/ui/bulk/results?id=<bulk>", "", Gone),
            ("GET /api/threads/{id}/messages", "/api/threads/<thread>/messages", "", Gone),
            ("GET /ui/agent", "/ui/agent?id=<agent>", "", Gone),
            ("GET /ui/agent/detail", "/ui/agent/detail?id=<agent>", "", Gone),
            ("GET /ui/agent/overview", "/ui/agent/overview?id=<agent>", "", Gone),
            (
                "GET /ui/agents/estimate",
                "/ui/agents/estimate?id=<agent>&model=demo/quick&schedule=@daily&time_zone=UTC&budget=",
                "",
                Gone,
            ),
            ("GET /ui/agents/contents", "/ui/agents/contents?id=<agent>", "", Gone),
            ("GET /ui/chat", "/ui/chat?agent=<agent>&thread=<thread>&whole=false", "", Gone),
            ("GET /ui/chat/find", "/ui/chat/find?agent=<agent>&text=a", "", Gone),
            ("GET /ui/run", "/ui/run?id=<run>", "", Gone),
            ("GET /ui/run", "/ui/run?id=<running>", "", Gone),
            ("GET /ui/run/charts", "/ui/run/charts?id=<run>", "", Gone),
            ("GET /ui/starts/form", "/ui/starts/form?agent=<agent>", "", Gone),
            ("GET /ui/starts/form", "/ui/starts/form?agent=<agent>&repeats=<run>", "", Gone),
            ("GET /ui/starts/inputs", "/ui/starts/inputs?agent=<agent>&text=Zebra", "", Gone),
            ("GET /ui/starts/request", "/ui/starts/request?run=<run>", "", Gone),
            ("GET /ui/runs/payload", "/ui/runs/payload?run=<run>&position=1&side=input", "", Gone),
            ("GET /agents/{id}", "/agents/<agent>", "", Gone),
            ("GET /agents/{id}/settings", "/agents/<agent>/settings", "", Gone),
            ("GET /agents/{id}/chat", "/agents/<agent>/chat", "", Gone),
            ("GET /agents/{id}/chat/{thread}", "/agents/<agent>/chat/<thread>", "", Gone),
            ("GET /runs/{id}", "/runs/<run>", "", Gone),
            ("GET /runs/{id}/raw", "/runs/<run>/raw", "", Gone),
            ("GET /runs/compare", "/runs/compare?a=<run>&b=<running>", "", Gone),
            // Changes.
            ("POST /api/agents", "/api/agents", r#"{"name":"Own"}"#, Own),
            ("POST /ui/agents/create", "/ui/agents/create", r#"{"settings":<settings>,"key":"create"}"#, Own),
            ("POST /api/agents/import", "/api/agents/import", "[[agent]]\nname = \"Own too\"\n", Own),
            ("POST /api/agents/import", "/api/agents/import?dry_run=true", "[[agent]]\nname = \"Alike\"\n", Own),
            (
                "POST /ui/agents/import/preview",
                "/ui/agents/import/preview",
                r#"{"file":"[[agent]]\nname = \"Alike\"\n"}"#,
                None("/created", json!(1)),
            ),
            (
                "POST /ui/agents/import",
                "/ui/agents/import",
                r#"{"file":"","fingerprint":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","key":"import"}"#,
                Own,
            ),
            ("POST /api/agents/{id}/duplicate", "/api/agents/<agent>/duplicate", r#"{"name":"Zebra"}"#, Gone),
            ("POST /ui/agents/duplicate", "/ui/agents/duplicate", r#"{"id":<agent>,"key":"duplicate"}"#, Gone),
            ("PUT /api/agents/{id}", "/api/agents/<agent>", r#"{"name":"Zebra","model":"demo/quick"}"#, Gone),
            (
                "POST /ui/agents/replace",
                "/ui/agents/replace",
                r#"{"id":<agent>,"settings":<settings>,"version":2}"#,
                Gone,
            ),
            ("POST /ui/agents/pause", "/ui/agents/pause", r#"{"id":<agent>,"paused":true}"#, Gone),
            ("GET /api/agents/{id}/versions", "/api/agents/<agent>/versions", "", Gone),
            ("GET /api/agents/{id}/versions/{number}", "/api/agents/<agent>/versions/1", "", Gone),
            ("GET /api/agents/{id}/versions/{a}/diff/{b}", "/api/agents/<agent>/versions/1/diff/1", "", Gone),
            ("POST /api/agents/{id}/versions/{number}/restore", "/api/agents/<agent>/versions/1/restore", "", Gone),
            ("GET /agents/{id}/hooks", "/agents/<agent>/hooks?hook=<hook>", "", Gone),
            ("GET /ui/hooks", "/ui/hooks?agent=<agent>&hook=<hook>", "", Gone),
            ("GET /agents/{id}/versions", "/agents/<agent>/versions", "", Gone),
            (
                "POST /ui/agents/restore",
                "/ui/agents/restore",
                r#"{"id":<agent>,"number":1,"version":4,"note":null,"key":"restore"}"#,
                Gone,
            ),
            (
                "POST /api/agents/{id}/hooks",
                "/api/agents/<agent>/hooks",
                r#"{"name":"Zebra","verification":"none"}"#,
                Gone,
            ),
            ("PATCH /api/agents/{id}/hooks/{hook}", "/api/agents/<agent>/hooks/<hook>", r#"{"enabled":true}"#, Gone),
            ("POST /api/agents/{id}/hooks/{hook}/rotate", "/api/agents/<agent>/hooks/<hook>/rotate", "", Gone),
            (
                "POST /api/agents/{id}/hooks/{hook}/deliveries/{delivery}/replay",
                "/api/agents/<agent>/hooks/<hook>/deliveries/<delivery>/replay",
                "",
                Gone,
            ),
            (
                "POST /ui/hooks/create",
                "/ui/hooks/create",
                r#"{"agent":<agent>,"settings":{"name":"Zebra","verification":"none"},"key":"hook"}"#,
                Gone,
            ),
            (
                "POST /ui/hooks/replace",
                "/ui/hooks/replace",
                r#"{"agent":<agent>,"hook":<hook>,"settings":{"name":"Zebra","verification":"none"}}"#,
                Gone,
            ),
            (
                "POST /ui/hooks/try",
                "/ui/hooks/try",
                r#"{"agent":<agent>,"hook":<hook>,"settings":{"name":"Zebra","verification":"none"}}"#,
                Gone,
            ),
            ("POST /ui/hooks/enable", "/ui/hooks/enable", r#"{"agent":<agent>,"hook":<hook>,"enabled":true}"#, Gone),
            ("POST /ui/hooks/rotate", "/ui/hooks/rotate", r#"{"agent":<agent>,"hook":<hook>,"key":"rotate"}"#, Gone),
            (
                "POST /ui/hooks/replay",
                "/ui/hooks/replay",
                r#"{"agent":<agent>,"hook":<hook>,"delivery":<delivery>,"key":"replay"}"#,
                Gone,
            ),
            ("POST /api/agents/{id}/task", "/api/agents/<agent>/task", "", Gone),
            ("POST /api/agents/{id}/task", "/api/agents/<agent>/task", r#"{"input":"Zebra"}"#, Gone),
            (
                "POST /api/agents/{id}/runs",
                "/api/agents/<agent>/runs",
                r#"{"input":"Zebra","model":"demo/quick","tags":["Zebra"]}"#,
                Gone,
            ),
            (
                "PATCH /api/agents/{id}/errors/{error}",
                "/api/agents/<agent>/errors/<error>",
                r#"{"state":"resolved"}"#,
                Gone,
            ),
            (
                "POST /ui/errors/decide",
                "/ui/errors/decide",
                r#"{"agent":<agent>,"error":<error>,"state":"ignored"}"#,
                Gone,
            ),
            ("POST /api/agents/{id}/stop", "/api/agents/<agent>/stop", "", Gone),
            ("POST /ui/agents/stop", "/ui/agents/stop", r#"{"id":<agent>,"key":"stop-all"}"#, Gone),
            ("POST /ui/runs/start", "/ui/runs/start", r#"{"agent_id":<agent>,"key":"start"}"#, Gone),
            (
                "POST /ui/starts/new",
                "/ui/starts/new",
                r#"{"agent":<agent>,"request":{"input":"Zebra","model":"demo/quick"},"key":"new"}"#,
                Gone,
            ),
            ("POST /api/agents/{id}/threads", "/api/agents/<agent>/threads", r#"{"title":"Zebra"}"#, Gone),
            ("PATCH /api/threads/{id}", "/api/threads/<thread>", r#"{"title":"Zebra"}"#, Gone),
            ("POST /ui/chat/rename", "/ui/chat/rename", r#"{"id":<thread>,"title":"Zebra"}"#, Gone),
            (
                "POST /api/threads/{id}/messages",
                "/api/threads/<thread>/messages",
                r#"{"role":"user","content":"Zebra"}"#,
                Gone,
            ),
            ("POST /api/threads/{id}/run", "/api/threads/<thread>/run", "", Gone),
            (
                "POST /ui/chat/say",
                "/ui/chat/say",
                r#"{"agent":<agent>,"thread":<thread>,"content":"Zebra","key":"say"}"#,
                Gone,
            ),
            (
                "POST /ui/chat/say",
                "/ui/chat/say",
                r#"{"agent":<agent>,"thread":null,"content":"Zebra","key":"say-new"}"#,
                Gone,
            ),
            ("POST /api/runs/{id}/retry", "/api/runs/<run>/retry", "", Gone),
            ("POST /api/runs/{id}/retry", "/api/runs/<run>/retry", r#"{"input":"Zebra","run_budget_usd":1}"#, Gone),
            ("POST /ui/runs/retry", "/ui/runs/retry", r#"{"id":<run>,"key":"retry"}"#, Gone),
            (
                "POST /ui/starts/retry",
                "/ui/starts/retry",
                r#"{"run":<run>,"request":{"input":"Zebra"},"key":"retry-with"}"#,
                Gone,
            ),
            (
                "POST /api/agents/bulk",
                "/api/agents/bulk",
                r#"{"action":"tag","ids":[<agent>],"add":["own"]}"#,
                None("/failed", json!(1)),
            ),
            (
                "POST /ui/agents/bulk",
                "/ui/agents/bulk",
                r#"{"ids":[<agent>],"edit":{"tag":{"add":["own too"],"remove":[]}},"key":"bulk"}"#,
                None("/0/result", json!("failed")),
            ),
            ("PUT /api/runs/{id}/kept", "/api/runs/<run>/kept", "", Gone),
            ("DELETE /api/runs/{id}/kept", "/api/runs/<run>/kept", "", Gone),
            ("POST /ui/runs/keep", "/ui/runs/keep", r#"{"id":<run>,"is_kept":true}"#, Gone),
            (
                "POST /api/runs/bulk",
                "/api/runs/bulk",
                r#"{"action":"tag","ids":[<run>],"tags":["own"]}"#,
                Gone,
            ),
            (
                "POST /ui/runs/bulk",
                "/ui/runs/bulk",
                r#"{"action":"tag","ids":[<run>],"query":null,"add":["own too"],"remove":[],"key":"bulk-runs"}"#,
                Gone,
            ),
            ("POST /api/views", "/api/views", r#"{"name":"Own"}"#, Own),
            (
                "POST /ui/views/save",
                "/ui/views/save",
                r#"{"name":"Own too","query":"","is_default":false,"key":"view"}"#,
                Own,
            ),
            ("PUT /api/views/{id}", "/api/views/<view>", r#"{"name":"Zebra"}"#, Gone),
            (
                "POST /ui/views/replace",
                "/ui/views/replace",
                r#"{"id":<view>,"name":"Zebra","query":"","is_default":false}"#,
                Gone,
            ),
            ("DELETE /api/views/{id}", "/api/views/<view>", "", Gone),
            ("POST /ui/views/delete", "/ui/views/delete", r#"{"id":<doomed_view>}"#, Gone),
            ("DELETE /api/bulk/{id}", "/api/bulk/<bulk>", "", Gone),
            ("POST /ui/bulk/cancel", "/ui/bulk/cancel", r#"{"id":<bulk>}"#, Gone),
            ("POST /api/runs/{id}/stop", "/api/runs/<running>/stop", "", Gone),
            ("POST /ui/runs/stop", "/ui/runs/stop", r#"{"id":<running_too>,"key":"stop"}"#, Gone),
            ("POST /ui/groups/limit", "/ui/groups/limit", r#"{"name":"own","limit":2}"#, Own),
            ("PUT /api/groups/{name}", "/api/groups/own", r#"{"limit":2}"#, Own),
            ("DELETE /api/groups/{name}", "/api/groups/Zebra", "", Gone),
            ("POST /api/hold", "/api/hold", r#"{"note":"Own"}"#, Own),
            ("POST /ui/hold/begin", "/ui/hold/begin", r#"{"request":{"stop_running":true},"key":"hold"}"#, Own),
            ("DELETE /api/hold", "/api/hold", "", Own),
            ("POST /ui/hold/release", "/ui/hold/release", "{}", Own),
            ("DELETE /api/agents/{id}/hooks/{hook}", "/api/agents/<agent>/hooks/<doomed_hook>", "", Gone),
            ("POST /ui/hooks/delete", "/ui/hooks/delete", r#"{"agent":<agent>,"hook":<doomed_hook_too>}"#, Gone),
            ("DELETE /api/threads/{id}", "/api/threads/<closed>", "", Gone),
            ("POST /ui/chat/delete", "/ui/chat/delete", r#"{"id":<closed_too>}"#, Gone),
            ("DELETE /api/agents/{id}", "/api/agents/<doomed>", "", Gone),
            ("POST /ui/agents/delete", "/ui/agents/delete", r#"{"id":<doomed_too>}"#, Gone),
        ]
        .map(|(route, at, body, sees)| Row { route, at, body, sees })
        .into()
    });
    &ROWS
}

/// Returns the routes that the sources of the doors declare, each with its method. No other room has routes.
pub fn declared() -> Vec<String> {
    let mut routes = Vec::new();
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/doors")) {
        let text = fs::read_to_string(file).unwrap();
        // Tests declare routes of their own.
        let text = text.split("#[cfg(test)]").next().unwrap();
        for other in [".nest(", ".nest_service(", ".route_service("] {
            assert!(!text.contains(other), "{other} declares routes that are not looked for here");
        }
        for (at, start) in text.match_indices(".route(") {
            let declared = within_parentheses(&text[at + start.len()..]);
            // The server functions' addresses are in no source.
            let Some((path, handlers)) = declared.trim().strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
                assert!(declared.starts_with("path,"), "{declared}");
                continue;
            };
            let methods = ["get", "post", "put", "patch", "delete"];
            let used: Vec<_> = methods.iter().filter(|method| handlers.contains(&format!("{method}("))).collect();
            assert!(!used.is_empty(), "{declared}");
            routes.extend(used.iter().map(|method| format!("{} {path}", method.to_uppercase())));
        }
    }
    routes
}

/// Returns a text up to the parenthesis that closes it.
fn within_parentheses(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    &text[..end.unwrap()]
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
