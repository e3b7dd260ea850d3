//! Private spaces and VPC endpoints of CloudHub 2.0.

use anypoint_cloudhub2::types::{Connection, PrivateSpaceId};
use std::time::Duration;

use anypoint_cloudhub2::types::{
    NewPrivateSpace, PrivateSpace, PrivateSpaceUpdate, VpcEndpoint, VpcEndpointSettings,
    VpcEndpointStatus,
};
use anypoint_cloudhub2::{Client, OrganizationClient};
use anypoint_core::internal::Waited;
use anypoint_core::testing::{FakeHttp, Reply};
use anypoint_core::{ErrorKind, OrganizationId, Wait};
use anypoint_emulator::Fault;

use super::support::{ORG, World};

/// The space that the emulator has from the start.
pub(crate) const SPACE: &str = "5a3c9f10-82d4-4e6b-9b07-1d4c6e2f8a95";

pub(crate) fn client(world: &World) -> OrganizationClient {
    inside(world, ORG)
}

pub(crate) fn inside(world: &World, organization: &str) -> OrganizationClient {
    let client = Client::new(&world.session().build().unwrap());
    client.in_organization(OrganizationId::new(organization))
}

pub(crate) async fn space(client: &OrganizationClient, name: &str) -> PrivateSpace {
    let body = NewPrivateSpace::new(name);
    let created = client.create_private_space(body).send().await;
    created.unwrap().into_value()
}

fn settings(name: &str, owner: &str) -> VpcEndpointSettings {
    VpcEndpointSettings::new(name, "service", "us-east-1", owner, ["use1-az1"])
}

pub(crate) async fn endpoint(client: &OrganizationClient, name: &str, owner: &str) -> VpcEndpoint {
    let body = settings(name, owner);
    let created = client
        .create_vpc_endpoint(PrivateSpaceId::new(SPACE), body)
        .send()
        .await;
    created.unwrap().into_value()
}

async fn update(client: &OrganizationClient, space: &PrivateSpace) -> PrivateSpace {
    let body = PrivateSpaceUpdate::new().enable_egress(true);
    let changed = client.update_private_space(&space.id, body);
    changed.send().await.unwrap().into_value()
}

async fn states<R: Waited>(wait: Wait<R>) -> Vec<String> {
    let (mut states, mut seen) = (wait.states(), Vec::new());
    while let Some(progress) = states.next().await {
        seen.push(progress.map_or_else(|error| error.to_string(), |progress| progress.state));
    }
    seen
}

#[tokio::test]
async fn expectation_14_a_private_space_is_waited_for_until_it_is_active() {
    let world = World::start().await;
    let client = client(&world);
    let made = space(&client, "orders").await;
    let done = client.wait_for_private_space(&made).await.unwrap();
    assert_eq!((done.id, done.status.as_deref()), (made.id, Some("Active")));
    // Looks at 0, 5, … 25 s, of which the last is after two steps of 12 s.
    assert_eq!(world.clock.passed(), Duration::from_secs(25));
    assert_eq!(world.emulator.requests(), 1 + 6);
    let made = space(&client, "parcels").await;
    let seen = states(client.wait_for_private_space(&made)).await;
    assert_eq!(seen, ["Pending", "Creating", "Active"]);
}

