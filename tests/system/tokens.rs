//! One token for all callers, and its expiry.

use std::time::Duration;

use anypoint_access_management::Client;
use anypoint_access_management::types::{EnvironmentType, NewEnvironment};
use anypoint_core::{ErrorKind, OrganizationId};
use anypoint_emulator::{Emulator, Fault, ORGANIZATION};
use tokio::task::JoinSet;

use crate::clock::Paced;

const TASKS: usize = 1000;

async fn start() -> (Paced, Emulator, Client) {
    let clock = Paced::new(1.0);
    let builder = Emulator::builder()
        .token_life(Duration::from_secs(3600))
        .count_requests();
    let emulator = clock.emulator(builder).await;
    let client = Client::new(&clock.session(&emulator).build().unwrap());
    (clock, emulator, client)
}

/// All at once; every one of them must succeed.
async fn many(client: &Client) {
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move { client.get_me().send().await.map(drop) });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap().unwrap();
    }
}

#[tokio::test]
async fn expectation_04_a_thousand_tasks_without_a_token_fetch_one() {
    let (_, emulator, client) = start().await;
    many(&client).await;
    assert_eq!(emulator.token_fetches(), 1);
}

#[tokio::test]
async fn expectation_04_a_thousand_tasks_that_meet_a_void_token_fetch_one() {
    let (_, emulator, client) = start().await;
    client.get_me().send().await.unwrap();
    emulator.expire_tokens();
    many(&client).await;
    assert_eq!(emulator.token_fetches(), 2);
}

#[tokio::test]
async fn expectation_04_a_token_is_renewed_before_its_life_ends_and_once_for_all() {
    let (clock, emulator, client) = start().await;
    many(&client).await;
    // Two minutes are left: it is still used.
    clock.put_forward(3600 - 120);
    many(&client).await;
    assert_eq!(emulator.token_fetches(), 1);
    // Half a minute is left: it is renewed, and no request meets its end.
    clock.put_forward(90);
    many(&client).await;
    assert_eq!(emulator.token_fetches(), 2);
    let served: u64 = emulator.processed().values().sum();
    assert_eq!(served as usize, 3 * TASKS + 2);
}

#[tokio::test]
async fn expectation_05_a_refused_token_is_renewed_and_the_call_made_again_once() {
    let (_, emulator, client) = start().await;
    client.get_me().send().await.unwrap();
    emulator.expire_tokens();
    let create = |name: &str| {
        let body = NewEnvironment::new(name, false, EnvironmentType::Sandbox);
        let organization = client.in_organization(OrganizationId::new(ORGANIZATION));
        organization.create_environment(body).send()
    };
    let created = create("first").await.unwrap();
    assert_eq!(created.name, "first");
    assert_eq!(emulator.token_fetches(), 2);
    // A token that is refused at once is about rights: nobody tries for ever.
    emulator.fault(Fault::on("create_environment").expire_token());
    let error = create("second").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.operation()),
        (ErrorKind::Status, Some(401), Some("create_environment"))
    );
    assert_eq!((error.attempts(), emulator.token_fetches()), (2, 3));
    let processed = emulator.processed();
    let mut posts = processed
        .iter()
        .filter(|(request, _)| request.method == "POST" && request.path.ends_with("/environments"));
    assert_eq!(posts.next().map(|(_, count)| *count), Some(1));
    assert!(posts.next().is_none());
}
