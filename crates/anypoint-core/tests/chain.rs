//! Where credentials and the settings beside them come from: arguments, environment, file.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::{Path, PathBuf};
use std::process::Command;

use anypoint_core::{CredentialChain, Credentials, ErrorKind, Region, Resolved};

/// A home directory of its own for one test, removed at its end.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let name = format!("anypoint-chain-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(path.join(".anypoint")).unwrap();
        Self(path)
    }

    fn with(name: &str, profiles: impl AsRef<[u8]>) -> Self {
        let home = Self::new(name);
        std::fs::write(home.file(), profiles).unwrap();
        home
    }

    fn file(&self) -> PathBuf {
        self.0.join(".anypoint/credentials")
    }

    fn text(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
const APP: [(&str, &str); 2] = [
    ("ANYPOINT_CLIENT_ID", "an-id"),
    ("ANYPOINT_CLIENT_SECRET", "s3cret"),
];
const USER: [(&str, &str); 2] = [("ANYPOINT_USERNAME", "me"), ("ANYPOINT_PASSWORD", "s3cret")];
const PROFILES: &str = r#"{
    "default": {"client_id": "an-id", "client_secret": "s3cret", "organization": "File Org",
                "environment": "File Env", "host": "file.example.com", "unknown": [1]},
    "person": {"username": "me", "password": " s3cret "},
    "token": {"bearer": "s3cret"},
    "half": {"client_id": "s3cret"},
    "empty": {"client_id": "", "client_secret": null}
}"#;

fn lookup<'a>(list: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    |name| {
        let found = list.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