#[tokio::test]
async fn a_state_that_no_source_names_is_one_on_the_way() {
    let world = World::start().await;
    let client = client(&world);
    let made = space(&client, "orders").await;
    let body = format!(r#"{{"id": "{}", "status": "Some new state"}}"#, made.id);
    let fault = Fault::on("get_private_space").status_with(200, body, "application/json");
    world.emulator.fault(fault.times(2));
    let seen = states(client.wait_for_private_space(&made)).await;
    assert_eq!(seen, ["Some new state", "Pending", "Creating", "Active"]);
}

#[tokio::test]
async fn expectation_14_a_private_space_that_fails_says_why() {
    let world = World::start().await;
    let client = client(&world);
    let made = space(&client, "orders-fail").await;
    for last in ["Create Failed", "Update Failed"] {
        let error = client.wait_for_private_space(&made).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert_eq!(error.last_state(), Some(last));
        let reason = error.message().unwrap();
        assert!(reason.starts_with("The network could not"), "{reason}");
        update(&client, &made).await;
    }
}

/// A space has no version, so that an end has to last: answers that are behind do so for less.
#[tokio::test]
async fn expectation_14_an_answer_that_is_behind_does_not_end_the_wait() {
    let world = World::with(|builder| builder.stale_looks(2)).await;
    let client = client(&world);
    let made = client
        .get_private_space(PrivateSpaceId::new(SPACE))
        .send()
        .await
        .unwrap();
    let changed = update(&client, &made).await;
    let done = client.wait_for_private_space(&changed).await.unwrap();
    assert_eq!(done.enable_egress, Some(true));
    let changed = update(&client, &made).await;
    let seen = states(client.wait_for_private_space(&changed)).await;
    assert_eq!(seen, ["Updating", "Active"]);

    let made = endpoint(&client, "archive", "amazon").await;
    let wait = || client.wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made);
    wait().await.unwrap();
    let body = settings("archive", "1234");
    let changed = client.update_vpc_endpoint(PrivateSpaceId::new(SPACE), &made.vpce_id, body);
    changed.send().await.unwrap();
    assert_eq!(
        states(wait()).await,
        ["Valid", "PendingAcceptance", "Available"]
    );
}

/// Neither has a version: there is one space and one endpoint, and whose change it is that the
/// answers show cannot be told. So the wait goes on until all changes are through.
#[tokio::test]
async fn expectation_14_a_change_by_someone_else_is_waited_for_too() {
    let world = World::start().await;
    let (own, other) = (client(&world), client(&world));
    let made = space(&own, "orders").await;
    let mut states = own.wait_for_private_space(&made).states();
    assert_eq!(states.next().await.unwrap().unwrap().state, "Pending");
    update(&other, &made).await;
    for expected in ["Updating", "Active"] {
        assert_eq!(states.next().await.unwrap().unwrap().state, expected);
    }
    assert!(states.next().await.is_none());

    let made = endpoint(&own, "archive", "amazon").await;
    let mut states = own
        .wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made)
        .states();
    assert_eq!(states.next().await.unwrap().unwrap().state, "Valid");
    let body = settings("archive", "1234");
    let changed = other.update_vpc_endpoint(PrivateSpaceId::new(SPACE), &made.vpce_id, body);
    changed.send().await.unwrap();
    for expected in ["PendingAcceptance", "Available"] {
        assert_eq!(states.next().await.unwrap().unwrap().state, expected);
    }
}

#[tokio::test]
async fn expectation_14_a_private_space_that_is_deleted_in_mid_wait_is_told_as_such() {
    let world = World::start().await;
    let client = client(&world);
    let made = space(&client, "orders").await;
    let mut states = client.wait_for_private_space(&made).states();
    states.next().await.unwrap().unwrap();
    let removed = client.delete_private_space(&made.id).send().await;
    removed.unwrap();
    assert_eq!(states.next().await.unwrap().unwrap().state, "Deleting");
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted);
    assert_eq!(error.last_state(), Some("Deleting"));
    assert!(states.next().await.is_none());

    // A name that is used again is another space.
    let again = space(&client, "orders").await;
    let error = client.wait_for_private_space(&made).await.unwrap_err();
    assert!(error.is_not_found());
    client.wait_for_private_space(&again).await.unwrap();
}

