//! Records of an application: logs, statistics by time, tracked transactions, files.

use std::path::PathBuf;

use anypoint_cloudhub::types::{DeploymentId, InstanceId, QueueId, TransactionId};
use anypoint_cloudhub::types::{
    LegacyApplicationUpdate, LogLevel, LogSearch, NewNotification, TransactionFilter,
    TransactionSearch,
};
use anypoint_core::ErrorKind;
use serde_json::json as value;

use super::{BASE, client, naive};
use crate::support::{Server, answer, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

/// One search is a list, the other an object with the list.
#[tokio::test]
async fn trap_cloudhub_logs_as_list_and_as_page() {
    let bare = payload!("cloudhub/search_logs/bare_array.json");
    let page = payload!("cloudhub/list_deployment_logs/page.json");
    let server = Server::start([json(200, bare), json(200, page), json(200, page)]).await;
    let client = client(&server);
    let search = LogSearch::new()
        .deployment_id(DeploymentId::new("d-1"))
        .start_time(1_440_000_000_000)
        .limit_msg_len(5000);
    let found = client.search_logs("hello", search).send().await.unwrap();
    assert_eq!((found.len(), found[0].line), (2, Some(7)));
    let event = found[0].event.as_ref().unwrap();
    assert_eq!(event.priority, Some(LogLevel::Info));
    let time = event.timestamp.as_ref().unwrap();
    assert_eq!(time.to_string(), "1440000000000");
    let event = found[1].event.as_ref().unwrap();
    assert_eq!(event.priority.as_ref().unwrap().as_str(), "AUDIT");
    let listed = client
        .list_deployment_logs("hello", DeploymentId::new("d-1"))
        .send()
        .await;
    assert_eq!(listed.unwrap().data[0].message.as_deref(), Some("started"));
    let call = client
        .list_instance_logs("hello", InstanceId::new("d-1-0"))
        .tail(true);
    assert_eq!(call.send().await.unwrap().total, Some(1));
    let body = server.requests()[0].text();
    let expected = r#"{"deploymentId":"d-1","startTime":1440000000000,"limitMsgLen":5000}"#;
    assert_eq!(body, expected);
    assert_naive_fails::<naive::Page>(bare, "map, expected a sequence");
    assert_naive_fails::<Vec<naive::Identified>>(page, "expected a sequence");
}

/// The published examples wrap payloads in `value`; neither requests nor answers have it.
#[expect(deprecated, reason = "the old version is what it is about")]
#[tokio::test]
async fn trap_cloudhub_no_value_wrappers() {
    let policies = payload!("cloudhub/list_autoscale_policies/bare_array.json");
    let samples = payload!("cloudhub/get_tracking_statistics/samples.json");
    let server = Server::start([
        json(200, policies),
        json(200, samples),
        json(200, samples),
        empty(201),
        json(200, ""),
    ])
    .await;
    let client = client(&server);
    let call = client.list_autoscale_policies("hello");
    assert_eq!(call.send().await.unwrap()[0].id, "p-1");
    let call = client.get_tracking_statistics("hello");
    let statistics = call.send().await.unwrap();
    assert_eq!(statistics.samples[0]["2015-08-10T00:00:00.000Z"], 41);
    assert_eq!(statistics.samples[1]["2015-08-10T00:05:00.000Z"], 38);
    let filter = TransactionFilter::new().name("status").value("ERROR");
    let search = TransactionSearch::new().search_parameters([filter]);
    let call = client.query_tracking_statistics("hello", search);
    assert_eq!(call.send().await.unwrap().total, Some(79));
    let call = client.create_notification(NewNotification::new("hello", "m"));
    assert_eq!(call.send().await.unwrap().status(), 201);
    // Nor is a worker's size a `workerYype`, as the example of this one has it.
    let update = LegacyApplicationUpdate::new()
        .workers(2)
        .worker_type("Micro");
    let call = client.update_application_v1("hello", update);
    call.send().await.unwrap();
    let requests = server.requests();
    let expected = r#"{"workers":2,"workerType":"Micro"}"#;
    assert_eq!(requests[4].text(), expected);
    let expected = r#"{"searchParameters":[{"name":"status","value":"ERROR"}]}"#;
    assert_eq!(requests[2].text(), expected);
    assert_eq!(requests[3].text(), r#"{"domain":"hello","message":"m"}"#);
    assert_naive_fails::<naive::Wrapped>(policies, "expected a sequence");
    assert_naive_fails::<naive::WrappedCounts>(samples, "missing field `value`");
    assert_naive_fails::<naive::Counts>(samples, "expected i64");
}

#[tokio::test]
async fn trap_cloudhub_misspelt_and_hyphenated_members() {
    let transactions = payload!("cloudhub/search_transactions/misspelt_total.json");
    let schedules = payload!("cloudhub/list_schedules/run_href.json");
    let server = Server::start([json(200, transactions), json(200, schedules)]).await;
    let client = client(&server);
    let call = client.search_transactions("hello", TransactionSearch::new());
    let page = call.count(10).total(true).send().await.unwrap();
    assert_eq!(page.total_transcations, Some(51));
    assert!(page.transactions_summaries[0].fields.is_empty());
    let found = client.list_schedules("hello").send().await.unwrap();
    let run = found[0].run_href.as_deref();
    assert_eq!(run, Some("/applications/hello/schedules/poll_1/run"));
    let line = format!("POST {BASE}/applications/hello/tracking/transactions?count=10&total=true");
    assert_eq!(lines(&server)[0], line);
    assert_naive_fails::<naive::SpelledTotal>(transactions, "missing field `totalTransactions`");
    assert_naive_fails::<Vec<naive::RunHref>>(schedules, "missing field `runHref`");
}

/// The collection answers with one search alone, by its published example.
#[tokio::test]
async fn trap_cloudhub_saved_searches_as_one_or_many() {
    let one = payload!("cloudhub/list_tracking_searches/one.json");
    let many = format!("[{}]", String::from_utf8_lossy(one));
    let server = Server::start([json(200, one), json(200, many), json(200, "[]")]).await;
    for expected in [1, 1, 0] {
        let call = client(&server).list_tracking_searches("hello");
        let list = call.send().await.unwrap();
        assert_eq!(list.data.len(), expected);
        for search in &list.data {
            assert_eq!(search.search_parameters[0].operator.as_deref(), Some("EQ"));
        }
    }
    assert_naive_fails::<Vec<naive::Message>>(one, "expected a sequence");
}

/// Samples by time, as milliseconds or as ISO 8601: keys are data, whatever their form.
#[tokio::test]
async fn trap_cloudhub_maps_by_time() {
    let dashboard = payload!("cloudhub/get_dashboard_statistics/timestamps.json");
    let statistics = payload!("cloudhub/get_application_statistics/timestamps.json");
    let queues = payload!("cloudhub/list_queues/empty_maps.json");
    let nested = payload!("cloudhub/get_queue_statistic/nested_values.json");
    let answers = [dashboard as &[u8], statistics, queues, nested];
    let server = Server::start(answers.map(|body| json(200, body))).await;
    let client = client(&server);
    let found = client.get_dashboard_statistics("hello").send().await;
    let found = found.unwrap();
    assert_eq!(found.events["1440000900000"], 0);
    let load = found.worker_statistics[0].statistics.as_ref().unwrap();
    assert_eq!(load.cpu["1440000900000"], 3.0);
    assert_eq!(
        load.memory_total_max["2015-08-10T00:00:00.000Z"],
        479_199_232.0
    );
    let found = client.get_application_statistics("hello").send().await;
    let found = found.unwrap();
    assert_eq!(
        found["2015-08-10T00:00:00.000Z"] + found["1440000000000"],
        79
    );
    let page = client.list_queues("hello").send().await.unwrap();
    // Maps that are empty are written as they came.
    let written = serde_json::to_value(&*page).unwrap();
    assert_eq!(
        written,
        serde_json::from_slice::<serde_json::Value>(queues).unwrap()
    );
    let found = client
        .get_queue_statistic(QueueId::new("q-1"), "queued")
        .send()
        .await;
    let values = found.unwrap().into_value().statistics.unwrap();
    assert_eq!(values.queued["1440000000000"], value!({"avg": 3}));
    assert_eq!(values.added["1440000000000"], 40);
    assert_naive_fails::<naive::ByDate>(dashboard, "expected a string");
    assert_naive_fails::<naive::Series>(nested, "expected f64");
}

/// Words and files, whatever the label says: a naive client decodes JSON.
#[tokio::test]
async fn trap_cloudhub_bare_words_and_files() {
    let archive: &[u8] = b"PK\x03\x04\x00\xff\r\n";
    let server = Server::start([
        answer(200, "text/plain", "STARTED"),
        answer(200, "application/json", "DEPLOY_FAILED"),
        answer(200, "text/plain;charset=UTF-8", "pong\n"),
        answer(200, "application/octet-stream", archive),
        answer(200, "text/plain", "line 1\n"),
        answer(200, "application/zip", archive),
    ])
    .await;
    let client = client(&server);
    for word in ["STARTED", "DEPLOY_FAILED"] {
        let text = client.get_application_status("hello").send().await;
        assert_eq!(text.unwrap().as_str(), word);
    }
    assert_eq!(client.ping().send().await.unwrap().as_str(), "pong\n");
    let call = client.download_application_file("hello", "hello 1.0/a.jar");
    let file = call.send().await.unwrap().into_value();
    assert_eq!(file.bytes(100).await.unwrap(), archive);
    let call = client.download_instance_log("hello", InstanceId::new("d-1-0"));
    let file = call.send().await.unwrap().into_value();
    assert_eq!(file.bytes(100).await.unwrap(), "line 1\n");
    let call = client.download_diagnostics("hello", InstanceId::new("d-1-0"));
    let file = call.send().await.unwrap().into_value();
    assert_eq!(file.bytes(100).await.unwrap(), archive);
    let line = format!("GET {BASE}/applications/hello/download/hello%201.0%2Fa.jar");
    assert_eq!(lines(&server)[3], line);
    assert_naive_fails::<String>(b"STARTED", "expected value");
    assert_naive_fails::<serde_json::Value>(archive, "expected value");
}

/// The one `GET` that does something: it runs the flow again. A naive client repeats or caches
/// it like any other.
#[tokio::test]
async fn trap_cloudhub_replay_is_a_get_that_acts() {
    let new = payload!("cloudhub/replay_transaction/new_id.json");
    let path = format!("{BASE}/applications/hello/tracking/transactions/t-1/get%3A%2Forders%20all");
    let replay = |server: &Server| {
        let call = client(server).replay_transaction(
            "hello",
            TransactionId::new("t-1"),
            "get:/orders all",
        );
        call.send()
    };
    let server = Server::start([json(200, new), json(200, new)]).await;
    for _ in 0..2 {
        assert_eq!(replay(&server).await.unwrap().id, "t-2");
    }
    let line = format!("GET {path}/replay");
    assert_eq!(lines(&server), [line.clone(), line]);
    // Neither a busy service nor a broken connection makes the client try again.
    for (first, kind) in [
        (json(503, ""), ErrorKind::Status),
        (Vec::new(), ErrorKind::Interrupted),
        (json(403, r#"{"message":"Mule 4"}"#), ErrorKind::Status),
    ] {
        let server = Server::start([first, json(200, new)]).await;
        let error = replay(&server).await.unwrap_err();
        assert_eq!((error.kind(), server.requests().len()), (kind, 1));
    }
}

/// What decides over a repetition is not the method but the operation's own fact.
#[test]
fn trap_cloudhub_replay_is_not_idempotent() {
    let replay = operation("replay_transaction");
    assert!(replay.contains("Method::Get"), "{replay}");
    assert!(!replay.contains(".with_idempotent()"), "{replay}");
    // A search is a `POST` that only reads.
    let search = operation("search_transactions");
    assert!(search.contains("Method::Post"), "{search}");
    assert!(search.contains(".with_idempotent()"), "{search}");
}

/// What the client knows of an operation, whichever file of its folder it is in.
fn operation(id: &str) -> String {
    let mut folders = vec![PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/anypoint-cloudhub/src"
    ))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let facts = text.split("Operation::new(").skip(1);
            let mut facts = facts.map(|facts| facts.split_once(';').unwrap().0);
            if let Some(facts) = facts.find(|facts| facts.contains(&format!("{id:?}"))) {
                return facts.to_owned();
            }
        }
    }
    panic!("there is no operation {id}")
}

/// Declared with a body of no type; some servers refuse a `DELETE` that has one.
#[tokio::test]
async fn trap_cloudhub_deleting_a_search_sends_no_body() {
    let server = Server::start([empty(204)]).await;
    let call = client(&server).delete_tracking_search("hello", "failed orders");
    assert_eq!(call.send().await.unwrap().status(), 204);
    let request = server.request();
    let line = format!("DELETE {BASE}/applications/hello/tracking/searches/failed%20orders");
    assert_eq!((request.line(), request.text()), (line, String::new()));
    assert_eq!(request.header("content-type"), None);
}
