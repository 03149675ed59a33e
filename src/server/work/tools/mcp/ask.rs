//! Requests to a server whose results stay JSON.

use super::messages;
use super::offer::Listing;
use crate::server::aside;
use rmcp::model::{
    CancelledNotification, CancelledNotificationParam, ClientRequest, ListToolsRequest, PaginatedRequestParams,
    RequestId,
};
use rmcp::service::{PeerRequestOptions, ServiceError};
use rmcp::{Peer, RoleClient};
use serde_json::Value;
use std::collections::HashSet;

/// Pages of a list of tools.
const MAX_PAGES: usize = 100;
/// Longest cursor, in bytes.
const MAX_CURSOR: usize = 64 * 1024;

/// Sends a request; returns its result. Dropping the future sends the server the protocol's cancellation.
///
/// # Errors
/// The server responds with an error, or not at all.
pub(super) async fn ask(peer: &Peer<RoleClient>, request: ClientRequest) -> Result<Value, ServiceError> {
    let handle = peer.send_request_with_option(request, PeerRequestOptions::no_options()).await?;
    let mut abandoned = Abandoned { peer, id: Some(handle.id.clone()) };
    let answer = handle.await_response().await;
    abandoned.id = None;
    let result = answer?;
    Ok(match messages::is_long(&result) {
        true => aside::run(move || messages::result(result)).await,
        false => messages::result(result),
    })
}

/// Notifies the server, when it is dropped, that nobody waits for its response any more.
struct Abandoned<'a> {
    peer: &'a Peer<RoleClient>,
    id: Option<RequestId>,
}

impl Drop for Abandoned<'_> {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) else { return };
        let peer = self.peer.clone();
        runtime.spawn(async move {
            let cancelled = CancelledNotificationParam::new(Some(id), None);
            // That the conversation is over by then is fine.
            let _ = peer.send_notification(CancelledNotification::new(cancelled).into()).await;
        });
    }
}

/// Lists the tools that a server offers, page by page. A cursor that is empty or was there before ends it, and so
/// does a list that is longer than anybody could use; what is left out then is named.
///
/// # Errors
/// The server responds with an error, not at all, or with something that is no list; the text says which.
pub(super) async fn list(peer: &Peer<RoleClient>, server: &str) -> Result<Listing, String> {
    let mut listing = Listing::new(server);
    if peer.peer_info().is_some_and(|info| info.capabilities.tools.is_none()) {
        return Ok(listing);
    }
    let (mut cursor, mut seen) = (None, HashSet::new());
    for _ in 0..MAX_PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor);
        let request = ClientRequest::ListToolsRequest(ListToolsRequest::with_param(params));
        let page = ask(peer, request).await.map_err(|error| super::connection::words(&error))?;
        // Schemas are checked; off the workers, since there may be megabytes of them.
        let taken = aside::caught(move || listing.take(&page).map(|next| (listing, next))).await;
        let (taken, next) = taken.map_err(|error| format!("its list of tools was not read: {error}"))??;
        listing = taken;
        cursor = next.filter(|next| next.len() <= MAX_CURSOR);
        match &cursor {
            Some(next) if !listing.is_full() => {
                if !seen.insert(next.clone()) {
                    return Ok(listing);
                }
            }
            Some(_) => break,
            None => return Ok(listing),
        }
    }
    listing.has_more();
    Ok(listing)
}
