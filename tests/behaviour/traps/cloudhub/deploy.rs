//! Deploying to CloudHub: as a form with a file, or by the name of an Exchange asset.

use std::collections::BTreeMap;

use anypoint_cloudhub::types::{
    ApplicationFile, ApplicationSettings, ApplicationSource, ApplicationSourceKind,
    ApplicationUpdate, ApplicationUpdateUpload, ApplicationUpload, LegacyApplicationUpdate,
    NewApplication, NewApplicationSettings, PropertyOptions, RuntimeSelection, WorkerSelection,
    WorkerSize,
};
use anypoint_core::{Secret, Upload};
use serde_json::json as value;

use super::{BASE, client};
use crate::support::{Request, Server, empty, json, payload};
use crate::traps::{lines, sent};

/// The start of a form's body, its random boundary replaced by `B`.
fn form(request: &Request) -> String {
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
    request.text().replace(boundary.unwrap(), "B")
}

fn settings() -> NewApplicationSettings {
    NewApplicationSettings::new("hello")
        .region("us-east-1")
        .mule_version(RuntimeSelection::new().version("4.9.0"))
        .workers(WorkerSelection::new(1, WorkerSize::new("Micro")))
}

/// The same for an application that exists.
fn changes() -> ApplicationSettings {
    serde_json::from_str(SETTINGS).unwrap()
}

const SETTINGS: &str = r#"{"domain":"hello","region":"us-east-1","muleVersion":{"version":"4.9.0"},"workers":{"amount":1,"type":{"name":"Micro"}}}"#;
const FILE: &str = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hello.jar\"\r\n\
                    Content-Type: application/octet-stream\r\n\r\n";
const INFO: &str = "--B\r\nContent-Disposition: form-data; name=\"appInfoJson\"\r\n\
                    Content-Type: application/json\r\n\r\n";
const START: &str = "--B\r\nContent-Disposition: form-data; name=\"autoStart\"\r\n\r\n";

/// By its schema the form has the members of the JSON body: a naive client sends the parts
/// `applicationInfo` and `applicationSource`, and no file at all.
#[tokio::test]
async fn trap_cloudhub_deploy_is_a_form_of_three_parts() {
    let application = payload!("cloudhub/get_application/overview.json");
    let server = Server::start([json(200, application), json(200, application)]).await;
    let file = || Upload::bytes("hello.jar", "PK");
    let upload = ApplicationUpload::new(file(), settings()).auto_start(true);
    let created = client(&server).upload_application(upload).send().await;
    assert_eq!(created.unwrap().domain, "hello");
    // mule-maven-plugin sends no `autoStart`: nothing must stand in its place.
    let upload = ApplicationUpload::new(file(), settings());
    let call = client(&server).upload_application(upload);
    call.send().await.unwrap();
    let requests = server.requests();
    assert_eq!(lines(&server)[0], format!("POST {BASE}/v2/applications"));
    let expected = format!("{FILE}PK\r\n{INFO}{SETTINGS}\r\n{START}true\r\n--B--\r\n");
    assert_eq!(form(&requests[0]), expected);
    let expected = format!("{FILE}PK\r\n{INFO}{SETTINGS}\r\n--B--\r\n");
    assert_eq!(form(&requests[1]), expected);
}

