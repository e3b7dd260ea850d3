//! CloudHub 1.0: statistics, tracking, queues, alerts and downloads.

use anypoint_cloudhub::Client;
use anypoint_cloudhub::types::{
    AlertId, LogDownloadRequest, LogDownloadState, LogQueryType, LogResourceType, QueueFunction,
    QueueId, TransactionEventType, TransactionFilter, TransactionId, TransactionSearch,
};
use anypoint_core::{OrganizationId, Timestamp};
use serde_json::json as value;

use crate::support::{Server, json, payload, session};

fn client(server: &Server) -> Client {
    Client::new(&session(server))
}

#[tokio::test]
async fn the_memory_of_a_worker_is_told_as_a_percentage_too() {
    let found = payload!("cloudhub/get_dashboard_statistics/published.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).get_dashboard_statistics("hello");
    let call = call.worker_ids(["i-1", "i-2"]);
    let statistics = call.send().await.unwrap().into_value();
    let load = statistics.worker_statistics[0].statistics.as_ref().unwrap();
    let at = |series: &std::collections::BTreeMap<String, anypoint_core::Number>| {
        series["1440000000000"].as_f64()
    };
    let part = at(&load.memory_total_used) / at(&load.memory_total_max);
    assert_eq!(at(&load.memory_percentage_used), part * 100.0);
    // There is no such disk.
    assert_eq!(at(&load.disk_read_bytes), -1.0);
    // Each worker has a parameter of its own.
    let line = server.request().line();
    assert!(line.ends_with("?workerIds=i-1&workerIds=i-2"), "{line}");
}

#[tokio::test]
async fn statistics_begin_at_milliseconds_or_at_a_date() {
    let server = Server::start([json(200, "{}"), json(200, "{}")]).await;
    let date: Timestamp = "2015-08-10T00:00:00Z".parse().unwrap();
    for start in [Timestamp::from_millis(1_439_164_800_000), date] {
        let call = client(&server).get_application_statistics("hello");
        call.start(start).send().await.unwrap();
    }
    let requests = server.requests();
    let query = |at: usize| requests[at].line().split_once('?').unwrap().1.to_owned();
    assert_eq!(query(0), "start=1439164800000");
    assert_eq!(query(1), "start=2015-08-10T00%3A00%3A00Z");
}

#[tokio::test]
async fn a_transaction_begins_ends_and_returns_flows() {
    let found = payload!("cloudhub/list_transaction_events/flows.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).list_transaction_events("hello", TransactionId::new("t-1"));
    let events = call.send().await.unwrap().into_value();
    let kinds: Vec<_> = events.into_iter().filter_map(|event| event.type_).collect();
    let expected = [
        TransactionEventType::FlowBegin,
        TransactionEventType::FlowEnd,
        TransactionEventType::FlowReturn,
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn transactions_are_compared_by_signs() {
    let search = ["like", ">=", "<="].map(|operator| TransactionFilter::new().operator(operator));
    let search = TransactionSearch::new().search_parameters(search);
    let expected = value!([{"operator": "like"}, {"operator": ">="}, {"operator": "<="}]);
    assert_eq!(value!(search)["searchParameters"], expected);
}

#[tokio::test]
async fn queues_are_summed_up_by_average_and_count() {
    let found = payload!("cloudhub/list_queue_statistics/functions.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).list_queue_statistics(QueueId::new("q-1"));
    let measures = call.send().await.unwrap().into_value();
    assert_eq!(measures[0].functions, [QueueFunction::Avg]);
    assert_eq!(measures[1].functions, [QueueFunction::Count]);
}

#[tokio::test]
async fn an_alert_names_the_users_whom_it_tells() {
    let found = payload!("cloudhub/get_alert/recipients.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).get_alert(AlertId::new("a-1"));
    let alert = call.send().await.unwrap();
    let users = alert.actions[0].user_ids.as_ref().unwrap();
    assert_eq!(*users, ["u-1", "u-2"]);
    let created = alert.created_at.as_ref().unwrap();
    assert_eq!(created.as_millis(), Some(1_458_115_909_470));
}

#[tokio::test]
async fn a_download_of_logs_ends_in_other_words_than_it_begins_with() {
    let running = payload!("cloudhub/start_log_download/running.json");
    let finished = payload!("cloudhub/get_log_download_status/finished.json");
    let server = Server::start([json(202, running), json(200, finished)]).await;
    let client = client(&server).in_organization(OrganizationId::new("o-1"));
    let request = LogDownloadRequest::new(LogResourceType::DlbLogs, "lb", LogQueryType::Relative);
    let begun = client.start_log_download(request).send().await;
    let begun = begun.unwrap().into_value();
    assert_eq!(begun.status, Some(LogDownloadState::Running));
    let date = begun.start_date.as_deref();
    assert_eq!(date, Some("Wed Jan 15 10:30:00 UTC 2025"));
    let name = begun.execution_name.unwrap();
    let call = client.get_log_download_status(name);
    let progress = call.send().await.unwrap().into_value();
    assert_eq!(progress.status, Some(LogDownloadState::Success));
    assert_eq!(progress.execution_status, Some(LogDownloadState::Succeeded));
    assert_eq!(
        progress.expires_in.as_ref().unwrap().to_string(),
        "60 minutes"
    );
    assert!(!format!("{progress:?}").contains("s3cret"));
}
