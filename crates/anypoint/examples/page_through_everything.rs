//! Reads a list of several pages: page by page, item by item while it grows, and again after one
//! item was missed: `cargo run -p anypoint --example page_through_everything`.
//!
//! It runs against its own emulator, where it creates and deletes items.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use anypoint::access_management::OrganizationClient;
use anypoint::access_management::requests::ListEnvironments;
use anypoint::access_management::types::{EnvironmentType, NewEnvironment};
use anypoint::{Anypoint, Credentials, EnvironmentId, Error};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// How many environments a page holds here; the service would give 25.
const PAGE: i64 = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("page_through_everything: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the output of the caller.
pub(crate) async fn run(out: &mut dyn Write) -> Result<(), String> {
    let emulator = Emulator::start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    let anypoint = Anypoint::builder()
        .host(emulator.url())
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
        .build()
        .map_err(failed("reading the settings"))?;
    let scope = anypoint.scope().await;
    let scope = scope.map_err(failed("finding the organization"))?;
    let list = Environments {
        client: anypoint
            .access_management()
            .in_organization(&scope.organization),
    };
    for number in 1..=7 {
        list.create(&format!("Branch{number}")).await?;
    }
    page_by_page(&list, out).await?;
    while_it_grows(&list, out).await?;
    when_one_is_missed(&list, out).await
}

/// The environments of one organization, as far as this example made them.
struct Environments {
    client: OrganizationClient,
}

impl Environments {
    async fn create(&self, name: &str) -> Result<(), String> {
        let new = NewEnvironment::new(name, false, EnvironmentType::Sandbox);
        let created = self.client.create_environment(new);
        let created = created.send().await;
        created.map(drop).map_err(failed("creating an environment"))
    }

    async fn delete(&self, id: &EnvironmentId) -> Result<(), String> {
        let gone = self.client.delete_environment(id);
        let gone = gone.send().await;
        gone.map(drop).map_err(failed("deleting an environment"))
    }

    /// The list, from its first page. Nothing is sent yet.
    fn list(&self) -> ListEnvironments {
        let list = self.client.list_environments();
        list.search("Branch").limit(PAGE)
    }
}

/// Pages come as the service sends them, with what stands beside the items.
async fn page_by_page(list: &Environments, out: &mut dyn Write) -> Result<(), String> {
    say(out, "Page by page:")?;
    let mut pages = list.list().pages();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("reading a page"))?;
        let names: Vec<_> = page.data.iter().map(|item| item.name.as_str()).collect();
        let total = page.total.unwrap_or_default();
        say(out, &format!("  {} of {total}", names.join(", ")))?;
    }
    Ok(())
}

/// What is created meanwhile is found, and nothing comes twice. The next page is on its way while
/// the current one is printed.
async fn while_it_grows(list: &Environments, out: &mut dyn Write) -> Result<(), String> {
    say(out, "Item by item, while one is created:")?;
    let mut items = list.list().items().read_ahead();
    let mut count = 0;
    while let Some(item) = items.next().await {
        let item = item.map_err(failed("reading the list"))?;
        say(out, &format!("  {}", item.name))?;
        count += 1;
        if count == 2 {
            list.create("Branch8").await?;
        }
    }
    say(out, &format!("That were {count}."))
}

/// A deleted item pulls the others forward, and one of them onto a page that has been read. Whoever
/// must have every item lists until nothing new appears.
async fn when_one_is_missed(list: &Environments, out: &mut dyn Write) -> Result<(), String> {
    say(out, "Again, while one is deleted:")?;
    let mut found = BTreeMap::new();
    let mut deleted = false;
    loop {
        let before = found.len();
        let mut items = list.list().items();
        while let Some(item) = items.next().await {
            let item = item.map_err(failed("reading the list"))?;
            if !deleted {
                list.delete(&item.id).await?;
                deleted = true;
            }
            found.insert(item.id, item.name);
        }
        let new = found.len() - before;
        say(out, &format!("  {new} that were not known"))?;
        if new == 0 {
            return say(
                out,
                &format!("Found {} in all, the deleted one among them.", found.len()),
            );
        }
    }
}

/// One line: what failed, and why.
fn failed(step: &'static str) -> impl Fn(Error) -> String {
    move |error| format!("{step}: {error}")
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
