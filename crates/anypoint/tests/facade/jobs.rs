//! Everyday jobs, as programs of at most 60 lines that a newcomer can write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anypoint::application_manager::types::{
    ApplicationConfiguration, ApplicationProperties, ArtifactReference, NewApplication,
    NewDeployment, NewTarget, Provider,
};
use anypoint::application_manager::{EnvironmentClient, types::DeploymentId};
use anypoint::cloudhub::types::{ApplicationUpload, NewApplicationSettings};
use anypoint::cloudhub2::types::{
    NetworkSettings, NewPrivateSpace, NewVpn, PemKeyStore, VpnTunnel,
};
use anypoint::core::{Clock, Secret, Sleep, Upload};
use anypoint::experience_hub::types::{ExternalOrganizationId, PortalId};
use anypoint::{Anypoint, AnypointBuilder};
use anypoint_emulator::{Emulator, LogLine, ORGANIZATION, PORTAL, PORTAL_ORGANIZATION, SANDBOX};

use crate::support::{at, of, serve_requests};

#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/all_deployments.rs"]
mod all_deployments;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/blocking_tool.rs"]
mod blocking_tool;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/contracts_to_csv.rs"]
mod contracts_to_csv;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/deploy_with_progress.rs"]
mod deploy_with_progress;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/log_to_file.rs"]
mod log_to_file;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/private_space.rs"]
mod private_space;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/restart_by_pattern.rs"]
mod restart_by_pattern;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/rotate_secret.rs"]
mod rotate_secret;
#[expect(dead_code, reason = "its main is for the example alone")]
#[path = "../../examples/two_organizations.rs"]
mod two_organizations;

/// The longest program.
const LINES: usize = 60;
const JOBS: [&str; 9] = [
    "all_deployments",
    "blocking_tool",
    "contracts_to_csv",
    "deploy_with_progress",
    "log_to_file",
    "private_space",
    "restart_by_pattern",
    "rotate_secret",
    "two_organizations",
];

#[test]
fn no_job_takes_more_than_sixty_lines() {
    for job in JOBS {
        let path = format!("{}/examples/{job}.rs", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LINES, "{job} has {lines} lines");
    }
}

/// The guide's unit test, from the function under test to its last line.
#[test]
fn the_unit_test_of_the_guide_takes_at_most_25_lines() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, rest) = readme.split_once("## Test without a server").unwrap();
    let block = rest.split("```").nth(1).unwrap();
    let shown = block
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with('#'))
        .count();
    assert!(block.contains("Reply::new(429)") && block.contains("Reply::new(500)"));
    assert!(shown <= 25, "{shown} lines");
}

/// Runs fifty times as fast, as the emulator is faster than the platform. What may take too long has all its time.
#[derive(Debug)]
struct Impatient(Instant);

impl Clock for Impatient {
    fn now(&self) -> Instant {
        self.0 + self.0.elapsed() * 50
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration / 50))
    }

    fn timeout(&self, after: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(after))
    }
}

fn signed_in(emulator: &Emulator) -> AnypointBuilder {
    let hours = Duration::from_secs(10 * 3600);
    of(emulator).session(|session| {
        let session = session.attempt_timeout(hours).stall_timeout(hours);
        let session = session.total_timeout(hours);
        session.clock(Arc::new(Impatient(Instant::now())))
    })
}

async fn quick() -> Emulator {
    let step = Duration::from_millis(20);
    Emulator::builder().step(step).start().await.unwrap()
}

fn sandbox(anypoint: &Anypoint) -> EnvironmentClient {
    let manager = anypoint.application_manager();
    manager.in_environment(
        anypoint::OrganizationId::new(ORGANIZATION),
        anypoint::EnvironmentId::new(SANDBOX),
    )
}

/// Deploys an application with two secure properties.
async fn deployed(manager: &EnvironmentClient, name: &str) -> DeploymentId {
    let properties = ApplicationProperties::new()
        .properties([("log.level", "INFO")])
        .secure_properties([("db.password", Secret::from("not-a-real-password"))]);
    let configuration =
        ApplicationConfiguration::new().mule_agent_application_properties_service(properties);
    let artifact = ArtifactReference::new(ORGANIZATION, name, "1.0.0", "jar");
    let application = NewApplication::new(artifact).configuration(configuration);
    let target = NewTarget::new(Provider::Mc, "cloudhub-us-east-2").replicas(1);
    let order = NewDeployment::new(name, target, application);
    let created = manager.create_deployment(order).send().await.unwrap();
    manager.wait_for_deployment(&created).await.ok();
    created.id.clone()
}