/// A naive client asks for the file again when only a setting changes.
#[tokio::test]
async fn trap_cloudhub_update_needs_no_file() {
    let application = payload!("cloudhub/get_application/overview.json");
    let server = Server::start([json(200, application), json(200, ""), empty(200)]).await;
    let client = client(&server);
    let upload = ApplicationUpdateUpload::new(changes());
    let call = client.upload_application_update("hello", upload);
    call.send().await.unwrap();
    let upload = ApplicationUpdateUpload::new(ApplicationSettings::new())
        .file(Upload::bytes("hello.jar", "PK"));
    // Whatever comes back with the 200, if anything.
    let call = client.upload_application_update("hello", upload);
    call.send().await.unwrap();
    let file = ApplicationFile::new(Upload::bytes("hello.jar", "PK")).static_ip("203.0.113.17");
    let call = client.upload_application_file("hello", file);
    call.send().await.unwrap();
    let expected = [
        format!("PUT {BASE}/v2/applications/hello"),
        format!("PUT {BASE}/v2/applications/hello"),
        format!("POST {BASE}/v2/applications/hello/files"),
    ];
    assert_eq!(lines(&server), expected);
    let requests = server.requests();
    let expected = format!("{INFO}{SETTINGS}\r\n--B--\r\n");
    assert_eq!(form(&requests[0]), expected);
    let expected = format!("{FILE}PK\r\n{INFO}{{}}\r\n--B--\r\n");
    assert_eq!(form(&requests[1]), expected);
    let address = "--B\r\nContent-Disposition: form-data; name=\"staticIp\"\r\n\r\n203.0.113.17";
    let expected = format!("{FILE}PK\r\n{address}\r\n--B--\r\n");
    assert_eq!(form(&requests[2]), expected);
}

/// Bytes that no text encoding survives, and that look like the end of a part now and then.
fn archive(length: usize) -> Vec<u8> {
    let mut state: u32 = 1;
    let mut bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(length)
    .collect();
    for start in (1000..length - 10).step_by(100_000) {
        bytes[start..start + 6].copy_from_slice(b"\r\n--\r\n");
    }
    bytes
}

