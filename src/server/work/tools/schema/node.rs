//! A schema as it was understood, whatever the dialect it was written in.

use serde_json::{Map, Value};

/// A type of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Object,
    Array,
    String,
    Number,
    Integer,
    Boolean,
}

impl Type {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
        }
    }

    /// Returns the type that a word stands for, also one of other languages; `None` for a word that says nothing.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "object" | "dict" | "map" | "record" => Self::Object,
            "array" | "list" | "tuple" | "set" => Self::Array,
            "string" | "str" | "text" => Self::String,
            "number" | "float" | "double" | "decimal" => Self::Number,
            "integer" | "int" | "int32" | "int64" | "long" => Self::Integer,
            "boolean" | "bool" => Self::Boolean,
            _ => return None,
        })
    }

    /// Returns the type of a value; `None` for null.
    pub(super) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        })
    }
}

/// The members that an object may have beyond its properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Additional {
    /// Nothing is said, so anything.
    #[default]
    Unsaid,
    Allowed(Box<Node>),
    Refused,
}

/// How large a part of a schema is, with all its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) nodes: usize,
    /// Bytes of text and of values as JSON.
    pub(super) bytes: usize,
}

/// One part of a schema. The empty one takes anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// Empty for any; in order, each once.
    pub(super) types: Vec<Type>,
    /// Null is taken besides.
    pub(super) nullable: bool,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// In the order in which they were written.
    pub(super) properties: Vec<(String, Node)>,
    pub(super) required: Vec<String>,
    pub(super) additional: Additional,
    pub(super) items: Option<Box<Node>>,
    /// One of them; at least two, or none.
    pub(super) any_of: Vec<Node>,
    /// One of these values, never null.
    pub(super) values: Option<Vec<Value>>,
    /// `minimum`, `maxLength`, `pattern`, `format`, `default` and their like, each of the type it should have.
    pub(super) bounds: Map<String, Value>,
    /// A definition by its name; the empty name is the whole schema. Nothing else is said then.
    pub(super) reference: Option<String>,
}

impl Node {
    pub(super) fn of(kind: Type) -> Self {
        Self { types: vec![kind], ..Self::default() }
    }

    /// Whether it takes null only.
    pub(super) fn is_null(&self) -> bool {
        self.nullable && self.types.is_empty() && self.values.as_ref().is_some_and(Vec::is_empty)
    }

    pub(super) fn null() -> Self {
        Self { nullable: true, values: Some(Vec::new()), ..Self::default() }
    }

    /// Whether it takes anything, whatever it says about it.
    pub(super) fn is_anything(&self) -> bool {
        let unsaid = Self { title: self.title.clone(), description: self.description.clone(), ..Self::default() };
        *self == unsaid
    }

    pub(super) fn takes(&self, kind: Type) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }

    pub(super) fn property(&mut self, name: &str) -> Option<&mut Node> {
        self.properties.iter_mut().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// Nodes in all, and bytes of what they say, this one and all below it.
    pub(super) fn extent(&self) -> Extent {
        let own = Extent { nodes: 1, bytes: self.own_bytes() };
        let allowed = match &self.additional {
            Additional::Allowed(of) => Some(&**of),
            Additional::Unsaid | Additional::Refused => None,
        };
        let below = self.properties.iter().map(|(_, node)| node).chain(&self.any_of);
        below.chain(self.items.as_deref()).chain(allowed).map(Self::extent).fold(own, |sum, one| Extent {
            nodes: sum.nodes.saturating_add(one.nodes),
            bytes: sum.bytes.saturating_add(one.bytes),
        })
    }

    /// Bytes of what the node itself says: words, values, names.
    fn own_bytes(&self) -> usize {
        let words: usize = [&self.title, &self.description].into_iter().flatten().map(String::len).sum();
        let names: usize = self.properties.iter().map(|(name, _)| name).chain(&self.required).map(String::len).sum();
        let values: usize = self.values.iter().flatten().chain(self.bounds.values()).map(super::size).sum();
        words + names + values
    }

    /// Every integer is a number.
    pub(super) fn drop_integer_beside_number(&mut self) {
        if self.types.contains(&Type::Number) {
            self.types.retain(|kind| *kind != Type::Integer);
        }
    }

    /// Adds to the description, in a sentence of its own.
    pub(super) fn note(&mut self, words: &str) {
        let title = &mut self.title;
        let text = self.description.get_or_insert_with(|| title.take().unwrap_or_default());
        if text.contains(words) {
            return;
        }
        if !text.is_empty() {
            text.push_str(if text.trim_end().ends_with(['.', '!', '?', ':']) { " " } else { ". " });
        }
        text.push_str(words);
    }
}
