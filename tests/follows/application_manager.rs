//! Logs of Application Manager deployments.

use std::collections::BTreeSet;
use std::time::Duration;

use anypoint_application_manager::requests::ListLogs;
use anypoint_application_manager::types::{
    ApplicationSpecification, ArtifactReference, DeploymentUpdate, LogLevel, Target,
};
use anypoint_core::{Clock, ErrorKind, Lines, Timestamp};
use anypoint_emulator::{Fault, LogLine};

use super::lines::{Log, come, deploy, inside, next, numbers};
use super::support::{ENV, ORG, World};

#[tokio::test]
async fn it_begins_with_the_newest_entries_and_goes_on() {
    let mut log = Log::start().await;
    log.write(30);
    let mut lines = log.follow().newest(3).lines();
    come(&mut lines, 27..30).await;
    log.write(2_500);
    come(&mut lines, 30..2_530).await;
}

#[tokio::test]
async fn an_empty_log_is_waited_for() {
    let mut log = Log::start().await;
    assert!(numbers(log.follow()).await.is_empty());
    let mut lines = log.follow().lines();
    idle(&log, &mut lines, 60).await;
    // More than the newest ones that it began with.
    log.write(50);
    come(&mut lines, 0..50).await;
}

#[tokio::test]
async fn a_quiet_log_is_asked_for_every_other_second() {
    let mut log = Log::start().await;
    log.write(1);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    let asked = || log.world.emulator.requests();
    let before = asked();
    idle(&log, &mut lines, 100).await;
    let asked = asked() - before;
    // The deployment and its log, each time.
    assert!((98..=104).contains(&asked), "{asked}");
}