/// A naive client reads the file into a text, or sends it without a length, which the service's
/// proxies refuse.
#[tokio::test]
async fn trap_cloudhub_deploys_a_file_of_several_megabytes() {
    let bytes = archive(5 * 1024 * 1024 + 7);
    let path = std::env::temp_dir().join(format!("anypoint-trap-{}.jar", std::process::id()));
    std::fs::write(&path, &bytes).unwrap();
    let server = Server::start([json(200, r#"{"domain":"hello"}"#)]).await;
    let file = Upload::file(&path).with_file_name("hello.jar");
    let upload = ApplicationUpload::new(file, settings()).auto_start(false);
    let outcome = client(&server).upload_application(upload).send().await;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(outcome.unwrap().domain, "hello");

    let request = server.request();
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type.split("boundary=").nth(1).unwrap();
    let body = request.body();
    let length = request.header("content-length").unwrap();
    assert_eq!(length, body.len().to_string());
    assert_eq!(request.header("transfer-encoding"), None);
    let head = FILE.replace("--B", &format!("--{boundary}"));
    assert!(body.starts_with(head.as_bytes()));
    let (file, rest) = body[head.len()..].split_at(bytes.len());
    // Not `assert_eq`, which would print five megabytes.
    assert!(file == bytes, "the file was changed on its way");
    let rest = std::str::from_utf8(rest).unwrap().replace(boundary, "B");
    let expected = format!("\r\n{INFO}{SETTINGS}\r\n{START}false\r\n--B--\r\n");
    assert_eq!(rest, expected);
}

/// What Exchange has is named in JSON. A naive client fetches the file and uploads it again.
#[tokio::test]
async fn trap_cloudhub_deploy_from_exchange_is_json() {
    let application = payload!("cloudhub/get_application/overview.json");
    let server = Server::start([json(200, application), json(200, application)]).await;
    let source = || {
        ApplicationSource::new(ApplicationSourceKind::Exchange)
            .group_id("o-1")
            .artifact_id("hello")
            .version("1.0.0")
    };
    let new = NewApplication::new(settings(), source()).auto_start(true);
    let call = client(&server).create_application(new);
    call.send().await.unwrap();
    let update = ApplicationUpdate::new().application_source(source());
    let call = client(&server).update_application("hello", update);
    call.send().await.unwrap();
    let requests = server.requests();
    let content_type = requests[0].header("content-type");
    assert_eq!(content_type.as_deref(), Some("application/json"));
    let source = value!({
        "source": "EXCHANGE", "groupId": "o-1", "artifactId": "hello", "version": "1.0.0"
    });
    let body = |request: &Request| -> serde_json::Value {
        serde_json::from_slice(request.body()).unwrap()
    };
    let info: serde_json::Value = serde_json::from_str(SETTINGS).unwrap();
    let expected =
        value!({"applicationInfo": info, "applicationSource": source, "autoStart": true});
    assert_eq!(body(&requests[0]), expected);
    assert_eq!(body(&requests[1]), value!({"applicationSource": source}));
    let line = format!("PUT {BASE}/v2/applications/hello");
    assert_eq!(lines(&server)[1], line);
}

/// A naive client reads an application, changes a member and sends all of it: the mask becomes
/// the password. An answer is no request here, and an update sends only what was set.
#[tokio::test]
async fn trap_cloudhub_masked_properties_are_not_sent_back() {
    let masked = payload!("cloudhub/get_application/masked.json");
    let server = Server::start([json(200, masked)]).await;
    let call = client(&server).get_application("hello");
    let found = call.send().await.unwrap().into_value();
    assert!(!format!("{found:?}").contains("******"));
    assert_eq!(found.properties["db.password"].expose(), "******");
    let options = &found.properties_options["db.password"];
    assert_eq!(options.secure, Some(true));
    let echo: serde_json::Value = serde_json::from_slice(masked).unwrap();
    assert!(echo.to_string().contains("******"), "the naive way");

    let server = Server::start([json(200, masked)]).await;
    let more = WorkerSelection::new(2, WorkerSize::new("Micro"));
    let update =
        ApplicationUpdate::new().application_info(ApplicationSettings::new().workers(more));
    let call = client(&server).update_application("hello", update);
    call.send().await.unwrap();
    let workers = value!({"amount": 2, "type": {"name": "Micro"}});
    let expected = value!({"applicationInfo": {"workers": workers}});
    assert_eq!(sent(&server), expected);
}

/// Properties go out in the clear and show up nowhere else, in either version.
#[expect(deprecated, reason = "the old version is what it is about")]
#[tokio::test]
async fn trap_cloudhub_properties_are_secrets() {
    let properties = || BTreeMap::from([("db.password".to_owned(), Secret::from("s3cret"))]);
    let options = [(
        "db.password".to_owned(),
        PropertyOptions::new().secure(true),
    )];
    let new = ApplicationSettings::new()
        .properties(properties())
        .properties_options(BTreeMap::from(options));
    let old = LegacyApplicationUpdate::new().properties(properties());
    assert!(!format!("{new:?} {old:?}").contains("s3cret"));
    assert_eq!(
        serde_json::to_string(&new).unwrap(),
        r#"{"properties":{"db.password":"s3cret"},"propertiesOptions":{"db.password":{"secure":true}}}"#
    );
    assert_eq!(
        serde_json::to_string(&old).unwrap(),
        r#"{"properties":{"db.password":"s3cret"}}"#
    );
    let flat = payload!("cloudhub/get_application_v1/flat.json");
    let broken = r#"{"properties":{"db.password":"s3cret"},"workers":"many"}"#;
    let server = Server::start([json(200, flat), json(200, broken)]).await;
    let call = client(&server).get_application_v1("hello");
    let found = call.send().await.unwrap().into_value();
    assert!(!format!("{found:?}").contains("******"));
    let call = client(&server).get_application_v1("hello");
    let found = call.send().await.unwrap();
    assert_eq!(found.oddities()[0].path(), "workers");
    assert!(!format!("{found:?}").contains("s3cret"));
}

#[tokio::test]
async fn the_errors_of_an_upload_name_the_method_that_was_called() {
    let server = Server::start([empty(400), empty(400), empty(400)]).await;
    let client = client(&server);
    let file = || Upload::bytes("hello.jar", "PK");
    let created = client.upload_application(ApplicationUpload::new(file(), settings()));
    let updated = ApplicationUpdateUpload::new(changes()).file(file());
    let updated = client.upload_application_update("hello", updated);
    let sent = client.upload_application_file("hello", ApplicationFile::new(file()));
    for (error, method) in [
        (created.send().await.unwrap_err(), "upload_application"),
        (
            updated.send().await.unwrap_err(),
            "upload_application_update",
        ),
        (sent.send().await.unwrap_err(), "upload_application_file"),
    ] {
        assert_eq!(error.operation(), Some(method));
    }
}
