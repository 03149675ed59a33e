//! Keeping a server connected, with a program that counts.

use super::super::super::Tool;
use super::super::super::config::McpServerConfig;
use super::*;
use crate::server::clock::ManualClock;
use serde_json::json;

/// Speaks the protocol as far as it must. Its tool returns how often it was asked for its tools.
const COUNTS: &str = r#"
lists=0
say() { printf '{"id":%s,"result":%s}\n' "$id" "$1"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in
    *'"initialize"'*)
      say '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"p","version":"1"}}' ;;
    *'"tools/list"'*)
      lists=$((lists + 1))
      say '{"tools":[{"name":"lists","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*)
      say '{"content":[{"type":"text","text":"'$lists'"}]}' ;;
  esac
done
"#;

#[tokio::test]
async fn a_call_of_an_earlier_connection_that_was_given_up_says_nothing_of_this_one() {
    let config = json!({ "command": "sh", "args": ["-c", COUNTS] });
    let config: McpServerConfig = serde_json::from_value(config).unwrap();
    let server = Arc::new(Server::new("counts", &config, ManualClock::at(0)));
    server.given_up.notify_one();
    let closing = CancellationToken::new();
    let kept = tokio::spawn(Arc::clone(&server).run(closing.clone()));
    server.tried().await;
    let said = server.tool("lists").unwrap().call(json!({})).await;
    assert_eq!(said.unwrap(), "1", "it was asked for its tools, and for no sign of life");
    closing.cancel();
    kept.await.unwrap();
}
