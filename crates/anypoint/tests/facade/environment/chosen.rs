//! How an environment is chosen, and what happens when none is.

use anypoint::{Anypoint, Credentials, Error, ErrorKind};

use super::platform::{ACME, GROUP, PRODUCTION, Platform, SANDBOX, STAGING, scope};
use crate::support::{Profiles, assert_helpful, variables};

/// A call that would hurt in the wrong environment.
async fn delete(anypoint: &Anypoint) -> Result<(), Error> {
    let call = anypoint.cloudhub().delete_application("orders");
    call.send().await.map(|_| ())
}

/// It fails, and nothing of it is sent.
async fn refused(platform: &Platform, anypoint: &Anypoint) -> Error {
    let error = delete(anypoint).await.unwrap_err();
    let kinds = [ErrorKind::Configuration, ErrorKind::UnknownName];
    assert!(kinds.contains(&error.kind()), "{error}");
    assert_helpful(&error.to_string());
    assert!(platform.scopes().is_empty(), "{error}");
    error
}

#[tokio::test]
async fn an_environment_that_is_chosen_by_name_or_id_goes_with_every_call() {
    for (organization, environment, expected) in [
        (None, "Sandbox", scope(ACME, SANDBOX)),
        (None, "production", scope(ACME, PRODUCTION)),
        (None, SANDBOX, scope(ACME, SANDBOX)),
        (Some("Acme"), "Sandbox", scope(ACME, SANDBOX)),
        (Some(ACME), "Sandbox", scope(ACME, SANDBOX)),
        (Some("Acme"), SANDBOX, scope(ACME, SANDBOX)),
        (Some("Logistics"), "Staging", scope(GROUP, STAGING)),
    ] {
        let platform = Platform::start().await;
        let mut builder = platform.builder().environment(environment);
        if let Some(organization) = organization {
            builder = builder.organization(organization);
        }
        let anypoint = builder.build().unwrap();
        for _ in 0..2 {
            delete(&anypoint).await.unwrap();
        }
        assert_eq!(platform.scopes(), [expected.clone(), expected]);
        // Looked up once, and kept.
        assert_eq!(platform.count("/environments"), 1);
    }
}

#[tokio::test]
async fn an_environment_from_a_variable_or_the_profile_goes_with_a_call() {
    let platform = Platform::start().await;
    let list = [("ANYPOINT_BEARER", "a-token"), ("ANYPOINT_ENV", "Sandbox")];
    let builder = Anypoint::builder().host(&platform.url);
    let loaded = builder.load_from(variables(&list)).unwrap();
    delete(&loaded.build().unwrap()).await.unwrap();
    let text =
        r#"{"default": {"client_id": "id", "client_secret": "s3cret", "environment": "Sandbox"}}"#;
    let profiles = Profiles::new("environment", text);
    let builder = platform.builder().profile_file(&profiles.0);
    let loaded = builder.load_from(|_| None).unwrap();
    delete(&loaded.build().unwrap()).await.unwrap();
    let sandbox = || scope(ACME, SANDBOX);
    assert_eq!(platform.scopes(), [sandbox(), sandbox()]);
}

#[tokio::test]
async fn an_environment_of_a_business_group_is_found_by_its_id_alone() {
    let platform = Platform::start().await;
    let anypoint = platform.builder().environment(STAGING).build().unwrap();
    delete(&anypoint).await.unwrap();
    assert_eq!(platform.scopes(), [scope(GROUP, STAGING)]);
    let found = anypoint.scope().await.unwrap();
    assert_eq!(found.organization.name, "Logistics");
    let unknown = STAGING.replace('3', "4");
    let anypoint = platform.builder().environment(&unknown).build().unwrap();
    let error = delete(&anypoint).await.unwrap_err();
    assert!(error.to_string().contains("Sandbox"), "{error}");
    assert_eq!(platform.scopes().len(), 1);
}

#[tokio::test]
async fn two_ids_are_sent_without_a_look_up() {
    let platform = Platform::start().await;
    let builder = platform.builder().organization(GROUP).environment(STAGING);
    delete(&builder.build().unwrap()).await.unwrap();
    assert_eq!(platform.scopes(), [scope(GROUP, STAGING)]);
    assert_eq!(platform.count("/accounts/"), 0);
}