/// What a chain finds, or its error, which is about the configuration and shows no secret.
fn resolve(chain: &CredentialChain, list: &[(&str, &str)]) -> Result<Resolved, String> {
    let found = chain.resolve_from(lookup(list));
    let explained = chain.explain_from(lookup(list)).to_string();
    assert!(!explained.contains("s3cret"), "{explained}");
    match &found {
        Ok(found) => assert_eq!(explained, found.explanation.to_string()),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(
                explained.ends_with(&format!("problem: {error}")),
                "{explained}"
            );
            assert!(
                !format!("{error} {error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
    }
    found.map_err(|error| error.to_string())
}

fn from(list: &[(&str, &str)]) -> Result<Resolved, String> {
    resolve(&CredentialChain::new(), list)
}

fn kind(found: &Resolved) -> String {
    let text = format!("{:?}", found.credentials);
    text.replace("Credentials(", "").replace(')', "")
}

/// Organization, environment and host.
fn settings(found: &Resolved) -> [Option<&str>; 3] {
    let settings = [&found.organization, &found.environment, &found.host];
    settings.map(|setting| setting.as_deref())
}

#[test]
fn expectation_02_the_variables_are_those_of_the_official_tool() {
    assert_eq!(kind(&from(&APP).unwrap()), "connected app");
    assert_eq!(kind(&from(&USER).unwrap()), "user");
    let all = [
        ("ANYPOINT_BEARER", "a-token"),
        ("ANYPOINT_ORG", " Acme "),
        ("ANYPOINT_ENV", "Staging"),
        ("ANYPOINT_HOST", "private.example.com"),
    ];
    let found = from(&all).unwrap();
    assert_eq!(kind(&found), "bearer");
    let expected = ["Acme", "Staging", "https://private.example.com"];
    assert_eq!(settings(&found), expected.map(Some));
    let home = Home::with("variables", PROFILES);
    let found = from(&[("ANYPOINT_PROFILE", "person"), (HOME, home.text())]).unwrap();
    assert_eq!(kind(&found), "user");
}

#[test]
fn expectation_02_a_token_comes_before_an_app_and_an_app_before_a_user() {
    let [[id, secret], [user, password]] = [APP, USER];
    let token = ("ANYPOINT_BEARER", "s3cret");
    assert_eq!(
        kind(&from(&[user, password, id, secret, token]).unwrap()),
        "bearer"
    );
    assert_eq!(
        kind(&from(&[user, password, id, secret]).unwrap()),
        "connected app"
    );
    let blank = ("ANYPOINT_BEARER", " ");
    assert_eq!(kind(&from(&[user, password, blank]).unwrap()), "user");
    // What is not needed is not looked at.
    assert_eq!(kind(&from(&[token, id]).unwrap()), "bearer");
}

#[test]
fn expectation_02_arguments_come_before_the_environment_and_that_before_the_file() {
    let home = Home::with("precedence", PROFILES);
    let file_only = [(HOME, home.text())];
    let with_environment = [
        (HOME, home.text()),
        USER[0],
        USER[1],
        ("ANYPOINT_ORG", "Env Org"),
        ("ANYPOINT_ENV", "Env Env"),
        ("ANYPOINT_HOST", "env.example.com"),
    ];
    let found = from(&file_only).unwrap();
    assert_eq!(kind(&found), "connected app");
    let expected = ["File Org", "File Env", "https://file.example.com"];
    assert_eq!(settings(&found), expected.map(Some));

    let found = from(&with_environment).unwrap();
    assert_eq!(kind(&found), "user");
    let expected = ["Env Org", "Env Env", "https://env.example.com"];
    assert_eq!(settings(&found), expected.map(Some));

    let arguments = CredentialChain::new()
        .credentials(Credentials::bearer("s3cret"))
        .organization("Arg Org")
        .environment("Arg Env")
        .host("http://localhost:1");
    for list in [&file_only[..], &with_environment] {
        let found = resolve(&arguments, list).unwrap();
        assert_eq!(kind(&found), "bearer");
        let expected = ["Arg Org", "Arg Env", "http://localhost:1"];
        assert_eq!(settings(&found), expected.map(Some));
    }
}

#[test]
fn expectation_02_each_setting_has_a_precedence_of_its_own() {
    let home = Home::with("mixed", PROFILES);
    let list = [
        (HOME, home.text()),
        ("ANYPOINT_ENV", "Env Env"),
        APP[0],
        APP[1],
    ];
    let found = resolve(&CredentialChain::new().organization("Arg Org"), &list).unwrap();
    let expected = ["Arg Org", "Env Env", "https://file.example.com"];
    assert_eq!(settings(&found), expected.map(Some));
    let file = home.file();
    let place = format!("the profile \"default\" in {}", file.display());
    assert_eq!(
        found.explanation.to_string(),
        format!(
            "credentials: connected app, from ANYPOINT_CLIENT_ID with ANYPOINT_CLIENT_SECRET\n\
             organization: from the arguments\n\
             environment: from ANYPOINT_ENV\n\
             host: from {place}\n\
             credentials were looked for in\n  \
               1. the arguments: none\n  \
               2. ANYPOINT_BEARER: not set\n  \
               3. ANYPOINT_CLIENT_ID with ANYPOINT_CLIENT_SECRET: used\n  \
               4. ANYPOINT_USERNAME with ANYPOINT_PASSWORD: not needed\n  \
               5. {place}: not needed"
        )
    );
}

#[test]
fn expectation_02_the_region_shares_its_place_with_the_host() {
    let home = Home::with("region", PROFILES);
    let [id, secret] = APP;
    let region = ("ANYPOINT_REGION", "eu1");
    let found = from(&[id, secret, region, (HOME, home.text())]).unwrap();
    assert_eq!((found.region, found.host), (Some(Region::Eu1), None));
    let host = ("ANYPOINT_HOST", "http://x");
    let found = from(&[id, secret, ("ANYPOINT_REGION", "mars"), host]).unwrap();
    assert_eq!(
        (found.region, found.host.as_deref()),
        (None, Some("http://x"))
    );
    let argument = CredentialChain::new().region(Region::Jp1);
    let found = resolve(&argument, &[id, secret, region, host]).unwrap();
    assert_eq!((found.region, found.host), (Some(Region::Jp1), None));
    let error = from(&[id, secret, ("ANYPOINT_REGION", "s3cret")]).unwrap_err();
    assert!(
        error.contains("us, eu1, ca1, jp1, in1, au1, gov"),
        "{error}"
    );
}

#[test]
fn expectation_01_a_profile_file_is_read() {
    let home = Home::with("profiles", format!("\u{feff}{PROFILES}"));
    for (name, expected) in [(None, "connected app"), (Some("person"), "user")] {
        let mut list = vec![(HOME, home.text())];
        list.extend(name.map(|name| ("ANYPOINT_PROFILE", name)));
        assert_eq!(kind(&from(&list).unwrap()), expected);
    }
    let chain = CredentialChain::new().profile_file(home.file());
    let list = [("ANYPOINT_PROFILE", "default")];
    assert_eq!(
        kind(&resolve(&chain.clone().profile("person"), &list).unwrap()),
        "user"
    );
    assert_eq!(kind(&resolve(&chain, &list).unwrap()), "connected app");
}

#[test]
fn a_profile_without_credentials_is_none() {
    let home = Home::with("none", PROFILES);
    let error = from(&[("ANYPOINT_PROFILE", "empty"), (HOME, home.text())]).unwrap_err();
    assert!(error.starts_with("no credentials: looked in "), "{error}");
    assert!(error.contains("\"empty\""), "{error}");
}

#[test]
fn a_token_in_a_profile_comes_before_its_other_credentials() {
    let home = Home::with(
        "bearer",
        r#"{"token": {"bearer": " a-token "}, "both": {"bearer": "a-token", "client_id": "id", "client_secret": "s"},
            "blank": {"bearer": " ", "client_id": "id", "client_secret": "s"}}"#,
    );
    for (name, expected) in [
        ("token", "bearer"),
        ("both", "bearer"),
        ("blank", "connected app"),
    ] {
        let found = from(&[("ANYPOINT_PROFILE", name), (HOME, home.text())]);
        assert_eq!(kind(&found.unwrap()), expected, "{name}");
    }
}

#[test]
fn missing_credentials_are_listed_in_the_order_they_were_looked_for() {
    let home = Home::new("missing");
    let error = from(&[(HOME, home.text()), ("ANYPOINT_CLIENT_ID", "")]).unwrap_err();
    let expected = format!(
        "no credentials: looked in the arguments, ANYPOINT_BEARER, ANYPOINT_CLIENT_ID with \
         ANYPOINT_CLIENT_SECRET, ANYPOINT_USERNAME with ANYPOINT_PASSWORD, the profile \
         \"default\" in {} (no such file); hint: ",
        home.file().display()
    );
    assert!(error.starts_with(&expected), "{error}");
    let error = from(&[]).unwrap_err();
    assert!(
        error.contains("~/.anypoint/credentials (no home directory)"),
        "{error}"
    );
}

#[test]
fn half_of_a_pair_names_the_other_half() {
    let home = Home::with("half", PROFILES);
    for [set, missing] in [APP, USER].into_iter().flat_map(|[a, b]| [[a, b], [b, a]]) {
        let error = from(&[(set.0, "s3cret"), (HOME, home.text())]).unwrap_err();
        let expected = format!("{} is set and {} is not", set.0, missing.0);
        assert!(error.starts_with(&expected), "{error}");
    }
    let error = from(&[("ANYPOINT_PROFILE", "half"), (HOME, home.text())]).unwrap_err();
    let expected = "client_id is set and client_secret is not, in the profile \"half\" in ";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn a_malformed_profile_file_is_named_with_line_and_column_and_never_quoted() {
    for (number, (text, place)) in [
        ("{\n  \"default\": s3cret}", "line 2, column 14"),
        (
            "{\"default\": {\"client_secret\": \"s3cret",
            "line 1, column 37",
        ),
        ("{\"default\": \"s3cret\"}", "line 1, column 20"),
        (
            "{\"default\":\n{\"client_id\": [\"s3cret\"]}}",
            "line 2, column 14",
        ),
        ("client_secret=s3cret", "line 1, column 1"),
    ]
    .into_iter()
    .enumerate()
    {
        let home = Home::with(&format!("malformed-{number}"), text);
        let error = from(&[(HOME, home.text())]).unwrap_err();
        let expected = format!("the profile file {}, {place}: ", home.file().display());
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn a_profile_file_that_cannot_be_read_is_named() {
    let folder = Home::new("folder");
    std::fs::create_dir(folder.file()).unwrap();
    let binary = Home::with("binary", b"{\"default\": \"\xff\"}");
    let absent = Home::new("absent");
    for (home, profile, reason) in [
        (&folder, "", "directory"),
        (&binary, "", "UTF-8"),
        (&absent, "person", "os error 2"),
    ] {
        let error = from(&[(HOME, home.text()), ("ANYPOINT_PROFILE", profile)]).unwrap_err();
        let expected = format!(
            "the profile file {} cannot be read: ",
            home.file().display()
        );
        let rest = error.strip_prefix(&expected).unwrap();
        let (why, _) = rest.split_once("; hint: ").unwrap();
        // Other systems have other words.
        assert!(!why.is_empty(), "{error}");
        assert!(
            cfg!(not(target_os = "linux")) || why.contains(reason),
            "{error}"
        );
    }
}

#[test]
fn a_wrong_region_is_shown_unless_it_looks_like_a_secret() {
    let [id, secret] = APP;
    for (value, shown) in [
        (
            "mars",
            "names no region: \"mars\"; hint: the regions are us, ",
        ),
        (" us-east-1 ", "names no region: \"us-east-1\"; hint"),
        (
            "s3cret",
            "looks like a secret and is not shown; hint: the regions are us, ",
        ),
        ("S3CRET", "is not shown"),
        ("9f8b1c2d-3e4f-4a5b-8c6d-7e8f9a0b1c2d", "is not shown"),
        ("Summer2024", "is not shown"),
        ("pa$$word", "is not shown"),
        ("two\nlines", "is not shown"),
    ] {
        let error = from(&[id, secret, ("ANYPOINT_REGION", value)]).unwrap_err();
        assert!(
            error.starts_with("ANYPOINT_REGION names no region"),
            "{error}"
        );
        assert!(error.contains(shown), "{error}");
        let hidden = shown.contains("is not shown");
        assert!(!hidden || !error.contains(value), "{error}");
    }
}

#[test]
fn a_missing_profile_lists_those_that_are_there() {
    let home = Home::with("names", PROFILES);
    let error = from(&[(HOME, home.text()), ("ANYPOINT_PROFILE", "nobody")]).unwrap_err();
    assert!(error.contains("has no profile \"nobody\""), "{error}");
    assert!(
        error.contains("default, empty, half, person, token"),
        "{error}"
    );
    // Named, so it must be there, whatever else there is.
    let [id, secret] = APP;
    let named = [id, secret, ("ANYPOINT_PROFILE", "nobody")];
    assert!(from(&[named[0], named[1], named[2], (HOME, home.text())]).is_err());
    assert!(from(&named).unwrap_err().contains(HOME));
    // `default` is not named, so it need not be there.
    let other = Home::with("other", r#"{"other": {}}"#);
    assert!(from(&[id, secret, (HOME, other.text())]).is_ok());
}

#[test]
fn a_file_is_read_only_when_something_is_missing() {
    let home = Home::with("unread", "not JSON");
    let [id, secret] = APP;
    let mut list = vec![(HOME, home.text()), id, secret];
    list.extend([("ANYPOINT_ORG", "o"), ("ANYPOINT_ENV", "e")]);
    assert!(from(&list).is_err());
    list.push(("ANYPOINT_REGION", "us"));
    assert!(from(&list).is_ok());
}

#[test]
fn nothing_prints_a_value() {
    let pasted: Vec<_> = CredentialChain::VARIABLES
        .iter()
        .filter(|name| !["ANYPOINT_REGION", "ANYPOINT_PROFILE"].contains(name))
        .map(|name| (*name, "http://me:s3cret@x"))
        .collect();
    let found = from(&pasted).unwrap();
    assert!(!found.explanation.to_string().contains('@'));
    let chain = CredentialChain::new()
        .credentials(Credentials::user("me", "s3cret"))
        .host("http://me:s3cret@x");
    let found = resolve(&chain, &[]).unwrap();
    let printed = format!("{chain:?} {found:?} {:?}", found.explanation);
    assert!(!printed.contains("s3cret"), "{printed}");
    let error = found.session().build().unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[test]
fn a_session_goes_where_the_chain_leads() {
    let [id, secret] = APP;
    for (setting, origin) in [
        (("ANYPOINT_HOST", "localhost:1"), "https://localhost:1"),
        (
            ("ANYPOINT_REGION", "eu1"),
            "https://eu1.anypoint.mulesoft.com",
        ),
        (("ANYPOINT_REGION", ""), "https://anypoint.mulesoft.com"),
    ] {
        let session = from(&[id, secret, setting])
            .unwrap()
            .session()
            .build()
            .unwrap();
        let printed = format!("{session:?}");
        assert!(printed.contains(&format!("{origin:?}")), "{printed}");
        assert!(printed.contains("connected app"), "{printed}");
    }
}

/// What a process of its own finds in its environment.
fn in_process(home: &Path, list: &[(&str, &std::ffi::OsStr)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_process", "--nocapture"])
        .env_clear()
        .env("CHAIN_CHILD", "1")
        .env(HOME, home)
        .envs(list.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[expect(clippy::print_stdout, reason = "its output is what the parent reads")]
fn the_process() {
    if std::env::var_os("CHAIN_CHILD").is_some() {
        let chain = CredentialChain::new();
        let found = chain.resolve().map(|found| kind(&found));
        print!("{found:?}\n{}\n", chain.explain());
    }
}

#[test]
fn expectation_02_the_environment_is_that_of_the_process() {
    let home = Home::with("process", PROFILES);
    let said = in_process(&home.0, &[("ANYPOINT_PROFILE", "person".as_ref())]);
    assert!(said.contains("Ok(\"user\")"), "{said}");
    assert!(
        said.contains("credentials: user, from the profile \"person\""),
        "{said}"
    );
    let said = in_process(&home.0, &[("ANYPOINT_BEARER", "s3cret".as_ref())]);
    assert!(said.contains("Ok(\"bearer\")"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_an_error_rather_than_unset() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::with("not-text", PROFILES);
    let broken = std::ffi::OsStr::from_bytes(b"s3cret\xff");
    let said = in_process(&home.0, &[("ANYPOINT_ENV", broken)]);
    assert!(said.contains("ANYPOINT_ENV is not UTF-8 text"), "{said}");
    assert!(said.contains("problem: ANYPOINT_ENV is not"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}
