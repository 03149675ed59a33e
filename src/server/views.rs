//! Saved views as a service: checked, and each saved once.

use crate::domain::id::ViewId;
use crate::domain::saved_view::{SavedView, ViewDraft};
use crate::error::AppError;
use crate::server::store::Store;
use crate::server::store::scope::Scope;

/// Cheap to clone.
#[derive(Clone)]
pub struct Views(Store);

impl Views {
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Returns an owner's views, by name.
    pub async fn list(&self, scope: &Scope) -> Result<Vec<SavedView>, AppError> {
        Ok(self.0.views(scope).await?)
    }

    /// Saves a view.
    ///
    /// # Errors
    /// `Invalid`; `Conflict` where there is one of that name, or there are too many.
    pub async fn save(&self, scope: &Scope, draft: ViewDraft) -> Result<SavedView, AppError> {
        match self.0.create_view(scope, &draft.checked()?).await {
            Ok(view) => Ok(view),
            Err(error) => Ok(error.recorded()?),
        }
    }

    /// Replaces a view.
    ///
    /// # Errors
    /// `Invalid`; `NotFound`; `Conflict` where another has that name.
    pub async fn replace(&self, scope: &Scope, id: ViewId, draft: ViewDraft) -> Result<SavedView, AppError> {
        Ok(self.0.replace_view(scope, id, &draft.checked()?).await?)
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, scope: &Scope, id: ViewId) -> Result<(), AppError> {
        Ok(self.0.delete_view(scope, id).await?)
    }
}
