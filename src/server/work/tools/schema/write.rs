//! Writes a schema in a provider's dialect. Constraints that the dialect has no word for go into the description if
//! they help a model to call the tool well, and are left out otherwise.

mod notes;

use super::node::{Additional, Node, Type};
use super::read::type_of_bound;
use super::{Dialect, Reason};
use serde_json::{Map, Value, json};

/// Returns the whole schema, with the definitions that it refers to.
///
/// # Errors
/// A property that is required has a name that the provider refuses.
pub(super) fn schema(root: &Node, definitions: &[(String, Node)], dialect: Dialect) -> Result<Value, Reason> {
    let mut written = part(root, dialect)?;
    let Some(map) = written.as_object_mut() else { return Ok(written) };
    if !map.contains_key("properties") {
        if dialect == Dialect::Gemini {
            return Ok(Value::Null);
        }
        map.insert("properties".to_owned(), json!({}));
    }
    if !definitions.is_empty() {
        let parts = definitions.iter().map(|(name, node)| Ok((name.clone(), part(node, dialect)?)));
        map.insert("$defs".to_owned(), Value::Object(parts.collect::<Result<_, Reason>>()?));
    }
    Ok(written)
}

fn part(node: &Node, dialect: Dialect) -> Result<Value, Reason> {
    let node = &notes::said_in_words(node, dialect);
    let mut map = Map::new();
    if let Some(description) = node.description.as_ref().or(node.title.as_ref()) {
        map.insert("description".to_owned(), description.as_str().into());
    }
    if let Some(name) = &node.reference {
        map.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
    } else if dialect == Dialect::Gemini {
        return gemini(node, map);
    } else if node.is_null() {
        map.insert("type".to_owned(), "null".into());
    } else if !node.any_of.is_empty() {
        let null = node.nullable.then(|| Ok(json!({ "type": "null" })));
        let branches = node.any_of.iter().map(|branch| part(branch, dialect)).chain(null);
        map.insert("anyOf".to_owned(), Value::Array(branches.collect::<Result<_, _>>()?));
        map.extend(node.bounds.clone());
    } else {
        let mut words: Vec<&str> = node.types.iter().map(|kind| kind.as_str()).collect();
        words.extend((node.nullable && !words.is_empty()).then_some("null"));
        match words.as_slice() {
            [] => {}
            [one] => _ = map.insert("type".to_owned(), (*one).into()),
            several => _ = map.insert("type".to_owned(), several.into()),
        }
        if let Some(values) = node.values.as_ref().filter(|values| !values.is_empty()) {
            let null = node.nullable.then_some(Value::Null);
            map.insert("enum".to_owned(), values.iter().cloned().chain(null).collect());
        }
        for kind in &node.types {
            members(node, *kind, dialect, &mut map)?;
        }
        map.extend(bounds_of(node, &node.types));
    }
    Ok(map.into())
}

/// Writes the keywords of a type: properties, items.
fn members(node: &Node, kind: Type, dialect: Dialect, map: &mut Map<String, Value>) -> Result<(), Reason> {
    match kind {
        Type::Object => object(node, dialect, map),
        Type::Array => {
            let anything = Node::default();
            let items = part(node.items.as_deref().unwrap_or(&anything), dialect)?;
            map.insert("items".to_owned(), items);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn object(node: &Node, dialect: Dialect, map: &mut Map<String, Value>) -> Result<(), Reason> {
    let fits = |name: &str| match dialect {
        Dialect::OpenAi | Dialect::Plain => true,
        // https://docs.claude.com/en/api/messages: tools are refused with `Property keys should match pattern …`
        Dialect::Anthropic | Dialect::Gemini => {
            (1..=64).contains(&name.len())
                && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'))
        }
    };
    if let Some(name) = node.required.iter().find(|name| !fits(name)) {
        return Err(Reason::PropertyName(name.chars().take(64).collect()));
    }
    let mut properties = Map::new();
    for (name, property) in node.properties.iter().filter(|(name, _)| fits(name)) {
        properties.insert(name.clone(), part(property, dialect)?);
    }
    // Gemini refuses to require what is not there, and nobody could know what it is.
    for name in &node.required {
        if !properties.contains_key(name) {
            properties.insert(name.clone(), part(&Node::default(), dialect)?);
        }
    }
    if !properties.is_empty() {
        map.insert("properties".to_owned(), properties.into());
    }
    if !node.required.is_empty() {
        map.insert("required".to_owned(), node.required.as_slice().into());
    }
    if matches!(dialect, Dialect::OpenAi | Dialect::Anthropic) {
        match &node.additional {
            Additional::Unsaid => {}
            Additional::Refused => _ = map.insert("additionalProperties".to_owned(), false.into()),
            Additional::Allowed(of) if of.is_anything() => {
                map.insert("additionalProperties".to_owned(), true.into());
            }
            Additional::Allowed(of) => {
                map.insert("additionalProperties".to_owned(), part(of, dialect)?);
            }
        }
    }
    Ok(())
}

/// Writes one type each and `nullable`; where there are several, `anyOf` stands alone, and what is said beside it goes
/// to the first.
fn gemini(node: &Node, mut map: Map<String, Value>) -> Result<Value, Reason> {
    let branches = match node.types.as_slice() {
        _ if !node.any_of.is_empty() => node.any_of.clone(),
        // It has no word for anything.
        [] if node.is_null() => return gemini(&Node { nullable: true, ..Node::of(Type::String) }, map),
        [] => [Type::String, Type::Number, Type::Boolean, Type::Object].map(Node::of).to_vec(),
        [kind] => {
            map.insert("type".to_owned(), kind.as_str().into());
            if node.nullable {
                map.insert("nullable".to_owned(), true.into());
            }
            if let Some(values) = node.values.as_ref().filter(|values| !values.is_empty()) {
                map.insert("enum".to_owned(), values.as_slice().into());
            }
            members(node, *kind, Dialect::Gemini, &mut map)?;
            map.extend(bounds_of(node, &[*kind]));
            return Ok(map.into());
        }
        several => several.iter().map(|kind| Node { types: vec![*kind], description: None, ..node.clone() }).collect(),
    };
    let mut written = Vec::new();
    for (n, branch) in branches.into_iter().enumerate() {
        let mut branch = Node { nullable: branch.nullable || node.nullable, ..branch };
        if let (0, Some(description)) = (n, &node.description) {
            let own = branch.description.replace(description.clone());
            own.into_iter().for_each(|own| branch.note(&own));
        }
        // Within a union there is no other.
        let parts = match part(&branch, Dialect::Gemini)? {
            Value::Object(mut union) if union.contains_key("anyOf") => match union.remove("anyOf") {
                Some(Value::Array(inner)) => inner,
                _ => Vec::new(),
            },
            other => vec![other],
        };
        for part in parts {
            if !written.contains(&part) {
                written.push(part);
            }
        }
    }
    match written.len() {
        1 => Ok(written.remove(0)),
        _ => Ok(json!({ "anyOf": written })),
    }
}

/// Returns the bounds that belong to one of the types.
fn bounds_of(node: &Node, kinds: &[Type]) -> Map<String, Value> {
    let belongs = |word: &str| match type_of_bound(word) {
        Some(Type::Number) => kinds.contains(&Type::Number) || kinds.contains(&Type::Integer),
        Some(kind) => kinds.contains(&kind),
        None => true,
    };
    node.bounds.iter().filter(|(word, _)| belongs(word)).map(|(word, value)| (word.clone(), value.clone())).collect()
}
