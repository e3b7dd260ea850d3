//! Deploying and following, on both platforms, with a fast clock.

mod ends;
mod logs;
mod restart;
pub(crate) mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anypoint::ErrorKind;
use anypoint::application_manager::types::{DeploymentId, SpecificationId};
use anypoint::cloudhub::types::LogSearch;
use anypoint::core::{Timestamp, Upload};
use anypoint::deploy::{Deployed, Event, Events, Order};
use world::{Told, World, application, change, deployment, upload};

fn running(told: &Told) -> &Deployed {
    match told.events.last() {
        Some(Event::Done(deployed)) => deployed,
        _ => panic!("{told:?}"),
    }
}

#[tokio::test]
async fn expectation_14_a_new_deployment_is_followed_until_it_runs() {
    let world = World::new(|builder| builder).await;
    let mut events = world.follow(Order::new_deployment(deployment("orders")));
    let told = world.tell(&mut events).await;
    assert_eq!(told.end, None);
    let accepted = told.accepted();
    assert!(accepted.created);
    let Deployed::ApplicationManager(deployment) = running(&told) else {
        panic!("{told:?}");
    };
    assert_eq!(deployment.id.to_string(), accepted.id);
    let version = deployment
        .desired_version
        .as_ref()
        .map(SpecificationId::as_str);
    assert_eq!(version, accepted.version.as_deref());
    assert_eq!(
        told.states(),
        [
            "APPLYING, application NOT_RUNNING",
            "APPLYING, application STARTING",
            "APPLIED, application RUNNING",
        ]
    );
    // Every line once, in the order of the log.
    let log = world.log_of(&accepted.id).await;
    let ids = told.ids();
    assert!(ids.len() >= 3, "{told:?}");
    assert_eq!(ids, log[..ids.len()]);
    let messages = told.messages();
    assert_eq!(messages[0], "The runtime starts.");
    assert!(
        messages.contains(&"The application has started."),
        "{told:?}"
    );
    // From there on the log can be followed by itself.
    let rest = world.manager().follow_logs(DeploymentId::new(&accepted.id));
    let mut rest = rest.resume(events.position().unwrap()).once().lines();
    let next = rest.next().await.map(|line| line.unwrap().doc_id.unwrap());
    if let Some(next) = next {
        let log = world.log_of(&accepted.id).await;
        assert_eq!(next, log[ids.len()]);
    }
}

#[tokio::test]
async fn expectation_14_an_application_is_followed_until_it_runs() {
    for order in [
        Order::cloudhub_file(upload("order-desk")),
        Order::cloudhub_asset(application("order-desk")),
    ] {
        let world = World::new(|builder| builder).await;
        let mut events = world.follow(order);
        let told = world.tell(&mut events).await;
        assert_eq!(told.end, None);
        let accepted = told.accepted();
        assert!(accepted.created && accepted.id == "order-desk");
        let Deployed::CloudHub(application) = running(&told) else {
            panic!("{told:?}");
        };
        assert_eq!(application.version_id, accepted.version);
        assert_eq!(told.states(), ["DEPLOYING", "STARTED"]);
        let messages = told.messages();
        assert_eq!(messages[0], "The runtime starts.");
        assert!(
            messages.contains(&"The application has started."),
            "{told:?}"
        );
        let client = world.anypoint.cloudhub();
        let log = client.follow_logs("order-desk", LogSearch::new());
        let mut log = log.since(Timestamp::from_millis(0)).unwrap().once().lines();
        for id in told.ids() {
            let record = log.next().await.unwrap().unwrap();
            assert_eq!(record.record_id, Some(id));
        }
        assert!(events.position().is_some());
    }
}

#[tokio::test]
async fn expectation_14_a_redeployment_is_told_from_what_was_there() {
    let world = World::new(|builder| builder.stale_looks(2)).await;
    let first = world
        .deployed(Order::new_deployment(deployment("orders")))
        .await;
    let id = first.accepted().id;
    world.half_a_step();
    let update = Order::update_deployment(DeploymentId::new(&id), change("1.1.0"));
    let told = world.deployed(update).await;
    let accepted = told.accepted();
    assert!(!accepted.created && accepted.id == id);
    assert_ne!(accepted.version, first.accepted().version);
    let Deployed::ApplicationManager(deployment) = running(&told) else {
        panic!("{told:?}");
    };
    let version = deployment.last_successful_version.as_ref();
    let version = version.map(SpecificationId::as_str);
    assert_eq!(version, accepted.version.as_deref());
    let again = |id: &String| first.ids().contains(id);
    assert!(!told.ids().iter().any(again), "{told:?}");
    assert!(told.messages().contains(&"The runtime starts."), "{told:?}");
}

