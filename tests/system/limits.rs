//! Every documented limit is used fully, without a refusal.
//!
//! The emulator counts to the letter: in no stretch of a limit's length does it accept more than
//! its permits. The client knows only when it sends and when the answer comes; a small part of the
//! interval makes up for the way between. A run that fails is made again on a slower clock, on which
//! that part is longer than what a busy machine takes; see `steady`.

mod steady;

use anypoint_cloudhub::types::InstanceId;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anypoint_application_manager::Client as ApplicationManager;
use anypoint_cloudhub::Client as CloudHub;
use anypoint_cloudhub::types::LogSearch;
use anypoint_cloudhub2::Client as CloudHub2;
use anypoint_core::{
    Backoff, Clock, EnvironmentId, Error, OrganizationId, Response, Session, Throttle,
};
use anypoint_emulator::{Emulator, Fault, ORGANIZATION, SANDBOX};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::clock::Paced;
use steady::steady;

/// How many windows a test takes.
const WINDOWS: u32 = 3;
/// How much of the allowed rate must be used.
const USE: f64 = 0.95;

/// What a limit allows.
#[derive(Clone, Copy)]
struct Limit {
    /// As the emulator calls it.
    class: &'static str,
    permits: u32,
    seconds: u64,
}

const fn limit(class: &'static str, permits: u32, seconds: u64) -> Limit {
    Limit {
        class,
        permits,
        seconds,
    }
}

