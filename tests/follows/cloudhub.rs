//! Logs of CloudHub applications, which can only be searched by time.

use anypoint_core::{EnvironmentId, OrganizationId};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anypoint_cloudhub::Client;
use anypoint_cloudhub::requests::SearchLogs;
use anypoint_cloudhub::types::{LogRecord, LogSearch};
use anypoint_core::{Clock, ErrorKind, Follow, Lines, Position, Sleep, Timestamp};
use anypoint_emulator::{Builder, Fault, LogLine};

use super::support::{ENV, ORG, World};

/// The application that the emulator has from the start.
const DOMAIN: &str = "order-intake";

struct Application {
    world: World,
    client: Client,
}

impl Application {
    async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let world = World::with(|builder| settings(builder.quiet_logs())).await;
        let session = world
            .session()
            .environment(OrganizationId::new(ORG), EnvironmentId::new(ENV))
            .build()
            .unwrap();
        let client = Client::new(&session);
        Self { world, client }
    }

    fn add(&self, lines: impl IntoIterator<Item = LogLine>) {
        self.world.emulator.write_log(DOMAIN, lines).unwrap();
    }

    fn follow(&self) -> Follow<SearchLogs> {
        self.client.follow_logs(DOMAIN, LogSearch::new())
    }

    /// Time passes while somebody follows and nothing comes.
    async fn idle(&self, lines: &mut Lines<SearchLogs>, seconds: u64) {
        let end = self.world.clock.passed() + Duration::from_secs(seconds);
        tokio::select! {
            biased;
            line = lines.next() => panic!("there is nothing to come, and not {line:?}"),
            () = async {
                while self.world.clock.passed() < end {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
    }

    /// From now on, so that the lines of the seed do not come.
    fn follow_new(&self) -> Follow<SearchLogs> {
        let now = i64::try_from(self.world.emulator.log_time()).unwrap();
        self.follow().since(Timestamp::from_millis(now)).unwrap()
    }
}

fn number(record: &LogRecord) -> usize {
    let event = record.event.as_ref().unwrap();
    event.message.as_ref().unwrap().parse().unwrap()
}

async fn next(lines: &mut Lines<SearchLogs>) -> usize {
    number(&lines.next().await.unwrap().unwrap())
}

async fn numbers(follow: Follow<SearchLogs>) -> Vec<usize> {
    let mut lines = follow.once().lines();
    let mut numbers = Vec::new();
    while let Some(line) = lines.next().await {
        numbers.push(number(&line.unwrap()));
    }
    numbers
}

#[tokio::test]
async fn lines_of_the_same_millisecond_come_whatever_look_shows_them() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    let millis = log.world.emulator.log_time() + 5;
    for number in 0..300 {
        log.add([LogLine::new(number.to_string()).at(millis + number / 100)]);
        if number % 7 == 6 {
            for expected in number - 6..=number {
                assert_eq!(next(&mut lines).await as u64, expected);
            }
        }
    }
}

#[tokio::test]
async fn expectation_15_every_line_of_a_log_that_is_searched_by_time_comes_once_and_in_order() {
    let log = Application::with(|builder| builder.enforce_limits().log_cap(777)).await;
    let start = log.world.emulator.log_time();
    let mut lines = log.follow_new().lines();
    let (mut written, mut random, mut kills) = (0_u64, 5_u64, 0);
    for number in 0..100_000 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        if number == written {
            let count = 1 + (random >> 40) % 3_000;
            if count % 5 == 0 {
                log.world.emulator.roll_over(DOMAIN).unwrap();
            }
            let line = |number: u64| {
                let instance = format!("instance-{}", number % 3);
                // Pauses, bursts, and many lines of the same millisecond.
                let millis = start + number / 40 + number / 5_000 * 100_000;
                LogLine::new(number.to_string()).at(millis).source(instance)
            };
            log.add((written..written + count).map(line));
            written += count;
        }
        assert_eq!(next(&mut lines).await as u64, number);
        if (random >> 33) % 4_000 == 0 {
            let printed = lines.position().unwrap().to_string();
            assert!(printed.len() < 8_000, "{}", printed.len());
            let position: Position = printed.parse().unwrap();
            lines = log.follow().resume(position).lines();
            kills += 1;
        }
    }
    assert!(kills > 5, "{kills}");
    assert_eq!(log.world.emulator.throttled(), 0);
    // An answer shows 777 lines, half of which may have been shown before.
    let requests = log.world.emulator.requests();
    assert!(requests < 1_000, "{requests}");
}

