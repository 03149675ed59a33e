//! How the runs of a page were found, read for that page alone.

use super::document::Document;
use super::excerpt::excerpt;
use super::query::Search;
use crate::domain::id::RunId;
use crate::domain::run_filter::RunFilter;
use crate::domain::run_filter::found::{Match, SearchedText};
use crate::domain::views::runs::ListedRun;
use crate::server::aside;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use sea_orm::FromQueryResult;
use std::collections::HashMap;

/// Documents by their runs' ids.
pub(in crate::server::store) const DOCUMENTS: &str = "
SELECT d.run_id, d.zstd FROM run_documents d
WHERE d.run_id {among} AND EXISTS (SELECT 1 FROM agent_runs r WHERE r.id = d.run_id AND r.owner_id = :owner)";

#[derive(FromQueryResult)]
struct Row {
    run_id: RunId,
    zstd: Vec<u8>,
}

impl Store {
    /// Adds to each run of a page where the filter's search has found it, if it has one.
    pub async fn mark_found(&self, scope: &Scope, filter: &RunFilter, runs: &mut [ListedRun]) -> StoreResult<()> {
        let search = filter.q.as_deref().map(Search::read).unwrap_or_default();
        if search.terms.is_empty() || runs.is_empty() {
            return Ok(());
        }
        let ids: Vec<RunId> = runs.iter().map(|listed| listed.run.id).collect();
        let select = DOCUMENTS.replace("{among}", &self.among(":ids"));
        let select = self.named(&select, [("ids", self.ids(&ids)), ("owner", scope.owner().into())]);
        let documents = Row::find_by_statement(select).all(&self.read).await?;
        // Runs that are under way are found by how their input begins.
        let begun = runs.iter().filter_map(|listed| {
            let mut document = Document::default();
            document.put(SearchedText::Input, listed.run.brief.input_preview.as_deref()?);
            Some((listed.run.id, document))
        });
        let mut known: HashMap<RunId, Document> = begun.collect();
        let found = aside::run(move || {
            for Row { run_id, zstd } in documents {
                match Document::unpacked(zstd) {
                    Ok(document) => _ = known.insert(run_id, document),
                    // The list is right without it.
                    Err(error) => {
                        tracing::error!(run = %run_id, %error, "reading the document by which a run is found")
                    }
                }
            }
            let found = known.iter().filter_map(|(run, document)| Some((*run, excerpt(document, &search)?)));
            found.collect::<HashMap<RunId, Match>>()
        });
        let mut found = found.await;
        for listed in runs {
            listed.found = found.remove(&listed.run.id);
        }
        Ok(())
    }
}