#[tokio::test]
async fn it_begins_at_a_time_and_with_earlier_specifications() {
    let log = Log::start().await;
    let line = |number: u64| LogLine::new(number.to_string()).at(1_000 * number);
    log.add((0..20).map(line));
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    log.add((20..40).map(line));
    let since = Timestamp::from_millis(15_000);
    let numbers = numbers(log.follow().since(since).unwrap()).await;
    assert_eq!(numbers, (15..40).collect::<Vec<_>>());
    let error = log.follow().since(
        "soon"
            .parse::<Timestamp>()
            .unwrap_or_else(|_| serde_json::from_str("\"soon\"").unwrap()),
    );
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn filters_of_the_request_hold() {
    let log = Log::start().await;
    log.add((0..20).map(|number| {
        let level = if number % 2 == 0 { "ERROR" } else { "INFO" };
        LogLine::new(number.to_string()).level(level)
    }));
    let errors = log
        .follow()
        .request(|logs| logs.log_level([LogLevel::Error]));
    assert_eq!(numbers(errors).await, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
}

#[tokio::test]
async fn two_specifications_that_log_at_the_same_time_are_merged_by_time() {
    let mut log = Log::start().await;
    log.write(1);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    let old = log.deployment.desired_version.clone().unwrap();
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    let now = log.world.emulator.log_time();
    log.add((1..2_001).map(|number| {
        let line = LogLine::new(number.to_string()).at(now + number / 2);
        match number % 3 {
            0 => line.deployment(old.as_str()),
            _ => line,
        }
    }));
    let mut numbers = Vec::new();
    while numbers.len() < 2_000 {
        numbers.push(next(&mut lines).await);
    }
    // Entries of the same millisecond have no order across specifications.
    let pairs: Vec<_> = numbers.iter().map(|number| number / 2).collect();
    assert!(pairs.is_sorted());
    numbers.sort_unstable();
    assert_eq!(numbers, (1..2_001).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_the_old_replicas_log_at_last_comes_too() {
    let mut log = Log::start().await;
    log.write(1);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    let old = log.deployment.desired_version.clone().unwrap();
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    log.write(1);
    assert_eq!(next(&mut lines).await, 1);
    log.add([LogLine::new("2").deployment(old.as_str())]);
    assert_eq!(next(&mut lines).await, 2);
    log.add([LogLine::new("3")]);
    assert_eq!(next(&mut lines).await, 3);
}

/// Time passes while somebody follows and nothing comes.
async fn idle(log: &Log, lines: &mut Lines<ListLogs>, seconds: u64) {
    let end = log.world.clock.passed() + Duration::from_secs(seconds);
    tokio::select! {
        biased;
        line = lines.next() => panic!("there is nothing to come, and not {line:?}"),
        () = async {
            while log.world.clock.passed() < end {
                tokio::task::yield_now().await;
            }
        } => {}
    }
}

/// Time passes while nobody follows.
async fn pass(log: &Log, seconds: u64) {
    for _ in 0..seconds {
        log.world.clock.sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn the_last_words_of_a_specification_are_read_when_it_runs_no_more() {
    let mut log = Log::start().await;
    log.write(1);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    let old = log.deployment.desired_version.clone().unwrap();
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    log.add([LogLine::new("1")]);
    assert_eq!(next(&mut lines).await, 1);
    pass(&log, 60).await;
    log.add([LogLine::new("2").deployment(old.as_str())]);
    assert_eq!(next(&mut lines).await, 2);
}

#[tokio::test]
async fn a_specification_that_runs_no_more_is_asked_for_no_more() {
    let mut log = Log::start().await;
    log.write(1);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    idle(&log, &mut lines, 120).await;
    let before = log.world.emulator.requests();
    idle(&log, &mut lines, 100).await;
    let asked = log.world.emulator.requests() - before;
    assert!((98..=104).contains(&asked), "{asked}");
}

#[tokio::test]
async fn a_specification_that_goes_on_because_the_next_one_failed_is_followed_on() {
    let log = Log::start().await;
    let mut lines = log.follow().lines();
    let old = log.deployment.desired_version.clone().unwrap();
    let artifact = ArtifactReference::new(ORG, "orders-fail", "1.0.0", "jar");
    let application = ApplicationSpecification::new().ref_(artifact);
    let body = DeploymentUpdate::new().application(application);
    let update = log.client.update_deployment(&log.deployment.id, body);
    update.send().await.unwrap();
    for number in 0..5 {
        idle(&log, &mut lines, 60).await;
        log.add([LogLine::new(number.to_string()).deployment(old.as_str())]);
        assert_eq!(next(&mut lines).await, number);
    }
}

#[tokio::test]
async fn what_was_read_before_a_position_is_not_read_again_with_the_next_specification() {
    let mut log = Log::start().await;
    log.write(3);
    let mut lines = log.follow().lines();
    come(&mut lines, 0..3).await;
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    for number in 3..40 {
        pass(&log, 3).await;
        log.write(1);
        assert_eq!(next(&mut lines).await, number);
    }
    let position = lines.position().unwrap();
    let mut lines = log.follow().resume(position).lines();
    log.write(1);
    assert_eq!(next(&mut lines).await, 40);
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    log.write(1);
    assert_eq!(next(&mut lines).await, 41);
}

#[tokio::test]
async fn specifications_that_came_and_went_while_nobody_followed_are_read() {
    let mut log = Log::start().await;
    log.write(3);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    let position = lines.position().unwrap().to_string();
    drop(lines);
    for _ in 0..3 {
        log.world.emulator.roll_over(&log.deployment.id).unwrap();
        log.write(3);
    }
    let resumed = log.follow().resume(position.parse().unwrap());
    assert_eq!(numbers(resumed).await, (1..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn faults_in_passing_do_not_end_it() {
    let mut log = Log::start().await;
    log.write(5);
    let emulator = &log.world.emulator;
    emulator.fault(Fault::on("list_logs").times(3).empty(503));
    emulator.fault(Fault::on("list_logs").times(1).reset_after_read());
    emulator.fault(Fault::on("get_deployment").times(2).status(500));
    emulator.fault(Fault::on("get_deployment").times(1).status(404));
    emulator.fault(Fault::on("list_specifications").times(1).status(429));
    assert_eq!(numbers(log.follow()).await, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_nothing() {
    let mut log = Log::start().await;
    log.write(500);
    let mut lines = log.follow().newest(500).once().lines();
    let mut numbers = Vec::new();
    loop {
        let next = tokio::select! {
            biased;
            line = lines.next() => line,
            () = tokio::task::yield_now() => continue,
        };
        match next {
            Some(line) => numbers.push(line.unwrap().message.unwrap().parse::<usize>().unwrap()),
            None => break,
        }
    }
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_a_deployment_logs_by_itself_comes_through_an_update_too() {
    let world = World::start().await;
    let client = inside(&world, ENV);
    let deployment = deploy(&client).await;
    let start = Timestamp::from_millis(0);
    let follow = client.follow_logs(&deployment);
    let mut lines = follow.since(start).unwrap().lines();
    let body = DeploymentUpdate::new().target(Target::new().replicas(3));
    let update = client.update_deployment(&deployment, body);
    let updated = update.send().await.unwrap().into_value();
    client.wait_for_deployment(&updated).await.unwrap();
    let (mut times, mut replicas) = (Vec::new(), BTreeSet::new());
    while times.len() < 60 {
        let line = lines.next().await.unwrap().unwrap();
        times.push(line.timestamp.unwrap().as_millis().unwrap());
        replicas.insert(line.replica_id.unwrap());
    }
    assert!(times.is_sorted());
    // Two at first, then three others.
    assert_eq!(replicas.len(), 5, "{replicas:?}");
}
