//! Which resources requests may name, and which environment calls act on.

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::{Value, json};

const ENVIRONMENTS: &str = "/accounts/api/organizations";
const APPLICATIONS: &str = "/cloudhub/api/v2/applications";
const GROUPS: [&str; 2] = ["/mmc/api/serverGroups", "/mmc/api/usergroups"];

/// A CloudHub call with these headers of an environment.
async fn cloudhub(
    url: &str,
    method: &str,
    path: &str,
    scope: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let mut headers = vec![BEARER, JSON];
    headers.extend_from_slice(scope);
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    call(url, method, path, &headers, body.as_bytes()).await
}

fn environment(id: &str) -> [(&'static str, &str); 1] {
    [("x-anypnt-env-id", id)]
}

fn application(domain: &str) -> Value {
    json!({ "applicationInfo": { "domain": domain }, "autoStart": true,
        "applicationSource": { "source": "EXCHANGE", "artifactId": "a" } })
}

#[test]
fn the_constants_are_those_of_the_examples() {
    assert_eq!(anypoint_emulator::ORGANIZATION, ORG);
    assert_eq!(anypoint_emulator::SANDBOX, ENV);
    assert_eq!(anypoint_emulator::PRODUCTION, PRODUCTION);
    let portal = [
        anypoint_emulator::PORTAL_ORGANIZATION,
        anypoint_emulator::PORTAL,
    ]
    .join("/");
    assert!(RESOURCE.contains(&portal));
}

#[tokio::test]
async fn swapped_ids_are_an_error() {
    let emulator = Emulator::start().await.unwrap();
    let swapped = deployments()
        .replace(ORG, "x")
        .replace(ENV, ORG)
        .replace("x", ENV);
    assert_eq!(swapped.len(), deployments().len());
    let answer = get(emulator.url(), &swapped).await;
    assert_eq!(answer.status, 404, "{answer:?}");
    assert!(
        answer.text().contains("organizationId"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn an_environment_of_another_organization_is_not_there() {
    let builder = Emulator::builder()
        .organization("o", "Own")
        .environment("o", "e", "Tests");
    let emulator = builder.portal("o", "p").start().await.unwrap();
    let url = emulator.url();
    let at = |organization, environment| {
        deployments()
            .replace(ORG, organization)
            .replace(ENV, environment)
    };
    assert_eq!(get(url, &at("o", "e")).await.status, 200);
    assert_eq!(get(url, &at(ORG, "e")).await.status, 404);
    assert_eq!(get(url, &at("o", ENV)).await.status, 404);
    assert_eq!(get(url, &at(OTHER_ORG, ENV)).await.status, 404);
    let scope = [("x-anypnt-org-id", "o"), ("x-anypnt-env-id", ENV)];
    let answer = cloudhub(url, "GET", APPLICATIONS, &scope, &Value::Null).await;
    assert_eq!(answer.status, 404, "{answer:?}");

    let portals = "/api-experience-hub/xapi/v1/portals";
    assert_eq!(
        get(url, &format!("{portals}/o/p/applications"))
            .await
            .status,
        200
    );
    let other = format!("{portals}/{ORG}/p/applications");
    assert_eq!(get(url, &other).await.status, 404);
}

#[tokio::test]
async fn an_environment_is_known_from_its_creation_to_its_end() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let all = format!("{ENVIRONMENTS}/{ORG}/environments");
    let new = json!({ "name": "Staging", "type": "sandbox", "isProduction": false });
    let created = send(url, "POST", &all, &new).await.json();
    let id = created["id"].as_str().unwrap();
    let inside = deployments().replace(ENV, id);
    assert_eq!(get(url, &inside).await.json()["total"], 0);
    let scope = environment(id);
    let deployed = cloudhub(url, "POST", APPLICATIONS, &scope, &application("orders")).await;
    assert_eq!(deployed.status, 200, "{deployed:?}");

    let gone = call(url, "DELETE", &format!("{all}/{id}"), &[BEARER], b"").await;
    assert!(gone.status < 300, "{gone:?}");
    assert_eq!(get(url, &inside).await.status, 404);
    let path = format!("{APPLICATIONS}/orders");
    let answer = cloudhub(url, "GET", &path, &scope, &Value::Null).await;
    assert_eq!(answer.status, 404, "{answer:?}");
}

#[tokio::test]
async fn an_organization_takes_its_environments_with_it() {
    let builder = Emulator::builder()
        .organization("o", "Own")
        .environment("o", "e", "Tests");
    let emulator = builder.start().await.unwrap();
    let url = emulator.url();
    let path = format!("{ENVIRONMENTS}/o");
    assert_eq!(get(url, &path).await.json()["name"], "Own");
    assert_eq!(get(url, "/accounts/api/environments/e").await.status, 200);
    let gone = call(url, "DELETE", &path, &[BEARER, JSON], br#"{"id":"o"}"#).await;
    assert!(gone.status < 300, "{gone:?}");
    assert_eq!(get(url, &path).await.status, 404);
    assert_eq!(get(url, "/accounts/api/environments/e").await.status, 404);
}

#[tokio::test]
async fn an_application_is_in_the_environment_that_it_was_deployed_to() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let path = format!("{APPLICATIONS}/orders");
    let sandbox = environment(ENV);
    let created = cloudhub(url, "POST", APPLICATIONS, &sandbox, &application("orders")).await;
    assert_eq!(created.status, 200, "{created:?}");
    let status = async |scope: &[(&str, &str)]| {
        cloudhub(url, "GET", &path, scope, &Value::Null)
            .await
            .status
    };
    assert_eq!(status(&sandbox).await, 200);
    assert_eq!(status(&environment(PRODUCTION)).await, 404);
    // Production is where calls act that name none.
    assert_eq!(status(&[]).await, 404);
    assert_eq!(status(&[("x-anypnt-org-id", ORG)]).await, 404);
    let created = cloudhub(url, "POST", APPLICATIONS, &[], &application("billing")).await;
    assert_eq!(created.status, 200, "{created:?}");
    let path = format!("{APPLICATIONS}/billing");
    let production = environment(PRODUCTION);
    let found = cloudhub(url, "GET", &path, &production, &Value::Null).await;
    assert_eq!(found.status, 200, "{found:?}");
    let found = cloudhub(url, "GET", &path, &sandbox, &Value::Null).await;
    assert_eq!(found.status, 404, "{found:?}");
    // An organization without production has no default.
    let other = [("x-anypnt-org-id", OTHER_ORG)];
    let answer = cloudhub(url, "GET", APPLICATIONS, &other, &Value::Null).await;
    assert_eq!(answer.status, 404, "{answer:?}");
}

#[tokio::test]
async fn what_becomes_of_the_seed_in_sandbox_does_not_touch_production() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let path = format!("{APPLICATIONS}/order-intake");
    let (sandbox, production) = (environment(ENV), environment(PRODUCTION));
    let gone = cloudhub(url, "DELETE", &path, &sandbox, &Value::Null).await;
    assert!(gone.status < 300, "{gone:?}");
    let status = async |scope: &[(&str, &str)]| {
        cloudhub(url, "GET", &path, scope, &Value::Null)
            .await
            .status
    };
    assert_eq!(status(&sandbox).await, 404);
    assert_eq!(status(&production).await, 200);
}

#[tokio::test]
async fn a_group_of_the_console_is_known_from_its_creation_to_its_end() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    for (all, key) in GROUPS.into_iter().zip(["id", "name"]) {
        let new = json!({ "name": "Night Shift" });
        let created = console(url, "POST", all, Some(&new)).await;
        assert_eq!(created.status, 201, "{created:?}");
        assert!(console(url, "POST", all, Some(&new)).await.status >= 400);
        let created = created.json();
        let id = created[key].as_str().unwrap().replace(' ', "%20");
        let path = format!("{all}/{id}");
        assert_eq!(console(url, "GET", &path, None).await.json(), created);
        assert_eq!(console(url, "GET", all, None).await.json()["total"], 2);
        let renamed = console(url, "PUT", &path, Some(&json!({ "name": "Day" })))
            .await
            .json();
        assert_eq!(renamed["name"], "Day");
        let path = format!("{all}/{}", renamed[key].as_str().unwrap());
        assert_eq!(console(url, "DELETE", &path, None).await.status, 200);
        assert_eq!(console(url, "GET", &path, None).await.status, 404);
        assert_eq!(console(url, "DELETE", &path, None).await.status, 404);
    }
}
