//! The resident memory that a body of 1 GiB, up and down, and a followed log add to the client.

use std::process::Command;

use anypoint_core::internal::{
    Auth, By, Call, Endpoint, Followed, Following, Method, Operation, Pieces, Stretch, pieces,
};
use anypoint_core::{Error, Follow, Json, Response, Session, Timestamp, Upload};

use crate::Failure;
use crate::server::{LINES, LONG, Server};

static PUT: Operation = operation("put_long", Method::Put, "/long");
static GET: Operation = operation("get_long", Method::Get, "/long");
static LOG: Operation = operation("list_logs", Method::Get, "/log");

const fn operation(id: &'static str, method: Method, path: &'static str) -> Operation {
    Operation {
        id,
        method,
        path,
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
        &["follow", &server.url],
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

/// A log that is read on from the id of its last entry, as an API crate has it.
#[derive(Clone)]
struct Log(Endpoint);

impl Followed for Log {
    type Entry = Json;

    const FOLLOWING: &'static Following = &Following {
        method: "follow_logs",
        id: "/docId",
        time: "/timestamp",
        order: None,
        by: By::Document { length: 1000 },
        parts: None,
    };

    fn endpoint(&self) -> &Endpoint {
        &self.0
    }

    fn subject(&self) -> String {
        "log".to_owned()
    }

    fn read(
        self,
        stretch: Stretch,
    ) -> impl Future<Output = Result<Response<Pieces>, Error>> + Send + 'static {
        let call = Call::new(&self.0, &LOG).query("afterDocId", &stretch.after);
        call.query("length", &stretch.length).send_by_status(pieces)
    }
}

pub(crate) async fn follow(url: &str) -> Result<(), Failure> {
    let follow = Follow::new(Log(endpoint(url)?)).since(Timestamp::from_millis(0))?;
    let mut lines = follow.once().lines();
    let mut count = 0;
    let mut length = 0;
    let mut before = 0;
    while let Some(line) = lines.next().await {
        length += line?.to_string().len() as u64;
        count += 1;
        // After the first pages, so that what only grows with the number of lines is measured.
        if count == LINES / 100 {
            before = peak()?;
        }
    }
    if count != LINES {
        return Err(format!("{count} lines came instead of {LINES}").into());
    }
    report(&format!("following {count} log entries"), length, before)
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
