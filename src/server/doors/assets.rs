//! The pages' files: scripts, wasm, styles, icons. Embedded in release builds, read from the site directory otherwise.

#[cfg_attr(feature = "embed", path = "assets/embedded.rs")]
#[cfg_attr(not(feature = "embed"), path = "assets/disk.rs")]
mod source;

use crate::domain::views::assets::AssetNames;
use anyhow::Context;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

/// An address of a compiled file names its build, so what is there never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";

/// Where cargo-leptos writes down which chunks a page needs when it splits a program.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// This build of the compiled files, in their addresses. The parts of a program fit together only if they come from one
/// build; like this, whoever has a part of one finds no part of another.
static BUILD: LazyLock<String> = LazyLock::new(|| {
    let mut files = source::list_pkg().unwrap_or_default();
    files.sort_unstable();
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
});

/// One file of the site.
struct File {
    content: Cow<'static, [u8]>,
}

/// Returns the addresses of the pages' scripts, wasm and style.
///
/// # Errors
/// The site has not been built, or not completely.
pub fn names() -> anyhow::Result<AssetNames> {
    let manifest =
        source::read(&format!("pkg/{MANIFEST}")).context("the site has not been built: build it with `make dev`")?;
    let chunks: BTreeMap<String, Vec<String>> = serde_json::from_slice(&manifest.content).context(MANIFEST)?;
    let at = |name: &str| format!("/pkg/{}/{name}", *BUILD);
    let chunks = chunks
        .into_iter()
        .map(|(page, chunks)| (page, chunks.iter().map(|chunk| at(&format!("{chunk}.wasm"))).collect()))
        .collect();
    let pages_css = source::read("pkg/pages.css").is_some().then(|| at("pages.css"));
    Ok(AssetNames { js: at("runboard.js"), wasm: at("runboard.wasm"), chunks, css: at("runboard.css"), pages_css })
}

/// Returns a file as a response, precompressed where the client takes that; `None` for a path that is none.
pub fn find(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let path = uri.path().trim_start_matches('/');
    let (path, cache) = match path.strip_prefix("pkg/") {
        Some(path) => (format!("pkg/{}", path.strip_prefix(BUILD.as_str())?.strip_prefix('/')?), FOR_EVER),
        None => (path.to_owned(), AN_HOUR),
    };
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (coding, file) = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts.contains(coding))
        .find_map(|(coding, suffix)| Some((Some(coding), source::read(&format!("{path}{suffix}"))?)))
        .or_else(|| Some((None, source::read(&path)?)))?;
    let mime = mime_guess::from_path(&path).first_or_octet_stream();
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