async fn uploaded(anypoint: &Anypoint, domain: &str) {
    let upload = ApplicationUpload::new(
        Upload::bytes("app.jar", "an archive"),
        NewApplicationSettings::new(domain),
    );
    let cloudhub = anypoint.cloudhub();
    let created = cloudhub
        .upload_application(upload.auto_start(true))
        .send()
        .await
        .unwrap();
    cloudhub.wait_for_application(&created).await.ok();
}

#[tokio::test]
async fn all_deployments_of_an_organization_are_listed_with_their_states() {
    let emulator = quick().await;
    let anypoint = signed_in(&emulator).environment("Sandbox").build().unwrap();
    deployed(&sandbox(&anypoint), "orders").await;
    deployed(&sandbox(&anypoint), "stock-fail").await;
    uploaded(&anypoint, "invoices").await;
    let mut out = Vec::new();
    all_deployments::run(&anypoint, &mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    for line in [
        "Sandbox\torders\tAPPLIED\n",
        "Sandbox\tstock-fail\tFAILED\n",
        "Sandbox\tinvoices\tSTARTED\n",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
}

#[tokio::test]
async fn a_deployment_shows_a_progress_bar() {
    let emulator = quick().await;
    let anypoint = signed_in(&emulator).environment("Sandbox").build().unwrap();
    let file = Upload::bytes("order-intake.jar", vec![0; 300_000]);
    let mut out = Vec::new();
    let run = deploy_with_progress::run(&anypoint, file, "order-intake-eu", &mut out);
    run.await.unwrap();
    let out = String::from_utf8(out).unwrap();
    let full = format!(
        "\r[{}] 100 %\norder-intake-eu was accepted.\n",
        "#".repeat(50)
    );
    assert!(out.contains(&full), "{out}");
    assert!(out.ends_with("order-intake-eu runs.\n"), "{out}");
}

#[tokio::test]
async fn a_secure_property_is_rotated_and_the_others_stay() {
    let emulator = quick().await;
    let anypoint = signed_in(&emulator).build().unwrap();
    let manager = sandbox(&anypoint);
    let id = deployed(&manager, "orders").await;
    let mut out = Vec::new();
    let new = || Secret::from("another-password");
    rotate_secret::run(&manager, "orders", "db.password", new(), &mut out)
        .await
        .unwrap();
    assert_eq!(out, b"orders runs with the new db.password.\n");
    let stored = emulator.secure_properties(id.as_str());
    assert_eq!(stored["db.password"], "another-password");
    let deployment = format!(
        "{:?}",
        manager.get_deployment(&id).send().await.unwrap().value()
    );
    assert!(deployment.contains("log.level"), "{deployment}");
    let other = rotate_secret::run(&manager, "orders", "api.key", new(), &mut out).await;
    let error = other.unwrap_err().to_string();
    assert!(
        error.contains("db.password") && !error.contains("another-password"),
        "{error}"
    );
}

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("anypoint-jobs-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Follows until the file has so many lines, and is killed then.
async fn killed_at(manager: &EnvironmentClient, id: &DeploymentId, file: &Path, lines: usize) {
    let follow = manager.follow_logs(id).every(Duration::from_millis(500));
    let run = log_to_file::run(follow, file);
    let enough = async {
        while written(file).len() < lines {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        ended = run => panic!("it ended: {ended:?}"),
        () = enough => {}
    }
}

fn written(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_log_is_followed_into_a_file_across_kills() {
    const SEED: &str = "c19a7e40-6b2d-4f83-95e1-d70f3b84c256";
    let emulator = Emulator::builder().quiet_logs().start().await.unwrap();
    let anypoint = signed_in(&emulator).build().unwrap();
    let (manager, id) = (sandbox(&anypoint), DeploymentId::new(SEED));
    let folder = Folder::new("log");
    let file = folder.0.join("application.log");
    let mut all = Vec::new();
    let write = |all: &mut Vec<String>, count: usize| {
        for _ in 0..count {
            let line = format!("line {}", all.len());
            emulator.write_log(SEED, [LogLine::new(&line)]).unwrap();
            all.push(line);
        }
    };
    write(&mut all, 5);
    killed_at(&manager, &id, &file, 5).await;
    // Killed after a line was written, and before its place was.
    let half = written(&file).join("\n") + "\nline 5 and ha";
    std::fs::write(&file, half).unwrap();
    write(&mut all, 3);
    killed_at(&manager, &id, &file, 8).await;
    write(&mut all, 4);
    killed_at(&manager, &id, &file, 12).await;
    let written = written(&file);
    assert_eq!(written[written.len() - 12..], all, "{written:?}");
    assert_eq!(
        written
            .iter()
            .filter(|line| line.starts_with("line "))
            .count(),
        12
    );
}

#[tokio::test]
async fn a_private_space_has_a_tls_context_and_a_vpn_and_is_active() {
    let emulator = quick().await;
    let hub = signed_in(&emulator).build().unwrap().cloudhub2();
    let client = hub.in_organization(anypoint::OrganizationId::new(ORGANIZATION));
    let network = NetworkSettings::new()
        .region("us-east-2")
        .cidr_block("10.0.0.0/22");
    let space = NewPrivateSpace::new("network-east").network(network);
    let keys = PemKeyStore::new("a certificate", "not-a-real-key");
    let tunnel = VpnTunnel::new().psk(Secret::from("not-a-real-psk"));
    let vpn = NewVpn::new("203.0.113.7", [tunnel]).name("office");
    let mut out = Vec::new();
    private_space::run(&client, space, keys, vpn, &mut out)
        .await
        .unwrap();
    let expected = "network-east is active.\nIt has a TLS context.\nIts VPN is available.\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[tokio::test]
async fn what_matches_is_restarted_and_the_rest_is_not() {
    let emulator = quick().await;
    let anypoint = signed_in(&emulator).environment("Sandbox").build().unwrap();
    for number in 1..=7 {
        uploaded(&anypoint, &format!("orders-{number}")).await;
    }
    uploaded(&anypoint, "stock").await;
    let mut out = Vec::new();
    let cloudhub = anypoint.cloudhub();
    restart_by_pattern::run(&cloudhub, "orders-*", &mut out)
        .await
        .unwrap();
    let out = String::from_utf8(out).unwrap();
    let mut lines: Vec<&str> = out.lines().collect();
    lines.sort_unstable();
    let expected: Vec<String> = (1..=7)
        .map(|number| format!("orders-{number} runs again."))
        .collect();
    assert_eq!(lines, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_without_async_tells_what_is_not_running() {
    let emulator = quick().await;
    let anypoint = signed_in(&emulator).environment("Sandbox").build().unwrap();
    deployed(&sandbox(&anypoint), "stock-fail").await;
    let ran = tokio::task::spawn_blocking(move || {
        let mut out = Vec::new();
        let ran = blocking_tool::run(&anypoint, &mut out);
        (
            ran.map_err(|error| error.to_string()),
            String::from_utf8(out).unwrap(),
        )
    });
    let (ran, out) = ran.await.unwrap();
    assert!(ran.unwrap_err().ends_with("not running"), "{out}");
    assert!(out.contains("stock-fail: "), "{out}");
}

#[tokio::test]
async fn two_organizations_have_headers_of_their_own_and_an_audit_of_all_answers() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let url = serve_requests(move |request| {
        noted.lock().unwrap().push(request.to_owned());
        let body = match request.contains("/me") {
            true => r#"{"user":{"organization":{"id":"o","name":"Acme"}}}"#,
            false => r#"{"data":[{"id":"e","name":"Sandbox"}],"total":1}"#,
        };
        (200, body.to_owned())
    })
    .await;
    let folder = Folder::new("audit");
    let path = folder.0.join("audit.log");
    let audit = Arc::new(std::fs::File::create(&path).unwrap());
    let mut out = Vec::new();
    for job in ["first", "second"] {
        let anypoint = two_organizations::audited(at(&url), job, &audit);
        let anypoint = anypoint.build().unwrap();
        two_organizations::run(&anypoint, &mut out).await.unwrap();
    }
    assert_eq!(out, b"Acme: Sandbox\nAcme: Sandbox\n");
    let seen = seen.lock().unwrap();
    let with = |job: &str| {
        seen.iter()
            .filter(|one| one.contains(&format!("x-job: {job}\r\n")))
            .count()
    };
    assert!(
        with("first") >= 2 && with("first") + with("second") == seen.len(),
        "{seen:?}"
    );
    let audit = std::fs::read_to_string(&path).unwrap();
    assert_eq!(audit.lines().count(), seen.len());
    assert!(audit.contains(": 200 {\"user\":"), "{audit}");
}

#[tokio::test]
async fn contracts_are_written_as_csv() {
    let emulator = Emulator::start().await.unwrap();
    let hub = signed_in(&emulator).build().unwrap().experience_hub();
    let portal = hub.in_portal(
        ExternalOrganizationId::new(PORTAL_ORGANIZATION),
        PortalId::new(PORTAL),
    );
    let mut out = Vec::new();
    contracts_to_csv::run(&portal, &mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    let mut lines = out.lines();
    assert_eq!(
        lines.next(),
        Some("application,api,version,environment,status,tier")
    );
    assert!(lines.count() >= 1 && out.contains("APPROVED"), "{out}");
}