impl Limit {
    fn interval(self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// A clock on which a window lasts as many seconds of real time.
    fn clock(self, window: f64) -> Paced {
        Paced::new(self.seconds as f64 / window)
    }

    /// Enough calls for all windows, and the first one after them.
    fn calls(self) -> u32 {
        self.permits * WINDOWS + 1
    }
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;
/// Makes the call with this number.
type Caller = Arc<dyn Fn(u32) -> Outcome + Send + Sync>;

/// A caller with a session.
type Make = fn(&Session) -> Caller;

/// The limits, and calls that count for each; the one that is meant is the narrowest of them.
/// 127.0.0.1 is no region's host, so the lowest numbers hold.
const LIMITS: [(Limit, Make); 7] = [
    (limit("application-manager/default", 15, 1), |session| {
        let organization = OrganizationId::new(ORGANIZATION);
        let client = ApplicationManager::new(session);
        let client = client.in_environment(organization, EnvironmentId::new(SANDBOX));
        caller(move |_| client.list_deployments().send())
    }),
    (limit("cloudhub/default", 25, 1), |session| {
        let client = CloudHub::new(session);
        caller(move |_| client.list_regions().send())
    }),
    (limit("cloudhub/notifications", 25, 60), |session| {
        let client = CloudHub::new(session);
        caller(move |_| client.list_notifications().send())
    }),
    (limit("cloudhub/logs", 10, 1), |session| {
        let client = CloudHub::new(session);
        caller(move |number| {
            client
                .search_logs(format!("a-{number}"), LogSearch::new())
                .send()
        })
    }),
    (limit("cloudhub/application_logs", 1, 1), |session| {
        logs_of("orders", session)
    }),
    (limit("cloudhub/log_file", 1, 60), |session| {
        let client = CloudHub::new(session);
        caller(move |_| {
            client
                .download_instance_log("orders", InstanceId::new("i-1"))
                .send()
        })
    }),
    (limit("cloudhub2/default", 15, 1), |session| {
        let organization = OrganizationId::new(ORGANIZATION);
        let client = CloudHub2::new(session).in_organization(organization);
        caller(move |_| client.list_targets().send())
    }),
];

fn logs_of(application: &'static str, session: &Session) -> Caller {
    let client = CloudHub::new(session);
    caller(move |_| client.search_logs(application, LogSearch::new()).send())
}

fn caller<T, F>(call: impl Fn(u32) -> F + Send + Sync + 'static) -> Caller
where
    F: Future<Output = Result<Response<T>, Error>> + Send + 'static,
{
    Arc::new(move |number| {
        let call = call(number);
        Box::pin(async move {
            match call.await {
                // It was let through; there need not be what it asks for.
                Err(error) if error.status() == Some(404) => Ok(()),
                answer => answer.map(drop),
            }
        })
    })
}

/// Makes all calls at once; how much of the limit they used.
async fn used(limit: Limit, clock: &Paced, call: &Caller) -> f64 {
    let mut tasks = JoinSet::new();
    for number in 0..limit.calls() {
        let (call, clock) = (call(number), clock.clone());
        tasks.spawn(async move {
            call.await.unwrap();
            clock.elapsed()
        });
    }
    let mut times = tasks.join_all().await;
    times.sort();
    let spent = *times.last().unwrap() - times[0];
    let allowed = limit.interval() * WINDOWS;
    allowed.as_secs_f64() / spent.as_secs_f64()
}

/// Makes each call once elsewhere, so that nobody reads specs while others measure.
async fn read_specs() {
    let clock = Paced::new(1.0);
    let emulator = clock.emulator(Emulator::builder()).await;
    let session = clock.session(&emulator).build().unwrap();
    for (_, make) in LIMITS {
        make(&session)(0).await.unwrap();
    }
}

/// The first call opens a connection and fetches a token, which takes its time.
async fn warm_up(limit: Limit, clock: &Paced, call: &Caller) {
    call(u32::MAX).await.unwrap();
    clock.sleep(limit.interval().mul_f64(1.1)).await;
}

#[test]
fn no_documented_limit_is_left_out() {
    let mut documented = BTreeSet::new();
    let specs = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/anypoint-emulator/specs"
    );
    for entry in std::fs::read_dir(specs).unwrap() {
        let path = entry.unwrap().path();
        let api = path.file_stem().unwrap().to_str().unwrap();
        let spec: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for (class, limit) in spec["x-rate-limit"].as_object().into_iter().flatten() {
            let Some(permits) = limit["permits"].as_u64() else {
                continue;
            };
            let regions = limit["regions"].as_object().into_iter().flatten();
            let lowest = regions.fold(permits, |low, (_, n)| low.min(n.as_u64().unwrap()));
            let seconds = limit["seconds"].as_u64().unwrap();
            documented.insert((format!("{api}/{class}"), lowest, seconds));
        }
    }
    let tested = LIMITS.iter().map(|(limit, _)| {
        (
            limit.class.to_owned(),
            u64::from(limit.permits),
            limit.seconds,
        )
    });
    assert_eq!(documented, tested.collect());
}

#[tokio::test]
async fn expectation_11_every_documented_limit_is_kept_and_used() {
    read_specs().await;
    let mut tasks = JoinSet::new();
    for (limit, make) in LIMITS {
        tasks.spawn(steady(async move |window| {
            let clock = limit.clock(window);
            let emulator = clock.emulator(Emulator::builder().enforce_limits()).await;
            let call = make(&clock.session(&emulator).build().unwrap());
            warm_up(limit, &clock, &call).await;
            let used = used(limit, &clock, &call).await;
            judge(&emulator, limit, u64::from(limit.calls()) + 1, &[used])
        }));
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn expectation_11_applications_do_not_wait_for_each_other() {
    let limit = limit("cloudhub/application_logs", 1, 1);
    steady(async move |window| {
        let clock = limit.clock(window);
        let emulator = clock.emulator(Emulator::builder().enforce_limits()).await;
        let session = clock.session(&emulator).build().unwrap();
        let (orders, invoices) = (logs_of("orders", &session), logs_of("invoices", &session));
        tokio::join!(
            warm_up(limit, &clock, &orders),
            warm_up(limit, &clock, &invoices)
        );
        let (first, second) =
            tokio::join!(used(limit, &clock, &orders), used(limit, &clock, &invoices));
        let calls = 2 * (u64::from(limit.calls()) + 1);
        judge(&emulator, limit, calls, &[first, second])
    })
    .await;
}

#[tokio::test]
async fn expectation_11_answers_that_take_long_waste_little() {
    let (limit, make) = LIMITS[6];
    steady(async move |window| {
        let clock = limit.clock(window);
        let emulator = clock.emulator(Emulator::builder().enforce_limits()).await;
        let call = make(&clock.session(&emulator).build().unwrap());
        warm_up(limit, &clock, &call).await;
        // More than half a window: who waited for the answers would miss the third one.
        let delay = Duration::from_secs_f64(window * 0.6);
        emulator.fault(Fault::on("list_targets").delay(delay));
        let mut tasks = JoinSet::new();
        for number in 0..limit.calls() + limit.permits {
            tasks.spawn(call(number));
        }
        clock.sleep(limit.interval() * WINDOWS).await;
        // Without that of the warm-up.
        let accepted = emulator.accepted()[limit.class] - 1;
        let used = accepted as f64 / f64::from(limit.permits * WINDOWS);
        judge(&emulator, limit, accepted + 1, &[used])
    })
    .await;
}

#[tokio::test]
async fn expectation_11_four_processes_share_a_limit() {
    let (all, make) = LIMITS[0];
    // A quarter, rounded down.
    let share = limit(all.class, all.permits / 4, all.seconds);
    steady(async move |window| {
        let clock = all.clock(window);
        let emulator = clock.emulator(Emulator::builder().enforce_limits()).await;
        let mut tasks = JoinSet::new();
        for number in 0..4 {
            let session = clock.session(&emulator).throttle(Throttle::shared_by(4));
            let (call, clock) = (make(&session.build().unwrap()), clock.clone());
            tasks.spawn(async move {
                // They do not start together.
                clock.sleep(all.interval().mul_f64(0.3) * number).await;
                warm_up(share, &clock, &call).await;
                used(share, &clock, &call).await
            });
        }
        let used = tasks.join_all().await;
        judge(&emulator, all, 4 * (u64::from(share.calls()) + 1), &used)
    })
    .await;
}

/// Nobody was refused, all calls were counted, and the limits were used.
fn judge(emulator: &Emulator, limit: Limit, calls: u64, used: &[f64]) -> Result<(), String> {
    let (class, throttled) = (limit.class, emulator.throttled());
    let accepted = emulator.accepted()[class];
    if throttled == 0 && accepted == calls && used.iter().all(|used| *used >= USE) {
        return Ok(());
    }
    Err(format!(
        "{class}: {throttled} refused, {accepted} of {calls} accepted, used {used:.3?}"
    ))
}

/// The emulator does refuse, and a client that is refused comes to its end all the same.
#[tokio::test]
async fn expectation_11_without_it_the_service_refuses_and_the_client_waits() {
    let (limit, make) = LIMITS[1];
    let clock = Paced::new(20.0);
    let emulator = clock.emulator(Emulator::builder().enforce_limits()).await;
    let session = clock.session(&emulator).throttle(Throttle::off());
    let patient = Backoff::new().attempts(30);
    let call = make(
        &session
            .retry(patient)
            .retry_budget(u32::MAX)
            .build()
            .unwrap(),
    );
    let mut tasks = JoinSet::new();
    for number in 0..limit.permits * 3 {
        tasks.spawn(call(number));
    }
    for ended in tasks.join_all().await {
        ended.unwrap();
    }
    assert!(emulator.throttled() > 0);
    assert_eq!(
        emulator.accepted()[limit.class],
        u64::from(limit.permits) * 3
    );
}
