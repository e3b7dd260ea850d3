//! Restarts all CloudHub 1.0 applications whose names match, five at once:
//! `cargo run -p anypoint --example restart_by_pattern 'orders-*'`.

use std::io::Write;

use anypoint::cloudhub::Client;
use anypoint::cloudhub::types::{ApplicationStatusChange, StatusCommand};
use anypoint::core::BoxError;
use anypoint::{Anypoint, Error};
use futures_util::stream::{self, StreamExt as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let pattern = std::env::args().nth(1).ok_or("which applications?")?;
    let client = Anypoint::from_env()?.cloudhub();
    run(&client, &pattern, &mut std::io::stdout()).await
}

/// Tells of each as it runs again. The others go on when one fails.
pub(crate) async fn run(
    client: &Client,
    pattern: &str,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let (start, end) = pattern.split_once('*').ok_or("the pattern has no `*`")?;
    let applications = client.list_applications().send().await?.into_value();
    let domains = applications.into_iter().map(|it| it.domain);
    let matching = domains.filter(|it| it.starts_with(start) && it.ends_with(end));
    let restarts = matching.map(|domain| async {
        let restarted = restart(client, &domain).await;
        (domain, restarted)
    });
    let mut restarts = stream::iter(restarts).buffer_unordered(5);
    let mut failed = 0;
    while let Some((domain, restarted)) = restarts.next().await {
        match restarted {
            Ok(()) => writeln!(out, "{domain} runs again.")?,
            Err(error) => {
                failed += 1;
                writeln!(out, "{domain}: {error}")?;
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} could not be restarted").into()),
    }
}

async fn restart(client: &Client, domain: &str) -> Result<(), Error> {
    let restart = ApplicationStatusChange::new(StatusCommand::Restart);
    let request = client.change_application_status(domain, restart);
    request.send().await?;
    client.get_application(domain).wait().await?;
    Ok(())
}
