//! Organization and environment by name, id and default.

use anypoint::{Anypoint, ErrorKind};
use anypoint_emulator::Emulator;

use std::sync::{Arc, Mutex};

use crate::support::{assert_helpful, at, of, serve, serve_requests};

const ACME: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
const OTHER: &str = "9b1d7e04-62c5-4f3a-8e91-c47d20f5a3b8";

/// `organization/environment`, by name.
async fn names(anypoint: Anypoint) -> Result<String, String> {
    let scope = anypoint.scope().await.map_err(|error| {
        let expected = match error.to_string().contains("there is no ") {
            true => ErrorKind::UnknownName,
            false => ErrorKind::Configuration,
        };
        assert_eq!(error.kind(), expected, "{error}");
        assert_helpful(&error.to_string());
        error.to_string()
    })?;
    Ok(format!(
        "{}/{}",
        scope.organization.name, scope.environment.name
    ))
}

#[tokio::test]
async fn over_the_emulator() {
    let emulator = Emulator::start().await.unwrap();
    let own = of(&emulator).build().unwrap().scope().await.unwrap();
    let (organization, environment) = (&own.organization, &own.environment);
    for (by_organization, by_environment) in [
        (organization.id.to_string(), environment.id.to_string()),
        (organization.name.clone(), environment.name.clone()),
        (
            organization.name.to_uppercase(),
            environment.name.to_lowercase(),
        ),
    ] {
        let builder = of(&emulator)
            .organization(by_organization)
            .environment(by_environment);
        assert_eq!(builder.build().unwrap().scope().await.unwrap(), own);
    }
    let error = names(of(&emulator).organization("Nobody").build().unwrap())
        .await
        .unwrap_err();
    assert!(error.contains("no organization \"Nobody\""), "{error}");
    assert!(error.contains(&organization.name), "{error}");
    let error = names(of(&emulator).environment("Nowhere").build().unwrap())
        .await
        .unwrap_err();
    assert!(error.contains("no environment \"Nowhere\""), "{error}");
    assert!(error.contains(&environment.name), "{error}");
    let unknown = "00000000-0000-4000-8000-000000000000";
    let error = names(of(&emulator).organization(unknown).build().unwrap())
        .await
        .unwrap_err();
    assert!(error.contains("no organization"), "{error}");
}

