//! Rules for a variable's text, so that it can serve as a key or an address. Shows no key.

use super::{ConfigError, Endpoint, PLACEHOLDER_KEY, known};
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::SecretString;

/// Returns the key if it fits an HTTP header.
pub(super) fn checked_key(variable: &'static str, key: String) -> Result<SecretString, ConfigError> {
    match HeaderValue::from_str(&key) {
        Ok(_) if key.is_ascii() => Ok(key.into()),
        _ => {
            Err(ConfigError { variable, problem: "is not a key: it holds characters no HTTP header can carry".into() })
        }
    }
}

/// Paths that requests add to a base URL.
const ENDS: [&str; 3] = ["/chat/completions", "/responses", "/completions"];

/// Returns a base URL with a slash at its end.
pub(super) fn checked_url(variable: &'static str, text: &str) -> Result<Url, ConfigError> {
    let error = |problem: String| ConfigError { variable, problem };
    let mut url =
        Url::parse(text).map_err(|e| error(format!("is not a URL ({e}): use one like {}", known::OPENAI_URL)))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(error("must begin with http:// or https:// and name a host".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(error("must not hold a user or a password".into()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(error("must end with its path: no ? and no #".into()));
    }
    // People paste the address that requests go to, too.
    let path = url.path().trim_end_matches('/');
    let path = ENDS.iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    url.set_path(&format!("{}/", path.trim_end_matches('/').to_owned()));
    Ok(url)
}

/// Reads `OLLAMA_HOST` as Ollama itself does: scheme and port may be left out, `0.0.0.0` means this machine.
pub(super) fn ollama_endpoint(host: &str) -> Result<Endpoint, ConfigError> {
    const VARIABLE: &str = "OLLAMA_HOST";
    let bare = !host.contains("://");
    let full = if bare { format!("http://{host}") } else { host.to_owned() };
    let mut base = checked_url(VARIABLE, &full)?;
    let unusable = |()| ConfigError { variable: VARIABLE, problem: "is not the address of a server".into() };
    if bare && base.port().is_none() && !host.trim_end_matches('/').ends_with(":80") {
        base.set_port(Some(11434)).map_err(unusable)?;
    }
    if base.host_str() == Some("0.0.0.0") {
        base.set_host(Some("127.0.0.1")).map_err(|_| unusable(()))?;
    }
    Ok(Endpoint { base, key: PLACEHOLDER_KEY.into() })
}
