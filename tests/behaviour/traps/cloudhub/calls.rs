//! Request lines, headers, codes, and answers without a body.

use anypoint_cloudhub::Client;
use anypoint_cloudhub::types::AlertId;
use anypoint_cloudhub::types::InstanceId;
use anypoint_cloudhub::types::MuleVersionUpdateId;
use anypoint_cloudhub::types::QueueId;
use anypoint_cloudhub::types::ScheduleId;
use anypoint_cloudhub::types::VpcId;
use anypoint_cloudhub::types::{
    AlertCondition, AlertConditionType, AlertSeverity, AlertUpdate, ApplicationActionKind,
    ApplicationStatusChange, ApplicationsAction, LogLevel, LogSearch, NotificationStatus,
    NotificationStatusUpdate, PackageLogLevelSetting, QueueStatistic, ScheduleSwitch,
    ScheduleUpdate, StaticIpRegion, StaticIpRequest, StatusCommand, TrackingLevel,
    TrackingSearchDefinition, TrackingSettingsUpdate, TransactionSearch,
};
use anypoint_core::EnvironmentId;
use anypoint_core::OrganizationId;
use anypoint_core::{ErrorKind, Session};

use super::{BASE, client, naive};
use crate::support::{Server, answer, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

/// Sends one call after the other; answers do not matter here.
macro_rules! send_all {
    ($client:ident: $($call:ident($($argument:expr),*);)+) => {
        $($client.$call($($argument),*).send().await.unwrap();)+
    };
}

fn answers(count: usize) -> Vec<Vec<u8>> {
    vec![empty(204); count]
}

/// 304 says that there was nothing to do; a naive client takes it for a failure, or for a cached
/// answer. Commands are in any case.
#[tokio::test]
async fn trap_cloudhub_status_change_is_200_or_304() {
    let server = Server::start([json(200, ""), empty(304), empty(304)]).await;
    let commands = ["restart", "START", "STOPPED"];
    for (command, status) in commands.into_iter().zip([200, 304, 304]) {
        let change = ApplicationStatusChange::new(StatusCommand::from(command));
        let call = client(&server).change_application_status("hello", change);
        assert_eq!(call.send().await.unwrap().status(), status);
    }
    let requests = server.requests();
    let bodies: Vec<_> = requests.iter().map(|request| request.text()).collect();
    let expected = commands.map(|command| format!(r#"{{"status":"{command}"}}"#));
    assert_eq!(bodies, expected);
    let line = format!("POST {BASE}/applications/hello/status");
    assert_eq!(requests[0].line(), line);
    // Anywhere else it is no success.
    let server = Server::start([empty(304)]).await;
    let error = client(&server).get_application("hello").send().await;
    assert_eq!(error.unwrap_err().status(), Some(304));
}

/// All the operations that the specification forgot the header at.
async fn send_those_without_declaration(client: &Client) -> usize {
    let alert = || {
        let condition = AlertCondition::new(AlertConditionType::DeploymentSuccess, ["hello"]);
        AlertUpdate::new("a", AlertSeverity::Info, condition, [])
    };
    let level = || TrackingSettingsUpdate::new(TrackingLevel::Disabled);
    send_all!(client:
        get_alert(AlertId::new("a-1"));
        update_alert(AlertId::new("a-1"), alert());
        delete_alert(AlertId::new("a-1"));
        list_alert_history(AlertId::new("a-1"));
        check_replay_data("hello");
        delete_replay_data("hello");
        search_logs("hello", LogSearch::new());
        check_domain_availability("hello");
        get_log_level("hello", "org.mule");
        delete_log_level("hello", "org.mule");
        list_schedules("hello");
        update_schedules("hello", [ScheduleSwitch::new(ScheduleId::new("s-1"))]);
        get_schedule("hello", ScheduleId::new("s-1"));
        update_schedule("hello", ScheduleId::new("s-1"), ScheduleUpdate::new());
        run_schedule("hello", ScheduleId::new("s-1"));
        get_tracking_settings("hello");
        update_tracking_settings("hello", level());
        clear_queue(QueueId::new("q-1"));
        list_queue_statistics(QueueId::new("q-1"));
        get_queue_statistic(QueueId::new("q-1"), "queued");
        get_mule_version("4.9.0");
        get_mule_version_update("4.9.0", MuleVersionUpdateId::new("u-1"));
        get_application("hello");
        list_mule_versions();
    );
    24
}

/// mule-maven-plugin sends both headers with every call. A naive client sends one of them, where
/// it is declared; the others then act in the environment called Production.
#[tokio::test]
async fn trap_cloudhub_environment_headers_where_none_is_declared() {
    let server = Server::start(answers(24)).await;
    let builder = Session::builder().host(&server.url);
    let session = builder
        .environment(OrganizationId::new("o-2"), EnvironmentId::new("e-2"))
        .build()
        .unwrap();
    let count = send_those_without_declaration(&Client::new(&session)).await;
    let requests = server.requests();
    assert_eq!(requests.len(), count);
    for request in requests {
        let headers = ["x-anypnt-org-id", "x-anypnt-env-id"].map(|name| request.header(name));
        let expected = [Some("o-2".to_owned()), Some("e-2".to_owned())];
        assert_eq!(headers, expected, "{}", request.line());
    }
}

/// A naive client sends the header with nothing in it, which is no environment either.
#[tokio::test]
async fn trap_cloudhub_no_empty_environment_headers() {
    let server = Server::start(answers(24)).await;
    let builder = Session::builder().host(&server.url);
    let session = builder.service_default_environment().build().unwrap();
    send_those_without_declaration(&Client::new(&session)).await;
    for request in server.requests() {
        for name in ["x-anypnt-org-id", "x-anypnt-env-id"] {
            assert_eq!(request.header(name), None, "{}", request.line());
        }
    }
    // It is what to look at first when something is not found.
    let server = Server::start([json(404, "")]).await;
    let builder = Session::builder().host(&server.url);
    let session = builder.service_default_environment().build().unwrap();
    let call = Client::new(&session).get_application("hello");
    let error = call.send().await.unwrap_err();
    assert!(error.hint().unwrap().contains("environment"), "{error}");
}

/// Networks belong to an organization, which is in the path.
#[tokio::test]
async fn trap_cloudhub_networks_have_no_environment() {
    let server = Server::start(answers(5)).await;
    let builder = Session::builder().host(&server.url);
    let session = builder
        .environment(OrganizationId::new("o-2"), EnvironmentId::new("e-2"))
        .build()
        .unwrap();
    let client = Client::new(&session);
    let organization = client.in_organization(OrganizationId::new("o-1"));
    send_all!(organization:
        list_vpcs();
        list_vpns(VpcId::new("vpc-1"));
        list_transit_gateways();
        list_load_balancers();
    );
    send_all!(client:
        ping();
    );
    for request in server.requests() {
        for name in ["x-anypnt-org-id", "x-anypnt-env-id"] {
            assert_eq!(request.header(name), None, "{}", request.line());
        }
    }
}

/// 34 parameters are required in print, although they have defaults. A naive client must be given
/// them all, and sends what nobody asked for.
#[expect(deprecated, reason = "the old version is what it is about")]
#[tokio::test]
async fn trap_cloudhub_required_in_print_is_optional() {
    let server = Server::start(answers(12)).await;
    let client = client(&server);
    let read = || NotificationStatusUpdate::new(NotificationStatus::Read);
    send_all!(client:
        list_alerts();
        list_applications();
        list_applications_v1();
        list_queues("hello");
        get_dashboard_statistics("hello");
        get_application_statistics("hello");
        list_application_notifications("hello");
        search_transactions("hello", TransactionSearch::new());
        list_mule_versions();
        mark_notifications(read());
        get_queue_statistic(QueueId::new("q-1"), "queued");
    );
    for line in lines(&server) {
        assert!(!line.contains('?'), "{line}");
    }
    // Set, they go out, also with the value that is the default.
    let call = client
        .list_queues("hello")
        .offset(0)
        .queue_name("a b")
        .statistics([QueueStatistic::Queued, QueueStatistic::InFlight]);
    call.send().await.unwrap();
    let line = format!(
        "GET {BASE}/v2/applications/hello/queueStatistics\
         ?offset=0&queueName=a%20b&statistics=queued,inFlight"
    );
    assert_eq!(lines(&server)[11], line);
}

/// Nothing comes back with these, whatever their label; deleting is 204 in one version and 200
/// in the other. A naive client decodes, or insists on its code.
#[expect(deprecated, reason = "the old version is what it is about")]
#[tokio::test]
async fn trap_cloudhub_success_without_a_body() {
    let mut answers = vec![json(200, ""); 9];
    answers.extend([empty(204), empty(200), json(200, "")]);
    let server = Server::start(answers).await;
    let client = client(&server);
    let restart = ApplicationsAction::new(ApplicationActionKind::Restart, ["hello", "other"]);
    let address = StaticIpRequest::new(StaticIpRegion::EuWest1);
    let level = PackageLogLevelSetting::new("org.mule", LogLevel::Off);
    let tracking = TrackingSettingsUpdate::new(TrackingLevel::MetadataAndReplay);
    let start = ApplicationStatusChange::new(StatusCommand::Start);
    let search = TrackingSearchDefinition::new;
    send_all!(client:
        apply_action_to_applications(restart);
        create_static_ip("hello", address);
        update_log_levels("hello", [level]);
        delete_log_level("hello", "org.mule");
        update_tracking_settings("hello", tracking);
        change_application_status("hello", start);
        create_tracking_search("hello", "s", search());
        replace_tracking_search("hello", "s", search());
        update_schedules("hello", [ScheduleSwitch::new(ScheduleId::new("s-1")).run_now(true)]);
        delete_application("hello");
        delete_application("hello");
        delete_application_v1("hello");
    );
    let requests = server.requests();
    let expected = r#"{"action":"RESTART","domains":["hello","other"]}"#;
    assert_eq!(requests[0].text(), expected);
    let expected = r#"[{"packageName":"org.mule","level":"OFF"}]"#;
    assert_eq!(requests[2].text(), expected);
    assert_eq!(requests[8].text(), r#"[{"id":"s-1","runNow":true}]"#);
    let line = format!("DELETE {BASE}/v2/applications/hello");
    assert_eq!(requests[9].line(), line);
    assert_naive_fails::<naive::Message>(b"", "EOF");
}

/// A naive client puts them into the path as they are, and reaches another path or none.
#[tokio::test]
async fn trap_cloudhub_slashes_blanks_and_dollars_in_paths() {
    let server = Server::start(answers(4)).await;
    let client = client(&server);
    send_all!(client:
        get_schedule("hello", ScheduleId::new("polling://a b/1"));
        run_schedule("hello", ScheduleId::new("polling://a b/1"));
        get_log_level("hello", "org/mule$Inner");
        clear_queue(QueueId::new("q$1/é?#%"));
    );
    let schedule = "/applications/hello/schedules/polling%3A%2F%2Fa%20b%2F1";
    let expected = [
        format!("GET {BASE}{schedule}"),
        format!("POST {BASE}{schedule}/run"),
        format!("GET {BASE}/applications/hello/logs/levels/org%2Fmule%24Inner"),
        format!("PUT {BASE}/queues/q%241%2F%C3%A9%3F%23%25/clear"),
    ];
    assert_eq!(lines(&server), expected);
    // Nor must an id be the way to the parent.
    for id in ["", "..", "."] {
        let error = client.delete_application(id).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
    }
    assert_eq!(server.requests().len(), 4);
}

/// The documented form, the bare word of a 401, and what the limits of log calls answer with.
#[tokio::test]
async fn trap_cloudhub_errors_of_several_forms() {
    let message = payload!("cloudhub/get_application/message.json");
    let server = Server::start([
        json(500, message),
        answer(401, "text/plain", "unauthorized"),
    ]);
    let server = server.await;
    let get = || client(&server).get_application("hello").send();
    let error = get().await.unwrap_err();
    assert_eq!(error.message(), Some("Some error message."));
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(500))
    );
    let error = get().await.unwrap_err();
    assert_eq!(error.message(), Some("unauthorized"));
    assert_naive_fails::<naive::Message>(b"unauthorized", "expected value");
    // One page says 429, another 503, and 500 for log files.
    for status in [429, 503, 500] {
        let server = Server::start([json(status, "")]).await;
        let call = client(&server).download_instance_log("hello", InstanceId::new("d-1-0"));
        let error = call.send().await.unwrap_err();
        assert_eq!((error.status(), error.is_retryable()), (Some(status), true));
        assert!(error.is_throttled(), "{status}");
    }
}
