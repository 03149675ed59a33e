//! How a declared server is reached: the checked form of its configuration.

use super::McpServerConfig;
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;

/// Headers that the protocol and HTTP itself need for their own ends.
const RESERVED: [&str; 7] =
    ["accept", "content-length", "content-type", "host", "last-event-id", "mcp-protocol-version", "mcp-session-id"];

/// How to reach a server. Its `Debug` shows no secrets.
#[derive(Clone, Debug)]
pub(in super::super) enum Transport {
    /// A program, spoken to through its standard input and output.
    Program { command: String, args: Vec<SecretString>, env: Vec<(String, SecretString)> },
    /// Streamable HTTP. The headers' values are marked as sensitive.
    Http { url: Url, headers: HashMap<HeaderName, HeaderValue> },
}

impl McpServerConfig {
    /// # Errors
    /// One text per mistake; none shows a value that may be secret.
    pub(in super::super) fn transport(&self) -> Result<Transport, Vec<String>> {
        let mut mistakes = Vec::new();
        if self.time_limit_s.is_some_and(|seconds| !(1..=3600).contains(&seconds)) {
            mistakes.push("time_limit_s: must be 1 to 3600".to_owned());
        }
        let transport = match (&self.command, &self.url) {
            (Some(command), None) => self.program(command, &mut mistakes),
            (None, Some(url)) => self.http(url, &mut mistakes),
            _ => {
                mistakes.push("needs either a command (a program to start) or a url, and not both".to_owned());
                None
            }
        };
        transport.filter(|_| mistakes.is_empty()).ok_or(mistakes)
    }

    fn program(&self, command: &str, mistakes: &mut Vec<String>) -> Option<Transport> {
        if command.trim().is_empty() || command.contains('\0') {
            mistakes.push("command: must name a program".to_owned());
        }
        if self.args.iter().any(|arg| arg.expose_secret().contains('\0')) {
            mistakes.push("args: must not contain the character NUL".to_owned());
        }
        for (n, (name, value)) in self.env.iter().enumerate() {
            if name.is_empty() || name.contains(['=', '\0']) || value.expose_secret().contains('\0') {
                // Not by its name, which may be all of NAME=value.
                let place = n + 1;
                mistakes
                    .push(format!("env: by name, entry {place} cannot be a variable of a program, or contains NUL"));
            }
        }
        if !self.headers.is_empty() {
            mistakes.push("headers: belong to a server with a url; give a program its secrets by env".to_owned());
        }
        let env = self.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Some(Transport::Program { command: command.to_owned(), args: self.args.clone(), env })
    }

    fn http(&self, url: &str, mistakes: &mut Vec<String>) -> Option<Transport> {
        if !self.args.is_empty() || !self.env.is_empty() {
            mistakes.push("args and env: belong to a server with a command".to_owned());
        }
        let mut headers = HashMap::new();
        for (n, (name, value)) in self.headers.iter().enumerate() {
            match (HeaderName::try_from(name), HeaderValue::from_str(value.expose_secret())) {
                (Err(_), _) => {
                    mistakes.push(format!("headers: by name, entry {} is not the name of a header", n + 1));
                }
                (_, Err(_)) => mistakes.push(format!("headers.{name}: holds characters that no HTTP header can carry")),
                (Ok(name), Ok(_)) if RESERVED.contains(&name.as_str()) => {
                    mistakes.push(format!("headers.{name}: is set by the protocol itself"));
                }
                (Ok(name), Ok(mut value)) => {
                    value.set_sensitive(true);
                    headers.insert(name, value);
                }
            }
        }
        match checked_url(url) {
            Ok(url) => Some(Transport::Http { url, headers }),
            Err(mistake) => {
                mistakes.push(format!("url: {mistake}"));
                None
            }
        }
    }
}

fn checked_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is not a URL ({error}): use one like https://host/mcp"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("must begin with http:// or https:// and name a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or a password: use headers".to_owned());
    }
    Ok(url)
}
