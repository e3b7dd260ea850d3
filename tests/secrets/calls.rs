//! Every operation of every API in every kind of failure, with an observer that prints everything.

use anypoint_core::{EnvironmentId, OrganizationId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anypoint_core::{Backoff, Clock, Credentials, Session, Sleep, Throttle};
use anypoint_emulator::{Emulator, ORGANIZATION, SANDBOX};
use anypoint_tests::wire::{self, Base, Call, Clients, Failure, Outcome, Witness};

use crate::specs::Spec;
use crate::trouble::{self, End, Trouble, Who};
use crate::{log, marks};

/// A minute of the client takes a few milliseconds, so waits are short and no timeout is reached.
#[derive(Debug)]
struct Fast(Instant);

impl Clock for Fast {
    fn now(&self) -> Instant {
        self.0 + self.0.elapsed() * 5000
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration / 5000))
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Operations of all APIs; those with two media types are called twice.
const OPERATIONS: usize = 312;
/// Those that have a secret in their request or their answer.
const SECRETS: usize = 31;

pub(crate) fn session(emulator: &Emulator, credentials: Credentials) -> Session {
    let builder = Session::builder()
        .host(emulator.url())
        .environment(
            OrganizationId::new(ORGANIZATION),
            EnvironmentId::new(SANDBOX),
        )
        .credentials(credentials)
        .service_default_environment()
        .clock(Arc::new(Fast(Instant::now())))
        .throttle(Throttle::off())
        .retry(Backoff::new().attempts(2))
        .retry_budget(u32::MAX);
    let builder = builder
        .attempt_timeout(DAY)
        .stall_timeout(DAY)
        .total_timeout(DAY);
    builder.build().unwrap()
}

fn clients(emulator: &Emulator, who: Who) -> Clients {
    let token = match who {
        Who::App => Credentials::connected_app("wire-app", marks::CLIENT_SECRET),
        Who::Stranger => Credentials::bearer(marks::BEARER),
    };
    let basic = Credentials::basic("wire", marks::PASSWORD);
    Clients::of(
        session(emulator, token),
        session(emulator, basic),
        Base::Host(emulator.url().to_owned()),
    )
}

/// What was seen, besides leaks: proof that there was something to see.
#[derive(Default)]
struct Seen {
    leaks: Vec<String>,
    unexpected: Vec<String>,
    operations: BTreeSet<String>,
    /// The operations whose request was echoed with a mark in it.
    requests: BTreeSet<String>,
    /// The operations in whose request or answer the witness saw a secret, redacted.
    secrets: BTreeSet<String>,
    /// How many calls failed in which trouble.
    failures: BTreeMap<&'static str, usize>,
    /// How many bodies of errors held which mark.
    echoed: BTreeMap<&'static str, usize>,
    /// How many bytes were printed by the witness, and how many by traces.
    printed: usize,
    traced: usize,
}

#[tokio::test]
async fn expectation_17_no_call_shows_a_secret_whatever_happens() {
    log::listen();
    let mut seen = Seen::default();
    let mut marked = BTreeSet::new();
    for (api, calls) in wire::apis() {
        let emulator = Emulator::builder()
            .client("wire-app", marks::CLIENT_SECRET)
            .mark_secrets(marks::ANSWER)
            .echo_on_error()
            .start()
            .await
            .unwrap();
        let spec = Spec::load(api);
        marked.extend(
            spec.marked_requests()
                .into_iter()
                .map(|id| format!("{api} {id}")),
        );
        let of = |who| calls(&clients(&emulator, who)).unwrap();
        let (app, stranger) = (of(Who::App), of(Who::Stranger));
        for trouble in trouble::all(&spec, app.len()) {
            let calls = match trouble.who {
                Who::App => &app,
                Who::Stranger => &stranger,
            };
            suffer(&emulator, api, &trouble, calls, &mut seen).await;
        }
    }
    let none: [&str; 0] = [];
    assert_eq!(seen.leaks, none);
    assert_eq!(seen.unexpected, none);
    assert_eq!(seen.operations.len(), OPERATIONS);
    assert_eq!(seen.requests, marked);
    // Proof that there was something to find: what the hostile server had, and what was searched.
    assert_eq!(seen.secrets.len(), SECRETS, "{:?}", seen.secrets);
    for (mark, least) in [
        (marks::BASIC, 400),
        (marks::BEARER, 200),
        (marks::ANSWER, 1000),
        (marks::REQUEST, 50),
    ] {
        let times = seen.echoed.get(mark).copied().unwrap_or_default();
        assert!(times >= least, "{mark} was echoed {times} times");
    }
    for (trouble, least) in [("objects for secrets", 40), ("a cut-off answer", 150)] {
        let failures = seen.failures.get(trouble).copied().unwrap_or_default();
        assert!(failures >= least, "{trouble}: {failures} failures");
    }
    assert!(seen.printed > 1_000_000 && seen.traced > 1_000_000);
}

/// Makes all calls of an API in one trouble.
async fn suffer(
    emulator: &Emulator,
    api: &str,
    trouble: &Trouble,
    calls: &[Call],
    seen: &mut Seen,
) {
    let mut failures = 0;
    for call in calls {
        let name = format!("{api} {}", call.operation);
        emulator.reset();
        emulator.clear_faults();
        for rule in (trouble.rules)(&format!("{api}/{}", call.operation)) {
            emulator.fault(rule);
        }
        let outcome = seen.watch(&name, trouble, call).await;
        let status = match &outcome.result {
            Ok(()) => 0,
            Err(Failure::Refused(error)) => error.status().unwrap_or(1),
            Err(Failure::Wrong { .. }) => 2,
        };
        failures += usize::from(outcome.result.is_err());
        let expected = match trouble.end {
            End::Success => status == 0,
            End::Status(expected) => status == expected,
            End::Failures(_) => true,
        };
        if !expected {
            seen.unexpected
                .push(format!("{name}, {}: {}", trouble.name, outcome.word()));
        }
        seen.operations.insert(name);
    }
    *seen.failures.entry(trouble.name).or_default() += failures;
    if matches!(trouble.end, End::Failures(least) if failures < least) {
        seen.unexpected.push(format!(
            "{api}, {}: only {failures} calls failed",
            trouble.name
        ));
    }
}

impl Seen {
    /// Makes one call and searches everything that is printed about it.
    async fn watch(&mut self, name: &str, trouble: &Trouble, call: &Call) -> Outcome {
        log::take();
        let shown = Arc::new(Mutex::new(String::new()));
        let text = shown.clone();
        let witness: Witness =
            Arc::new(move |value| *text.lock().unwrap() += &marks::printed(value));
        let outcome = call.run_before(witness).await;
        let mut printed = std::mem::take(&mut *shown.lock().unwrap());
        printed += &marks::printed(&outcome);
        printed += &outcome.word();
        if let Err(Failure::Refused(error)) = &outcome.result {
            printed += &marks::told(error);
            self.body(name, error.body().unwrap_or_default());
        }
        let harmless = trouble.made_up && outcome.result.is_ok();
        let traces = log::take();
        for (what, text) in [("printed", &printed), ("traced", &traces)] {
            let mut leaks = marks::found(text);
            leaks.retain(|leak| !(harmless && leak.starts_with(marks::ANSWER)));
            self.leaks.extend(
                leaks
                    .iter()
                    .map(|leak| format!("{name}, {}, {what}: {leak}", trouble.name)),
            );
        }
        if outcome.result.is_ok() && printed.contains("Secret(***)") {
            self.secrets.insert(name.to_owned());
        }
        self.printed += printed.len();
        self.traced += traces.len();
        outcome
    }

    /// What the hostile server sent back, which only the caller who asks for it gets to see.
    fn body(&mut self, name: &str, body: &[u8]) {
        if marks::holds(body, marks::REQUEST) {
            self.requests.insert(name.to_owned());
        }
        for mark in marks::ALL {
            if marks::holds(body, mark) {
                *self.echoed.entry(mark).or_default() += 1;
            }
        }
    }
}
