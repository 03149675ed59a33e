//! The operator's declarations of tools, as serde types, and their mistakes. Reads no file: the caller has read
//! `[tools.http_request]` and `[mcp.…]` from one.

mod lines;
mod reference;
mod transport;

pub(super) use self::transport::Transport;

use super::http_request::AllowedHost;
use crate::domain::tool::{SERVER_NAME_RULE, is_server_name};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a call of a server's tool may take, unless the operator says otherwise; in seconds.
const TIME_LIMIT_S: u32 = 60;
/// Values shorter than this are not looked for in texts: they would be found everywhere.
const SHORTEST_SECRET: usize = 8;

/// The declared tools. Its `Debug` shows no secrets.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToolsConfig {
    pub http_request: HttpRequestConfig,
    /// The MCP servers by name.
    pub mcp: BTreeMap<String, McpServerConfig>,
}

/// `[tools.http_request]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpRequestConfig {
    /// Hosts that may be asked whatever their address: `host`, `host:port`, `10.0.0.5:8080`, `[::1]:8080`. Without a
    /// port, all of its ports.
    pub allow_hosts: Vec<String>,
}

/// `[mcp.name]`: a program that is started, or a URL.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct McpServerConfig {
    pub command: Option<String>,
    pub args: Vec<SecretString>,
    /// Variables for the program, beyond the few that every program gets.
    pub env: BTreeMap<String, SecretString>,
    /// Where the server speaks streamable HTTP.
    pub url: Option<String>,
    pub headers: BTreeMap<String, SecretString>,
    /// How long a call may take: 1 to 3600 s; 60 if not given.
    pub time_limit_s: Option<u32>,
    /// Values of the `${NAME}` references.
    #[serde(skip)]
    referenced: Vec<SecretString>,
}

impl PartialEq for McpServerConfig {
    fn eq(&self, other: &Self) -> bool {
        let plain = |this: &Self| {
            let texts = |all: &BTreeMap<String, SecretString>| -> Vec<(String, String)> {
                all.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect()
            };
            let args: Vec<String> = this.args.iter().map(|arg| arg.expose_secret().to_owned()).collect();
            (this.command.clone(), args, texts(&this.env), this.url.clone(), texts(&this.headers), this.time_limit_s)
        };
        plain(self) == plain(other)
    }
}

impl ToolsConfig {
    /// Checks everything and puts the values of environment variables, which `lookup` reads, where `${NAME}` stands in
    /// arguments, variables and headers. `$${` is a `${` that means itself.
    ///
    /// # Errors
    /// One text per mistake, each naming its place in the file and none showing a value that may be secret.
    pub fn check(mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let hosts = self.http_request.allow_hosts.iter().enumerate().filter_map(|(n, host)| {
            let error = host.parse::<AllowedHost>().err()?;
            Some(format!("tools.http_request.allow_hosts: entry {} {error}", n + 1))
        });
        let mut mistakes: Vec<String> = hosts.collect();
        for (name, server) in &mut self.mcp {
            if !is_server_name(name) {
                mistakes.push(format!("mcp.{name:?}: a server's name is {SERVER_NAME_RULE}"));
            }
            let mut found = server.substitute(&lookup);
            found.extend(server.transport().err().unwrap_or_default());
            mistakes.extend(found.into_iter().map(|mistake| format!("mcp.{name}: {mistake}")));
        }
        if mistakes.is_empty() { Ok(self) } else { Err(mistakes) }
    }
}

impl McpServerConfig {
    /// Substitutes `${NAME}` references; returns the mistakes.
    fn substitute(&mut self, lookup: &impl Fn(&str) -> Option<String>) -> Vec<String> {
        let args = self.args.iter_mut().map(|value| ("args".to_owned(), value));
        let env = self.env.iter_mut().map(|(name, value)| (format!("env.{name}"), value));
        let headers = self.headers.iter_mut().map(|(name, value)| (format!("headers.{name}"), value));
        let mut mistakes = Vec::new();
        for (place, value) in args.chain(env).chain(headers) {
            match reference::substitute(value.expose_secret(), lookup) {
                Ok(substituted) => {
                    *value = substituted.text.into();
                    self.referenced.extend(substituted.used.into_iter().map(SecretString::from));
                }
                Err(mistake) => mistakes.push(format!("{place}: {mistake}")),
            }
        }
        mistakes
    }

    /// Returns how long a call may take.
    pub(super) fn time_limit(&self) -> Duration {
        Duration::from_secs(self.time_limit_s.unwrap_or(TIME_LIMIT_S).into())
    }

    /// Returns the values that no text may show: those that came by reference, those of headers, and those of variables
    /// whose name says so. The longest come first.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let secret_name = |name: &str| {
            let name = name.to_ascii_uppercase();
            ["KEY", "TOKEN", "SECRET", "PASS", "AUTH", "CREDENTIAL"].iter().any(|word| name.contains(word))
        };
        let env = self.env.iter().filter(|(name, _)| secret_name(name)).map(|(_, value)| value.expose_secret());
        let headers = self.headers.values().map(ExposeSecret::expose_secret);
        // A server may repeat the token without the word before it.
        let tokens = self.headers.values().filter_map(|value| value.expose_secret().split_once(' ')).map(|(_, t)| t);
        let referenced = self.referenced.iter().map(ExposeSecret::expose_secret);
        let all = env.chain(headers).chain(tokens).chain(referenced);
        // The output of programs is read line by line. The frame of a key is no secret.
        let each = |value| str::lines(value).map(str::trim).filter(|line| !line.starts_with("-----"));
        let all =
            all.flat_map(|value| std::iter::once(value).chain(each(value)).chain(lines::keys(value))).map(str::trim);
        let mut secrets: Vec<&str> = all.filter(|value| value.len() >= SHORTEST_SECRET).collect();
        secrets.sort_unstable_by_key(|value| (std::cmp::Reverse(value.len()), *value));
        secrets.dedup();
        secrets.into_iter().map(SecretString::from).collect()
    }
}

#[cfg(test)]
mod tests;
