//! Deploys a file to CloudHub 1.0 with a progress bar, then shows states and log until it runs:
//! `cargo run -p anypoint --example deploy_with_progress FILE DOMAIN`.

use std::io::Write;

use anypoint::Anypoint;
use anypoint::cloudhub::types::{ApplicationUpload, NewApplicationSettings};
use anypoint::core::{BoxError, Upload};
use anypoint::deploy::{Event, Order};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(domain)) = (arguments.next(), arguments.next()) else {
        return Err("which file, and under which domain?".into());
    };
    let anypoint = Anypoint::from_env()?;
    run(
        &anypoint,
        Upload::file(file),
        &domain,
        &mut std::io::stdout(),
    )
    .await
}

pub(crate) async fn run(
    anypoint: &Anypoint,
    file: Upload,
    domain: &str,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let upload = ApplicationUpload::new(file, NewApplicationSettings::new(domain));
    let mut events = anypoint.deploy(Order::cloudhub_file(upload)).events();
    while let Some(event) = events.next().await {
        match event? {
            Event::Sent { bytes, total } => write!(out, "\r{}", bar(bytes, total))?,
            Event::Accepted(_) => writeln!(out, "\n{domain} was accepted.")?,
            Event::State(state) => writeln!(out, "{state}")?,
            Event::Line(line) => writeln!(out, "  {line}")?,
            Event::Done(_) => writeln!(out, "{domain} runs.")?,
            _ => {}
        }
        out.flush()?;
    }
    Ok(())
}

fn bar(bytes: u64, total: Option<u64>) -> String {
    let percent = bytes * 100 / total.unwrap_or(bytes).max(1);
    let done = "#".repeat((percent / 2) as usize);
    format!("[{done:<50}] {percent:>3} %")
}
