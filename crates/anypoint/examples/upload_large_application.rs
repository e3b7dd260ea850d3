//! Deploys an archive of 256 MiB to CloudHub 1.0 without holding it in memory:
//! `cargo run -p anypoint --example upload_large_application`.
//!
//! It runs against an emulator of its own, which counts the bytes and keeps none.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anypoint::cloudhub::types::{
    ApplicationUpload, NewApplicationSettings, RuntimeSelection, WorkerSelection, WorkerSize,
};
use anypoint::core::Upload;
use anypoint::{Anypoint, Credentials, Error};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// How large the archive is, in bytes.
const SIZE: u64 = 256 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(SIZE, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("upload_large_application: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the size of the archive and the output of the caller.
pub(crate) async fn run(size: u64, out: &mut dyn Write) -> Result<(), String> {
    let archive = archive(size).map_err(|error| format!("writing the archive: {error}"))?;
    let done = tour(&archive, out).await;
    std::fs::remove_file(&archive).map_err(|error| format!("removing the archive: {error}"))?;
    done
}

async fn tour(archive: &Path, out: &mut dyn Write) -> Result<(), String> {
    let emulator = Emulator::builder().discard_uploads().start().await;
    let emulator = emulator.map_err(|error| format!("starting the emulator: {error}"))?;
    let anypoint = Anypoint::builder()
        .host(emulator.url())
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
        // The first call that acts on it looks up its id.
        .environment("Sandbox")
        .build()
        .map_err(|error| error.to_string())?;

    let length = std::fs::metadata(archive).map_err(|error| error.to_string())?;
    say(out, &format!("Uploading {} MiB.", length.len() >> 20))?;
    // The file is opened when the call is sent, and read piece by piece while it goes out.
    let domain = deploy(&anypoint, Upload::file(archive)).await;
    let domain = domain.map_err(|error| error.to_string())?;
    say(out, &format!("Deployed {domain}."))?;

    // What is not there is noticed before a connection is opened.
    match deploy(&anypoint, Upload::file("target/no-such-application.jar")).await {
        Ok(domain) => Err(format!(
            "{domain} was deployed from a file that is not there"
        )),
        Err(error) => say(out, &format!("Without a file: {error}")),
    }
}

async fn deploy(anypoint: &Anypoint, archive: Upload) -> Result<String, Error> {
    let settings = NewApplicationSettings::new("order-intake")
        .region("us-east-1")
        .mule_version(RuntimeSelection::new().version("4.9.0"))
        .workers(WorkerSelection::new(1, WorkerSize::new("Micro")));
    let archive = archive.with_file_name("order-intake-1.0.0-mule-application.jar");
    let upload = ApplicationUpload::new(archive, settings).auto_start(true);
    let deployed = anypoint
        .cloudhub()
        .upload_application(upload)
        .send()
        .await?;
    Ok(deployed.into_value().domain)
}

/// A file that is as long as a large archive and takes no room on most disks.
fn archive(size: u64) -> std::io::Result<PathBuf> {
    let name = format!("anypoint-large-{}-{size}.jar", std::process::id());
    let path = std::env::temp_dir().join(name);
    File::create(&path)?.set_len(size)?;
    Ok(path)
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
