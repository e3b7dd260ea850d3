//! The same lists against the emulator, whose pages shift and have wrong totals: some with eight items,
//! the others with those of the examples.

use anypoint_core::{Credentials, EnvironmentId, OrganizationId, Session};
use anypoint_emulator::{Emulator, FIXED_TOKEN, Pages};
use anypoint_tests::wire::{Base, Clients, Reading, example};
use serde_json::{Value, json};

use super::form::Form;
use super::{PLAIN, forms};

const ORG: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
const ENV: &str = "d2e8b7f1-5a39-4e60-9c14-83b6f0a7d925";
/// The lists that are filled before they are read.
const LONG: [&str; 3] = [
    "list_environments",
    "list_deployments",
    "list_private_spaces",
];

/// What became of a list that was read.
struct Run {
    operation: String,
    form: Form,
    items: Vec<Value>,
    requests: usize,
}

async fn emulator(pages: Pages) -> Emulator {
    let emulator = Emulator::builder().pages(pages).start().await.unwrap();
    let builder = Session::builder().host(emulator.url());
    let session = builder.credentials(Credentials::bearer(FIXED_TOKEN));
    let session = session.build().unwrap();
    let organization = OrganizationId::new(ORG);
    let access = anypoint_access_management::Client::new(&session);
    let access = access.in_organization(&organization);
    let manager = anypoint_application_manager::Client::new(&session);
    let manager = manager.in_environment(&organization, EnvironmentId::new(ENV));
    let cloudhub2 = anypoint_cloudhub2::Client::new(&session);
    let cloudhub2 = cloudhub2.in_organization(&organization);
    for number in 0..8 {
        let name = format!("new-{number}");
        let deployment = json!({ "name": name, "target": { "provider": "MC", "targetId": "t" },
            "application": { "ref": { "groupId": "g", "artifactId": "a", "version": "1",
                "packaging": "jar" } } });
        let deployment = example(&deployment.to_string());
        let deployment = manager.create_deployment(deployment);
        deployment.send().await.unwrap();
        let environment =
            json!({ "name": format!("new{number}"), "type": "sandbox", "isProduction": false });
        let environment = example(&environment.to_string());
        access.create_environment(environment).send().await.unwrap();
        let space = example(&json!({ "name": name }).to_string());
        cloudhub2.create_private_space(space).send().await.unwrap();
    }
    emulator
}

/// Reads every list, with and without reading ahead.
#[expect(clippy::print_stdout, reason = "a test that fails says at which list")]
async fn runs(pages: Pages) -> Vec<Run> {
    let emulator = emulator(pages).await;
    let base = Base::Host(emulator.url().to_owned());
    let clients = Clients::unlimited(base, FIXED_TOKEN).unwrap();
    let clients = clients.in_environment(ORG, ENV).unwrap();
    let mut runs = Vec::new();
    for (api, lists, forms) in forms() {
        for list in lists(&clients).unwrap() {
            let form = forms.iter().find(|form| form.operation == list.operation);
            for read_ahead in [false, true] {
                println!("{pages:?} {api} {}, ahead: {read_ahead}", list.operation);
                let before = emulator.requests();
                let reading = Reading {
                    read_ahead,
                    ..PLAIN
                };
                let items = list.read(reading).await.unwrap();
                runs.push(Run {
                    operation: format!("{api} {}", list.operation),
                    form: form.unwrap().clone(),
                    items,
                    requests: emulator.requests() - before,
                });
            }
        }
    }
    runs
}

/// The ids of the items of a run; for those without one, the whole items.
fn ids(run: &Run) -> Vec<String> {
    let id = |item: &Value| match &run.form.id[..] {
        [] => item.to_string(),
        names => names
            .iter()
            .map(|name| format!("{} ", item[name]))
            .collect(),
    };
    run.items.iter().map(id).collect()
}

/// What is left of each list under a mode: nothing twice, in a bounded number of requests.
async fn read(pages: Pages) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    for run in runs(pages).await {
        let ids = ids(&run);
        let bound = ids.len() + 3;
        assert!(
            run.requests <= bound,
            "{pages:?} {}: {}",
            run.operation,
            run.requests
        );
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        // Nothing tells log entries apart.
        if !run.form.id.is_empty() {
            assert_eq!(
                once.len(),
                ids.len(),
                "{pages:?} {}: {ids:?}",
                run.operation
            );
            lists.push((run.operation, ids));
        }
    }
    lists
}

#[tokio::test]
async fn expectation_13_lists_of_an_emulator_that_lies_are_whole() {
    let steady = read(Pages::Steady).await;
    assert_eq!(steady.len(), 2 * 20);
    for name in LONG {
        let long = steady
            .iter()
            .filter(|(operation, ids)| operation.ends_with(name) && ids.len() > 8);
        assert_eq!(long.count(), 2, "{name}");
    }
    for pages in [
        Pages::Shifting(1),
        Pages::Shifting(2),
        Pages::WrongTotal(-1),
        Pages::WrongTotal(0),
        Pages::WrongTotal(4),
        Pages::WrongTotal(1_000_000),
        Pages::NoTotal,
        Pages::Capped(1),
        Pages::Capped(2),
    ] {
        let read = read(pages).await;
        for (list, expected) in read.iter().zip(&steady) {
            assert_eq!(list, expected, "{pages:?}");
        }
        assert_eq!(read.len(), steady.len());
    }
}

/// These servers do not show more.
#[tokio::test]
async fn expectation_13_lists_of_an_emulator_that_hides_the_rest_end() {
    for pages in [Pages::Repeating, Pages::EmptyFrom(3)] {
        for (operation, ids) in read(pages).await {
            assert!(ids.len() <= 3, "{pages:?} {operation}: {ids:?}");
        }
    }
    for (operation, ids) in read(Pages::EmptyFrom(0)).await {
        assert!(ids.is_empty(), "{operation}: {ids:?}");
    }
    // Someone who adds items as fast as they are read.
    read(Pages::Shifting(3)).await;
}
