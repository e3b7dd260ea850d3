//! Gives an application on CloudHub 2.0 or Runtime Fabric a new value of a secure property, and waits until it runs with it:
//! `NEW_VALUE=... cargo run -p anypoint --example rotate_secret APPLICATION PROPERTY`.

use std::io::Write;

use anypoint::Anypoint;
use anypoint::application_manager::EnvironmentClient;
use anypoint::core::{BoxError, Secret};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(application), Some(property)) = (arguments.next(), arguments.next()) else {
        return Err("which application, and which property?".into());
    };
    // Not an argument, as those are shown to all users of a machine.
    let value = Secret::from(std::env::var("NEW_VALUE")?);
    let anypoint = Anypoint::from_env()?;
    let scope = anypoint.scope().await?;
    let manager = anypoint
        .application_manager()
        .in_environment(&scope.organization, &scope.environment);
    run(
        &manager,
        &application,
        &property,
        value,
        &mut std::io::stdout(),
    )
    .await
}

/// All other properties are kept. Secure ones cannot be read: where there are others, the error names those to give as well.
pub(crate) async fn run(
    manager: &EnvironmentClient,
    application: &str,
    property: &str,
    value: Secret,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let mut deployments = manager.list_deployments().items();
    let found = loop {
        let deployment = deployments.next().await.ok_or("no such application")??;
        if deployment.name == application {
            break deployment.id;
        }
    };
    let change = manager.change_properties(&found);
    let changed = change.set_secret(property, value).send().await?;
    // The very version that the change has made, not the one before.
    manager.wait_for_deployment(&changed).await?;
    writeln!(out, "{application} runs with the new {property}.")?;
    Ok(())
}
