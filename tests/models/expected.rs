//! What a client must keep of an example: whatever the spec declares, under its canonical name, except null.

use serde_json::{Map, Value as Json};

use crate::compare::without_nulls;
use crate::spec::{Spec, reference, target};

/// The example without members that the schema does not declare and without those that are null.
pub(crate) fn known(spec: &Spec, schema: &Json, value: &Json) -> Json {
    if let Some(component) = target(schema) {
        return known(spec, spec.component(component), value);
    }
    match value {
        Json::Array(items) => items
            .iter()
            .map(|item| known(spec, &schema["items"], item))
            .collect(),
        Json::Object(members) => object(spec, schema, members),
        // An id is text, in whichever form it came.
        Json::Number(id) if schema.get("x-id").is_some() => id.to_string().into(),
        _ => value.clone(),
    }
}

fn object(spec: &Spec, schema: &Json, members: &Map<String, Json>) -> Json {
    if let Some(branch) = branch(schema, members) {
        return known(spec, &branch, &Json::Object(members.clone()));
    }
    let present = members.iter().filter(|(_, member)| !member.is_null());
    if let Some(values) = schema.get("additionalProperties") {
        let entries = present.map(|(name, member)| (name.clone(), known(spec, values, member)));
        return entries.collect::<Map<_, _>>().into();
    }
    let declared = properties(spec, schema);
    if declared.is_empty() && schema.get("type").is_none() {
        return without_nulls(&Json::Object(members.clone()));
    }
    let kept = present.filter_map(|(name, member)| {
        let (name, schema) = declared
            .iter()
            .find(|(wire, schema)| *wire == name || is_alias(schema, name))?;
        Some(((*name).clone(), known(spec, schema, member)))
    });
    kept.collect::<Map<_, _>>().into()
}

/// The branch of a union that the tag names; a tag that it does not name keeps the object as it is.
fn branch(schema: &Json, members: &Map<String, Json>) -> Option<Json> {
    let discriminator = schema.get("discriminator")?;
    let tag = members
        .get(discriminator["propertyName"].as_str()?)?
        .as_str()?;
    let branch = discriminator["mapping"][tag].as_str()?;
    Some(reference(branch.strip_prefix("#/components/schemas/")?))
}

/// The properties of an object and of all parts of its `allOf`.
fn properties<'a>(spec: &'a Spec, schema: &'a Json) -> Vec<(&'a String, &'a Json)> {
    let schema = target(schema).map_or(schema, |component| spec.component(component));
    let own = schema["properties"].as_object().into_iter().flatten();
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| properties(spec, part)))
        .collect()
}

fn is_alias(schema: &Json, name: &str) -> bool {
    let aliases = schema["x-alias"].as_array();
    aliases.is_some_and(|aliases| aliases.iter().any(|alias| alias == name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_spec_declares_is_kept_under_its_own_name() {
        let spec = Spec::new(json!({"components": {"schemas": {
            "Base": {"type": "object", "properties": {"id": {"type": "string", "x-alias": ["ID"]}}},
            "Round": {"allOf": [
                reference("Base"),
                {"type": "object", "properties": {"kind": {}, "any": {}, "map": {"type": "object", "additionalProperties": reference("Base")}}},
            ]},
            "Figure": {"oneOf": [reference("Round")], "discriminator": {
                "propertyName": "kind", "mapping": {"round": "#/components/schemas/Round"},
            }},
        }}}));
        let known = |value: Json| {
            known(
                &spec,
                &json!({"type": "array", "items": reference("Figure")}),
                &value,
            )
        };
        let round = json!([{"kind": "round", "ID": "1", "new": 1, "any": {"x": [{"y": 1}]}, "map": {"a": {"id": "2", "new": 2}}}]);
        let kept = json!([{"kind": "round", "id": "1", "any": {"x": [{"y": 1}]}, "map": {"a": {"id": "2"}}}]);
        assert_eq!(known(round), kept);
        let other = json!([{"kind": "other", "new": 1}]);
        assert_eq!(known(other.clone()), other);
        assert_eq!(
            known(json!([{"kind": "round", "id": null}])),
            json!([{"kind": "round"}])
        );
    }
}
