//! Reads JSON Schema as it is met, of any draft and with the usual mistakes: words in the wrong place, types of other
//! languages, shorthand. Words that cannot be understood are passed over, so more is taken and never less.

mod words;

pub(super) use self::words::type_of_bound;

use self::words::{bounds, outline, required, text, values};
use super::node::{Additional, Extent, Node, Type};
use super::references::{Names, resolve};
use super::{MAX_DEPTH, MAX_NODES, MAX_SAID, Reason, combine};
use serde_json::{Map, Value};

/// Reads one schema.
pub(super) struct Reader<'a> {
    root: &'a Value,
    keeps_references: bool,
    /// The definitions that were referred to and are to be kept.
    pub(super) names: Names,
    /// References that are being put in just now.
    open: Vec<String>,
    /// Nodes that were made so far, and bytes of what they say.
    nodes: usize,
    said: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Value, keeps_references: bool) -> Self {
        Self { root, keeps_references, names: Names::default(), open: Vec::new(), nodes: 0, said: 0 }
    }

    /// Reads the schema itself. Nothing at its top is a reference.
    pub(super) fn whole(&mut self) -> Result<Node, Reason> {
        self.schema(self.root, 0, true)
    }

    /// Reads a definition that was named.
    pub(super) fn definition(&mut self, reference: &str) -> Result<Node, Reason> {
        match resolve(self.root, reference) {
            Some(target) => self.schema(target, 1, false),
            None => Ok(Node::default()),
        }
    }

    /// Reads one part; `None` for one that nothing fits. With `inline` it is no reference.
    fn part(&mut self, value: &Value, depth: usize, inline: bool) -> Result<Option<Node>, Reason> {
        match value {
            Value::Bool(false) => Ok(None),
            value => self.schema(value, depth, inline).map(Some),
        }
    }

    /// Counts what is made, `times` over, before it is.
    fn charge(&mut self, extent: Extent, times: usize) -> Result<(), Reason> {
        self.nodes = self.nodes.saturating_add(extent.nodes.saturating_mul(times));
        self.said = self.said.saturating_add(extent.bytes.saturating_mul(times));
        match (self.nodes > MAX_NODES, self.said > MAX_SAID) {
            (true, _) => Err(Reason::TooManyParts),
            (false, true) => Err(Reason::TooLargeInFull),
            (false, false) => Ok(()),
        }
    }

    fn schema(&mut self, value: &Value, depth: usize, inline: bool) -> Result<Node, Reason> {
        let node = match value {
            Value::Object(map) if depth <= MAX_DEPTH => return self.object(map, depth, inline),
            Value::Object(map) => outline(map),
            // Shorthand: `"q": "string"`.
            Value::String(word) => match Type::parse(word) {
                Some(kind) => Node::of(kind),
                None => {
                    Node { description: Some(word.clone()).filter(|word| !word.trim().is_empty()), ..Node::default() }
                }
            },
            _ => Node::default(),
        };
        self.charge(node.extent(), 1)?;
        Ok(node)
    }

    fn object(&mut self, map: &Map<String, Value>, depth: usize, inline: bool) -> Result<Node, Reason> {
        let mut node = outline(map);
        node.title = text(map, "title");
        node.values = values(map, &mut node.nullable);
        node.bounds = bounds(map);
        node.required = required(map);
        self.charge(node.extent(), 1)?;
        self.members(map, &mut node, depth)?;
        self.items(map, &mut node, depth)?;
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            let says_more = ["allOf", "anyOf", "oneOf"].iter().any(|word| map.contains_key(*word))
                || Node { title: None, description: None, ..node.clone() } != Node::default();
            if self.keeps_references && !inline && !says_more && resolve(self.root, reference).is_some() {
                let reference = Some(self.names.name(reference));
                return Ok(Node { description: node.description, reference, ..Node::default() });
            }
            node = combine::both(node, self.referred(reference, depth)?);
        }
        if let Some(Value::Array(parts)) = map.get("allOf") {
            for part in parts {
                if let Some(part) = self.part(part, depth + 1, true)? {
                    node = combine::both(node, part);
                }
            }
        }
        self.alternatives(map, &mut node, depth, inline)?;
        if is_object(&node) {
            node = combine::flat(node);
        }
        infer_types(&mut node);
        Ok(node)
    }

    /// Reads the target of a reference in its place. One that leads back to itself ends there.
    fn referred(&mut self, reference: &str, depth: usize) -> Result<Node, Reason> {
        let Some(target) = resolve(self.root, reference) else { return Ok(Node::default()) };
        if self.open.len() > MAX_DEPTH || self.open.iter().any(|open| open == reference) {
            let node = target.as_object().map(outline).unwrap_or_default();
            self.charge(node.extent(), 1)?;
            return Ok(node);
        }
        self.open.push(reference.to_owned());
        let node = self.schema(target, depth, true);
        self.open.pop();
        node
    }

    fn members(&mut self, map: &Map<String, Value>, node: &mut Node, depth: usize) -> Result<(), Reason> {
        match map.get("properties") {
            Some(Value::Object(properties)) => {
                for (name, value) in properties {
                    match value {
                        // It belongs beside the properties and was put among them.
                        Value::Array(names) if name == "required" => {
                            names.iter().filter_map(Value::as_str).for_each(|name| require(node, name));
                        }
                        Value::Object(_) | Value::String(_) | Value::Bool(_) | Value::Null => {
                            if let Some(property) = self.part(value, depth + 1, false)? {
                                self.charge(Extent { nodes: 0, bytes: name.len() }, 1)?;
                                // As drafts before the fourth had it.
                                if value.get("required") == Some(&Value::Bool(true)) {
                                    require(node, name);
                                }
                                node.properties.push((name.clone(), property));
                            }
                        }
                        _ => {}
                    }
                }
            }
            Some(Value::Array(list)) if !list.is_empty() && depth == 0 => return Err(Reason::ListOfProperties),
            _ => {}
        }
        node.additional = match (map.get("additionalProperties"), map.get("patternProperties")) {
            (Some(Value::Bool(true)), _) => Additional::Allowed(Box::default()),
            (Some(value @ Value::Object(_)), _) => {
                Additional::Allowed(Box::new(self.schema(value, depth + 1, false)?))
            }
            (_, Some(Value::Object(patterns))) if patterns.len() == 1 => {
                let pattern = patterns.values().next().unwrap_or(&Value::Null);
                Additional::Allowed(Box::new(self.schema(pattern, depth + 1, false)?))
            }
            (_, Some(Value::Object(patterns))) if !patterns.is_empty() => Additional::Unsaid,
            (Some(Value::Bool(false)), _) => Additional::Refused,
            _ => Additional::Unsaid,
        };
        Ok(())
    }

    /// Reads the items of a list; of a tuple, any of those it has places for.
    fn items(&mut self, map: &Map<String, Value>, node: &mut Node, depth: usize) -> Result<(), Reason> {
        let mut items = Vec::new();
        for word in ["prefixItems", "items"] {
            match map.get(word) {
                Some(Value::Array(places)) => {
                    for place in places {
                        items.extend(self.part(place, depth + 1, false)?);
                    }
                }
                Some(value @ (Value::Object(_) | Value::String(_))) => {
                    items.extend(self.part(value, depth + 1, false)?);
                }
                _ => {}
            }
        }
        if !items.is_empty() {
            node.items = Some(Box::new(combine::one_of(items)));
        }
        Ok(())
    }

    fn alternatives(
        &mut self,
        map: &Map<String, Value>,
        node: &mut Node,
        depth: usize,
        inline: bool,
    ) -> Result<(), Reason> {
        let lists = ["anyOf", "oneOf"].iter().filter_map(|word| map.get(*word).and_then(Value::as_array));
        let Some(list) = lists.into_iter().find(|list| !list.is_empty()) else { return Ok(()) };
        let mut branches = Vec::new();
        for branch in list {
            branches.extend(self.part(branch, depth + 1, inline || is_object(node))?);
        }
        let one = combine::one_of(branches);
        if one.any_of.is_empty() {
            let whole = std::mem::take(node);
            *node = combine::both(whole, one);
            return Ok(());
        }
        node.nullable |= one.nullable;
        if is_object(node) {
            node.any_of = one.any_of;
            return Ok(());
        }
        // Whatever holds for all of them holds for each.
        let common = Node {
            types: node.types.clone(),
            values: node.values.take().filter(|all| !all.is_empty()),
            ..Node::default()
        };
        let common = Node { bounds: std::mem::take(&mut node.bounds), items: node.items.take(), ..common };
        let says_something = common != Node::default();
        if says_something {
            let Extent { nodes, bytes } = common.extent();
            self.charge(Extent { nodes: nodes - 1, bytes }, one.any_of.len())?;
        }
        let each = |branch: Node| match branch.reference {
            None if says_something => {
                let mut each = combine::both(branch, common.clone());
                infer_types(&mut each);
                each
            }
            _ => branch,
        };
        node.any_of = one.any_of.into_iter().map(each).collect();
        node.types = Vec::new();
        Ok(())
    }
}

/// Whether it is an object's before one looks at the alternatives.
fn is_object(node: &Node) -> bool {
    !node.properties.is_empty() || node.types == [Type::Object]
}

fn require(node: &mut Node, name: &str) {
    if !node.required.iter().any(|known| known == name) {
        node.required.push(name.to_owned());
    }
}

/// Adds the type where the other keywords leave no doubt.
fn infer_types(node: &mut Node) {
    if !node.types.is_empty() {
        node.values = node.values.take().filter(|values| !values.is_empty());
        return;
    }
    if !node.any_of.is_empty() || node.reference.is_some() {
        return;
    }
    if let Some(values) = &node.values {
        node.types = values.iter().filter_map(Type::of).collect();
    } else if !node.properties.is_empty() || !node.required.is_empty() || node.additional != Additional::Unsaid {
        node.types.push(Type::Object);
    } else if node.items.is_some() {
        node.types.push(Type::Array);
    } else {
        node.types.extend(node.bounds.keys().filter_map(|word| type_of_bound(word)));
    }
    node.types.sort_unstable();
    node.types.dedup();
    node.drop_integer_beside_number();
}
