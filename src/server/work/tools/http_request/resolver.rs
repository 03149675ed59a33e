//! Name resolution that returns public addresses only. The connection goes to one of those, so nothing can
//! change between the check and the connection.

use super::addresses::refusal;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use thiserror::Error;

/// Finds a name's addresses.
pub(super) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Returns the system's own way.
pub(super) fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// A host whose address is not to be requested.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{host} {has} {kind} address: only public addresses and hosts allowed in runboard.toml ([tools.http_request] \
     allow_hosts) can be requested"
)]
pub(super) struct Refused {
    pub(super) host: String,
    /// "is" or "has".
    pub(super) has: &'static str,
    pub(super) kind: &'static str,
}

/// Returns only the public ones of a name's addresses.
pub(super) struct PublicOnly(pub(super) Lookup);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let found = (self.0)(host.clone());
        Box::pin(async move {
            let found = found.await?;
            let kind = found.iter().find_map(|address| refusal(*address));
            let public: Vec<SocketAddr> =
                found.into_iter().filter(|address| refusal(*address).is_none()).map(|ip| (ip, 0).into()).collect();
            match (public.is_empty(), kind) {
                (true, Some(kind)) => Err(Refused { host, has: "has", kind }.into()),
                (true, None) => Err(io::Error::other("the name has no address").into()),
                (false, _) => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolve(addresses: &'static [&'static str]) -> Result<Vec<String>, String> {
        let lookup: Lookup =
            Arc::new(|_| Box::pin(async { Ok(addresses.iter().map(|text| text.parse().unwrap()).collect()) }));
        let answer = PublicOnly(lookup).resolve("host.example".parse().unwrap()).await;
        answer.map(|found| found.map(|address| address.ip().to_string()).collect()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn only_public_addresses_are_answered() {
        assert_eq!(resolve(&["1.1.1.1", "127.0.0.1", "2606:4700::1"]).await.unwrap(), ["1.1.1.1", "2606:4700::1"]);
        let said = resolve(&["10.0.0.1", "::1"]).await.unwrap_err();
        assert!(said.starts_with("host.example has a private address: only public"), "{said}");
        assert_eq!(resolve(&[]).await.unwrap_err(), "the name has no address");
    }
}
