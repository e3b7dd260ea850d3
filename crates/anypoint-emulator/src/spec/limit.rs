//! `x-rate-limit`: the classes of a document, and those that an operation names.

use std::time::Duration;

use serde_json::Value;

use crate::limits::RateLimit;

const KEY: &str = "x-rate-limit";

/// The classes of a document. One without permits, of which only the server's headers tell, is
/// left out, and so is what cannot be read.
pub(super) fn classes(document: &Value) -> Vec<RateLimit> {
    let classes = document.get(KEY).and_then(Value::as_object);
    let classes = classes.into_iter().flatten();
    classes
        .filter_map(|(name, node)| class(name, node))
        .collect()
}

fn class(name: &str, node: &Value) -> Option<RateLimit> {
    let number = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n).ok());
    let permits = number(node.get("permits")?)?;
    let seconds = node.get("seconds").and_then(Value::as_u64)?;
    let regions = node.get("regions").and_then(Value::as_object);
    let status = node.pointer("/throttled/0").and_then(Value::as_u64);
    Some(RateLimit {
        name: name.to_owned(),
        permits,
        window: Duration::from_secs(seconds),
        regions: regions
            .into_iter()
            .flatten()
            .filter_map(|(region, value)| Some((region.clone(), number(value)?)))
            .collect(),
        per: node.get("per").and_then(Value::as_str).map(str::to_owned),
        throttled: status.and_then(|n| u16::try_from(n).ok()).unwrap_or(429),
    })
}

/// The classes that an operation names beside `default`.
pub(super) fn named(operation: &Value) -> Vec<String> {
    let names = operation.get(KEY).and_then(Value::as_array);
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn classes_and_the_names_of_an_operation() {
        let document = json!({ "x-rate-limit": {
            "default": { "permits": 75, "seconds": 1, "regions": { "eu1": 25, "gov": 25 },
                "throttled": [503, 429] },
            "application_logs": { "permits": 1, "seconds": 60, "per": "domain",
                "throttled": [429] },
            "broken": { "seconds": 1 },
        } });
        let classes = classes(&document);
        let [logs, all] = &classes[..] else {
            panic!("{classes:?}");
        };
        let one = RateLimit::new("application_logs", 1, Duration::from_secs(60));
        assert_eq!(*logs, one.per("domain"));
        assert_eq!((all.permits, all.throttled), (75, 503));
        assert_eq!(all.regions.get("eu1"), Some(&25));
        assert_eq!(named(&json!({ "x-rate-limit": ["logs"] })), ["logs"]);
        assert!(named(&json!({})).is_empty());
    }
}
