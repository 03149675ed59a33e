//! The models on offer, read when they are first needed, once for each page.

use crate::api::many::list_models;
use crate::domain::model::ModelListing;
use crate::error::AppError;
use crate::ui::model::model_list::{groups, silence};
use crate::ui::model::suggestions::Group;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The models, once they have been read.
#[derive(Clone, Copy)]
pub struct Models {
    answer: RwSignal<Option<Result<ModelListing, AppError>>>,
    asked: StoredValue<bool>,
}

impl Models {
    /// Creates the state of a page on which nobody has asked.
    pub fn of_page() -> Self {
        Self { answer: RwSignal::new(None), asked: StoredValue::new(false) }
    }

    /// Reads them, unless that has been done. After an error it is done again.
    pub fn ask(self) {
        if self.asked.get_value() {
            return;
        }
        self.asked.set_value(true);
        spawn_local(async move {
            let answer = list_models().await;
            if answer.is_err() {
                _ = self.asked.try_set_value(false);
            }
            // The page may have gone.
            _ = self.answer.try_set(Some(answer));
        });
    }

    /// Returns them as suggestions; `None` until they are known.
    pub fn suggestions(self) -> Memo<Option<Vec<Group>>> {
        Memo::new(move |_| {
            self.answer.with(|answer| answer.as_ref().map(|answer| answer.as_ref().map(groups).unwrap_or_default()))
        })
    }

    /// Says which providers did not list theirs, and why.
    pub fn silence(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            self.answer.with(|answer| match answer.as_ref()? {
                Ok(listing) => silence(listing),
                Err(error) => Some(format!("The models could not be listed: {error}")),
            })
        })
    }
}
