//! Every operation of every API against the emulator, each on a state fresh from the examples.

use std::collections::BTreeMap;
use std::process::Command;

use anypoint_emulator::{Emulator, FIXED_TOKEN, ORGANIZATION, SANDBOX};
use anypoint_tests::wire::{self, Base, Clients, Difference};
use serde_json::{Value, json};

use crate::support::{Server, answer, empty, json};

#[tokio::test]
async fn every_operation_is_ok_over_the_wire() {
    let emulator = Emulator::start().await.unwrap();
    let base = Base::Host(emulator.url().to_owned());
    let clients = Clients::new(base, FIXED_TOKEN).unwrap();
    let clients = clients.in_environment(ORGANIZATION, SANDBOX).unwrap();
    let mut operations = 0;
    let mut wrong = Vec::new();
    for (api, calls) in wire::apis() {
        let calls = calls(&clients).unwrap();
        for tries in calls.chunk_by(|a, b| a.operation == b.operation) {
            operations += 1;
            for call in tries {
                emulator.reset();
                let outcome = call.run().await;
                if outcome.result.is_err() {
                    wrong.push(format!("{api} {}: {}", call.operation, outcome.word()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(operations, 312);
}

/// The table must notice a server that answers with nothing, or it proves nothing.
#[tokio::test]
async fn an_answer_that_says_nothing_is_not_ok() {
    let server = Server::start([json(200, "{}")]).await;
    let clients = Clients::new(Base::Api(server.url.clone()), "t").unwrap();
    let (_, calls) = wire::apis()
        .into_iter()
        .find(|(api, _)| *api == "experience-hub")
        .unwrap();
    let calls = calls(&clients).unwrap();
    let call = calls
        .iter()
        .find(|call| call.operation == "get_asset")
        .unwrap();
    let outcome = call.run().await;
    assert_eq!(
        outcome.word(),
        "the answer decodes to nothing, unlike the example"
    );
}

/// What the program prints about a server, line by line, and whether all was ok.
async fn program(arguments: &[&str]) -> (Vec<Value>, bool) {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let ran = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wire"));
        command.args(["--json", "--read-only", "--token", "t0ken"]);
        command.args(arguments).output().unwrap()
    });
    let output = ran.await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(!lines.contains("t0ken"), "{lines}");
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), output.status.success())
}

#[tokio::test]
async fn the_program_sends_the_environment_where_headers_name_it() {
    let server = Server::answering(|_| json(404, "{}")).await;
    let url = server.url.clone();
    let arguments = [
        "--api", "cloudhub", "--url", &url, "--org", "o-1", "--env", "e-1",
    ];
    let (lines, ok) = program(&arguments).await;
    assert!(!ok && lines.len() > 40, "{}", lines.len());
    let requests = server.requests();
    assert_eq!(requests.len(), lines.len());
    let mut inside = 0;
    for request in requests {
        let scope = ["x-anypnt-org-id", "x-anypnt-env-id"].map(|name| request.header(name));
        let scope = scope.each_ref().map(Option::as_deref);
        match request.line().contains("/organizations/") {
            true => assert_eq!(scope, [None, None], "{}", request.line()),
            false => inside += usize::from(scope == [Some("o-1"), Some("e-1")]),
        }
    }
    assert!(inside > 30, "{inside}");
}

#[test]
fn the_program_takes_an_environment_with_its_organization() {
    for argument in ["--org", "--env"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wire"));
        let output = command.args([argument, "x"]).output().unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("--org and --env go together"), "{said}");
    }
}

/// Calls of an API that a server answers as if by magic, by operation.
async fn outcomes(api: &str, answer: Vec<u8>) -> BTreeMap<&'static str, Result<(), Difference>> {
    let server = Server::answering(move |_| answer.clone()).await;
    let clients = Clients::new(Base::Api(server.url.clone()), "t").unwrap();
    let clients = clients.in_environment("o", "e").unwrap();
    let all = wire::apis();
    let (_, calls) = all.iter().find(|(name, _)| *name == api).unwrap();
    let mut outcomes = BTreeMap::new();
    for call in calls(&clients).unwrap() {
        let result = call.run().await.result;
        outcomes.insert(
            call.operation,
            result.map_err(|failure| failure.difference()),
        );
    }
    outcomes
}

#[tokio::test]
async fn a_documented_answer_without_a_body_is_ok() {
    let found = outcomes("application-manager", empty(204)).await;
    // One that has a body with another code, and one that never has any.
    for operation in ["update_schedulers", "delete_deployment"] {
        assert_eq!(found[operation], Ok(()), "{operation}");
    }
    for operation in ["get_deployment", "list_deployments"] {
        let difference = found[operation].clone().unwrap_err();
        assert_eq!(difference.status, Some(204), "{operation}: {difference}");
        assert!(
            difference.to_string().contains("found no body"),
            "{operation}: {difference}"
        );
    }
    let found = outcomes("cloudhub", answer(200, "text/plain", "")).await;
    for operation in [
        "create_vpn",
        "change_application_status",
        "update_log_levels",
    ] {
        assert_eq!(found[operation], Ok(()), "{operation}");
    }
    assert!(found["get_application"].is_err());
    let found = outcomes("cloudhub", empty(304)).await;
    assert_eq!(found["change_application_status"], Ok(()));
    assert!(found["get_application"].is_err());
}

#[tokio::test]
async fn what_differs_is_told_without_what_came() {
    let body = r#"{"id": "i", "name": {"sesame": "open"}, "target": 5, "status": ["sesame"]}"#;
    let found = outcomes("application-manager", json(200, body)).await;
    let difference = found["get_deployment"].clone().unwrap_err();
    assert_eq!(difference.status, Some(200));
    assert_eq!(difference.path, "name");
    let text = difference.to_string();
    assert_eq!(
        text,
        "status 200, at name: expected a text, found an object"
    );
    let found = outcomes("experience-hub", json(200, r#"{"sesame": 1}"#)).await;
    let difference = found["get_asset"].clone().unwrap_err();
    let text = difference.to_string();
    assert_eq!(
        text,
        "status 200, at the top: expected an object (AssetDetail), found one without any member of it"
    );
    assert!(!text.contains("sesame"), "{text}");
}

#[tokio::test]
async fn the_program_tells_what_differs() {
    let server = Server::answering(|_| json(200, r#"{"data": 5, "items": 5}"#)).await;
    let url = server.url.clone();
    let arguments = ["--api", "application-manager", "--url", &url];
    let (lines, ok) = program(&arguments).await;
    assert!(!ok);
    let line = lines
        .iter()
        .find(|line| line["operation"] == "list_deployments");
    let line = line.unwrap();
    assert_eq!(
        (&line["status"], &line["path"]),
        (&json!(200), &json!("items"))
    );
    assert!(
        line["expected"].is_string() && line["found"].is_string(),
        "{line}"
    );
}
