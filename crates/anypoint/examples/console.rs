//! Uploads an application to a Mule Management Console, deploys it, undeploys it, and deletes
//! everything again: `cargo run -p anypoint --example console`.
//!
//! It runs against an emulator of its own, or against a console of yours with `CONSOLE_URL`,
//! `CONSOLE_USER`, `CONSOLE_PASSWORD` and `CONSOLE_SERVER`, the id of the server to deploy to.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anypoint::Error;
use anypoint::core::Upload;
use anypoint::mmc::Client;
use anypoint::mmc::types::{
    ApplicationUpload, Deployment, DeploymentStatus, NewDeployment, UploadedVersion,
};
use anypoint_emulator::{Emulator, PASSWORD};

const NAME: &str = "anypoint-example";
/// A server that the emulator knows.
const SERVER: &str = "local$0f6d3b82-91c4-4e57-a2d8-6b3e7c15f049";
/// The smallest application there is: a zip archive with an empty configuration, uncompressed.
const ARCHIVE: &[u8] = b"PK\x03\x04\x14\0\0\0\0\0\0\0!P\xd5.\xf1\x189\0\0\09\0\0\0\x0f\0\0\0\
mule-config.xml<mule xmlns=\"http://www.mulesoft.org/schema/mule/core\"/>\n\
PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0!P\xd5.\xf1\x189\0\0\09\0\0\0\x0f\0\0\0\0\0\0\0\0\0\0\0\x80\x01\0\0\0\0\
mule-config.xmlPK\x05\x06\0\0\0\0\x01\0\x01\0=\0\0\0f\0\0\0\0\0";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("console: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the variables and the output of the caller.
pub(crate) async fn run(
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> Result<(), String> {
    let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    if let Some(url) = get("CONSOLE_URL") {
        let needed = |name: &str| {
            get(name).ok_or_else(|| {
                format!("reading the settings: CONSOLE_URL is set and {name} is not; set it too")
            })
        };
        let (user, password) = (needed("CONSOLE_USER")?, needed("CONSOLE_PASSWORD")?);
        let server = needed("CONSOLE_SERVER")?;
        let console = anypoint::console(&url, user, password)
            .map_err(failed("reading the settings", "check CONSOLE_URL"))?;
        return tour(&console, &server, Pace::CONSOLE, out).await;
    }
    say(
        out,
        "CONSOLE_URL is not set, so this runs against an emulator.",
    )?;
    let emulator = Emulator::builder()
        .step(Duration::from_millis(500))
        .start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    let console = anypoint::console(&emulator.api_url("mmc"), "admin", PASSWORD)
        .map_err(failed("reading the settings", ""))?;
    tour(&console, SERVER, Pace::EMULATOR, out).await
}

/// How often to look at a deployment, and for how long.
struct Pace {
    /// The first pause; each further one is twice as long, up to `longest`.
    first: Duration,
    longest: Duration,
    limit: Duration,
}

impl Pace {
    /// Often enough to see every state.
    const EMULATOR: Self = Self {
        first: Duration::from_millis(50),
        longest: Duration::from_millis(50),
        limit: Duration::from_secs(30),
    };
    const CONSOLE: Self = Self {
        first: Duration::from_millis(250),
        longest: Duration::from_secs(5),
        limit: Duration::from_secs(5 * 60),
    };
}

async fn tour(
    console: &Client,
    server: &str,
    pace: Pace,
    out: &mut dyn Write,
) -> Result<(), String> {
    let file = Archive::write().map_err(|error| {
        format!("writing the archive: {error}; check the directory for temporary files")
    })?;
    let upload = Upload::file(&file.0).with_file_name("anypoint-example.zip");
    let uploaded = console
        .upload_application(ApplicationUpload::new(upload).name(NAME).version("1.0.0"))
        .send()
        .await
        .map_err(failed(
            "uploading",
            "check the user, and that the version is new",
        ))?;
    say(
        out,
        &format!("Uploaded {NAME} 1.0.0, {} bytes.", ARCHIVE.len()),
    )?;

    // Whatever happens from here on, nothing stays behind.
    let deployed = deploy(console, &uploaded.version_id, server, &pace, out).await;
    let deleted = delete(console, &uploaded).await;
    deployed?;
    deleted?;
    say(out, "Deleted the application.")
}

/// Deletes the version that was uploaded, and the application if that was its only one.
async fn delete(console: &Client, uploaded: &UploadedVersion) -> Result<(), String> {
    let failed = || failed("deleting the application", "delete it in the console");
    let gone = console.delete_application(&uploaded.version_id);
    gone.send().await.map_err(failed())?;
    let id = &uploaded.application_id;
    let left = console.list_application_versions(id).send().await;
    if left.is_ok_and(|versions| versions.data.is_empty()) {
        let gone = console.delete_application(id);
        gone.send().await.map_err(failed())?;
    }
    Ok(())
}

async fn deploy(
    console: &Client,
    version: &str,
    server: &str,
    pace: &Pace,
    out: &mut dyn Write,
) -> Result<(), String> {
    let order = NewDeployment::new(NAME)
        .applications([version])
        .servers([server]);
    let deployment = console
        .create_deployment(order)
        .send()
        .await
        .map_err(failed("creating the deployment", "check CONSOLE_SERVER"))?
        .into_value();
    say(
        out,
        &format!(
            "Created the deployment {}: {}.",
            deployment.name, deployment.status
        ),
    )?;
    let done = there_and_back(console, &deployment, pace, out).await;
    let deleted = console
        .delete_deployment(&deployment)
        .send()
        .await
        .map_err(failed(
            "deleting the deployment",
            "delete it in the console",
        ));
    done?;
    deleted?;
    say(out, "Deleted the deployment.")
}

async fn there_and_back(
    console: &Client,
    deployment: &Deployment,
    pace: &Pace,
    out: &mut dyn Write,
) -> Result<(), String> {
    let advice = "look at the deployment in the console";
    say(out, "Deploying:")?;
    let answer = console.deploy(deployment).send().await;
    answer.map_err(failed("deploying", advice))?;
    let deployed = [DeploymentStatus::Deployed, DeploymentStatus::Successful];
    follow(console, deployment, &deployed, pace, out).await?;
    say(out, "Undeploying:")?;
    let answer = console.undeploy(deployment).send().await;
    answer.map_err(failed("undeploying", advice))?;
    let undeployed = [DeploymentStatus::Undeployed, DeploymentStatus::Successful];
    follow(console, deployment, &undeployed, pace, out).await
}

/// Shows each state once, until it is one of those that are wanted.
async fn follow(
    console: &Client,
    deployment: &Deployment,
    wanted: &[DeploymentStatus],
    pace: &Pace,
    out: &mut dyn Write,
) -> Result<(), String> {
    let (started, mut pause) = (Instant::now(), pace.first);
    let mut shown = None;
    loop {
        let page = console
            .get_deployment(deployment)
            .send()
            .await
            .map_err(failed(
                "following the deployment",
                "look at it in the console",
            ))?
            .into_value();
        let Some(now) = page.data.into_iter().next() else {
            return Err("following the deployment: it is gone; look for it in the console".into());
        };
        if shown.as_ref() != Some(&now.status) {
            say(out, &format!("  {}", now.status))?;
        }
        if wanted.contains(&now.status) {
            return Ok(());
        }
        if now.status == DeploymentStatus::Failed {
            return Err(
                "following the deployment: it failed; look at its alerts in the console".into(),
            );
        }
        if started.elapsed() > pace.limit {
            return Err(format!(
                "following the deployment: still {} after {} s; look at it in the console",
                now.status,
                pace.limit.as_secs()
            ));
        }
        shown = Some(now.status);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(pace.longest);
    }
}

/// The archive on disk, for as long as it is needed.
struct Archive(std::path::PathBuf);

impl Archive {
    fn write() -> std::io::Result<Self> {
        let name = format!("{NAME}-{}.zip", std::process::id());
        let archive = Self(std::env::temp_dir().join(name));
        std::fs::write(&archive.0, ARCHIVE)?;
        Ok(archive)
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // A file that stays in the directory for temporary files does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// One line: what failed, why, and what to try. The error's own hint comes before ours.
fn failed(step: &'static str, advice: &'static str) -> impl Fn(Error) -> String {
    move |error| match advice {
        "" => format!("{step}: {error}"),
        _ => format!("{step}: {error}; {advice}"),
    }
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
