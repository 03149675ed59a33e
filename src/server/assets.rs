//! The pages' files: scripts, wasm, styles, icons. Embedded in release builds, read from the site directory otherwise.

#[cfg_attr(feature = "embed", path = "assets/embedded.rs")]
#[cfg_attr(not(feature = "embed"), path = "assets/disk.rs")]
mod source;

pub use crate::app::AssetNames;
use anyhow::{Context, bail};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

/// A file with a hash in its name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";

/// One file of the site.
struct File {
    content: Cow<'static, [u8]>,
}

/// The addresses of the pages' script, wasm and style. Of several builds' files the newest count.
///
/// # Errors
/// The site has not been built.
pub fn names() -> anyhow::Result<AssetNames> {
    let files = source::list_pkg().context("the site has not been built: build it with `make dev`")?;
    let newest = |extension: &str| {
        let mut matching: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(extension)).collect();
        matching.sort_by_key(|(_, modified)| *modified);
        match matching.pop() {
            Some((name, _)) => Ok(format!("/pkg/{name}")),
            None => bail!("the site has no {extension} file: build it with `make dev`"),
        }
    };
    Ok(AssetNames { js: newest(".js")?, wasm: newest(".wasm")?, css: newest(".css")? })
}

/// A file as a response, precompressed where the client takes that; `None` for a path that is none.
pub fn find(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let path = uri.path().trim_start_matches('/');
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (coding, file) = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts.contains(coding))
        .find_map(|(coding, suffix)| Some((Some(coding), source::read(&format!("{path}{suffix}"))?)))
        .or_else(|| Some((None, source::read(path)?)))?;
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let cache = if path.starts_with("pkg/") { FOR_EVER } else { AN_HOUR };
    let mut response = (
        [(header::CONTENT_TYPE, mime.as_ref()), (header::CACHE_CONTROL, cache), (header::VARY, "accept-encoding")],
        file.content,
    )
        .into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(coding));
    }
    Some(response)
}
