//! The examples that follow: a deployment, and a log.

use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

use super::{deploy_and_follow, follow_logs};
use crate::support::{assert_helpful, variables};

#[tokio::test]
async fn expectation_14_the_following_example_tells_states_and_lines() {
    let said = said!(deploy_and_follow, &[]).unwrap();
    for part in [
        "new deployment of an Exchange asset:\n  accepted; it is new\n",
        "  APPLYING, application NOT_RUNNING\n",
        "    INFO The application has started.\n",
        "  accepted; it takes the place of what was there\n",
        "An archive on CloudHub 1.0:\n  accepted; it is new\n",
        "    ERROR The worker did not start",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.matches("  It runs.\n").count(), 3, "{said}");
    let end = said.lines().last().unwrap();
    assert!(
        end.starts_with("  It failed: The worker did not start"),
        "{said}"
    );
    let nothing = [("ANYPOINT_BEARER", "s3cret")];
    assert_helpful(&said!(deploy_and_follow, &nothing).unwrap_err());
}

#[tokio::test]
async fn the_following_example_deploys_a_file_for_real() {
    let emulator = Emulator::start().await.unwrap();
    let file = std::env::temp_dir().join(format!("anypoint-follow-{}.jar", std::process::id()));
    std::fs::write(&file, "an archive").unwrap();
    let settings = [
        ("ANYPOINT_HOST", emulator.url()),
        ("ANYPOINT_CLIENT_ID", CLIENT_ID),
        ("ANYPOINT_CLIENT_SECRET", CLIENT_SECRET),
        ("DEPLOY_FILE", file.to_str().unwrap()),
        ("DEPLOY_DOMAIN", "order-intake-eu"),
    ];
    let said = said!(deploy_and_follow, &settings);
    std::fs::remove_file(&file).unwrap();
    let said = said.unwrap();
    assert!(said.starts_with("  accepted; it is new\n"), "{said}");
    assert!(said.ends_with("  It runs.\n"), "{said}");
    let error = said!(deploy_and_follow, &settings).unwrap_err();
    assert!(error.contains("cannot read"), "{error}");
}

#[tokio::test]
async fn expectation_15_the_log_example_misses_nothing_and_repeats_nothing() {
    let said = said!(follow_logs, &[]).unwrap();
    let (before, after) = said.split_once("Nobody looks").unwrap();
    assert!(after.contains(": The application has started.\n"), "{said}");
    assert!(after.contains(": The application has stopped.\n"), "{said}");
    assert!(
        after.contains("On CloudHub 1.0:\n  The runtime starts.\n"),
        "{said}"
    );
    let first = |line: &&str| line.ends_with(": The runtime starts.");
    let replicas: Vec<&str> = before.lines().filter(first).collect();
    assert_eq!(replicas.len(), 2, "{said}");
    for line in replicas {
        let replica = line.split_once(':').unwrap().0;
        let own = |line: &&str| line.starts_with(replica) && line.contains(" was accepted.");
        let orders: Vec<&str> = said.lines().filter(own).collect();
        assert!(orders.len() >= 3, "{said}");
        for (order, number) in orders.iter().zip(1..) {
            assert_eq!(*order, format!("{replica}: Order {number} was accepted."));
        }
    }
}

#[tokio::test]
async fn expectation_15_the_log_example_goes_on_where_it_was() {
    const SEED: &str = "c19a7e40-6b2d-4f83-95e1-d70f3b84c256";
    let emulator = Emulator::builder().quiet_logs().start().await.unwrap();
    let log = |message: &str| {
        let line = anypoint_emulator::LogLine::new(message);
        emulator.write_log(SEED, [line]).unwrap();
    };
    let mut settings = vec![
        ("ANYPOINT_HOST", emulator.url()),
        ("ANYPOINT_CLIENT_ID", CLIENT_ID),
        ("ANYPOINT_CLIENT_SECRET", CLIENT_SECRET),
    ];
    assert_helpful(&said!(follow_logs, &settings).unwrap_err());
    settings.push(("FOLLOW_DEPLOYMENT", SEED));
    log("first");
    let first = said!(follow_logs, &settings).unwrap();
    assert!(first.contains(": first\n"), "{first}");
    let position = first.lines().last().unwrap();
    let position = position.strip_prefix("FOLLOW_POSITION=").unwrap();
    log("second");
    settings.push(("FOLLOW_POSITION", position));
    let second = said!(follow_logs, &settings).unwrap();
    assert_eq!(second.lines().count(), 2, "{second}");
    assert!(second.contains(": second\n"), "{second}");
    settings[4].1 = "no position";
    assert_helpful(&said!(follow_logs, &settings).unwrap_err());
}
