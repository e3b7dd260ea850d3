//! Private spaces and VPC endpoints of CloudHub 2.0. The emulator shows their end only, so the
//! answers on the way are given to it.

use anypoint_cloudhub2::Client;
use anypoint_core::ErrorKind;
use anypoint_emulator::Fault;

use super::support::{ORG, World};

const SPACE: &str = "space-1";
const ENDPOINT: &str = "endpoint-1";

fn client(world: &World) -> Client {
    Client::new(&world.session().build().unwrap())
}

/// The next answer of an operation.
fn answer(world: &World, operation: &str, body: &str) {
    let fault = Fault::on(operation).status_with(200, body, "application/json");
    world.emulator.fault(fault.times(1));
}

fn space(world: &World, status: &str) {
    let body = format!(
        r#"{{"id": "{SPACE}", "name": "n", "firewallRules": [], "status": "{status}",
            "statusMessage": "no address is left"}}"#
    );
    answer(world, "get_private_space", &body);
}

#[tokio::test]
async fn expectation_14_a_private_space_is_waited_for_until_it_is_active() {
    let world = World::start().await;
    let client = client(&world);
    space(&world, "Creating");
    let made = client.get_private_space(ORG, SPACE).send().await.unwrap();
    for status in ["Creating", "Some new state", "active"] {
        space(&world, status);
    }
    let mut states = client.wait_for_private_space(ORG, &made).states();
    for expected in ["Creating", "Some new state", "active"] {
        assert_eq!(states.next().await.unwrap().unwrap().state, expected);
    }
    assert!(states.next().await.is_none());

    for status in ["Creating", "CREATE_FAILED"] {
        space(&world, status);
    }
    let error = client.wait_for_private_space(ORG, &made).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.message(), Some("no address is left"));
}

fn endpoint(world: &World, status: &str) {
    let body = format!(r#"{{"vpceId": "{ENDPOINT}", "azIds": [], "status": "{status}"}}"#);
    answer(world, "get_vpc_endpoint", &body);
}

#[tokio::test]
async fn expectation_14_a_vpc_endpoint_is_waited_for_until_it_is_available() {
    let world = World::start().await;
    let client = client(&world);
    endpoint(&world, "Valid");
    let made = client.get_vpc_endpoint(ORG, SPACE, ENDPOINT).send().await;
    let made = made.unwrap();
    for status in ["Valid", "PendingAcceptence", "Available"] {
        endpoint(&world, status);
    }
    let done = client.wait_for_vpc_endpoint(ORG, SPACE, &made).await;
    assert_eq!(done.unwrap().vpce_id, ENDPOINT);

    for status in ["Valid", "Invalid"] {
        endpoint(&world, status);
    }
    let error = client.wait_for_vpc_endpoint(ORG, SPACE, &made).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.last_state(), Some("Invalid"));

    endpoint(&world, "Valid");
    let gone = Fault::on("get_vpc_endpoint").status(404);
    world.emulator.fault(gone);
    let error = client.wait_for_vpc_endpoint(ORG, SPACE, &made).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Deleted);
}
