//! How the form of a page sends filters: with those that are blank, boxes one by one, times without a zone, and metadata in one
//! field.

use super::METADATA;
use std::collections::BTreeMap;

/// Name that says that a query comes from the form.
pub const FORM: &str = "form";

/// Filters that may have several values, of which the form sends each by itself.
const BOXES: [&str; 5] = ["agent", "status", "failure_kind", "trigger", "signal"];

/// Returns the query that a form means, in the order in which it sends them; `None` for a query that does not come from one.
/// Whether its values are right is found out when it is read.
pub fn of_form(query: &str) -> Option<String> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.iter().find(|(name, _)| name == FORM)?;
    let is_meant = |(name, value): &&(String, String)| name != FORM && !value.trim().is_empty();
    let has_period = pairs.iter().filter(is_meant).any(|(name, _)| name == "period");
    let mut boxes: BTreeMap<&str, String> = BTreeMap::new();
    let mut meant = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(is_meant) {
        let value = value.trim();
        match name.as_str() {
            name if BOXES.contains(&name) => match boxes.get_mut(name) {
                Some(values) => values.extend([",", value]),
                None => _ = boxes.insert(name, value.to_owned()),
            },
            // Fields of a choice that was not taken.
            "from" | "to" if has_period => {}
            "from" | "to" => _ = meant.append_pair(name, &zoned(value)),
            "metadata" => {
                let (key, value) = value.split_once('=').unwrap_or((value, ""));
                meant.append_pair(&format!("{METADATA}{}", key.trim()), value.trim());
            }
            name => _ = meant.append_pair(name, value),
        }
    }
    for (name, values) in boxes {
        meant.append_pair(name, &values);
    }
    Some(meant.finish())
}

/// Returns a time of a form's field, which has none of a zone, as the UTC that it is shown in.
fn zoned(text: &str) -> String {
    match (text.len(), text.as_bytes().get(10)) {
        (16, Some(b'T')) => format!("{text}:00Z"),
        (19, Some(b'T')) => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_filter::RunFilter;

    fn meant(query: &str) -> String {
        RunFilter::from_query(&of_form(query).unwrap()).unwrap_or_else(|error| panic!("{query}: {error}")).to_query()
    }

    #[test]
    fn a_form_means_what_is_filled_in() {
        assert_eq!(of_form("status=failed"), None);
        assert_eq!(meant("form=1&q=&agent_tag=&period=&from=&to=&retried=&min_cost_usd=+"), "");
        assert_eq!(
            meant("form=1&status=failed&status=skipped&agent=3&q=+late+&agent=4"),
            "agent=3,4&status=failed,skipped&q=late"
        );
        assert_eq!(meant("form=1&metadata=order+%3D+17&metadata=a%3Db%3Dc"), "metadata.a=b%3Dc&metadata.order=17");
        assert_eq!(meant("form=1&period=24h&from=2026-11-27T10%3A00&to="), "period=24h");
        assert_eq!(meant("form=1&period=&from=2026-11-27T10%3A00&to="), "from=2026-11-27T10:00:00.000Z");
        assert_eq!(meant("form=1&from=2026-11-27T10%3A00%3A05.000Z"), "from=2026-11-27T10:00:05.000Z");
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        let wrong = of_form("form=1&min_duration_s=soon&metadata=order").unwrap();
        let error = RunFilter::from_query(&wrong).unwrap_err().detail;
        assert!(error.contains("min_duration_s: \"soon\"") && error.contains("metadata.order: "), "{error}");
    }
}