/// A platform with two organizations, the environments of `environments` in each of them, five
/// to a page, and a `/me` of the test's choice.
async fn platform(me: &'static str, environments: Vec<(String, &'static str)>) -> String {
    serve(move |_, target| {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.trim_start_matches("/accounts/api");
        if path.ends_with("/environments") {
            return (200, page(&environments, query));
        }
        match path {
            "/me" => (200, me.to_owned()),
            "/organizations" => (
                200,
                format!(
                    r#"[{{"id":"{ACME}","name":"Acme"}},{{"id":"{OTHER}","name":"Twin"}},{{"id":"x","name":"Twin"}}]"#
                ),
            ),
            _ if path.ends_with(ACME) => (200, format!(r#"{{"id":"{ACME}","name":"Acme"}}"#)),
            _ => (403, String::new()),
        }
    })
    .await
}

fn page(environments: &[(String, &str)], query: &str) -> String {
    let offset = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("offset="));
    let offset: usize = offset.and_then(|text| text.parse().ok()).unwrap_or(0);
    let items: Vec<String> = environments
        .iter()
        .skip(offset)
        .take(5)
        .map(|(name, kind)| {
            let production = *kind == "production";
            format!(r#"{{"id":"id-{name}","name":"{name}","type":"{kind}","isProduction":{production}}}"#)
        })
        .collect();
    format!(
        r#"{{"data":[{}],"total":{}}}"#,
        items.join(","),
        environments.len()
    )
}

fn environments(list: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    let owned = |(name, kind): &(&str, &'static str)| ((*name).to_owned(), *kind);
    list.iter().map(owned).collect()
}

const ME: &str = r#"{"client":{"org_id":"3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de"}}"#;

#[tokio::test]
async fn an_environment_on_the_last_page_is_found() {
    let many = (0..17)
        .map(|number| (format!("env{number}"), "sandbox"))
        .collect();
    let url = platform(ME, many).await;
    let last = at(&url).environment("env16").build().unwrap();
    assert_eq!(names(last).await.unwrap(), "Acme/env16");
    let error = names(at(&url).environment("env17").build().unwrap())
        .await
        .unwrap_err();
    assert!(
        error.contains("env0, env1,") && error.contains("and 5 more"),
        "{error}"
    );
}

#[tokio::test]
async fn production_is_never_taken_by_chance() {
    for (list, expected) in [
        (
            &[
                ("Live", "production"),
                ("Design", "design"),
                ("Test", "sandbox"),
            ][..],
            Some("Acme/Test"),
        ),
        (
            &[("Test", "sandbox"), ("Sandbox", "sandbox")],
            Some("Acme/Sandbox"),
        ),
        (&[("Sandbox", "production")], None),
        (&[], None),
    ] {
        let url = platform(ME, environments(list)).await;
        let found = names(at(&url).build().unwrap()).await;
        assert_eq!(found.as_deref().ok(), expected);
        if let Err(error) = found {
            let advice = if list.is_empty() {
                "see no environment"
            } else {
                "ANYPOINT_ENV"
            };
            assert!(error.contains(advice), "{error}");
        }
    }
    let url = platform(ME, environments(&[("Live", "production")])).await;
    let chosen = at(&url).environment("live").build().unwrap();
    assert_eq!(names(chosen).await.unwrap(), "Acme/Live");
}

#[tokio::test]
async fn the_own_organization_is_found_in_every_form_of_me() {
    let sandbox = || environments(&[("Sandbox", "sandbox")]);
    for (me, expected) in [
        (ME, "Acme"),
        (
            r#"{"user":{"organization":{"id":"o1","name":"Home"}}}"#,
            "Home",
        ),
        (
            r#"{"client":{"org_id":""},"user":{"organizationId":"o1"}}"#,
            "o1",
        ),
        (
            r#"{"client":{"org_id":"o1"},"user":{"organization":null}}"#,
            "o1",
        ),
    ] {
        let url = platform(me, sandbox()).await;
        let found = names(at(&url).build().unwrap()).await.unwrap();
        assert_eq!(found, format!("{expected}/Sandbox"));
    }
    let url = platform("{}", sandbox()).await;
    let error = names(at(&url).build().unwrap()).await.unwrap_err();
    assert!(
        error.contains("names no organization") && error.contains("ANYPOINT_ORG"),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_two_share_is_refused_and_an_id_settles_it() {
    let url = platform(ME, environments(&[("Sandbox", "sandbox")])).await;
    let error = names(at(&url).organization("twin").build().unwrap())
        .await
        .unwrap_err();
    assert!(
        error.contains("2 organizations") && error.contains(OTHER),
        "{error}"
    );
    // The server refuses to show this one alone, so it is taken from the list.
    let by_id = at(&url).organization(OTHER).build().unwrap();
    assert_eq!(names(by_id).await.unwrap(), "Twin/Sandbox");
}

/// Every request that the client of CloudHub makes on a platform that is built like this, as text.
async fn cloudhub_request(
    build: impl FnOnce(anypoint::AnypointBuilder) -> Anypoint,
) -> (String, Anypoint) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    let url = serve_requests(move |request| {
        seen.lock().unwrap().push(request.to_ascii_lowercase());
        (200, "[]".to_owned())
    })
    .await;
    let anypoint = build(at(&url));
    let call = anypoint.cloudhub().list_applications();
    call.send().await.unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 1, "nothing is looked up: {requests:?}");
    (requests[0].clone(), anypoint)
}

/// The lines that the headers of a scope have.
fn scope_headers(organization: &str, environment: &str) -> [String; 2] {
    [
        format!("x-anypnt-org-id: {organization}\r\n"),
        format!("x-anypnt-env-id: {environment}\r\n"),
    ]
}

#[tokio::test]
async fn in_a_scope_cloudhub_is_told_the_ids() {
    let emulator = Emulator::start().await.unwrap();
    let scope = of(&emulator).build().unwrap().scope().await.unwrap();
    let (request, anypoint) = cloudhub_request(|builder| {
        let named = builder.organization("Acme").environment("Sandbox");
        named.build().unwrap().in_scope(&scope).unwrap()
    })
    .await;
    let (organization, environment) = (&scope.organization.id, &scope.environment.id);
    for header in scope_headers(organization.as_str(), environment.as_str()) {
        assert!(request.contains(&header), "{header}: {request}");
    }
    assert!(
        request.contains("authorization: bearer a-token"),
        "{request}"
    );
    assert_eq!(anypoint.organization(), Some(organization.as_str()));
    assert_eq!(anypoint.environment(), Some(environment.as_str()));
}

#[tokio::test]
async fn two_ids_need_no_scope() {
    let (request, _) = cloudhub_request(|builder| {
        let built = builder.organization(ACME).environment(OTHER).build();
        built.unwrap()
    })
    .await;
    for header in scope_headers(ACME, OTHER) {
        assert!(request.contains(&header), "{header}: {request}");
    }
}

#[tokio::test]
async fn ids_from_the_environment_variables_need_no_scope() {
    let list = [
        ("ANYPOINT_BEARER", "a-token"),
        ("ANYPOINT_ORG", ACME),
        ("ANYPOINT_ENV", OTHER),
    ];
    let anypoint = Anypoint::from_lookup(crate::support::variables(&list)).unwrap();
    let printed = format!("{:?}", anypoint.session());
    assert!(
        printed.contains(ACME) && printed.contains(OTHER),
        "{printed}"
    );
}
