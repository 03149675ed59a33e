//! `$ref`: where in the same document it leads, and under which name the definition goes on.

use serde_json::Value;
use std::collections::HashMap;

/// Returns the target of a local reference; `None` for one to another document or to nowhere.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = percent_encoding::percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
    root.pointer(&pointer).filter(|target| target.is_object() || target.is_boolean())
}

/// The definitions that a schema refers to, each by its reference and the name it is given.
#[derive(Debug, Default)]
pub(super) struct Names {
    named: Vec<(String, String)>,
    by_reference: HashMap<String, usize>,
    /// The names that are taken, each with the number to try next for another one of that name.
    taken: HashMap<String, usize>,
}

impl Names {
    /// Returns the name of a definition: the last part of its reference, of letters that everybody takes, and each only
    /// once.
    pub(super) fn name(&mut self, reference: &str) -> String {
        if let Some((_, name)) = self.by_reference.get(reference).and_then(|at| self.named.get(*at)) {
            return name.clone();
        }
        let last = reference.rsplit('/').next().unwrap_or_default().trim_start_matches('#');
        let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
        let plain = match last.chars().map(fits).take(48).collect::<String>() {
            empty if empty.is_empty() => "root".to_owned(),
            plain => plain,
        };
        let name = self.free(plain);
        self.by_reference.insert(reference.to_owned(), self.named.len());
        self.named.push((reference.to_owned(), name.clone()));
        name
    }

    /// Returns the name itself, or where it is taken the first of `name_2`, `name_3`, … that is not.
    fn free(&mut self, plain: String) -> String {
        let Some(&first) = self.taken.get(&plain) else {
            self.taken.insert(plain.clone(), 2);
            return plain;
        };
        let mut number = first;
        let name = loop {
            let name = format!("{plain}_{number}");
            number += 1;
            if !self.taken.contains_key(&name) {
                break name;
            }
        };
        self.taken.insert(plain, number);
        self.taken.insert(name.clone(), 2);
        name
    }

    /// Returns the `n`-th definition that was named: its reference and its name.
    pub(super) fn get(&self, n: usize) -> Option<(String, String)> {
        self.named.get(n).cloned()
    }
}
