//! Searches a portal of the API Experience Hub and reads the first API found: its description, its
//! instances, its documentation and its terms: `cargo run -p anypoint --example discover_portal_apis`.
//!
//! It runs against an emulator of its own, or against your portal with `PORTAL_ORGANIZATION` and
//! `PORTAL_ID`; see the crate's README. It changes nothing.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;

use anypoint::experience_hub::types::{Asset, AssetDetail, AssetSearch};

mod portal;

use portal::{Portal, failed, say};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("discover_portal_apis: {problem}");
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
    let term = lookup("PORTAL_SEARCH").unwrap_or_else(|| "parcel".to_owned());
    say(out, &format!("APIs of the portal that say \"{term}\":"))?;
    // The limit is a header of the search, and there is no offset: narrow down to see others.
    let hits = portal
        .client
        .search_assets(AssetSearch::new().search_term(term))
        .limit(5)
        .send()
        .await
        .map_err(failed("searching", "check PORTAL_ID"))?
        .into_value();
    for asset in &hits.assets {
        let version = asset.minor_version.as_deref().unwrap_or("no version");
        say(
            out,
            &format!("  {} ({}, {version})", asset.name, asset.type_),
        )?;
    }
    match hits.assets.first() {
        Some(asset) => read(&portal, asset, out).await,
        None => say(out, "  none; set PORTAL_SEARCH to look for something else"),
    }
}

async fn read(portal: &Portal, asset: &Asset, out: &mut dyn Write) -> Result<(), String> {
    let (group, name) = (&asset.group_id, &asset.asset_id);
    let Some(version) = &asset.minor_version else {
        return say(out, "It has no version yet, so there is nothing to read.");
    };
    let client = &portal.client;
    let detail = client
        .get_asset(group, name, version)
        .send()
        .await
        .map_err(failed("reading the API", "try again"))?
        .into_value();
    describe(&detail, out)?;
    for page in &detail.pages {
        // The list has a slash at the start of each path, and the call has one of its own.
        let path = page.path.trim_start_matches('/');
        let text = client
            .get_page(group, name, version, path)
            .send()
            .await
            .map_err(failed("reading a page", "try again"))?
            .into_value();
        quote(&format!("Page {}:", page.name), &text, out)?;
    }
    let terms = client
        .get_terms(group, name, version)
        .send()
        .await
        .map_err(failed("reading the terms", "try again"))?
        .into_value();
    quote("Terms and conditions:", &terms, out)
}

fn describe(detail: &AssetDetail, out: &mut dyn Write) -> Result<(), String> {
    let version = detail.latest_patch_version.as_deref().unwrap_or("unknown");
    let about = detail.description.as_deref().unwrap_or("no description");
    say(out, &format!("{} {version}: {about}", detail.name))?;
    for instance in &detail.instances {
        let environment = instance.environment_name.as_deref();
        say(
            out,
            &format!(
                "  instance {} in {}",
                instance.name,
                environment.unwrap_or("an environment without a name")
            ),
        )?;
    }
    Ok(())
}

/// The lines of a text, indented.
fn quote(title: &str, text: &str, out: &mut dyn Write) -> Result<(), String> {
    say(out, title)?;
    for line in text.lines().filter(|line| !line.is_empty()) {
        say(out, &format!("  {line}"))?;
    }
    Ok(())
}