#[tokio::test]
async fn it_begins_with_the_last_minute() {
    let log = Application::start().await;
    let now = log.world.emulator.log_time();
    let line = |number: u64| LogLine::new(number.to_string()).at(now - 100_000 + number * 1_000);
    log.add((0..100).map(line));
    let numbers = numbers(log.follow()).await;
    let first = numbers.first().copied().unwrap();
    assert!((30..45).contains(&first), "{first}");
    assert_eq!(numbers, (first..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_instance_can_be_followed_and_the_position_moves_over_the_others() {
    let log = Application::start().await;
    let line = |number: usize| {
        let instance = if number < 10 { "first" } else { "second" };
        LogLine::new(number.to_string()).source(instance)
    };
    let first = |record: &LogRecord| record.instance_id.as_ref().is_some_and(|id| *id == "first");
    let mut lines = log.follow_new().filter(first).once().lines();
    log.add((0..2_000).map(line));
    for number in 0..10 {
        assert_eq!(next(&mut lines).await, number);
    }
    assert!(lines.next().await.is_none());
    let behind = log.follow().resume(lines.position().unwrap());
    assert!(numbers(behind).await.is_empty());
}

#[tokio::test]
async fn lines_that_are_shown_late_come_all_the_same() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    let now = log.world.emulator.log_time();
    log.add([
        LogLine::new("0").at(now + 10),
        LogLine::new("1").at(now + 9_000),
    ]);
    assert_eq!(next(&mut lines).await, 0);
    assert_eq!(next(&mut lines).await, 1);
    log.add([LogLine::new("2").at(now + 500)]);
    assert_eq!(next(&mut lines).await, 2);
}

#[tokio::test]
async fn what_another_worker_wrote_at_the_same_time_comes_although_it_is_shown_later() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    let now = log.world.emulator.log_time();
    let written = |number: u64| LogLine::new(number.to_string()).at(now + 10 + number % 20 * 100);
    log.add((0..20).map(written));
    for number in 0..20 {
        assert_eq!(next(&mut lines).await, number);
    }
    log.idle(&mut lines, 5).await;
    log.add((20..40).map(written));
    // A look may be under way, so they need not be in order.
    let mut late = Vec::new();
    while late.len() < 20 {
        late.push(next(&mut lines).await);
    }
    late.sort_unstable();
    assert_eq!(late, (20..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_entry_that_is_dated_a_year_ahead_hides_none() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    let now = log.world.emulator.log_time();
    for number in 0..60 {
        let time = match number % 20 {
            10 => now + 31_536_000_000,
            _ => now + number * 1_000,
        };
        log.add([LogLine::new(number.to_string()).at(time)]);
        assert_eq!(next(&mut lines).await as u64, number);
    }
}

#[tokio::test]
async fn lines_come_although_the_clock_of_the_service_goes_back_an_hour() {
    let log = Application::with(|builder| builder.log_cap(100)).await;
    let mut lines = log.follow_new().lines();
    let now = log.world.emulator.log_time();
    // More than there is in an answer.
    log.add((0..500).map(|number| LogLine::new(number.to_string()).at(now + number * 100)));
    for number in 0..500 {
        assert_eq!(next(&mut lines).await, number);
    }
    let back = now - 3_550_000;
    for number in 500..700 {
        let time = back + (number - 500) * 1_000;
        log.add([LogLine::new(number.to_string()).at(time)]);
        assert_eq!(next(&mut lines).await as u64, number);
    }
}

/// A clock that is an hour wrong, either way.
#[derive(Debug)]
struct Wrong {
    clock: super::support::Leaps,
    is_ahead: bool,
}

impl Clock for Wrong {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn unix_time(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let hour = Duration::from_secs(3_600);
        if self.is_ahead {
            now + hour
        } else {
            now - hour
        }
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.clock.sleep(duration)
    }
}

#[tokio::test]
async fn it_begins_with_the_newest_entries_however_wrong_this_clock_is() {
    for is_ahead in [true, false] {
        let log = Application::start().await;
        let now = log.world.emulator.log_time();
        let line =
            |number: u64| LogLine::new(number.to_string()).at(now - 100_000 + number * 1_000);
        log.add((0..100).map(line));
        let clock = Wrong {
            clock: log.world.clock.clone(),
            is_ahead,
        };
        let session = log
            .world
            .session()
            .environment(OrganizationId::new(ORG), EnvironmentId::new(ENV));
        let client = Client::new(&session.clock(Arc::new(clock)).build().unwrap());
        let numbers = numbers(client.follow_logs(DOMAIN, LogSearch::new())).await;
        let first = numbers.first().copied().unwrap();
        assert!((30..45).contains(&first), "{first}");
        assert_eq!(numbers, (first..100).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_the_service_refuses_is_left_out_from_then_on() {
    let log = Application::with(|builder| builder.refusing_log_search()).await;
    let mut lines = log.follow_new().lines();
    let before = log.world.emulator.requests();
    log.add([LogLine::new("0")]);
    assert_eq!(next(&mut lines).await, 0);
    // With it and without it what was written before, and without it what is new.
    assert_eq!(log.world.emulator.requests() - before, 3);
    let before = log.world.emulator.requests();
    log.idle(&mut lines, 60).await;
    let asked = log.world.emulator.requests() - before;
    assert!(asked < 70, "{asked}");
    // The client sends what it likes.
    let search = LogSearch::new().limit(10);
    let error = log
        .client
        .search_logs(DOMAIN, search)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_an_error() {
    let log = Application::start().await;
    let refused = Fault::on("search_logs").status(400);
    log.world.emulator.fault(refused.clone());
    let mut lines = log.follow_new().lines();
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
    assert!(lines.next().await.is_none());
    log.world.emulator.clear_faults();
    let mut lines = log.follow_new().lines();
    log.add([LogLine::new("0")]);
    assert_eq!(next(&mut lines).await, 0);
    log.world.emulator.fault(refused);
    let before = log.world.emulator.requests();
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
    // It was taken before, so it is not tried without.
    assert_eq!(log.world.emulator.requests() - before, 1);
}

#[tokio::test]
async fn an_empty_log_has_no_lines() {
    let log = Application::start().await;
    assert!(numbers(log.follow_new()).await.is_empty());
    log.world
        .emulator
        .fault(
            Fault::on("search_logs")
                .times(1)
                .status_with(200, "", "application/json"),
        );
    assert!(numbers(log.follow_new()).await.is_empty());
}

#[tokio::test]
async fn an_application_that_is_not_there_is_not_found() {
    let log = Application::start().await;
    let mut lines = log
        .client
        .follow_logs("no-such-domain", LogSearch::new())
        .lines();
    let error = lines.next().await.unwrap().unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn an_application_that_is_deleted_meanwhile_is_told() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    log.add([LogLine::new("0")]);
    assert_eq!(next(&mut lines).await, 0);
    log.client.delete_application(DOMAIN).send().await.unwrap();
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted, "{error}");
}

#[tokio::test]
async fn a_position_of_another_application_is_refused() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    log.add([LogLine::new("0")]);
    next(&mut lines).await;
    let position = lines.position().unwrap();
    let before = log.world.emulator.requests();
    let other = log.client.follow_logs("other", LogSearch::new());
    let error = other
        .resume(position)
        .lines()
        .next()
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(log.world.emulator.requests(), before);
}

#[tokio::test]
async fn entries_that_are_no_objects_and_faults_do_not_end_it() {
    let log = Application::start().await;
    let mut lines = log.follow_new().lines();
    log.add([
        LogLine::new("0"),
        LogLine::raw("plain text"),
        LogLine::new("1"),
    ]);
    log.world
        .emulator
        .fault(Fault::on("search_logs").times(2).empty(503));
    assert_eq!(next(&mut lines).await, 0);
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(next(&mut lines).await, 1);
    log.add([LogLine::new("2")]);
    assert_eq!(next(&mut lines).await, 2);
}

#[tokio::test]
async fn a_millisecond_of_which_the_service_shows_not_all_is_told() {
    let log = Application::with(|builder| builder.log_cap(150)).await;
    let mut lines = log.follow_new().lines();
    let now = log.world.emulator.log_time() + 10;
    log.add((0..400).map(|number| LogLine::new(number.to_string()).at(now)));
    log.add((400..410).map(|number| LogLine::new(number.to_string()).at(now + 1)));
    for number in 0..150 {
        assert_eq!(next(&mut lines).await, number);
    }
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Gap, "{error}");
    for number in 400..410 {
        assert_eq!(next(&mut lines).await, number);
    }
}
