//! Lists all deployments of an organization with their states: `cargo run -p anypoint --example all_deployments`.

use std::io::Write;

use anypoint::Anypoint;
use anypoint::core::BoxError;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    run(&Anypoint::from_env()?, &mut std::io::stdout()).await
}

/// What runs in each environment, on CloudHub 2.0, Runtime Fabric and CloudHub 1.0.
pub(crate) async fn run(anypoint: &Anypoint, out: &mut dyn Write) -> Result<(), BoxError> {
    let organization = anypoint.scope().await?.organization;
    let access = anypoint.access_management().in_organization(&organization);
    let mut environments = access.list_environments().items();
    while let Some(environment) = environments.next().await {
        let environment = environment?;
        let manager = anypoint
            .application_manager()
            .in_environment(&organization, &environment);
        let mut deployments = manager.list_deployments().items();
        while let Some(deployment) = deployments.next().await {
            let deployment = deployment?;
            let state = deployment.status.map(|status| status.to_string());
            line(out, &environment.name, &deployment.name, state)?;
        }
        let session = anypoint.session();
        let session = session.in_environment(&organization.id, &environment.id)?;
        let cloudhub = anypoint::cloudhub::Client::new(&session);
        for application in cloudhub.list_applications().send().await? {
            let state = application.status.map(|status| status.to_string());
            line(out, &environment.name, &application.domain, state)?;
        }
    }
    Ok(())
}

fn line(
    out: &mut dyn Write,
    place: &str,
    name: &str,
    state: Option<String>,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{place}\t{name}\t{}",
        state.as_deref().unwrap_or("unknown")
    )
}
