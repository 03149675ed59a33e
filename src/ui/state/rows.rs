//! Rows of a table, each behind a signal of its own: a change of one row touches that row only, and the rest of the
//! page keeps its elements. A row that has left the table still answers those who are about to leave with it.

use leptos::prelude::*;

/// Rows in their order, each with its key.
type List<K, T> = Vec<(K, ArcRwSignal<T>)>;

/// What a table shows.
pub struct Rows<K: 'static, T: 'static> {
    list: RwSignal<List<K, T>>,
    key: fn(&T) -> K,
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
    /// No rows, told apart by `key`.
    pub fn by(key: fn(&T) -> K) -> Self {
        Self { list: RwSignal::new(Vec::new()), key }
    }

    /// The rows in their order. Tracked: changes as rows come, go or move, not with what they hold.
    pub fn list(self) -> List<K, T> {
        self.list.get()
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
        if !same {
            self.list.set(list);
        }
    }
}
