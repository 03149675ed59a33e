//! `${NAME}` in a configured value: the value of an environment variable, so that no secret must stand in a file.

/// A value with its references replaced.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Substituted {
    pub(super) text: String,
    /// The values that were put in.
    pub(super) used: Vec<String>,
}

/// Replaces every `${NAME}`; `$${` means `${`. The values are not searched again.
///
/// # Errors
/// A variable is not set, or a reference is not one; the text does not repeat the value.
pub(super) fn substitute(value: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<Substituted, String> {
    let (mut text, mut used) = (String::new(), Vec::new());
    let mut rest = value;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            text.push_str(before);
            text.push_str("${");
            rest = after;
            continue;
        }
        let (name, after) = after.split_once('}').ok_or("a ${ without its }; write $${ for a ${ that means itself")?;
        if !is_variable(name) {
            return Err("between ${ and } stands the name of an environment variable: A-Z, a-z, 0-9 and _".to_owned());
        }
        let found = lookup(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
        text.push_str(before);
        text.push_str(&found);
        used.push(found);
        rest = after;
    }
    text.push_str(rest);
    Ok(Substituted { text, used })
}

fn is_variable(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    !name.is_empty() && name.bytes().all(plain) && !name.as_bytes()[0].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<(String, usize), String> {
        let lookup = |name: &str| match name {
            "TOKEN" => Some("s3${TOKEN}".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        substitute(value, lookup).map(|done| (done.text, done.used.len()))
    }

    #[test]
    fn references_are_replaced_once() {
        for (value, text, used) in [
            ("plain $HOME {x} 5$", "plain $HOME {x} 5$", 0),
            ("Bearer ${TOKEN}", "Bearer s3${TOKEN}", 1),
            ("${TOKEN}${EMPTY}${TOKEN}!", "s3${TOKEN}s3${TOKEN}!", 3),
            ("$${TOKEN} costs $$5", "${TOKEN} costs $$5", 0),
        ] {
            assert_eq!(of(value).unwrap(), (text.to_owned(), used), "{value}");
        }
    }

    #[test]
    fn a_mistake_is_named_without_the_value() {
        assert_eq!(of("secret ${NOPE}").unwrap_err(), "the environment variable NOPE is not set");
        assert!(of("secret ${TOKEN").unwrap_err().contains("without its }"));
        for value in ["secret ${}", "secret ${a b}", "secret ${1A}"] {
            let said = of(value).unwrap_err();
            assert!(said.contains("name of an environment variable") && !said.contains("secret"), "{said}");
        }
    }
}
