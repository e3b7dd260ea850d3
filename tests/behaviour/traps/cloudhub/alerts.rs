//! Alerts: conditions of four forms without a declared tag, and sizes of workers that are numbers in one
//! place and texts in another.

use anypoint_cloudhub::types::{
    AlertAction, AlertCondition, AlertConditionType, AlertOperator, AlertPeriodUnit, AlertSeverity,
    NewAlert, NewAutoscalePolicy, NotificationPriority,
};
use anypoint_cloudhub::types::{AlertId, AutoscalePolicyId, TransactionId};
use anypoint_core::StringOrNumber;
use serde_json::json as value;

use super::{client, naive};
use crate::support::{Server, json, payload};
use crate::traps::{assert_naive_fails, sent};

#[tokio::test]
async fn trap_cloudhub_alert_conditions_of_four_shapes() {
    let payload = payload!("cloudhub/list_alerts/shapes.json");
    let server = Server::start([json(200, payload)]).await;
    let alerts = client(&server).list_alerts().send().await.unwrap();
    let condition = |index: usize| &alerts[index].condition;
    let notified = condition(0);
    assert_eq!(notified.type_, AlertConditionType::ApplicationNotification);
    assert_eq!(notified.priority, Some(NotificationPriority::Any));
    assert_eq!(notified.text.as_deref(), Some("stock"));
    let busy = condition(1);
    assert_eq!(busy.operator, Some(AlertOperator::GreaterThan));
    assert_eq!((busy.value, busy.period_mins), (Some(85), Some(5)));
    let gone = condition(2);
    assert_eq!(gone.type_, AlertConditionType::DeploymentFailed);
    assert_eq!((gone.resources.len(), gone.value), (1, None));
    let flooded = condition(3);
    assert_eq!(flooded.period_time_unit, Some(AlertPeriodUnit::Hour));
    assert_eq!(flooded.threshold, Some(10_000));
    assert_eq!(flooded.resource_type, None);
    let created = alerts[0].created_at.as_ref().unwrap();
    assert_eq!(created.to_string(), "1440000000000");
    assert_eq!(alerts[0].actions[0].subject.as_deref(), Some("s"));
    assert!(alerts[1].actions.is_empty());
    assert_naive_fails::<Vec<naive::Resources>>(payload, "missing field `value`");
    assert_naive_fails::<Vec<naive::AlertDates>>(payload, "expected a string");
}

/// `type` is in every example and in no published schema: a condition without it, or with one
/// that came later, is read like the others, and the list is not lost for it.
#[tokio::test]
async fn trap_cloudhub_alert_conditions_without_a_known_type() {
    let payload = payload!("cloudhub/list_alerts/shapes.json");
    let server = Server::start([json(200, payload)]).await;
    let alerts = client(&server).list_alerts().send().await.unwrap();
    assert_eq!(alerts.len(), 6);
    assert_eq!(alerts[4].severity.as_str(), "FATAL");
    for (alert, tag) in alerts[4..].iter().zip(["disk-full", ""]) {
        assert_eq!(alert.condition.type_.as_str(), tag);
        assert_eq!(alert.condition.resources, ["hello"]);
    }
    assert_naive_fails::<Vec<naive::Tagged>>(payload, "missing field `type`");
    assert_naive_fails::<Vec<naive::KnownType>>(payload, "unknown variant `disk-full`");
}

/// The type is written although no published schema has it, and nothing of the other shapes.
#[tokio::test]
async fn trap_cloudhub_alert_requests_have_the_type() {
    let server = Server::start([json(200, r#"{"id":"a-1"}"#)]).await;
    let cpu = AlertCondition::new(AlertConditionType::Cpu, ["hello"])
        .operator(AlertOperator::GreaterThan)
        .value(85)
        .period_mins(5)
        .period_count(3);
    let action = AlertAction::new()
        .type_("email")
        .emails(["ops@example.com"]);
    let alert = NewAlert::new("busy", AlertSeverity::Warning, cpu, [action]);
    let created = client(&server).create_alert(alert).send().await.unwrap();
    assert_eq!((created.id.as_str(), created.enabled), ("a-1", false));
    let expected = value!({
        "name": "busy",
        "severity": "WARNING",
        "condition": {
            "type": "cpu", "resources": ["hello"], "operator": "GREATER_THAN",
            "value": 85, "periodMins": 5, "periodCount": 3
        },
        "actions": [{"type": "email", "emails": ["ops@example.com"]}]
    });
    assert_eq!(sent(&server), expected);
}

/// Five shapes of a context, of which a worker's size is a text in the history of alerts and a
/// number in autoscaling policies.
#[tokio::test]
async fn trap_cloudhub_sizes_as_numbers_and_texts() {
    let history = payload!("cloudhub/list_alert_history/contexts.json");
    let fractions = payload!("cloudhub/get_autoscale_policy/fractions.json");
    let server = Server::start([json(200, history), json(200, fractions)]).await;
    let client = client(&server);
    let occasions = client
        .list_alert_history(AlertId::new("a-1"))
        .send()
        .await
        .unwrap();
    let context = |index: usize| &occasions.data[index].context;
    assert_eq!(context(0).transaction_id, Some(TransactionId::new("t-1")));
    let size = context(1).worker_size.clone();
    assert_eq!(size, Some(StringOrNumber::from("0.1")));
    assert_eq!(context(1).success, Some(true));
    let size = context(2).current_worker_size.as_ref().unwrap();
    assert_eq!(size.as_f64(), Some(0.2));
    assert_eq!(context(2).state, Some(value!({"name": "GONE"})));
    assert_eq!(context(3).message, None);
    let raised = occasions.data[3].triggered_at.as_ref().unwrap();
    assert_eq!(raised.as_millis(), Some(1_440_000_000_003));
    let policy = client
        .get_autoscale_policy("hello", AutoscalePolicyId::new("p-1"))
        .send()
        .await;
    let policy = policy.unwrap();
    assert_eq!(
        (policy.min_scale, policy.max_scale),
        (Some(0.1.into()), Some(2.into()))
    );
    assert_naive_fails::<naive::Occasions>(history, "expected a string");
    assert_naive_fails::<naive::WholeScale>(fractions, "expected i32");
    let policy = NewAutoscalePolicy::new().min_scale(0.1).max_scale(2.0);
    let written = serde_json::to_value(&policy).unwrap();
    assert_eq!(written, value!({"minScale": 0.1, "maxScale": 2.0}));
}
