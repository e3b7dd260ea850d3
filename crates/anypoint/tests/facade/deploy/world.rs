//! An emulator whose clock advances with the events that a test reads, a client with a fast clock,
//! orders for both platforms, and the events of a stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anypoint::application_manager::EnvironmentClient;
use anypoint::application_manager::types::{
    self as deployments, ApplicationSpecification, ArtifactReference, DeploymentId,
    DeploymentUpdate, NewDeployment, NewTarget, Provider,
};
use anypoint::cloudhub::types::{
    ApplicationSource, ApplicationSourceKind, ApplicationUpload, NewApplication,
    NewApplicationSettings,
};
use anypoint::core::{Clock, Sleep, Timestamp, Upload};
use anypoint::deploy::{Accepted, Event, Events, LogLine, Order};
use anypoint::{Anypoint, EnvironmentId, Error, OrganizationId};
use anypoint_emulator::{Builder, Emulator};

/// How much faster the client's time goes: a minute takes a second or so.
const SPEED: u32 = 50;
/// How long a state takes.
pub(crate) const STEP: Duration = Duration::from_secs(10);
/// How often to look.
pub(crate) const EVERY: Duration = Duration::from_secs(4);
/// No timeout of a call comes as soon, however busy the machine is.
const LONG: Duration = Duration::from_secs(3_600_000);

#[derive(Debug)]
struct Fast(Instant);

impl Clock for Fast {
    fn now(&self) -> Instant {
        self.0 + self.0.elapsed() * SPEED
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration / SPEED))
    }
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    /// How many half steps of the emulator's time have passed. It stands in between, so that
    /// nothing depends on how fast the machine is.
    halves: Arc<AtomicU32>,
    pub(crate) anypoint: Anypoint,
}

impl World {
    pub(crate) async fn new(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let halves = Arc::new(AtomicU32::new(0));
        let passed = halves.clone();
        let builder = Emulator::builder().step(STEP);
        let builder = builder.clock(move || STEP / 2 * passed.load(Ordering::SeqCst));
        let emulator = settings(builder).start().await.unwrap();
        let anypoint = crate::support::of(&emulator)
            .session(|session| {
                session
                    .clock(Arc::new(Fast(Instant::now())))
                    .attempt_timeout(LONG)
                    .stall_timeout(LONG)
                    .total_timeout(LONG)
            })
            .build()
            .unwrap();
        let scope = anypoint.scope().await.unwrap();
        let anypoint = anypoint.in_scope(&scope).unwrap();
        Self {
            emulator,
            halves,
            anypoint,
        }
    }

    /// The Application Manager, where everything is deployed.
    pub(crate) fn manager(&self) -> EnvironmentClient {
        let organization = OrganizationId::new(self.anypoint.organization().unwrap());
        let environment = EnvironmentId::new(self.anypoint.environment().unwrap());
        let manager = self.anypoint.application_manager();
        manager.in_environment(organization, environment)
    }

    pub(crate) fn follow(&self, order: Order) -> Events {
        self.anypoint.deploy(order).every(EVERY).events()
    }

    pub(crate) async fn deployed(&self, order: Order) -> Told {
        self.tell(&mut self.follow(order)).await
    }

    /// Follows to the end. The emulator's time goes on by a step with each state that is told.
    pub(crate) async fn tell(&self, events: &mut Events) -> Told {
        let mut told = Told::default();
        while let Some(event) = events.next().await {
            assert!(told.error.is_none(), "an event after the end: {event:?}");
            match event {
                Ok(event) => {
                    self.see(&event);
                    told.events.push(event);
                }
                Err(error) => told.error = Some(error),
            }
        }
        told.end = told.error.as_ref().map(ToString::to_string);
        assert!(events.next().await.is_none());
        told
    }

    pub(crate) fn see(&self, event: &Event) {
        if matches!(event, Event::State(_)) {
            self.step();
        }
    }

