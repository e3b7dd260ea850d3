//! Which parts a log has, their order, and which of them are being written.
//!
//! It must not know entries.

use super::rules::Parts;
use crate::Json;
use crate::pointer::texts;

/// The parts that are being written, each once, the newest first.
pub(super) fn active(rules: &Parts, overview: &Json) -> Vec<String> {
    let mut active: Vec<String> = Vec::new();
    for id in rules.active.iter().flat_map(|at| texts(overview, at)) {
        if !active.contains(&id) {
            active.push(id);
        }
    }
    active
}

/// All parts that the list shows, the oldest first.
pub(super) fn ordered(rules: &Parts, history: &Json) -> Vec<String> {
    let items = match history {
        Json::Object(members) => members.values().find_map(Json::as_array),
        other => other.as_array(),
    };
    let text = |item: &Json, at: &str| texts(item, at).into_iter().next();
    let dated = |item: &Json| {
        let date = rules.date.and_then(|at| text(item, at));
        Some((
            date.and_then(|date| super::entry::millis(&date)),
            text(item, rules.id)?,
        ))
    };
    let mut parts: Vec<_> = items.into_iter().flatten().filter_map(dated).collect();
    // Services list the newest part first. Dates are more reliable, if all parts have them.
    parts.reverse();
    if parts.iter().all(|(date, _)| date.is_some()) {
        parts.sort_by_key(|(date, _)| *date);
    }
    parts.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: Parts = Parts {
        id: "/version",
        date: Some("/createdAt"),
        active: &["/desired", "/good", "/replicas/*/version"],
    };

    #[test]
    fn each_active_part_comes_once() {
        let overview = json!({
            "desired": "c",
            "good": "a",
            "replicas": [{ "version": "a" }, { "version": "b" }, { "version": null }, {}],
        });
        assert_eq!(active(&RULES, &overview), ["c", "a", "b"]);
        assert!(active(&RULES, &json!({})).is_empty());
    }

    #[test]
    fn dates_or_else_the_order_of_the_list_tell_which_part_is_older() {
        let part = |id: &str, date: Json| json!({ "version": id, "createdAt": date });
        let dated = json!([
            part("a", json!(1)),
            part("c", json!(3)),
            part("b", json!("1970-01-01T00:00:00.002Z"))
        ]);
        assert_eq!(ordered(&RULES, &dated), ["a", "b", "c"]);
        let undated = json!({ "data": [part("c", json!(1)), part("b", json!(null)), {}, part("a", json!(3))] });
        assert_eq!(ordered(&RULES, &undated), ["a", "b", "c"]);
        assert!(ordered(&RULES, &json!(null)).is_empty());
    }
}
