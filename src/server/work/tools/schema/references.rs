//! `$ref`: where in the same document it leads, and under which name the definition goes on.

use serde_json::Value;

/// What a local reference leads to; `None` for one to another document or to nowhere.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = percent_encoding::percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
    root.pointer(&pointer).filter(|target| target.is_object() || target.is_boolean())
}

/// The definitions that a schema refers to, each by its reference and the name it is given.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// The name of a definition: the last part of its reference, of letters that everybody takes, and each only once.
    pub(super) fn name(&mut self, reference: &str) -> String {
        if let Some((_, name)) = self.0.iter().find(|(known, _)| known == reference) {
            return name.clone();
        }
        let last = reference.rsplit('/').next().unwrap_or_default().trim_start_matches('#');
        let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
        let plain = match last.chars().map(fits).take(48).collect::<String>() {
            empty if empty.is_empty() => "root".to_owned(),
            plain => plain,
        };
        let taken = |name: &str| self.0.iter().any(|(_, known)| known == name);
        let free = (2..).map(|n| format!("{plain}_{n}")).find(|name| !taken(name)).filter(|_| taken(&plain));
        let name = free.unwrap_or(plain);
        self.0.push((reference.to_owned(), name.clone()));
        name
    }

    /// The `n`-th definition that was named: its reference and its name.
    pub(super) fn get(&self, n: usize) -> Option<(String, String)> {
        self.0.get(n).cloned()
    }
}