#[tokio::test]
async fn expectation_14_a_vpc_endpoint_is_waited_for_until_it_is_available() {
    let world = World::start().await;
    let client = client(&world);
    let made = endpoint(&client, "archive", "amazon").await;
    let done = client
        .wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made)
        .await;
    let done = done.unwrap();
    assert_eq!(
        (done.vpce_id, done.status),
        (made.vpce_id, Some(VpcEndpointStatus::Available))
    );
    // The owner of the service has to admit it.
    let made = endpoint(&client, "archive", "1234").await;
    let seen = states(client.wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made)).await;
    assert_eq!(seen, ["Valid", "PendingAcceptance", "Available"]);
}

/// The guides print another spelling, which is no known value.
#[tokio::test]
async fn an_endpoint_that_nobody_admits_is_a_timeout() {
    let world = World::start().await;
    let client = client(&world);
    let made = endpoint(&client, "archive", "1234").await;
    let (id, status) = (&made.vpce_id, "PendingAcceptence");
    let body = format!(r#"{{"vpceId": "{id}", "status": "{status}"}}"#);
    let fault = Fault::on("get_vpc_endpoint").status_with(200, body, "application/json");
    world.emulator.fault(fault);
    let wait = client.wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made);
    let error = wait.await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.last_state(), Some(status));
    assert_eq!(world.clock.passed(), Duration::from_secs(1800));
}

#[tokio::test]
async fn expectation_14_a_vpc_endpoint_that_cannot_be_built_is_a_failure() {
    let world = World::start().await;
    let client = client(&world);
    let made = endpoint(&client, "archive-fail", "amazon").await;
    let wait = client.wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made);
    let error = wait.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    // No member of an endpoint holds a reason.
    assert_eq!(
        (error.last_state(), error.message()),
        (Some("Invalid"), None)
    );
    assert!(error.to_string().contains("it failed: Invalid"), "{error}");
}

#[tokio::test]
async fn expectation_14_a_vpc_endpoint_that_is_deleted_in_mid_wait_is_told_as_such() {
    let world = World::start().await;
    let client = client(&world);
    let made = endpoint(&client, "archive", "amazon").await;
    let mut states = client
        .wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made)
        .states();
    states.next().await.unwrap().unwrap();
    let removed = client.delete_vpc_endpoint(PrivateSpaceId::new(SPACE), &made.vpce_id);
    removed.send().await.unwrap();
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted);
    assert_eq!(error.last_state(), Some("Valid"));

    // With its whole space.
    let made = endpoint(&client, "archive", "amazon").await;
    let mut states = client
        .wait_for_vpc_endpoint(PrivateSpaceId::new(SPACE), &made)
        .states();
    states.next().await.unwrap().unwrap();
    let removed = client
        .delete_private_space(PrivateSpaceId::new(SPACE))
        .send()
        .await;
    removed.unwrap();
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted);
}

#[tokio::test]
async fn the_vpns_of_a_connection_are_waited_for_until_all_are_available() {
    let http = FakeHttp::new();
    let connection = |states: &[&str]| {
        let vpns: Vec<_> = states
            .iter()
            .map(|state| format!(r#"{{"vpnId":"v","vpnConnectionStatus":"{state}"}}"#))
            .collect();
        format!(
            r#"{{"id":"c","name":"office","vpns":[{}]}}"#,
            vpns.join(",")
        )
    };
    let answers = [
        ["pending", "pending"],
        ["available", "pending"],
        ["available", "available"],
    ];
    let replies = answers.map(|states| Reply::new(200).body(connection(&states)));
    http.on("get_connection", replies);
    let client = Client::new(&http.session()).in_organization(OrganizationId::new("o"));
    let made: Connection = serde_json::from_str(&connection(&["pending"])).unwrap();
    let seen = states(client.wait_for_vpns(PrivateSpaceId::new("s"), &made)).await;
    assert_eq!(seen, ["pending", "available, pending", "available"]);
    // An end in the first answer has to last.
    let failed = Reply::new(200).body(connection(&["available", "failed"]));
    http.respond(move |_| Some(failed.clone()));
    let look = client.get_connection(PrivateSpaceId::new("s"), &made.id);
    let failed = look.wait().await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Failed, "{failed}");
}
