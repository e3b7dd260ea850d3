//! `deploy`: deploys a file or an asset of Exchange, and follows it until it runs.

use std::path::Path;

use anypoint::application_manager::types::{
    ApplicationSpecification, ArtifactReference, DeploymentUpdate, NewApplication, NewDeployment,
    NewTarget, Provider,
};
use anypoint::cloudhub::types::{ApplicationUpload, NewApplicationSettings};
use anypoint::deploy::{Deploy, Event, Order};
use anypoint_core::Upload;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::application::{Home, there};
use super::wait::{given, timeout};
use crate::body::must_exist;
use crate::failure::Failure;
use crate::output::Output;
use crate::profiles;
use crate::progress::Bar;
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("deploy")
        .about("Deploys a file or an asset of Exchange, and shows states and log until it runs")
        .long_about(
            "Deploys a file to CloudHub 1.0, or an asset of Exchange to CloudHub 2.0 or Runtime Fabric, and shows its states and \
             its log until it runs. An application of that name is updated. If it fails, the exit code is 6.",
        )
        .arg(
            Arg::new("what")
                .value_name("FILE|GROUP:ASSET:VERSION")
                .required(true)
                .help("An archive, or an asset; without a group, one of the organization"),
        )
        .arg(text("name", "NAME", "The application's name; without it, that of the file or asset"))
        .arg(text("target", "ID", "Where a new deployment runs: a region, a private space or a Runtime Fabric"))
        .arg(text("runtime-fabric", "ID", "Instead of --target: a Runtime Fabric").conflicts_with("target"))
        .arg(
            text("replicas", "NUMBER", "How many replicas a new deployment has")
                .value_parser(value_parser!(u32).range(1..)),
        )
        .arg(timeout())
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let what = matches.get_one::<String>("what").map_or("", String::as_str);
    let output = Output::new(settings, None)?;
    let asset = asset(what)?;
    if asset.is_none() {
        must_exist(what)
            .map_err(|failure| failure.hint("a file, or an asset as GROUP:ASSET:VERSION"))?;
    }
    let home = Home::new(settings, terminal).await?;
    let region = profiles::region(settings, terminal);
    let order = match asset {
        Some(asset) => managed(&home, &asset, matches, region).await?,
        None => archive(&home, what, matches, region).await?,
    };
    let mut deploy = home.anypoint.deploy(order);
    if let Some(timeout) = given(matches) {
        deploy = deploy.timeout(timeout);
    }
    if let Some(pause) = terminal.pause {
        deploy = deploy.every(pause);
    }
    let bar = terminal.bar(what, settings);
    let done = follow(deploy, &bar, &output, terminal).await;
    bar.end();
    done
}

/// `group:asset:version`, or `asset:version` of the organization itself.
struct Asset {
    group: Option<String>,
    name: String,
    version: String,
}

/// The asset that is meant; nothing where a file is.
fn asset(what: &str) -> Result<Option<Asset>, Failure> {
    let parts: Vec<&str> = what.split(':').collect();
    let is_file = Path::new(what).exists() || what.contains(['/', '\\']) || parts.len() == 1;
    let own = |text: &str| text.to_owned();
    match (is_file, parts.as_slice()) {
        (true, _) => Ok(None),
        (false, [group, name, version]) => Ok(Some(Asset {
            group: Some(own(group)),
            name: own(name),
            version: own(version),
        })),
        (false, [name, version]) => Ok(Some(Asset {
            group: None,
            name: own(name),
            version: own(version),
        })),
        (false, _) => Err(
            Failure::usage(format!("`{what}` is neither a file nor an asset"))
                .hint("GROUP:ASSET:VERSION"),
        ),
    }
}

/// An application that is there stays in its region.
async fn archive(
    home: &Home,
    path: &str,
    matches: &ArgMatches,
    region: Option<String>,
) -> Result<Order, Failure> {
    let stem = Path::new(path)
        .file_stem()
        .and_then(|it| it.to_str())
        .unwrap_or_default();
    let domain = matches
        .get_one::<String>("name")
        .map_or(stem, String::as_str);
    if domain.is_empty() {
        return Err(Failure::usage("the application needs a name").hint("--name"));
    }
    let mut settings = NewApplicationSettings::new(domain);
    if let Some(region) = region
        && there(home.cloudhub.get_application(domain).send().await)?.is_none()
    {
        settings = settings.region(region);
    }
    Ok(Order::cloudhub_file(ApplicationUpload::new(
        Upload::file(path),
        settings,
    )))
}

/// A deployment of that name is updated, otherwise there is a new one.
async fn managed(
    home: &Home,
    asset: &Asset,
    matches: &ArgMatches,
    region: Option<String>,
) -> Result<Order, Failure> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let name = text("name").unwrap_or(&asset.name);
    let group = asset.group.as_deref().unwrap_or(&home.organization);
    let reference = ArtifactReference::new(group, &asset.name, &asset.version, "jar");
    if let Some(deployment) = home.managed(name).await? {
        let application = ApplicationSpecification::new().ref_(reference);
        let update = DeploymentUpdate::new().application(application);
        return Ok(Order::update_deployment(&deployment.id, update));
    }
    // The shared space of a region has its name.
    let shared = region.map(|region| format!("cloudhub-{region}"));
    let target = text("target").or(shared.as_deref());
    let (provider, target) = match (text("runtime-fabric"), target) {
        (Some(fabric), _) => (Provider::from("SERVER"), fabric),
        (None, Some(target)) => (Provider::Mc, target),
        (None, None) => {
            return Err(Failure::usage(format!(
                "there is no deployment `{name}` yet, and a new one needs a target"
            ))
            .hint("--target cloudhub-us-east-1, or `anypoint use --region us-east-1`; `anypoint cloudhub2 targets list` shows all"));
        }
    };
    let replicas = matches.get_one::<u32>("replicas").copied().unwrap_or(1);
    let target = NewTarget::new(provider, target).replicas(i64::from(replicas));
    Ok(Order::new_deployment(NewDeployment::new(
        name,
        target,
        NewApplication::new(reference),
    )))
}

/// Tells all there is until the end. States and log are messages; what runs then is the result.
async fn follow(
    deploy: Deploy,
    bar: &Bar,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut events = deploy.events();
    let mut accepted = None;
    let mut last = String::new();
    terminal
        .goes_on("whether it was accepted is not known: `anypoint apps list` shows what is there");
    while let Some(event) = events.next().await {
        match event? {
            Event::Sent { bytes, total } => bar.set(bytes, total),
            Event::Accepted(begun) => {
                bar.end();
                output.note(&format!("{} is accepted", begun.id), terminal);
                terminal.goes_on(format!(
                    "the deployment goes on at the server: `anypoint wait {}` follows it",
                    begun.id
                ));
                accepted = Some(begun);
            }
            Event::State(state) => {
                output.note(&state, terminal);
                last = state;
            }
            Event::Line(line) => output.note(&format!("  {line}"), terminal),
            Event::LogProblem(problem) => terminal.say(&format!("warning: {problem}")),
            _ => {}
        }
    }
    let id = accepted.map(|it| it.id).unwrap_or_default();
    let members = [("id", id), ("status", last)];
    let members = members.map(|(name, text)| (name.to_owned(), Value::Text(text)));
    output.show(Value::Object(members.into()), &Ty::Json, terminal)
}
