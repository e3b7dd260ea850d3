//! Common behaviour of the five waits: temporary failures, cancellation, timeouts, and missing resources.

use std::pin::pin;
use std::time::Duration;

use anypoint_application_manager::requests::GetDeployment;
use anypoint_application_manager::types::DeploymentId;
use anypoint_cloudhub::requests::GetApplication;
use anypoint_cloudhub2::requests::{GetPrivateSpace, GetVpcEndpoint};
use anypoint_cloudhub2::types::{PrivateSpaceId, VpcEndpointId};
use anypoint_core::internal::Waited;
use anypoint_core::{Clock, ErrorKind, Wait};
use anypoint_emulator::{Fault, PRODUCTION};

use super::support::{ENV, ORG, STEP, World};
use super::{application_manager, cloudhub, cloudhub2, mmc};

/// Another organization that the emulator knows.
const OTHER_ORG: &str = "9b1d7e04-62c5-4f3a-8e91-c47d20f5a3b8";

/// Something that has just been begun.
struct Begun<R: Waited> {
    wait: Wait<R>,
    /// The operation that looks.
    look: &'static str,
    /// The first state.
    state: &'static str,
}

async fn deployment(world: &World) -> Begun<GetDeployment> {
    let client = application_manager::client(world);
    let made = application_manager::create(&client, "orders").await;
    Begun {
        wait: client.wait_for_deployment(&made),
        look: "application-manager/get_deployment",
        state: "APPLYING, application NOT_RUNNING",
    }
}

async fn application(world: &World) -> Begun<GetApplication> {
    let client = cloudhub::client(world);
    let made = cloudhub::create(&client, "orders").await;
    Begun {
        wait: client.wait_for_application(&made),
        look: "cloudhub/get_application",
        state: "DEPLOYING",
    }
}

async fn space(world: &World) -> Begun<GetPrivateSpace> {
    let client = cloudhub2::client(world);
    let made = cloudhub2::space(&client, "orders").await;
    Begun {
        wait: client.wait_for_private_space(&made),
        look: "cloudhub2/get_private_space",
        state: "Pending",
    }
}

async fn endpoint(world: &World) -> Begun<GetVpcEndpoint> {
    let client = cloudhub2::client(world);
    let made = cloudhub2::endpoint(&client, "archive", "amazon").await;
    Begun {
        wait: client.wait_for_vpc_endpoint(PrivateSpaceId::new(cloudhub2::SPACE), &made),
        look: "cloudhub2/get_vpc_endpoint",
        state: "Valid",
    }
}

async fn console(world: &World) -> Begun<anypoint_mmc::requests::GetDeployment> {
    let client = mmc::client(world);
    let made = mmc::create(&client, "orders").await;
    client.deploy(&made.id).send().await.unwrap();
    Begun {
        wait: client.wait_for_deployment(&made),
        look: "mmc/get_deployment",
        state: "IN_PROGRESS",
    }
}

/// Faults between the first look and the last.
async fn with_faults<R: Waited>(world: &World, begun: Begun<R>) {
    let mut states = begun.wait.states();
    let first = states.next().await.unwrap().unwrap();
    assert_eq!(first.state, begun.state);
    for fault in [
        Fault::on(begun.look).times(3).status(503),
        Fault::on(begun.look).times(2).reset_before_read(),
        Fault::on(begun.look).times(1).status(429),
        Fault::on(begun.look).times(1).truncate(10),
        Fault::on(begun.look).times(1).status(404),
        Fault::on(begun.look).times(2).html(200),
        Fault::on(begun.look).times(1).status(410),
        Fault::on(begun.look)
            .times(1)
            .status_with(200, r#"{"id": "cut"#, "application/json"),
        Fault::on(begun.look)
            .times(1)
            .status_with(200, "Down for maintenance", "text/plain"),
    ] {
        world.emulator.fault(fault);
    }
    let began = (world.clock.passed(), world.emulator.requests());
    let mut last = first;
    while let Some(progress) = states.next().await {
        last = progress.unwrap();
    }
    assert!(last.done, "{}", last.state);
    assert!(world.clock.passed() >= began.0 + Duration::from_secs(13 * 5));
    assert!(world.emulator.requests() > began.1 + 13);
}

#[tokio::test]
async fn expectation_14_faults_in_mid_wait_do_not_end_it() {
    let world = World::start().await;
    with_faults(&world, deployment(&world).await).await;
    with_faults(&world, application(&world).await).await;
    with_faults(&world, space(&world).await).await;
    with_faults(&world, endpoint(&world).await).await;
    with_faults(&world, console(&world).await).await;
}

/// Drops the wait in the middle of a pause, and in the middle of a look.
async fn given_up<R: Waited>(world: &World, begun: Begun<R>) {
    for in_a_look in [false, true] {
        let before = world.emulator.requests();
        let mut states = begun.wait.clone().states();
        let first = states.next().await.unwrap().unwrap();
        assert_eq!((first.state.as_str(), first.done), (begun.state, false));
        let looks = before + 1;
        assert_eq!(world.emulator.requests(), looks);
        {
            let mut next = pin!(states.next());
            let mut turns = 0;
            while turns == 0 || (in_a_look && world.emulator.requests() == looks) {
                assert!(once(next.as_mut()).await.is_none());
                tokio::task::yield_now().await;
                turns += 1;
            }
        }
        drop(states);
        let looks = looks + usize::from(in_a_look);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.emulator.requests(), looks);
    }
    // The server has been left alone: what was begun comes to its end, here unseen.
    for _ in 0..5 {
        world.clock.sleep(STEP / 2).await;
    }
    let before = world.emulator.requests();
    let mut states = begun.wait.states();
    assert!(states.next().await.unwrap().unwrap().done);
    // Without a version the end has to last for 15 seconds.
    assert!(world.emulator.requests() <= before + 4);
}

