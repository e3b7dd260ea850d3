//! Every operation answers a request that is made of its spec's examples.

// The emulator's own generated list, so that no spec can be left out here.
#[path = "../../src/spec/sources.rs"]
#[rustfmt::skip]
mod sources;

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::Value;
use sources::SOURCES;

fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node.get("$ref").and_then(Value::as_str) {
        Some(target) => document.pointer(&target[1..]).unwrap(),
        None => node,
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| match keep(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// The path with its variables filled, and the query with every parameter: the examples, but for
/// one parameter that may have another value.
fn target(
    document: &Value,
    path: &str,
    item: &Value,
    operation: &Value,
    other: Option<(&str, &str)>,
) -> (String, Vec<(String, String)>) {
    let url = document
        .pointer("/servers/0/url")
        .unwrap()
        .as_str()
        .unwrap();
    let (_, rest) = url.split_once("://").unwrap();
    let base = rest.find('/').map_or("", |at| &rest[at..]);
    let mut path = format!("{base}{path}");
    let mut query = String::new();
    let mut headers = Vec::new();
    for owner in [item, operation] {
        let parameters = owner.get("parameters").and_then(Value::as_array);
        for node in parameters.into_iter().flatten() {
            let parameter = resolve(document, node);
            let name = parameter["name"].as_str().unwrap();
            let other = other.filter(|(other, _)| *other == name);
            let example = other.map_or(parameter["example"].clone(), |(_, id)| id.into());
            match parameter["in"].as_str().unwrap() {
                "path" => {
                    path = path.replace(&format!("{{{name}}}"), &encode(&plain(&example)));
                }
                "query" => {
                    let list = example.as_array().cloned();
                    for value in list.unwrap_or_else(|| vec![example.clone()]) {
                        query += &format!("&{name}={}", encode(&plain(&value)));
                    }
                }
                _ => headers.push((name.to_owned(), plain(&example))),
            }
        }
    }
    (format!("{path}?{}", query.trim_start_matches('&')), headers)
}

fn body(media: &str, example: &Value) -> (String, Vec<u8>) {
    let members = || example.as_object().unwrap().iter();
    match media {
        "application/x-www-form-urlencoded" => {
            let pairs: Vec<String> = members()
                .map(|(name, value)| format!("{name}={}", encode(&plain(value))))
                .collect();
            (media.to_owned(), pairs.join("&").into_bytes())
        }
        "multipart/form-data" => {
            let texts: Vec<(String, String)> = members()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect();
            let parts: Vec<(&str, Option<&str>, &[u8])> = texts
                .iter()
                .map(|(name, text)| match name.as_str() {
                    "file" => ("file", Some(text.as_str()), b"PK\x03\x04".as_slice()),
                    name => (name, None, text.as_bytes()),
                })
                .collect();
            multipart(&parts)
        }
        // Bytes have no example in a spec.
        "application/octet-stream" => (media.to_owned(), b"bytes".to_vec()),
        _ => (media.to_owned(), example.to_string().into_bytes()),
    }
}

fn is_basic(document: &Value, operation: &Value) -> bool {
    let own = operation.get("security");
    let security = own.unwrap_or(&document["security"]);
    security.pointer("/0/basic").is_some()
}

#[tokio::test]
async fn every_example_is_answered() {
    let emulator = Emulator::start().await.unwrap();
    let mut count = 0;
    for (_, text) in SOURCES {
        let document: Value = serde_json::from_str(text).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(id) = operation.get("operationId") else {
                    continue;
                };
                let basic = is_basic(&document, operation);
                let (target, extra) = target(&document, path, item, operation, None);
                let contents = operation.pointer("/requestBody/content");
                let mut requests = vec![(String::new(), Vec::new())];
                if let Some(contents) = contents.and_then(Value::as_object) {
                    requests = contents
                        .iter()
                        .map(|(media, node)| {
                            let schema = resolve(&document, &node["schema"]);
                            let own = node.get("example").or_else(|| schema.get("example"));
                            body(media, own.unwrap_or(&Value::Null))
                        })
                        .collect();
                }
                for (media, body) in requests {
                    emulator.reset();
                    let mut headers = vec![if basic { BASIC } else { BEARER }];
                    headers.extend(extra.iter().map(|(n, v)| (n.as_str(), v.as_str())));
                    if !media.is_empty() {
                        headers.push(("content-type", media.as_str()));
                    }
                    let method = method.to_uppercase();
                    let answer = call(emulator.url(), &method, &target, &headers, &body).await;
                    assert!(
                        (200..300).contains(&answer.status),
                        "{id}: {method} {target}: {} {}",
                        answer.head,
                        answer.text()
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count > 310, "{count}");
}

/// Parameters that name organizations, environments, portals and groups.
const NAMES: [&str; 7] = [
    "organizationId",
    "environmentId",
    "portalId",
    "groupId",
    "serverGroupId",
    "group",
    "userGroupName",
];
const HEADERS: [&str; 2] = ["X-ANYPNT-ORG-ID", "X-ANYPNT-ENV-ID"];

#[tokio::test]
async fn every_operation_refuses_what_is_not_there() {
    let emulator = Emulator::start().await.unwrap();
    let mut refused = 0;
    for (_, text) in SOURCES {
        let document: Value = serde_json::from_str(text).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(id) = operation.get("operationId") else {
                    continue;
                };
                let own = operation.get("x-environment");
                let in_environment = own.or(document.get("x-environment")) == Some(&true.into());
                let expected = match operation.pointer("/responses/403") {
                    Some(_) => 403,
                    None => 404,
                };
                let usual = target(&document, path, item, operation, None).0;
                let mut requests = Vec::new();
                for name in NAMES {
                    let other = Some((name, "9999"));
                    let target = target(&document, path, item, operation, other).0;
                    if target != usual {
                        requests.push((name, target, None));
                    }
                }
                for name in HEADERS.into_iter().filter(|_| in_environment) {
                    for value in ["9999", ""] {
                        requests.push((name, usual.clone(), Some(value)));
                    }
                }
                for (name, target, header) in requests {
                    let credentials = if is_basic(&document, operation) {
                        BASIC
                    } else {
                        BEARER
                    };
                    let mut headers = vec![credentials];
                    headers.extend(header.map(|value| (name, value)));
                    let method = method.to_uppercase();
                    let answer = call(emulator.url(), &method, &target, &headers, b"").await;
                    assert_eq!(
                        answer.status, expected,
                        "{id}: {method} {target} {headers:?}"
                    );
                    assert!(answer.text().contains(name), "{id}: {}", answer.text());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 450, "{refused}");
}
