//! Registers a client application in a portal of the API Experience Hub, gives it a new secret,
//! renames it and deletes it: `cargo run -p anypoint --example manage_portal_applications`.
//!
//! It runs against an emulator of its own, or against your portal with `PORTAL_ORGANIZATION` and
//! `PORTAL_ID`; see the crate's README. Secrets are used, but never shown.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;

use anypoint::experience_hub::types::{ApplicationUpdate, CreatedApplication, NewApplication};

mod portal;
#[path = "portal/published.rs"]
mod published;

use portal::{Portal, failed, say};
use published::{Api, first_api};

/// A name that nobody else is likely to have.
const NAME: &str = "anypoint-example-app";
const NEW_NAME: &str = "anypoint-example-app-2";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("manage_portal_applications: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the variables and the output of the caller.
pub(crate) async fn run(
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> Result<(), String> {
    let portal = Portal::open(lookup, out).await?;
    let api = first_api(&portal).await?;
    let created = create(&portal, &api, out).await?;
    // Whatever happens from here on, nothing stays behind.
    let worked = match rotate(&portal, &created, out).await {
        Ok(()) => rename(&portal, &created, out).await,
        Err(problem) => Err(problem),
    };
    let deleted = portal
        .client
        .delete_application(&created)
        .send()
        .await
        .map_err(failed(
            "deleting the application",
            "delete it in the portal",
        ));
    worked?;
    deleted?;
    say(out, "Deleted the application.")
}

async fn create(
    portal: &Portal,
    api: &Api,
    out: &mut dyn Write,
) -> Result<CreatedApplication, String> {
    let exists = portal
        .client
        .check_application_name(NAME)
        .send()
        .await
        .map_err(failed("checking the name", "check PORTAL_ID"))?
        .into_value()
        .exists;
    if exists != Some(false) {
        return Err(format!(
            "checking the name: there may be an application {NAME} already; look for it in the portal"
        ));
    }
    say(out, &format!("The name {NAME} is free."))?;
    let application = NewApplication::new(&api.instance, NAME)
        .description("Made by an example of anypoint-rs.")
        .grant_types(vec!["client_credentials".to_owned()]);
    let created = portal
        .client
        .create_application(&api.group, &api.asset, &api.version, application)
        .send()
        .await
        .map_err(failed("creating the application", "try again"))?
        .into_value();
    let secret = match created.client_secret {
        Some(_) => "it has a client secret, which is not shown",
        None => "it has no client secret",
    };
    say(
        out,
        &format!("Created {} for {}; {secret}.", created.name, api.name),
    )?;
    Ok(created)
}

async fn rotate(
    portal: &Portal,
    created: &CreatedApplication,
    out: &mut dyn Write,
) -> Result<(), String> {
    let reset = portal
        .client
        .reset_client_secret(created)
        .send()
        .await
        .map_err(failed("making a new secret", "try again"))?
        .into_value();
    // Here the new secret would go to where the application reads it from.
    let before = created.client_secret.as_ref().map(|secret| secret.expose());
    if before == Some(reset.client_secret.expose()) {
        return Err("making a new secret: it is the old one; try again".to_owned());
    }
    say(out, "Made a new client secret; the old one is void.")
}

async fn rename(
    portal: &Portal,
    created: &CreatedApplication,
    out: &mut dyn Write,
) -> Result<(), String> {
    let update = ApplicationUpdate::new(NEW_NAME).description("Renamed by an example.");
    portal
        .client
        .update_application(created, update)
        .send()
        .await
        .map_err(failed("renaming the application", "try again"))?;
    let now = portal
        .client
        .get_application(created)
        .send()
        .await
        .map_err(failed("reading the application", "try again"))?
        .into_value();
    let about = now.description.as_deref().unwrap_or("no description");
    say(out, &format!("It is now called {}: {about}", now.name))
}
