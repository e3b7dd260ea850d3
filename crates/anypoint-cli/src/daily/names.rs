//! Names of applications and environments for the completions of shells.
//!
//! A key press waits for them: they come from a file that is up to a minute old, or are asked for with the kept token in a
//! short time. Nobody is logged in or asked, and whatever goes wrong gives no names.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anypoint::places::is_id;
use anypoint::{Anypoint, OrganizationId};
use serde::{Deserialize, Serialize};

use super::application::Home;
use super::apps;
use crate::keep::{Keep, now};
use crate::private;
use crate::scope;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;

/// How long a key press may wait for names; starting and ending the program comes on top.
const TIME: Duration = Duration::from_millis(220);
/// How long names are good, in seconds.
const LIFE: u64 = 60;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Applications,
    Environments,
}

#[derive(Deserialize, Serialize)]
struct Names {
    names: Vec<String>,
    /// In seconds since 1970.
    until: u64,
}

/// The names that there are, as far as they are found in time.
pub(crate) async fn names(kind: Kind, settings: &Settings, terminal: &Terminal) -> Vec<String> {
    let found = tokio::time::timeout(TIME, found(kind, settings, terminal));
    found.await.ok().flatten().unwrap_or_default()
}

async fn found(kind: Kind, settings: &Settings, terminal: &Terminal) -> Option<Vec<String>> {
    let keep = Keep::new(settings, terminal)?;
    let file = keep.beside("names");
    let anypoint = scope::signed_in(settings, &keep, terminal)?;
    let of = format!(
        "{kind:?} {:?} {:?}",
        anypoint.organization(),
        anypoint.environment()
    );
    let mut all = read(&file);
    if let Some(known) = all.remove(&of) {
        return Some(known.names);
    }
    let names = match kind {
        Kind::Applications => applications(anypoint, &keep).await?,
        Kind::Environments => environments(&anypoint, &keep).await?,
    };
    let until = now() + LIFE;
    let kept = names.clone();
    all.insert(of, Names { names: kept, until });
    if let Ok(text) = serde_json::to_string(&all) {
        // It costs a request if it cannot be kept.
        let _ = private::write(&file, &text);
    }
    Some(names)
}

/// What is kept and still good.
fn read(file: &Path) -> BTreeMap<String, Names> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut all: BTreeMap<String, Names> = serde_json::from_str(&text).unwrap_or_default();
    let now = now();
    all.retain(|_, names| names.until > now);
    all
}

async fn applications(anypoint: Anypoint, keep: &Keep) -> Option<Vec<String>> {
    let ids = scope::found(&anypoint, Some(keep)).await.ok()?;
    let home = Home::of(anypoint, ids);
    let Value::List(rows) = apps::list(&home).await.ok()? else {
        return None;
    };
    let names = rows.iter().filter_map(|row| row.get("name")?.scalar());
    Some(names.collect())
}

async fn environments(anypoint: &Anypoint, keep: &Keep) -> Option<Vec<String>> {
    let organization = match anypoint.organization().filter(|it| is_id(it)) {
        Some(id) => id.to_owned(),
        None => scope::found(anypoint, Some(keep)).await.ok()?.organization,
    };
    let client = anypoint.access_management();
    let client = client.in_organization(OrganizationId::new(organization));
    let all = client.list_environments().items().collect().await;
    let all: Vec<anypoint::access_management::types::Environment> = all.ok()?;
    Some(all.into_iter().map(|it| it.name).collect())
}
