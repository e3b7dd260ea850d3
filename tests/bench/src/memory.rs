//! How much resident memory a body of 1 GiB adds to the client, up and down.

use std::process::Command;

use anypoint_core::internal::{Auth, Call, Endpoint, Method, Operation};
use anypoint_core::{Session, Upload};

use crate::Failure;
use crate::server::{LONG, Server};

static PUT: Operation = operation("put_long", Method::Put);
static GET: Operation = operation("get_long", Method::Get);

const fn operation(id: &'static str, method: Method) -> Operation {
    Operation {
        id,
        method,
        path: "/long",
        accept: "",
        auth: Auth::None,
        idempotent: true,
        environment: false,
        not_modified: false,
        limits: &[],
    }
}

pub(crate) fn print() -> Result<(), Failure> {
    let own = std::env::current_exe()?;
    let server = Server::start(&mut Command::new(&own))?;
    // It takes no room on the disk: nothing was ever written to it.
    let file = tempfile::NamedTempFile::new()?;
    file.as_file().set_len(LONG)?;
    let path = file
        .path()
        .to_str()
        .ok_or("the temporary folder has an odd name")?;
    for arguments in [
        ["upload", &server.url, path].as_slice(),
        &["download", &server.url],
    ] {
        if !Command::new(&own).args(arguments).status()?.success() {
            return Err(format!("the {} failed", arguments[0]).into());
        }
    }
    Ok(())
}

pub(crate) async fn upload(url: &str, path: &str) -> Result<(), Failure> {
    let endpoint = endpoint(url)?;
    let before = peak()?;
    let upload = Upload::file(path);
    let call = Call::new(&endpoint, &PUT).upload("application/octet-stream", &upload);
    call.send_empty().await?;
    report("upload", LONG, before)
}

pub(crate) async fn download(url: &str) -> Result<(), Failure> {
    let endpoint = endpoint(url)?;
    let before = peak()?;
    let mut body = Call::new(&endpoint, &GET)
        .send_download()
        .await?
        .into_value();
    let mut length = 0;
    while let Some(chunk) = body.next_chunk().await {
        length += chunk?.len() as u64;
    }
    report("download", length, before)
}

fn endpoint(url: &str) -> Result<Endpoint, Failure> {
    Ok(Endpoint::new(&Session::builder().host(url).build()?, ""))
}

fn report(what: &str, length: u64, before: u64) -> Result<(), Failure> {
    let added = peak()?.saturating_sub(before);
    println!("memory: {what} of {length} bytes added {added} KiB to the peak of {before} KiB");
    Ok(())
}

/// The most memory that was ever resident, in KiB.
fn peak() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number
        .ok_or("this system tells no peak of memory")?
        .parse()?)
}
