//! Reaches the platform from a company's network, with its proxy and its own CA:
//! `cargo run -p anypoint --example custom_ca_and_proxy`.
//!
//! It runs against an emulator behind a proxy of its own. With `COMPANY_PROXY` (such as
//! `http://proxy.example.com:3128`) it goes through that one to the platform that the
//! `ANYPOINT_*` variables name; `COMPANY_PROXY_USER` and `COMPANY_PROXY_PASSWORD` are for a proxy
//! that asks, and `COMPANY_CA` is a PEM file. Set none of them where `HTTPS_PROXY` is all it takes.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;

use anypoint::core::{Proxy, SessionBuilder};
use anypoint::{Anypoint, AnypointBuilder, Credentials, Error, ErrorKind};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("custom_ca_and_proxy: {problem}");
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
    if let Some(url) = get("COMPANY_PROXY") {
        let builder = Anypoint::builder()
            .load_from(lookup)
            .map_err(|error| error.to_string())?;
        let builder = builder.session(|session| company(session, &url, get));
        return sign_in(builder, out).await;
    }
    let broken = |error: std::io::Error| format!("starting the emulator: {error}; try again");
    let emulator = Emulator::builder().allow_host("anypoint.example.com");
    let emulator = emulator.start().await.map_err(broken)?;
    let proxy = start_proxy(emulator.url()).await.map_err(broken)?;
    writeln!(
        out,
        "COMPANY_PROXY is not set, so this runs against an emulator."
    )
    .map_err(|error| format!("writing: {error}"))?;
    let builder = Anypoint::builder()
        .host("http://anypoint.example.com")
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
        // Only because the emulator, which all of it is sent to, has no TLS.
        .session(|session| company(session, &proxy, get).allow_plain_http());
    sign_in(builder, out).await
}

/// The settings of the company's network.
fn company(
    mut session: SessionBuilder,
    url: &str,
    get: impl Fn(&str) -> Option<String>,
) -> SessionBuilder {
    let mut proxy = Proxy::new(url).except(["localhost", "intranet.example.com"]);
    if let Some(user) = get("COMPANY_PROXY_USER") {
        let password = get("COMPANY_PROXY_PASSWORD").unwrap_or_default();
        proxy = proxy.credentials(user, password);
    }
    if let Some(file) = get("COMPANY_CA") {
        session = session.ca_certificates_file(file);
    }
    session.proxy(proxy)
}

async fn sign_in(builder: AnypointBuilder, out: &mut dyn Write) -> Result<(), String> {
    let anypoint = builder.build().map_err(|error| error.to_string())?;
    let scope = anypoint.scope().await.map_err(explain)?;
    writeln!(
        out,
        "Signed in to {} through the proxy.",
        scope.organization.name
    )
    .map_err(|error| format!("writing: {error}"))
}

/// An error says what to try; its kind tells a program whose business it is.
fn explain(error: Error) -> String {
    let who = match error.kind() {
        ErrorKind::Proxy => "ask whoever runs the proxy",
        ErrorKind::UntrustedCertificate => "set COMPANY_CA",
        ErrorKind::ClockSkew => "set this machine's clock",
        _ => return error.to_string(),
    };
    format!("{error}; {who}")
}

/// A proxy that sends everything to one server.
async fn start_proxy(server: &str) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = server.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let server = server.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(server).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    Ok(url)
}
