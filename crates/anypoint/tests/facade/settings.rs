//! What the environment variables, the builder and the console's address mean.

use anypoint::{Anypoint, Credentials, EnvironmentId, ErrorKind, OrganizationId};

use crate::support::{assert_helpful, variables};

fn from(list: &[(&str, &str)]) -> Result<String, String> {
    let built = Anypoint::from_lookup(variables(list));
    built
        .map(|anypoint| format!("{anypoint:?}"))
        .map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_helpful(&error.to_string());
            error.to_string()
        })
}

const APP: [(&str, &str); 2] = [
    ("ANYPOINT_CLIENT_ID", "an-id"),
    ("ANYPOINT_CLIENT_SECRET", "s3cret"),
];

#[test]
fn the_bearer_comes_before_the_connected_app() {
    let app = from(&APP).unwrap();
    assert!(app.contains("connected app"), "{app}");
    let [id, secret] = APP;
    let both = from(&[("ANYPOINT_BEARER", "s3cret"), id, secret]).unwrap();
    assert!(both.contains("bearer"), "{both}");
    let empty = from(&[("ANYPOINT_BEARER", " "), id, secret]).unwrap();
    assert!(empty.contains("connected app"), "{empty}");
    let half = from(&[("ANYPOINT_BEARER", "s3cret"), id]).unwrap();
    assert!(half.contains("bearer"), "{half}");
}

#[test]
fn missing_credentials_are_listed_in_the_order_they_were_looked_for() {
    for unset in [&[][..], &[("ANYPOINT_CLIENT_ID", "")]] {
        let error = from(unset).unwrap_err();
        assert!(
            error.starts_with(
                "no credentials: looked in the arguments, ANYPOINT_BEARER, ANYPOINT_CLIENT_ID with "
            ),
            "{error}"
        );
    }
}

#[test]
fn half_of_a_connected_app_names_the_other_half() {
    let [id, secret] = APP;
    let error = from(&[id]).unwrap_err();
    assert!(error.contains("ANYPOINT_CLIENT_SECRET is not"), "{error}");
    let error = from(&[secret]).unwrap_err();
    assert!(error.contains("ANYPOINT_CLIENT_ID is not"), "{error}");
}

#[test]
fn a_bare_host_is_reached_over_https_and_comes_before_the_region() {
    let with = |host: &'static str| {
        let [id, secret] = APP;
        from(&[
            id,
            secret,
            ("ANYPOINT_HOST", host),
            ("ANYPOINT_REGION", "eu1"),
        ])
    };
    for (host, origin) in [
        ("anypoint.example.com", "\"https://anypoint.example.com\""),
        (" localhost:8443 ", "\"https://localhost:8443\""),
        ("http://127.0.0.1:8081/", "\"http://127.0.0.1:8081\""),
        ("", "\"https://eu1.anypoint.mulesoft.com\""),
    ] {
        let printed = with(host).unwrap();
        assert!(printed.contains(origin), "{printed}");
    }
    for host in [
        "user:s3cret@x",
        "https://user:s3cret@x",
        "ftp://x",
        "x/path",
    ] {
        assert!(with(host).is_err(), "{host}");
    }
}

#[test]
fn a_wrong_region_lists_the_valid_ones_and_is_not_shown() {
    let [id, secret] = APP;
    let region = |name| from(&[id, secret, ("ANYPOINT_REGION", name)]);
    assert!(region("GOV").unwrap().contains("https://gov.anypoint"));
    let error = region("s3cret").unwrap_err();
    assert!(
        error.contains("us, eu1, ca1, jp1, in1, au1, gov"),
        "{error}"
    );
}

#[test]
fn organization_and_environment_are_kept() {
    let [id, secret] = APP;
    let list = [id, secret, ("ANYPOINT_ORG", "Acme "), ("ANYPOINT_ENV", "")];
    let anypoint = Anypoint::from_lookup(variables(&list)).unwrap();
    assert_eq!(anypoint.organization(), Some("Acme"));
    assert_eq!(anypoint.environment(), None);
}

#[test]
fn nothing_prints_a_secret() {
    for credentials in [
        Credentials::connected_app("id", "s3cret"),
        Credentials::bearer("s3cret"),
        Credentials::basic("user", "s3cret"),
        Credentials::user("user", "s3cret"),
    ] {
        let builder = Anypoint::builder()
            .host("http://me:s3cret@x")
            .credentials(credentials);
        assert!(!format!("{builder:?}").contains("s3cret"), "{builder:?}");
        let builder = builder.host("https://x");
        let anypoint = builder.clone().build().unwrap();
        let clients = format!(
            "{:?} {:?} {:?}",
            anypoint.access_management().get_me(),
            anypoint.application_manager(),
            anypoint.experience_hub(),
        );
        let printed = format!("{builder:?} {anypoint:?} {clients}");
        assert!(!printed.contains("s3cret"), "{printed}");
    }
    let console = anypoint::console("http://x", "user", "s3cret").unwrap();
    assert!(!format!("{console:?}").contains("s3cret"));
}

