//! Finds the list in an answer that has it at another place than documented.
//!
//! It must not know a model: the caller says which members the items have.

use serde_json::Map;

use super::any;
use crate::Json;

/// The usual names of a list, or of the object that contains it.
const WRAPPERS: [&str; 16] = [
    "data",
    "items",
    "content",
    "contents",
    "values",
    "value",
    "results",
    "result",
    "elements",
    "entries",
    "records",
    "rows",
    "list",
    "response",
    "payload",
    "_embedded",
];

/// Where the list is within an object.
#[derive(Debug, PartialEq)]
pub(super) enum Place {
    /// Under this name, bare or wrapped once more.
    Under(String),
    /// The object is the only item.
    Item,
    Nowhere,
}

/// Finds a list; `knows` says whether its items have a member of a name.
///
/// If the items have a member of a usual name, it is taken as a member of an item.
pub(super) fn place(members: &Map<String, Json>, knows: &dyn Fn(&str) -> bool) -> Place {
    let holds = |name: &&&str| {
        let value = members.get(**name);
        matches!(value, Some(Json::Array(_) | Json::Object(_) | Json::Null)) && !knows(name)
    };
    if let Some(name) = WRAPPERS.iter().find(holds) {
        return Place::Under((*name).to_owned());
    }
    if members.keys().any(|name| knows(name)) {
        return Place::Item;
    }
    let mut lists = members.iter().filter(|(_, value)| value.is_array());
    match (lists.next(), lists.next()) {
        (Some((name, _)), None) => Place::Under(name.clone()),
        _ => Place::Nowhere,
    }
}

/// The list in an object, and the names of the members that contain it.
///
/// # Errors
/// The object, if it contains no list.
pub(super) fn list(
    mut object: Map<String, Json>,
    knows: &dyn Fn(&str) -> bool,
) -> Result<(Json, Vec<String>), Map<String, Json>> {
    // PHP and similar languages write an empty list as `{}`.
    if object.is_empty() {
        return Ok((Json::Array(Vec::new()), Vec::new()));
    }
    let name = match place(&object, knows) {
        Place::Under(name) => name,
        Place::Item => return Ok((Json::Array(vec![Json::Object(object)]), Vec::new())),
        Place::Nowhere => return Err(object),
    };
    match object.remove(&name) {
        Some(Json::Object(inner)) => match list(inner, knows) {
            Ok((list, mut names)) => {
                names.push(name);
                Ok((list, names))
            }
            Err(inner) => {
                object.insert(name, Json::Object(inner));
                Err(object)
            }
        },
        Some(list) => Ok((list, vec![name])),
        None => Err(object),
    }
}

/// The JSON of the object or list under a usual name within an object.
pub(crate) fn inside(object: &str) -> Option<String> {
    let object = object.trim_start().starts_with('{').then_some(object)?;
    let object = any::read(object).ok()?;
    let mut values = WRAPPERS.iter().filter_map(|name| object.get(name));
    let inside = values.find(|value| value.is_object() || value.is_array())?;
    Some(inside.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(object: Json) -> Option<Json> {
        let Json::Object(object) = object else {
            return None;
        };
        let knows = |name: &str| matches!(name, "id" | "content" | "tags");
        list(object, &knows).ok().map(|(list, _)| list)
    }

    #[test]
    fn a_list_is_found_under_usual_names_and_as_the_only_one() {
        for object in [
            json!({"data": [1]}),
            json!({"total": 1, "items": [1]}),
            json!({"response": {"data": [1]}, "status": "ok"}),
            json!({"applications": [1], "total": 1}),
            json!({"total": {}, "data": [1], "links": [2]}),
        ] {
            assert_eq!(found(object.clone()), Some(json!([1])), "{object}");
        }
        assert_eq!(found(json!({})), Some(json!([])));
        assert_eq!(found(json!({"data": null, "total": 0})), Some(Json::Null));
    }

    #[test]
    fn an_object_with_members_in_common_is_a_list_of_one() {
        for object in [
            json!({"id": "a"}),
            json!({"id": "a", "content": [1]}),
            json!({"tags": [1], "new": 1}),
        ] {
            assert_eq!(found(object.clone()), Some(json!([object])));
        }
    }

    #[test]
    fn an_object_without_a_list_is_none() {
        for object in [
            json!({"message": "no"}),
            json!({"one": [1], "other": [2]}),
            json!({"data": {"message": "no"}}),
        ] {
            assert_eq!(found(object.clone()), None, "{object}");
        }
    }
}
