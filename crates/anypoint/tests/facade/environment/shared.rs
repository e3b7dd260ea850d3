//! One lookup for everything in a session: tasks, pages, waits, followers, deployments.

use std::sync::atomic::{AtomicUsize, Ordering};

use anypoint::application_manager::types::{DeploymentId, DeploymentUpdate};
use anypoint::cloudhub::types::LogSearch;
use anypoint::deploy::Order;

use super::platform::{ACME, GROUP, Platform, SANDBOX, STAGING, scope};

#[tokio::test]
async fn a_hundred_tasks_look_up_once() {
    let platform = Platform::start().await;
    let anypoint = platform.builder().environment("Sandbox").build().unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let call = anypoint.clone().cloudhub().delete_application("orders");
            tokio::spawn(call.send())
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(platform.scopes(), vec![scope(ACME, SANDBOX); 100]);
    for part in ["/me", "/environments"] {
        assert_eq!(platform.count(part), 1, "{part}");
    }
}

#[tokio::test]
async fn a_failed_look_up_is_tried_again_by_the_next_call() {
    static LOOKS: AtomicUsize = AtomicUsize::new(0);
    let platform = Platform::answering(|path| {
        let first = path.ends_with("/environments") && LOOKS.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| (403, String::new()))
    })
    .await;
    let anypoint = platform.builder().environment("Sandbox").build().unwrap();
    let delete = || anypoint.cloudhub().delete_application("orders").send();
    delete().await.unwrap_err();
    assert!(platform.scopes().is_empty());
    delete().await.unwrap();
    assert_eq!(platform.scopes(), [scope(ACME, SANDBOX)]);
}

#[tokio::test]
async fn pages_waits_and_followers_act_on_the_chosen_environment() {
    let platform = Platform::answering(|path| {
        let text = match path.rsplit('/').next()? {
            "orders" => r#"{"domain":"orders","status":"STARTED","versionId":"v"}"#,
            "alerts" => "[]",
            "logs" => "[]",
            _ => return None,
        };
        path.starts_with("/cloudhub/")
            .then(|| (200, text.to_owned()))
    })
    .await;
    let anypoint = platform.builder().environment("Sandbox").build().unwrap();
    let client = anypoint.cloudhub();
    client.list_alerts().items().collect().await.unwrap();
    let get = client.get_application("orders");
    let application = get.send().await.unwrap().into_value();
    client.wait_for_application(&application).await.unwrap();
    let before = platform.scopes().len();
    let mut lines = client
        .follow_logs("orders", LogSearch::new())
        .once()
        .lines();
    while lines.next().await.is_some() {}
    let scopes = platform.scopes();
    assert!(before >= 3 && scopes.len() > before, "{scopes:?}");
    assert_eq!(scopes, vec![scope(ACME, SANDBOX); scopes.len()]);
    assert_eq!(platform.count("/environments"), 1);
}

#[tokio::test]
async fn a_scope_comes_before_what_was_chosen_and_shares_the_rest() {
    let platform = Platform::start().await;
    let chosen = platform.builder().organization("Logistics");
    let chosen = chosen.environment("Staging").build().unwrap();
    let own = platform.builder().build().unwrap().scope().await.unwrap();
    let inside = chosen.in_scope(&own).unwrap();
    for anypoint in [&inside, &chosen] {
        let call = anypoint.cloudhub().delete_application("orders");
        call.send().await.unwrap();
    }
    let expected = [scope(ACME, SANDBOX), scope(GROUP, STAGING)];
    assert_eq!(platform.scopes(), expected);
}

#[tokio::test]
async fn a_client_of_ones_own_on_the_session_acts_on_the_chosen_environment() {
    let platform = Platform::start().await;
    let anypoint = platform.builder().environment("Sandbox").build().unwrap();
    let client = anypoint::cloudhub::Client::new(anypoint.session());
    client.delete_application("orders").send().await.unwrap();
    assert_eq!(platform.scopes(), [scope(ACME, SANDBOX)]);
}

#[tokio::test]
async fn a_deployment_without_a_choice_is_not_sent() {
    let platform = Platform::start().await;
    let anypoint = platform.builder().build().unwrap();
    let order = || Order::update_deployment(DeploymentId::new("id"), DeploymentUpdate::new());
    let error = anypoint.deploy(order()).events().next().await;
    let error = error.unwrap().unwrap_err().to_string();
    assert!(
        error.contains("Production (production), Sandbox"),
        "{error}"
    );
    let default = platform.builder().service_default_environment();
    let mut events = default.build().unwrap().deploy(order()).events();
    let error = events.next().await.unwrap().unwrap_err().to_string();
    assert!(error.contains("no default environment"), "{error}");
    assert_eq!(platform.count("/amc/"), 0);
}
