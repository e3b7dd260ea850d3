//! Shared by the examples of the API Experience Hub: a portal, and their output.

use std::io::Write;
use std::time::Duration;

use anypoint::experience_hub::PortalClient;
use anypoint::experience_hub::types::{ExternalOrganizationId, PortalId};
use anypoint::{Anypoint, Credentials, Error};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// An organization and a portal that the emulator knows.
const ORGANIZATION: &str = "00D5g000004XyZaEAK";
const PORTAL: &str = "4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54";

/// A portal.
pub(crate) struct Portal {
    pub(crate) client: PortalClient,
    /// Runs for as long as the portal is in use.
    _emulator: Option<Emulator>,
}

impl Portal {
    /// The portal of `PORTAL_ORGANIZATION` and `PORTAL_ID`, signed in to by the `ANYPOINT_*`
    /// variables; without `PORTAL_ID`, the portal of an emulator of its own.
    pub(crate) async fn open(
        lookup: &dyn Fn(&str) -> Option<String>,
        out: &mut dyn Write,
    ) -> Result<Self, String> {
        let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let Some(id) = get("PORTAL_ID") else {
            return Self::emulated(out).await;
        };
        let organization = get("PORTAL_ORGANIZATION").ok_or(
            "reading the settings: PORTAL_ID is set and PORTAL_ORGANIZATION is not; set it too",
        )?;
        let anypoint = Anypoint::from_lookup(lookup).map_err(failed("reading the settings", ""))?;
        Ok(Self {
            client: client(&anypoint, organization, id),
            _emulator: None,
        })
    }

    async fn emulated(out: &mut dyn Write) -> Result<Self, String> {
        say(
            out,
            "PORTAL_ID is not set, so this runs against an emulator.",
        )?;
        let emulator = Emulator::builder()
            .step(Duration::from_millis(500))
            .start()
            .await
            .map_err(|error| format!("starting the emulator: {error}; try again"))?;
        let anypoint = Anypoint::builder()
            .host(emulator.url())
            .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
            .build()
            .map_err(failed("reading the settings", ""))?;
        Ok(Self {
            client: client(&anypoint, ORGANIZATION, PORTAL),
            _emulator: Some(emulator),
        })
    }
}

fn client(
    anypoint: &Anypoint,
    organization: impl Into<String>,
    portal: impl Into<String>,
) -> PortalClient {
    let organization = ExternalOrganizationId::new(organization);
    let hub = anypoint.experience_hub();
    hub.in_portal(organization, PortalId::new(portal))
}

/// One line: what failed, why, and what to try. The error's own hint comes before ours.
pub(crate) fn failed(step: &'static str, advice: &'static str) -> impl Fn(Error) -> String {
    move |error| match error.hint() {
        None if !advice.is_empty() => format!("{step}: {error}; {advice}"),
        _ => format!("{step}: {error}"),
    }
}

pub(crate) fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