#[tokio::test]
async fn without_a_choice_nothing_is_sent_and_the_environments_are_listed() {
    for (organization, expected) in [
        (
            None,
            "\"Acme\" has Production (production), Sandbox, Twin, TWIN",
        ),
        (Some("Logistics"), "\"Logistics\" has Staging"),
        (Some(GROUP), "\"Logistics\" has Staging"),
    ] {
        let platform = Platform::start().await;
        let mut builder = platform.builder();
        if let Some(organization) = organization {
            builder = builder.organization(organization);
        }
        let error = refused(&platform, &builder.build().unwrap()).await;
        assert_eq!(error.operation(), Some("delete_application"));
        let text = error.to_string();
        for part in [
            "no environment is chosen",
            expected,
            "ANYPOINT_ENV",
            "AnypointBuilder::environment",
            "AnypointBuilder::service_default_environment",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("..."), "{text}");
    }
}

#[tokio::test]
async fn without_a_choice_and_a_list_it_is_still_said_how_to_choose() {
    let platform = Platform::answering(|path| {
        let listed = path.starts_with("/accounts/");
        listed.then(|| (403, r#"{"message":"no"}"#.to_owned()))
    })
    .await;
    let error = refused(&platform, &platform.builder().build().unwrap()).await;
    let text = error.to_string();
    assert!(text.contains("no environment is chosen"), "{text}");
    assert!(text.contains("get_me: 403 Forbidden"), "{text}");
    assert!(text.contains("ANYPOINT_ENV"), "{text}");
}

#[tokio::test]
async fn a_name_that_is_not_there_or_not_alone_is_not_sent() {
    let platform = Platform::start().await;
    for (organization, environment, part) in [
        ("Acme", "Nowhere", "Sandbox"),
        ("Acme", "tWiN", "twin-1, twin-2"),
        ("Nobody", "Sandbox", "Logistics"),
        (GROUP, "Sandbox", "the only environment is Staging"),
        ("Logistics", SANDBOX, "the only environment is Staging"),
    ] {
        let builder = platform.builder().organization(organization);
        let anypoint = builder.environment(environment).build().unwrap();
        let error = refused(&platform, &anypoint).await;
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn the_services_default_is_taken_only_when_it_is_asked_for() {
    let list = [
        ("ANYPOINT_BEARER", "a-token"),
        ("ANYPOINT_ORG", "Logistics"),
        ("ANYPOINT_ENV", "Staging"),
    ];
    let platform = Platform::start().await;
    let asked = || platform.builder().service_default_environment();
    let of_user = Credentials::basic("user@Sandbox", "password");
    for builder in [
        asked(),
        asked().credentials(of_user),
        // What is set in code comes before the variables.
        asked().load_from(variables(&list)).unwrap(),
        platform
            .builder()
            .environment("Sandbox")
            .service_default_environment(),
    ] {
        let anypoint = builder.build().unwrap();
        assert_eq!(anypoint.environment(), None);
        delete(&anypoint).await.unwrap();
    }
    assert_eq!(platform.scopes(), vec![[None, None]; 4]);
    assert_eq!(platform.count("/accounts/"), 0);
    let chosen = asked().environment("Sandbox").build().unwrap();
    delete(&chosen).await.unwrap();
    assert_eq!(platform.scopes()[4], scope(ACME, SANDBOX));
}

#[tokio::test]
async fn a_refused_look_up_is_no_refusal_of_the_call() {
    let platform = Platform::answering(|path| {
        let listed = path.ends_with("/environments");
        listed.then(|| (404, r#"{"message":"gone"}"#.to_owned()))
    })
    .await;
    let anypoint = platform.builder().environment("Sandbox").build().unwrap();
    let error = refused(&platform, &anypoint).await;
    assert_eq!(error.operation(), Some("list_environments"));
    assert!(!error.is_not_found(), "{error}");
    let text = error.to_string();
    assert!(text.contains("delete_application was not sent"), "{text}");
}
