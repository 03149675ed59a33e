//! Values that are kept until there is no room for them. Knows nothing of what they are, nor whether they still hold.

use hashlink::LruCache;
use parking_lot::Mutex;
use std::hash::Hash;

/// Bytes that an entry takes besides its own: its place in the table, and what the allocator adds. An estimate.
const OVERHEAD: usize = 256;

/// Values by key, in a bounded number of bytes; of more, those go that were asked for longest ago.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    most_bytes: usize,
    entries: Mutex<Entries<K, V>>,
}

#[derive(Debug)]
struct Entries<K, V> {
    by_key: LruCache<K, Entry<V>>,
    /// Sum of all entries' bytes.
    bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
}

impl<K: Clone + Eq + Hash, V: Clone> Kept<K, V> {
    pub fn new(most_bytes: usize) -> Self {
        Self { most_bytes, entries: Mutex::new(Entries { by_key: LruCache::new_unbounded(), bytes: 0 }) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.entries.lock().by_key.get(key).map(|entry| entry.value.clone())
    }

    /// Keeps a value of so many bytes in place of the one before. One that would take more than an eighth of the room is
    /// not kept.
    pub fn put(&self, key: &K, value: V, bytes: usize) {
        let bytes = bytes + OVERHEAD;
        let mut entries = self.entries.lock();
        entries.remove(key);
        if bytes > self.most_bytes / 8 {
            return;
        }
        entries.bytes += bytes;
        entries.by_key.insert(key.clone(), Entry { value, bytes });
        while entries.bytes > self.most_bytes
            && let Some((_, oldest)) = entries.by_key.remove_lru()
        {
            entries.bytes -= oldest.bytes;
        }
    }

    pub fn remove(&self, key: &K) {
        self.entries.lock().remove(key);
    }
}

impl<K: Eq + Hash, V> Entries<K, V> {
    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.by_key.remove(key) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of an entry in these tests.
    const EACH: usize = 1_000;

    fn with_room_for(entries: usize) -> Kept<u32, u32> {
        Kept::new(entries * (EACH + OVERHEAD))
    }

    #[test]
    fn what_was_asked_for_longest_ago_goes_first() {
        let kept = with_room_for(9);
        for key in 0..9 {
            kept.put(&key, key, EACH);
        }
        assert_eq!(kept.get(&0), Some(0));
        kept.put(&9, 9, EACH);
        assert_eq!((kept.get(&0), kept.get(&1), kept.get(&9)), (Some(0), None, Some(9)));
    }

    #[test]
    fn a_value_takes_the_place_of_the_one_before() {
        let kept = with_room_for(9);
        for round in 0..100 {
            kept.put(&1, round, EACH);
        }
        kept.put(&2, 0, EACH);
        assert_eq!((kept.get(&1), kept.get(&2)), (Some(99), Some(0)));
        kept.remove(&1);
        kept.remove(&1);
        assert_eq!(kept.get(&1), None);
        assert_eq!(kept.entries.lock().bytes, EACH + OVERHEAD);
    }

    #[test]
    fn one_value_never_drives_out_all_others() {
        let kept = with_room_for(9);
        kept.put(&1, 1, EACH);
        kept.put(&2, 2, 9 * EACH);
        assert_eq!((kept.get(&1), kept.get(&2)), (Some(1), None));
        kept.put(&1, 3, 9 * EACH);
        assert_eq!(kept.get(&1), None, "the one before no longer holds");
    }
}
