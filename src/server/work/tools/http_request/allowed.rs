//! Hosts that the operator allows whatever their address.

use reqwest::Url;
use std::str::FromStr;

/// A host, with one port or with all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    /// As a URL writes it: in lower case, an IPv6 address in brackets.
    host: String,
    port: Option<u16>,
}

impl AllowedHost {
    /// Whether the URL's host is this one. A name is compared as a name: that it leads to an allowed address is not
    /// enough.
    pub(super) fn admits(&self, url: &Url) -> bool {
        let host = url.host_str().map(|host| host.trim_end_matches('.'));
        host == Some(&self.host) && self.port.is_none_or(|port| url.port_or_known_default() == Some(port))
    }
}

impl FromStr for AllowedHost {
    type Err = String;

    /// `host`, `host:port`, `[::1]:8080` or `::1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "is not a host: use one like intranet.example, printer:8080 or 10.0.0.5:8080".to_owned();
        let bare_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
        let (host, port) = match text.rsplit_once(':') {
            _ if bare_v6 => (format!("[{text}]"), None),
            // The colon is within the brackets of an address.
            Some((_, after)) if after.ends_with(']') => (text.to_owned(), None),
            Some((host, port)) => (host.to_owned(), Some(port.parse().map_err(|_| wrong())?)),
            None => (text.to_owned(), None),
        };
        let second_port = host.contains(':') && !host.starts_with('[');
        if second_port || host.contains(['/', '?', '#', '@', '\\']) || host.contains(char::is_whitespace) {
            return Err(wrong());
        }
        // The URL's own parser, so that both are written alike.
        let url = Url::parse(&format!("http://{host}/")).map_err(|_| wrong())?;
        let plain = url.port().is_none() && url.path() == "/";
        let host = url.host_str().filter(|_| plain).ok_or_else(wrong)?;
        Ok(Self { host: host.trim_end_matches('.').to_owned(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(allowed: &str, url: &str) -> bool {
        allowed.parse::<AllowedHost>().unwrap().admits(&url.parse().unwrap())
    }

    #[test]
    fn a_host_is_admitted_however_it_is_written() {
        for (allowed, url) in [
            ("Intranet.Example", "http://intranet.example:99/x"),
            ("intranet.example.", "https://intranet.example/"),
            ("intranet.example", "https://INTRANET.example./"),
            ("printer:80", "http://printer/"),
            ("printer:443", "https://printer/"),
            ("10.0.0.5:8080", "http://10.5:8080/"),
            ("2130706433", "http://127.0.0.1/"),
            ("::1", "http://[::1]:1/"),
            ("[::1]", "http://[0::1]:1/"),
            ("[::1]:8080", "http://[::1]:8080/"),
            ("bücher.example", "http://xn--bcher-kva.example/"),
        ] {
            assert!(admits(allowed, url), "{allowed} {url}");
        }
    }

    #[test]
    fn another_is_not() {
        for (allowed, url) in [
            ("printer:80", "https://printer/"),
            ("printer:80", "http://printer:8080/"),
            ("example.com", "http://www.example.com/"),
            ("example.com", "http://example.com.evil.test/"),
            ("example.com", "http://example.com@evil.test/"),
            ("127.0.0.1", "http://localhost/"),
        ] {
            assert!(!admits(allowed, url), "{allowed} {url}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", ":80", "http://x/", "x/y", "x:", "x:99999", "x:80:80", "a b", "user@x", "*.x/", "[::1", "x?y"]
        {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
    }
}