#[test]
fn it_can_be_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Anypoint>();
    fn sent(future: impl Future + Send + 'static) {
        drop(future);
    }
    let anypoint = Anypoint::builder().build().unwrap();
    sent(async move { anypoint.scope().await });
}

#[test]
fn a_console_is_found_below_what_the_browser_shows() {
    for (address, api) in [
        ("http://mule:8080", "http://mule:8080/mmc/api"),
        ("http://mule:8080/", "http://mule:8080/mmc/api"),
        ("http://mule:8080/mmc-3.8", "http://mule:8080/mmc-3.8/api"),
        ("http://mule:8080/mmc/", "http://mule:8080/mmc/api"),
        ("http://mule:8080/mmc/api", "http://mule:8080/mmc/api"),
    ] {
        let console = anypoint::console(address, "user", "password").unwrap();
        let printed = format!("{console:?}");
        assert!(printed.contains(&format!("\"{api}\"")), "{printed}");
    }
    for address in [
        "",
        "mule:8080/mmc",
        "http://u:s3cret@mule/mmc",
        "http://mule/mmc?a=b",
    ] {
        let error = anypoint::console(address, "user", "s3cret").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{address}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    assert!(anypoint::console("http://mule", "", "password").is_err());
}

/// What is set by way of the session is set in code, as by the builder itself.
#[test]
fn what_is_set_by_the_session_is_kept_and_comes_before_the_variables() {
    const ORGANIZATION: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
    let inside = || {
        Anypoint::builder().session(|session| {
            session
                .credentials(Credentials::basic("user", "s3cret"))
                .host("http://set.example.com")
                .environment(OrganizationId::new(ORGANIZATION), EnvironmentId::new("e-1"))
        })
    };
    let list = [
        ("ANYPOINT_BEARER", "s3cret"),
        ("ANYPOINT_HOST", "variable.example.com"),
        ("ANYPOINT_REGION", "eu1"),
        ("ANYPOINT_ORG", "Variable"),
        ("ANYPOINT_ENV", "Variable"),
    ];
    let loaded = inside().load_from(variables(&list)).unwrap();
    let builders = [inside(), loaded, inside().load_from(|_| None).unwrap()];
    for builder in builders {
        let anypoint = builder.build().unwrap();
        let printed = format!("{anypoint:?}");
        assert!(printed.contains("Credentials(basic)"), "{printed}");
        assert!(printed.contains("http://set.example.com"), "{printed}");
        assert!(printed.contains("e-1"), "{printed}");
        assert_eq!(anypoint.organization(), Some(ORGANIZATION));
        assert_eq!(anypoint.environment(), Some("e-1"));
    }
    let region = Anypoint::builder().session(|session| session.region(anypoint::Region::Gov));
    let loaded = region.load_from(variables(&list)).unwrap();
    let printed = format!("{:?}", loaded.build().unwrap());
    assert!(printed.contains("https://gov.anypoint"), "{printed}");
}

#[test]
fn of_two_settings_the_last_one_counts() {
    let by_session = |builder: anypoint::AnypointBuilder| {
        builder.session(|session| {
            let session = session.credentials(Credentials::basic("user", "s3cret"));
            session.environment(OrganizationId::new("o-1"), EnvironmentId::new("e-1"))
        })
    };
    let by_builder = |builder: anypoint::AnypointBuilder| {
        let builder = builder.credentials(Credentials::bearer("s3cret"));
        builder.organization("Acme").environment("Sandbox")
    };
    let anypoint = by_builder(by_session(Anypoint::builder())).build().unwrap();
    assert!(format!("{anypoint:?}").contains("Credentials(bearer)"));
    assert_eq!(anypoint.environment(), Some("Sandbox"));
    assert!(!format!("{anypoint:?}").contains("e-1"));
    let anypoint = by_session(by_builder(Anypoint::builder())).build().unwrap();
    assert!(format!("{anypoint:?}").contains("Credentials(basic)"));
    assert_eq!(anypoint.organization(), Some("o-1"));
    assert_eq!(anypoint.environment(), Some("e-1"));
    // Another setting of the session changes nothing.
    let anypoint = by_builder(Anypoint::builder())
        .session(|session| session.retry_budget(1))
        .build()
        .unwrap();
    assert_eq!(anypoint.environment(), Some("Sandbox"));
}
