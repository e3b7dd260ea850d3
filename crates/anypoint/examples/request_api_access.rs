//! Asks for access to an API of a portal of the API Experience Hub: lists the tiers, requests a
//! contract, reads it back and moves it to another tier:
//! `cargo run -p anypoint --example request_api_access`.
//!
//! It runs against an emulator of its own, or against your portal with `PORTAL_ORGANIZATION` and
//! `PORTAL_ID`; see the crate's README. The application that it creates for this is deleted again.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::experience_hub::types::{
    ApplicationId, Contract, ContractStatus, NewApplication, NewContract, SlaTier,
};

mod portal;
#[path = "portal/published.rs"]
mod published;

use portal::{Portal, failed, say};
use published::{Api, first_api};

const NAME: &str = "anypoint-example-access";
/// How often and how many times to look whether a contract was approved.
const PAUSE: Duration = Duration::from_millis(250);
const LOOKS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("request_api_access: {problem}");
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
    let application = portal
        .client
        .create_application(
            &api.group,
            &api.asset,
            &api.version,
            NewApplication::new(&api.instance, NAME),
        )
        .send()
        .await
        .map_err(failed("creating an application", "delete the former one"))?
        .into_value();
    // Whatever happens from here on, nothing stays behind.
    let asked = ask(&portal, &api, &application.id, out).await;
    let deleted = portal
        .client
        .delete_application(&application)
        .send()
        .await
        .map_err(failed(
            "deleting the application",
            "delete it in the portal",
        ));
    asked?;
    deleted?;
    say(out, "Deleted the application, and its contract with it.")
}

async fn ask(
    portal: &Portal,
    api: &Api,
    application: &ApplicationId,
    out: &mut dyn Write,
) -> Result<(), String> {
    let tiers = portal
        .client
        .list_tiers(&api.group, &api.asset, &api.version, &api.instance)
        .send()
        .await
        .map_err(failed("listing the tiers", "try again"))?
        .into_value();
    say(out, &format!("{}, {}:", api.name, api.instance.name))?;
    for tier in &tiers {
        let who = match tier.auto_approve {
            Some(true) => "approves at once",
            _ => "the owner approves",
        };
        say(out, &format!("  tier {}: {who}", tier.name))?;
    }
    request(portal, api, application, tiers.first(), out).await?;
    let contract = read(portal, api, application).await?;
    // An instance with one tier, or without any, offers nothing to move to.
    match tiers.get(1) {
        Some(other) => assign(portal, api, &contract, other, out).await,
        None => Ok(()),
    }
}

async fn request(
    portal: &Portal,
    api: &Api,
    application: &ApplicationId,
    tier: Option<&SlaTier>,
    out: &mut dyn Write,
) -> Result<(), String> {
    // Accepting the terms is the user's decision; `discover_portal_apis` shows them.
    let mut contract = NewContract::new(true, application, &api.instance);
    if let Some(tier) = tier {
        contract = contract.tier_id(number(tier)?);
    }
    let created = portal
        .client
        .create_contract(&api.group, &api.asset, &api.version, contract)
        .send()
        .await
        .map_err(failed("requesting the contract", "check the terms"))?
        .into_value();
    let name = tier.map_or("no tier", |tier| tier.name.as_str());
    let status = created.status.as_str();
    say(out, &format!("Requested a contract at {name}: {status}."))
}

async fn assign(
    portal: &Portal,
    api: &Api,
    contract: &Contract,
    tier: &SlaTier,
    out: &mut dyn Write,
) -> Result<(), String> {
    let moved = portal
        .client
        .assign_tier(&contract.application_id, contract, tier)
        .send()
        .await
        .map_err(failed("moving to another tier", "try again"))?
        .into_value();
    let status = moved.status.as_str();
    say(out, &format!("Moved it to {}: {status}.", tier.name))?;
    if moved.status == ContractStatus::Approved {
        return Ok(());
    }
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        let contract = read(portal, api, &moved.application_id).await?;
        if contract.status != moved.status {
            let status = contract.status.as_str();
            return say(out, &format!("The owner has decided: {status}."));
        }
    }
    say(out, "The owner has not decided yet.")
}

async fn read(portal: &Portal, api: &Api, application: &ApplicationId) -> Result<Contract, String> {
    let contract = portal.client.get_contract(
        &api.group,
        &api.asset,
        &api.version,
        application,
        &api.instance,
    );
    let contract = contract
        .send()
        .await
        .map_err(failed("reading the contract", "try again"))?;
    Ok(contract.into_value())
}

/// A tier's id is text, and a number in the request for a contract.
fn number(tier: &SlaTier) -> Result<i64, String> {
    let id = tier.id.to_string();
    id.parse().map_err(|_| {
        format!("choosing a tier: its id {id} is no number; choose another one in the portal")
    })
}