#[tokio::test]
async fn expectation_14_an_application_that_is_there_is_updated() {
    for again in [
        Order::cloudhub_file(upload("order-desk")),
        Order::cloudhub_asset(application("order-desk")),
    ] {
        let world = World::new(|builder| builder.stale_looks(2).count_requests()).await;
        let first = world
            .deployed(Order::cloudhub_file(upload("order-desk")))
            .await;
        world.half_a_step();
        let told = world.deployed(again).await;
        let accepted = told.accepted();
        assert!(!accepted.created);
        let Deployed::CloudHub(application) = running(&told) else {
            panic!("{told:?}");
        };
        assert_eq!(application.version_id, accepted.version);
        assert_ne!(accepted.version, first.accepted().version);
        assert_eq!(
            told.states(),
            ["STARTED, deploymentUpdateStatus DEPLOYING", "STARTED"]
        );
        let twice = |id: &String| first.ids().contains(id);
        assert!(!told.ids().iter().any(twice), "{told:?}");
        assert!(told.messages().contains(&"The runtime starts."), "{told:?}");
        assert_eq!(world.count("POST", "/v2/applications"), 1);
        assert_eq!(world.count("PUT", "/v2/applications/order-desk"), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_followed_is_not_sent() {
    let world = World::new(|builder| builder).await;
    let requests = world.emulator.requests();
    let unnamed = upload("").auto_start(true);
    let mut idle = application("order-desk");
    idle.auto_start = Some(false);
    for order in [
        Order::cloudhub_file(unnamed),
        Order::cloudhub_file(upload("order-desk").auto_start(false)),
        Order::cloudhub_asset(idle),
    ] {
        let error = world.deployed(order).await.error();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        crate::support::assert_helpful(&error.to_string());
    }
    assert_eq!(world.emulator.requests(), requests);
}

#[tokio::test]
async fn names_of_organization_and_environment_are_looked_up() {
    let world = World::new(|builder| builder).await;
    let named = crate::support::of(&world.emulator);
    let scope = world.anypoint.scope().await.unwrap();
    let named = named.organization(scope.organization.name);
    let anypoint = named.environment(scope.environment.name).build().unwrap();
    for order in [
        Order::new_deployment(deployment("orders")),
        Order::cloudhub_file(upload("order-desk")),
    ] {
        let mut events = anypoint.deploy(order).events();
        let mut first = events.next().await.unwrap().unwrap();
        while matches!(first, Event::Sent { .. }) {
            first = events.next().await.unwrap().unwrap();
        }
        assert!(matches!(first, Event::Accepted(_)), "{first:?}");
    }
    let deployments = world.manager().list_deployments();
    let names = deployments.items().collect().await.unwrap();
    assert!(names.iter().any(|one| one.name == "orders"));
    let client = world.anypoint.cloudhub();
    client.get_application("order-desk").send().await.unwrap();
}

#[tokio::test]
async fn dropping_the_stream_ends_the_asking_and_nothing_else() {
    let world = World::new(|builder| builder).await;
    for order in [
        Order::new_deployment(deployment("orders")),
        Order::cloudhub_asset(application("order-desk")),
    ] {
        let mut events = world.follow(order);
        while let Some(event) = events.next().await {
            if matches!(event.unwrap(), Event::State(_)) {
                break;
            }
        }
        drop(events);
        // What was on its way arrives.
        world.wait().await;
        let requests = world.emulator.requests();
        world.wait().await;
        assert_eq!(world.emulator.requests(), requests);
    }
    let mut left = world.manager().list_deployments().items();
    let mut names = Vec::new();
    while let Some(deployment) = left.next().await {
        names.push(deployment.unwrap().name);
    }
    assert!(names.contains(&"orders".to_owned()), "{names:?}");
    let client = world.anypoint.cloudhub();
    client.get_application("order-desk").send().await.unwrap();
}

#[tokio::test]
async fn dropping_the_futures_loses_nothing() {
    let world = World::new(|builder| builder).await;
    let mut events = world.follow(Order::new_deployment(deployment("orders")));
    let mut told = Told::default();
    loop {
        // Much shorter than an answer takes.
        let short = Duration::from_micros(200);
        match tokio::time::timeout(short, events.next()).await {
            Ok(None) => break,
            Ok(Some(event)) => {
                let event = event.unwrap();
                world.see(&event);
                told.events.push(event);
            }
            Err(_) => {}
        }
    }
    running(&told);
    let log = world.log_of(&told.accepted().id).await;
    let ids = told.ids();
    assert!(ids.len() >= 3, "{told:?}");
    assert_eq!(ids, log[..ids.len()]);
    assert_eq!(told.states().last(), Some(&"APPLIED, application RUNNING"));
}

#[test]
fn everything_can_be_sent_to_another_thread() {
    fn sent<T: Send>() {}
    sent::<Events>();
    sent::<Event>();
    sent::<Order>();
}

/// A callback of the caller's own is called as well.
#[tokio::test]
async fn the_upload_of_an_archive_is_told_before_the_answer_to_it() {
    const LENGTH: u64 = 200_000;
    let world = World::new(|builder| builder).await;
    let last = Arc::new(AtomicU64::new(0));
    let told = last.clone();
    let file = Upload::bytes("orders.jar", vec![b'x'; LENGTH as usize]);
    let file = file.on_progress(move |so_far| told.store(so_far.bytes, Ordering::Relaxed));
    let mut archive = upload("order-desk");
    archive.file = file;
    let mut events = world.follow(Order::cloudhub_file(archive));
    let mut sent = Vec::new();
    loop {
        match events.next().await.unwrap().unwrap() {
            Event::Sent { bytes, total } => sent.push((bytes, total)),
            Event::Accepted(_) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sent.last(), Some(&(LENGTH, Some(LENGTH))), "{sent:?}");
    assert_eq!(last.load(Ordering::Relaxed), LENGTH);
}
