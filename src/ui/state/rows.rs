//! Rows of a table, each behind a signal of its own: a change of one row touches that row only, and the rest of the
//! page keeps its elements. A row that has left the table can still be read by those who are about to leave with it.

//!
//! Rows that are new come into the page one after the other. `<For>` takes several at a time for a move of all rows behind
//! them, and what has the focus loses it when it is moved.

use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

/// With more new rows than this, it is another list.
const A_FEW: usize = 20;

/// Rows in their order, each with its key.
type List<K, T> = Vec<(K, ArcRwSignal<T>)>;

/// The rows of a table.
pub struct Rows<K: 'static, T: 'static> {
    list: RwSignal<List<K, T>>,
    key: fn(&T) -> K,
    /// Counts what was to be shown, so that what is overtaken ends.
    turn: StoredValue<u32>,
}

impl<K, T> Clone for Rows<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for Rows<K, T> {}

impl<K, T> Rows<K, T>
where
    K: Copy + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    /// Creates a table without rows; `key` identifies each.
    pub fn by(key: fn(&T) -> K) -> Self {
        Self { list: RwSignal::new(Vec::new()), key, turn: StoredValue::new(0) }
    }

    /// Returns the rows in their order. Tracked: changes as rows come, go or move, not with what they hold.
    pub fn list(self) -> List<K, T> {
        self.list.get()
    }

    /// Whether the page that shows them is still there.
    pub fn is_there(self) -> bool {
        self.list.try_with_untracked(|_| ()).is_some()
    }

    /// Shows these rows. Of a row that is known only the value is replaced, and only if it differs. The page may have
    /// gone.
    pub fn show(self, rows: &[T]) {
        let Some(known) = self.list.try_get_untracked() else { return };
        let same = known.len() == rows.len() && known.iter().zip(rows).all(|((key, _), row)| *key == (self.key)(row));
        let list: List<K, T> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                let key = (self.key)(row);
                let old = if same { known.get(place) } else { known.iter().find(|(old, _)| *old == key) };
                match old {
                    Some((_, signal)) => {
                        if signal.with_untracked(|old| old != row) {
                            signal.set(row.clone());
                        }
                        (key, signal.clone())
                    }
                    None => (key, ArcRwSignal::new(row.clone())),
                }
            })
            .collect();
        self.turn.update_value(|turn| *turn += 1);
        if !same {
            self.bring(&known, list);
        }
    }

    /// Brings the new ones of these rows one by one, the last first.
    fn bring(self, known: &List<K, T>, list: List<K, T>) {
        let is_new = |key: &K| !known.iter().any(|(old, _)| old == key);
        let new: Vec<K> = list.iter().map(|(key, _)| *key).filter(is_new).collect();
        if known.is_empty() || !(2..=A_FEW).contains(&new.len()) {
            return self.list.set(list);
        }
        let turn = self.turn.get_value();
        spawn_local(async move {
            for to_come in (0..new.len()).rev() {
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                let there = |(key, _): &&(K, ArcRwSignal<T>)| !new[..to_come].contains(key);
                _ = self.list.try_set(list.iter().filter(there).cloned().collect());
                tick().await;
            }
        });
    }
}
