//! The stores behind the tables: keyed, so that a change of one row touches that row only and the rest of the page
//! keeps its elements.

use crate::domain::agent::AgentRow;
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::AgentRun;
use leptos::prelude::*;
use reactive_stores::{Field, KeyMap, PatchField, Store, StorePath};

/// Rows of the dashboard.
#[derive(Clone, Debug, Default, Store)]
pub struct BoardRows {
    #[store(key: AgentId = |row| row.id)]
    pub rows: Vec<AgentRow>,
}

/// Rows of the open history.
#[derive(Clone, Debug, Default, Store)]
pub struct HistoryRows {
    #[store(key: RunId = |run| run.id)]
    pub runs: Vec<AgentRun>,
}

/// A row is compared and replaced as a whole: what depends on one of its values is a closure in its component.
macro_rules! patch_whole {
    ($($row:ty),+) => {$(
        impl PatchField for $row {
            fn patch_field(
                &mut self,
                new: Self,
                path: &StorePath,
                notify: &mut dyn FnMut(&StorePath),
                _keys: Option<&KeyMap>,
            ) {
                if *self != new {
                    *self = new;
                    notify(path);
                }
            }
        }
    )+};
}
patch_whole!(AgentRow, AgentRun);

/// A row's value that outlives its place in the store: a row that has just left it is still on the page for a moment,
/// and reading it then must not panic.
pub fn latest<T>(row: Field<T>) -> Memo<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let first = row.get_untracked();
    Memo::new(move |known: Option<&T>| row.try_get().or_else(|| known.cloned()).unwrap_or_else(|| first.clone()))
}
