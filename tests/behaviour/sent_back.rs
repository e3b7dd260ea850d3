//! What was read is sent back with its unknown members; what a person writes is read strictly.

use anypoint_access_management::types::{Organization, OrganizationUpdate};
use anypoint_application_manager::types as deployments;
use anypoint_cloudhub::types as cloudhub;
use anypoint_cloudhub2::types as cloudhub2;
use anypoint_core::{Credentials, OrganizationId};
use anypoint_experience_hub::types as portals;
use anypoint_mmc::types as console;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_slice, from_str, from_value, json, to_value};

use crate::support::{Server, json as answer, payload};

/// As [`serde_json`] writes it, where the services send nulls for what is not there.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.iter().filter(|(_, member)| !member.is_null());
            present
                .map(|(name, member)| (name.clone(), without_nulls(member)))
                .collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn an_organization_that_is_read_changed_and_sent_back_loses_nothing() {
    let read = payload!("access-management/get_organization/whole.json");
    let server = Server::start([answer(200, read), answer(200, read)]).await;
    let session = server.session(Credentials::default());
    let client = anypoint_access_management::Client::new(&session);
    let id = OrganizationId::new("o-1");
    let organization = client.get_organization(&id).send().await.unwrap();
    let mut update = OrganizationUpdate::from(&*organization);
    update.name = "Acme Logistics".into();
    client
        .update_organization(&id, update)
        .send()
        .await
        .unwrap();
    let sent: Value = from_str(&server.requests()[1].text()).unwrap();
    let mut expected: Value = from_slice(read).unwrap();
    expected["name"] = json!("Acme Logistics");
    assert_eq!(without_nulls(&sent), without_nulls(&expected));
}

/// What is read as one type and made into another says the same, also where nobody knows what it says.
fn carried<Read: DeserializeOwned + Serialize, Sent>(read: Value)
where
    Sent: for<'a> From<&'a Read> + Serialize,
{
    let seen: Read = from_value(read.clone()).unwrap();
    let (seen, sent) = (
        to_value(&seen).unwrap(),
        to_value(Sent::from(&seen)).unwrap(),
    );
    assert!(is_within(&read, &seen), "{read} is read as {seen}");
    assert!(is_within(&read, &sent), "{read} is sent as {sent}");
}

/// Whether all that one value says is said by the other, which may have empty members besides.
fn is_within(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.iter().all(|(name, member)| {
            let found = other.get(name);
            found.is_some_and(|other| is_within(member, other))
        }),
        (Value::Array(one), Value::Array(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| is_within(one, other))
        }
        (one, other) => one == other,
    }
}

#[test]
fn every_update_that_replaces_is_made_of_what_was_read() {
    let new = || json!({"deep": [{"er": null}]});
    carried::<Organization, OrganizationUpdate>(
        json!({"id": "o", "name": "n", "ownerId": "u", "new": new(),
        "subOrganizationIds": [], "tenantOrganizationIds": [],
        "entitlements": {"vCoresSandbox": {"assigned": 1, "new": new()}, "new": new()}}),
    );
    carried::<deployments::Alert, deployments::AlertUpdate>(json!({"id": "a", "name": "n",
        "severity": "INFO", "new": new(), "condition": {"new": new()}, "actions": [{"new": new()}]}));
    carried::<cloudhub::AutoscalePolicy, cloudhub::AutoscalePolicyUpdate>(json!({"id": "p",
        "name": "n", "enabled": true, "new": new(), "scaleUp": {"new": new()}}));
    carried::<cloudhub::Alert, cloudhub::AlertUpdate>(json!({"id": "a", "name": "n", "new": new(),
        "actions": [{"new": new()}]}));
    carried::<cloudhub::LegacyApplication, cloudhub::LegacyApplicationUpdate>(
        json!({"domain": "d", "new": new()}),
    );
    carried::<cloudhub::PackageLogLevel, cloudhub::PackageLogLevelSetting>(
        json!({"packageName": "p", "level": "DEBUG", "new": new()}),
    );
    carried::<cloudhub::Schedule, cloudhub::ScheduleUpdate>(
        json!({"id": "s", "name": "n", "schedule": {"new": new()}, "new": new()}),
    );
    carried::<cloudhub2::VpcEndpoint, cloudhub2::VpcEndpointSettings>(
        json!({"name": "n", "vpceId": "v", "new": new()}),
    );
    carried::<portals::ApplicationDetail, portals::ApplicationUpdate>(
        json!({"id": "i", "name": "n", "new": new()}),
    );
    carried::<console::UserGroup, console::UserGroupDefinition>(
        json!({"name": "n", "permissions": ["A"], "new": new()}),
    );
}

/// A part that is read and sent by the same type.
#[test]
fn a_part_of_a_deployment_is_sent_back_with_what_nobody_knows() {
    let read: deployments::Deployment = from_value(json!({"id": "d", "name": "n", "target": {
        "provider": "MC", "targetId": "t", "zone": {"name": "z"},
        "deploymentSettings": {"clustered": true, "mesh": [1], "http": {"inbound": {"waf": "w"}}}}}))
    .unwrap();
    let mut target = read.target.unwrap();
    target.replicas = Some(3.into());
    let update = deployments::DeploymentUpdate::new().target(target);
    let expected = json!({"target": {"provider": "MC", "targetId": "t", "zone": {"name": "z"},
        "deploymentSettings": {"clustered": true, "mesh": [1], "http": {"inbound": {"waf": "w"}}},
        "replicas": 3}});
    assert_eq!(to_value(update).unwrap(), expected);
}

#[test]
fn a_deployment_that_a_person_wrote_is_read_strictly() {
    let whole = json!({
        "name": "orders",
        "target": {"provider": "MC", "targetId": "t", "deploymentSettings": {"clustered": true}},
        "application": {"ref": {"groupId": "g", "artifactId": "a", "version": "1.0.0", "packaging": "jar"}},
    });
    from_value::<deployments::NewDeployment>(whole.clone()).unwrap();
    let broken = |pointer: &str, name: &str, value: Option<Value>| {
        let mut broken = whole.clone();
        let members = broken
            .pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap();
        match value {
            Some(value) => members.insert(name.to_owned(), value),
            None => members.remove(name),
        };
        let read = from_value::<deployments::NewDeployment>(broken);
        read.unwrap_err().to_string()
    };
    for (pointer, name, value, message) in [
        (
            "",
            "application",
            None,
            "NewDeployment needs the member `application`, which is missing",
        ),
        (
            "",
            "target",
            None,
            "NewDeployment needs the member `target`, which is missing",
        ),
        (
            "/target",
            "targetId",
            None,
            "target: NewTarget needs the member `targetId`, which is missing",
        ),
        (
            "/application",
            "ref",
            None,
            "application: NewApplication needs the member `ref`, which is missing",
        ),
        (
            "/application/ref",
            "version",
            Some(Value::Null),
            "application.ref.version: null is no value here",
        ),
        (
            "/application",
            "vcores",
            Some(json!(1)),
            "application: NewApplication has no member `vcores`; did you mean `vCores`?",
        ),
        (
            "",
            "lables",
            Some(json!([])),
            "NewDeployment has no member `lables`; did you mean `labels`?",
        ),
        (
            "",
            "colour",
            Some(json!(1)),
            "NewDeployment has no member `colour`",
        ),
        (
            "/target/deploymentSettings",
            "updateStrategie",
            Some(json!("rolling")),
            "target.deploymentSettings: DeploymentSettings has no member `updateStrategie`; did you mean `updateStrategy`?",
        ),
    ] {
        assert_eq!(broken(pointer, name, value), message);
    }
}
