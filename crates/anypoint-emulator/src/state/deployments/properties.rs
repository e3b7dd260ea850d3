//! The properties of an application: stored as sent, and masked when read.
//!
//! A change with plain or secure properties replaces both, unlike all other members of a deployment.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const SERVICE: &str = "/application/configuration/mule.agent.application.properties.service";
const MAPS: [&str; 2] = ["properties", "secureProperties"];
const MASK: &str = "******";
/// What is stored where the spec's example has a mask.
const SEEDED: &str = "not-a-real-password";

/// The deployment with values in the place of masks.
pub(super) fn seeded(mut deployment: Value) -> Value {
    for value in values(&mut deployment) {
        *value = Value::from(SEEDED);
    }
    deployment
}

/// The deployment as it is shown.
pub(super) fn masked(mut deployment: Value) -> Value {
    for value in values(&mut deployment) {
        *value = Value::from(MASK);
    }
    deployment
}

/// The secure properties as they are stored.
pub(super) fn secure(deployment: &Value) -> BTreeMap<String, String> {
    let members = deployment.pointer(SERVICE).and_then(|it| it.get(MAPS[1]));
    let members = members.and_then(Value::as_object).into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    members
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// Takes away what a change replaces.
pub(super) fn make_way(deployment: &mut Value, change: &Value) {
    let sent = change.pointer(SERVICE).and_then(Value::as_object);
    if !sent.is_some_and(|sent| MAPS.iter().any(|name| sent.contains_key(*name))) {
        return;
    }
    if let Some(members) = service(deployment) {
        for name in MAPS {
            members.remove(name);
        }
    }
}

fn service(deployment: &mut Value) -> Option<&mut Map<String, Value>> {
    deployment.pointer_mut(SERVICE)?.as_object_mut()
}

fn values(deployment: &mut Value) -> impl Iterator<Item = &mut Value> {
    let members = service(deployment).and_then(|it| it.get_mut(MAPS[1]));
    let members = members.and_then(Value::as_object_mut);
    members.into_iter().flat_map(|members| members.values_mut())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn either_map_replaces_both_and_other_members_replace_none() {
        let with = |inner: Value| {
            json!({ "application": { "configuration": {
                "mule.agent.application.properties.service": inner,
            } } })
        };
        let stored = json!({ "applicationName": "a", "properties": {}, "secureProperties": {} });
        for (sent, left) in [
            (
                json!({ "properties": null }),
                json!({ "applicationName": "a" }),
            ),
            (
                json!({ "secureProperties": {} }),
                json!({ "applicationName": "a" }),
            ),
            (json!({ "applicationName": "b" }), stored.clone()),
        ] {
            let mut deployment = with(stored.clone());
            make_way(&mut deployment, &with(sent));
            assert_eq!(deployment, with(left));
        }
    }
}
