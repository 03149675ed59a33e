//! Puts schemas together: `allOf` is all of them at once, `anyOf` one of them.

use super::node::{Additional, Node, Type};
use std::collections::HashSet;
use std::hash::Hash;

/// How many alternatives a note names, and how many arguments of each.
const MAX_NAMED: usize = 8;

/// Merges both. Where they contradict each other, the first is kept.
pub(super) fn both(mut a: Node, b: Node) -> Node {
    a.types = common_types(&a.types, &b.types);
    a.nullable |= b.nullable;
    a.title = a.title.or(b.title);
    a.description = a.description.or(b.description);
    for (name, node) in b.properties {
        match a.property(&name) {
            Some(known) => *known = both(std::mem::take(known), node),
            None => a.properties.push((name, node)),
        }
    }
    add_new(&mut a.required, b.required);
    if a.additional != b.additional {
        a.additional = Additional::Unsaid;
    }
    a.items = match (a.items, b.items) {
        (Some(a), Some(b)) => Some(Box::new(both(*a, *b))),
        (a, b) => a.or(b),
    };
    if a.any_of.is_empty() {
        a.any_of = b.any_of;
    }
    a.values = match (a.values, b.values) {
        (Some(a), Some(b)) => {
            let b: HashSet<_> = b.into_iter().collect();
            let common: Vec<_> = a.iter().filter(|value| b.contains(*value)).cloned().collect();
            Some(if common.is_empty() { a } else { common })
        }
        (a, b) => a.or(b),
    };
    for (name, value) in b.bounds {
        a.bounds.entry(name).or_insert(value);
    }
    a.reference = a.reference.or(b.reference);
    a
}

/// Adds those of `more` that the list does not have. In both each is there once.
fn add_new<T: Eq + Hash>(list: &mut Vec<T>, more: Vec<T>) {
    /// For so few it is not worth the while to make a set of the list.
    const FEW: usize = 16;
    let new: Vec<T> = if more.len() < FEW {
        more.into_iter().filter(|item| !list.contains(item)).collect()
    } else {
        let known: HashSet<&T> = list.iter().collect();
        more.into_iter().filter(|item| !known.contains(item)).collect()
    };
    list.extend(new);
}

fn common_types(a: &[Type], b: &[Type]) -> Vec<Type> {
    let within = |kind: &Type, others: &[Type]| {
        others.is_empty() || others.contains(kind) || (*kind == Type::Integer && others.contains(&Type::Number))
    };
    let mut common: Vec<Type> = a.iter().filter(|kind| within(kind, b)).copied().collect();
    common.extend(b.iter().filter(|kind| within(kind, a)));
    common.sort_unstable();
    common.dedup();
    if common.is_empty() { a.to_vec() } else { common }
}

/// Returns a node that takes one of them.
pub(super) fn one_of(nodes: Vec<Node>) -> Node {
    let mut whole = Node::default();
    let mut branches: Vec<Node> = Vec::new();
    for node in nodes.into_iter().flat_map(alternatives) {
        if node.is_null() {
            whole.nullable = true;
        } else if !branches.contains(&node) {
            branches.push(node);
        }
    }
    if branches.len() == 1
        && let Some(only) = branches.pop()
    {
        return Node { nullable: only.nullable || whole.nullable, ..only };
    }
    if branches.iter().all(is_only_values) {
        return one_of_values(branches, whole.nullable);
    }
    whole.any_of = branches;
    whole
}

/// Returns the alternatives of a node; a union within a union is one.
fn alternatives(mut node: Node) -> Vec<Node> {
    if node.any_of.is_empty() {
        return vec![node];
    }
    let null = node.nullable.then(Node::null);
    let mut inner = std::mem::take(&mut node.any_of);
    if let (Some(first), Some(words)) = (inner.first_mut(), &node.description) {
        let own = first.description.replace(words.clone());
        own.into_iter().for_each(|own| first.note(&own));
    }
    inner.into_iter().chain(null).collect()
}

/// Whether all that is said is which values there are.
fn is_only_values(node: &Node) -> bool {
    let plain = Node {
        types: node.types.clone(),
        nullable: node.nullable,
        title: node.title.clone(),
        description: node.description.clone(),
        values: node.values.clone(),
        ..Node::default()
    };
    node.values.is_some() && *node == plain
}

fn one_of_values(branches: Vec<Node>, nullable: bool) -> Node {
    let mut whole = Node { nullable, ..Node::default() };
    let mut values: Vec<serde_json::Value> = Vec::new();
    for branch in branches {
        whole.nullable |= branch.nullable;
        whole.types.extend(branch.types);
        let known = values.len();
        add_new(&mut values, branch.values.unwrap_or_default());
        if let Some(words) = branch.description.or(branch.title)
            && let Some([value]) = values.get(known..)
        {
            whole.note(&format!("{value}: {words}"));
        }
    }
    whole.types.sort_unstable();
    whole.types.dedup();
    whole.values = Some(values).filter(|values| !values.is_empty());
    whole
}

/// Returns an object of which one of several forms is to be given, as one form that takes all of them: every property
/// is there, and required is what all forms require. Forms that are no object are left out.
pub(super) fn flat(mut node: Node) -> Node {
    let forms: Vec<Node> = std::mem::take(&mut node.any_of).into_iter().map(flat).collect();
    let forms: Vec<Node> = forms.into_iter().filter(|form| form.takes(Type::Object) && !form.is_null()).collect();
    let Some(first) = forms.first() else { return node };
    let mut common: Vec<&String> = first.required.iter().collect();
    for form in &forms {
        let required: HashSet<&String> = form.required.iter().collect();
        common.retain(|name| required.contains(*name));
    }
    add_new(&mut node.required, common.into_iter().cloned().collect());
    if let Some(words) = groups(&forms, &node.required) {
        node.note(&words);
    }
    if node.additional == Additional::Unsaid && forms.iter().all(|form| form.additional == Additional::Refused) {
        node.additional = Additional::Refused;
    }
    let mut names: Vec<String> = Vec::new();
    let mut properties: Vec<Vec<Node>> = Vec::new();
    for (name, property) in forms.into_iter().flat_map(|form| form.properties) {
        match names.iter().position(|known| *known == name) {
            Some(at) => properties[at].push(property),
            None => {
                names.push(name);
                properties.push(vec![property]);
            }
        }
    }
    for (name, alternatives) in names.into_iter().zip(properties) {
        let property = one_of(alternatives);
        match node.property(&name) {
            Some(known) => *known = both(std::mem::take(known), property),
            None => node.properties.push((name, property)),
        }
    }
    node
}

/// Says in words what belongs together; `None` where it makes no difference.
fn groups(forms: &[Node], common: &[String]) -> Option<String> {
    let mut groups: Vec<String> = Vec::new();
    let common: HashSet<&String> = common.iter().collect();
    for form in forms {
        let names = form.required.iter().filter(|name| !common.contains(name));
        let names: Vec<String> = names.take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
        let group = names.join(" and ");
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let tells = (2..=MAX_NAMED).contains(&groups.len()) && groups.iter().all(|group| !group.is_empty());
    tells.then(|| format!("Give one of these: {}.", groups.join("; ")))
}