/// Polls once.
async fn once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn expectation_14_a_wait_that_is_given_up_looks_no_more_and_leaves_the_server_alone() {
    let world = World::start().await;
    given_up(&world, deployment(&world).await).await;
    given_up(&world, application(&world).await).await;
    given_up(&world, space(&world).await).await;
    given_up(&world, endpoint(&world).await).await;
    given_up(&world, console(&world).await).await;
}

async fn too_late<R: Waited>(world: &World, begun: Begun<R>) {
    let began = world.clock.passed();
    let limit = Duration::from_secs(62);
    let error = begun.wait.timeout(limit).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.last_state(), Some(begun.state));
    let text = error.to_string();
    let part = format!("not done after 62s; its last state was {}", begun.state);
    assert!(text.contains(&part), "{text}");
    assert_eq!(world.clock.passed(), began + limit);
}

#[tokio::test]
async fn expectation_14_every_timeout_tells_the_last_state() {
    let world = World::with(|builder| builder.step(Duration::from_secs(3600))).await;
    too_late(&world, deployment(&world).await).await;
    too_late(&world, application(&world).await).await;
    too_late(&world, space(&world).await).await;
    too_late(&world, endpoint(&world).await).await;
    too_late(&world, console(&world).await).await;
}

/// Looks for half a minute, which excludes that the service was only behind.
async fn missing<R: Waited>(world: &World, wait: Wait<R>) {
    let before = world.emulator.requests();
    let error = wait.await.err().unwrap();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(404))
    );
    assert_eq!(error.last_state(), None);
    assert_eq!(world.emulator.requests(), before + 7);
}

/// A console has neither organizations nor environments.
#[tokio::test]
async fn expectation_14_what_is_not_there_or_elsewhere_is_not_waited_for() {
    let world = World::start().await;
    let manager = application_manager::client(&world);
    let none = DeploymentId::new("none");
    missing(&world, manager.get_deployment(none).wait()).await;
    let made = application_manager::create(&manager, "orders").await;
    for (organization, environment) in [(ORG, PRODUCTION), (OTHER_ORG, ENV)] {
        let elsewhere = application_manager::inside(&world, organization, environment);
        missing(&world, elsewhere.wait_for_deployment(&made)).await;
    }

    let cloudhub = cloudhub::client(&world);
    missing(&world, cloudhub.get_application("none").wait()).await;

    let cloudhub2 = cloudhub2::client(&world);
    let none = PrivateSpaceId::new("none");
    missing(&world, cloudhub2.get_private_space(&none).wait()).await;
    let made = cloudhub2::space(&cloudhub2, "orders").await;
    let elsewhere = cloudhub2::inside(&world, OTHER_ORG);
    missing(&world, elsewhere.wait_for_private_space(&made)).await;
    let home = PrivateSpaceId::new(cloudhub2::SPACE);
    let endpoint = VpcEndpointId::new("none");
    missing(&world, cloudhub2.get_vpc_endpoint(&home, endpoint).wait()).await;
    let endpoint = cloudhub2::endpoint(&cloudhub2, "archive", "amazon").await;
    for (client, space) in [
        (&elsewhere, &home),
        (&cloudhub2, &made.id),
        (&cloudhub2, &none),
    ] {
        missing(&world, client.wait_for_vpc_endpoint(space, &endpoint)).await;
    }

    missing(
        &world,
        mmc::client(&world)
            .get_deployment(anypoint_mmc::types::DeploymentId::new("none"))
            .wait(),
    )
    .await;
}