    fn step(&self) {
        self.halves.fetch_add(2, Ordering::SeqCst);
    }

    /// To a time at which nothing happens by itself.
    pub(crate) fn half_a_step(&self) {
        self.halves.fetch_add(1, Ordering::SeqCst);
    }

    /// The ids of all lines of a deployment, in order.
    pub(crate) async fn log_of(&self, deployment: &str) -> Vec<String> {
        let log = self.manager().follow_logs(DeploymentId::new(deployment));
        let mut lines = log.since(Timestamp::from_millis(0)).unwrap().once().lines();
        let mut ids = Vec::new();
        while let Some(line) = lines.next().await {
            ids.push(line.unwrap().doc_id.unwrap());
        }
        ids
    }

    /// How many requests with that method have a path with that end.
    pub(crate) fn count(&self, method: &str, end: &str) -> u64 {
        let processed = self.emulator.processed();
        let fits = processed
            .iter()
            .filter(|(request, _)| request.method == method && request.path.ends_with(end));
        fits.map(|(_, count)| count).sum()
    }

    /// Lets the client look a few times, if it does.
    pub(crate) async fn wait(&self) {
        for _ in 0..10 {
            tokio::time::sleep(EVERY / 2 / SPEED).await;
        }
    }
}

/// What a stream has told, to its end.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) events: Vec<Event>,
    pub(crate) end: Option<String>,
    error: Option<Error>,
}

impl Told {
    pub(crate) fn accepted(&self) -> Accepted {
        let answer = |event: &&Event| !matches!(event, Event::Sent { .. });
        match self.events.iter().find(answer) {
            Some(Event::Accepted(accepted)) => accepted.clone(),
            _ => panic!("{self:?}"),
        }
    }

    pub(crate) fn error(self) -> Error {
        self.error.unwrap()
    }

    fn picked<'a, T>(&'a self, pick: impl FnMut(&'a Event) -> Option<T>) -> Vec<T> {
        self.events.iter().filter_map(pick).collect()
    }

    pub(crate) fn states(&self) -> Vec<&str> {
        self.picked(|event| match event {
            Event::State(state) => Some(state.as_str()),
            _ => None,
        })
    }

    pub(crate) fn lines(&self) -> Vec<&LogLine> {
        self.picked(|event| match event {
            Event::Line(line) => Some(line),
            _ => None,
        })
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        let lines = self.lines().into_iter();
        lines.map(|line| line.id.clone().unwrap()).collect()
    }

    pub(crate) fn messages(&self) -> Vec<&str> {
        let lines = self.lines().into_iter();
        lines.map(|line| line.message.as_str()).collect()
    }

    pub(crate) fn problems(&self) -> Vec<&Error> {
        self.picked(|event| match event {
            Event::LogProblem(problem) => Some(problem),
            _ => None,
        })
    }
}

const GROUP: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";

pub(crate) fn deployment(name: &str) -> NewDeployment {
    let target = NewTarget::new(Provider::Mc, "cloudhub-us-east-2").replicas(1);
    let application = deployments::NewApplication::new(artifact("1.0.0"));
    NewDeployment::new(name, target, application)
}

pub(crate) fn change(version: &str) -> DeploymentUpdate {
    DeploymentUpdate::new().application(ApplicationSpecification::new().ref_(artifact(version)))
}

fn artifact(version: &str) -> ArtifactReference {
    ArtifactReference::new(GROUP, "orders", version, "jar")
}

pub(crate) fn upload(domain: &str) -> ApplicationUpload {
    let file = Upload::bytes("orders.jar", "an archive");
    ApplicationUpload::new(file, NewApplicationSettings::new(domain))
}

pub(crate) fn application(domain: &str) -> NewApplication {
    let source = ApplicationSource::new(ApplicationSourceKind::Exchange)
        .group_id(GROUP)
        .artifact_id("orders")
        .version("1.0.0");
    NewApplication::new(NewApplicationSettings::new(domain), source)
}
