//! Deployments of the console: changes with carried members, and waits under the new ids.

use anypoint_mmc::types::DeploymentId;
use std::time::Duration;

use anypoint_core::{Credentials, ErrorKind, Session};
use anypoint_emulator::{Emulator, Fault};
use anypoint_mmc::Client;
use anypoint_mmc::types::{Deployment, DeploymentAddition, NewDeployment};

struct World {
    emulator: Emulator,
    client: Client,
}

impl World {
    async fn start() -> Self {
        let builder = Emulator::builder().step(Duration::ZERO).count_requests();
        let emulator = builder.start().await.unwrap();
        let admin = Credentials::basic("admin", "admin");
        let session = Session::builder().credentials(admin).build().unwrap();
        let client = Client::with_base_url(&session, &emulator.api_url("mmc")).unwrap();
        Self { emulator, client }
    }

    async fn create(&self) -> Deployment {
        let body = NewDeployment::new("orders")
            .applications(["a"])
            .servers(["s"]);
        let created = self.client.create_deployment(body).send().await;
        created.unwrap().into_value()
    }

    async fn add(&self, to: &Deployment, application: &str) -> Deployment {
        let change = self
            .client
            .extend_deployment(to, |it| it.applications([application]));
        change.send().await.unwrap().into_value()
    }
}

#[tokio::test]
async fn changes_follow_one_another_under_new_ids() {
    let world = World::start().await;
    let first = world.create().await;
    let second = world.add(&first, "b").await;
    let third = world
        .client
        .reduce_deployment(&second, |removal| removal.applications(["a"]))
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(third.applications, ["b"]);
    assert_eq!((&third.name, &third.servers), (&first.name, &first.servers));
    let ids = [&first.id, &second.id, &third.id];
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    for dead in &ids[..2] {
        let read = world.client.get_deployment(*dead).send().await;
        assert!(read.unwrap_err().is_not_found());
    }
    world.client.deploy(&third.id).send().await.unwrap();
    let done = world.client.wait_for_deployment(&third);
    assert_eq!(
        done.every(Duration::ZERO).await.unwrap().data[0].id,
        third.id
    );
}

#[tokio::test]
async fn someone_elses_change_is_not_overwritten() {
    let world = World::start().await;
    let mine = world.create().await;
    let theirs = world.add(&mine, "theirs").await;
    // The id is another one now.
    let change = world
        .client
        .extend_deployment(&mine, |it| it.applications(["mine"]));
    let error = change.send().await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.hint().unwrap().contains("read it again"), "{error}");
    // The id is right, and what was read is older.
    let mut outdated = theirs.clone();
    outdated.last_modified = mine.last_modified.clone();
    for error in [
        world
            .client
            .extend_deployment(&outdated, |it| it.name("mine"))
            .send()
            .await,
        world
            .client
            .reduce_deployment(&outdated, |it| it.servers(["s"]))
            .send()
            .await,
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.status(), Some(500));
        assert!(error.hint().unwrap().contains("read it again"), "{error}");
        // Only once each: what they change cannot be changed twice.
        assert_eq!(error.attempts(), 1);
    }
    let page = world.client.get_deployment(&theirs.id).send().await;
    let now = &page.unwrap().data[0];
    assert_eq!(
        (&now.applications, &now.servers),
        (&theirs.applications, &theirs.servers)
    );
    // Other refusals keep their own hints.
    world
        .emulator
        .fault(Fault::on("mmc/add_to_deployment").times(1).status(403));
    let change = world
        .client
        .extend_deployment(&theirs, |it| it.applications(["mine"]));
    let error = change.send().await.unwrap_err();
    assert!(!error.to_string().contains("read it again"), "{error}");
    // Read again, it works.
    let again = world.add(now, "mine").await;
    assert_eq!(again.applications, ["a", "theirs", "mine"]);
}

/// It is a text in a Java format of some locale, sometimes with impossible seconds.
#[tokio::test]
async fn trap_mmc_last_modified_goes_back_to_the_letter() {
    for text in [
        "Mon, 5 Sep 2011 12:19:150.138 GMT",
        "12:19:15 GMT-03:00 \u{e9}\"",
        " ",
    ] {
        let mut read = Deployment::default();
        read.id = DeploymentId::new("local$a/b");
        read.last_modified = text.to_owned();
        let world = World::start().await;
        let ordinary = world
            .client
            .add_to_deployment(&read.id, DeploymentAddition::new(text).applications(["b"]));
        ordinary.send().await.unwrap_err();
        let before = world.emulator.processed();
        // A body of one's own in its place does not lose it either.
        let other = DeploymentAddition::new("other").applications(["b"]);
        let changed = world.client.extend_deployment(&read, |_| other.clone());
        changed.send().await.unwrap_err();
        let (before, after) = (before.keys(), world.emulator.processed());
        // The same path and the same bytes.
        assert_eq!(after.keys().collect::<Vec<_>>(), before.collect::<Vec<_>>());
        assert_eq!(after.values().sum::<u64>(), 2);
    }
}

#[tokio::test]
async fn what_was_never_read_is_not_changed() {
    let world = World::start().await;
    let change = world
        .client
        .extend_deployment(&Deployment::default(), |it| it);
    assert_eq!(
        change.send().await.unwrap_err().kind(),
        ErrorKind::InvalidRequest
    );
    assert_eq!(world.emulator.requests(), 0);
}
