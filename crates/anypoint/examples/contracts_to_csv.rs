//! Writes the contracts of all applications of a portal as CSV:
//! `PORTAL_ORGANIZATION=... PORTAL_ID=... cargo run -p anypoint --example contracts_to_csv > contracts.csv`.

use std::io::Write;

use anypoint::Anypoint;
use anypoint::core::BoxError;
use anypoint::experience_hub::PortalClient;
use anypoint::experience_hub::types::{ExternalOrganizationId, PortalId};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let organization = ExternalOrganizationId::new(std::env::var("PORTAL_ORGANIZATION")?);
    let portal = PortalId::new(std::env::var("PORTAL_ID")?);
    let hub = Anypoint::from_env()?.experience_hub();
    run(&hub.in_portal(organization, portal), &mut std::io::stdout()).await
}

pub(crate) async fn run(portal: &PortalClient, out: &mut dyn Write) -> Result<(), BoxError> {
    writeln!(out, "application,api,version,environment,status,tier")?;
    let mut applications = portal.list_applications().items();
    while let Some(application) = applications.next().await {
        let application = application?;
        let mut contracts = portal.list_contracts(&application).items();
        while let Some(contract) = contracts.next().await {
            let contract = contract?;
            let fields = [
                Some(application.name.clone()),
                Some(
                    contract
                        .asset_name
                        .unwrap_or_else(|| contract.asset_id.to_string()),
                ),
                contract.minor_version,
                contract.environment_name,
                contract.status.map(|status| status.to_string()),
                contract.tier.map(|tier| tier.name),
            ];
            let fields = fields.map(|field| quoted(&field.unwrap_or_default()));
            writeln!(out, "{}", fields.join(","))?;
        }
    }
    Ok(())
}

/// As RFC 4180 has it.
fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}
