//! `apps`: the applications of an environment, on CloudHub 1.0, CloudHub 2.0 and Runtime Fabric alike.

use anypoint::application_manager::types::{
    ApplicationSpecification, DeploymentUpdate, DesiredState,
};
use anypoint::cloudhub::types::{ApplicationStatusChange, StatusCommand};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::application::{Application, Home, arguments, is_elsewhere, platform, there};
use super::set::{self, Changes};
use super::wait::{given, timeout};
use crate::confirm;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::table::{self, Ty};
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Command {
    let one =
        |name: &'static str, about: &'static str| Command::new(name).about(about).args(arguments());
    let wait = || {
        let wait = Arg::new("wait").long("wait").action(ArgAction::SetTrue);
        [
            wait.help("Follows it until it is done"),
            timeout().requires("wait"),
        ]
    };
    Command::new("apps")
        .about("Lists, shows, starts, stops, scales and deletes applications")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(Command::new("list").about("Lists the applications of the environment"))
        .subcommand(one("show", "Shows an application"))
        .subcommand(one("start", "Starts an application").args(wait()))
        .subcommand(one("stop", "Stops an application").args(wait()))
        .subcommand(one("restart", "Restarts an application; on CloudHub 2.0 and Runtime Fabric it is stopped and started").args(wait()))
        .subcommand(
            one(
                "scale",
                "Changes how many replicas or workers an application has",
            )
            .args(wait())
            .arg(
                Arg::new("replicas")
                    .value_name("NUMBER")
                    .required(true)
                    .value_parser(value_parser!(u32).range(1..)),
            ),
        )
        .subcommand(
            set::arguments(one(
                "set",
                "Changes replicas, runtime and properties of an application, and keeps the others",
            ))
            .args(wait()),
        )
        .subcommand(one("delete", "Deletes an application"))
        .subcommand(super::logs::arguments(one(
            "logs",
            "Shows the log of an application",
        )))
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let Some((action, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let output = Output::new(settings, None)?;
    match action {
        "list" => {
            let list = list(&Home::new(settings, terminal).await?).await?;
            output.show(list, &Ty::Json, terminal)
        }
        "logs" => super::logs::perform(matches, settings, terminal).await,
        "show" => {
            let home = Home::new(settings, terminal).await?;
            show(&home.find(matches).await?, settings, terminal)
        }
        action => act((action, matches), settings, &output, terminal).await,
    }
}

/// Changes an application.
async fn act(
    (action, matches): (&str, &ArgMatches),
    settings: &Settings,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let name = matches.get_one::<String>("application");
    let name = name.map_or("", String::as_str);
    let changes = Changes::new(matches, terminal)?;
    let ends = ["stop", "restart", "delete"].contains(&action);
    if ends && !settings.dry_run {
        confirm::anything(&format!("{action} {name}"), settings, terminal)?;
    }
    let home = Home::new(settings, terminal).await?;
    let application = home.find(matches).await?;
    terminal.goes_on(format!(
        "whether `{name}` was changed is not known: `anypoint apps show {name}` tells"
    ));
    match action {
        "delete" => delete(&home, &application).await?,
        "scale" | "set" => changes.send(&home, &application).await?,
        action => change(&home, &application, action, terminal).await?,
    }
    output.note(&format!("{action} {name}: accepted"), terminal);
    match matches.try_get_one::<bool>("wait") {
        Ok(Some(true)) => {
            terminal.goes_on(super::wait::again(matches));
            let until = (action == "stop", given(matches));
            let application = home.find(matches).await?;
            super::wait::follow(&home, &application, until, output, terminal).await
        }
        _ => Ok(()),
    }
}

/// All of them, by the same members.
pub(crate) async fn list(home: &Home) -> Result<Value, Failure> {
    let mut all = Vec::new();
    let mut items = home.manager.list_deployments().items();
    while let Some(item) = items.next().await {
        let item = match item {
            Err(error) if is_elsewhere(&error) => break,
            item => item?,
        };
        let state = item.application.as_ref().and_then(|it| it.status.as_ref());
        let state = state.map(ToString::to_string);
        let provider = item.target.as_ref().and_then(|it| it.provider.as_ref());
        let platform = platform(provider);
        let status = item.status.as_ref().map(ToString::to_string);
        let runtime = item.current_runtime_version.clone();
        all.push(row(
            [&item.name, platform],
            [state.or(status), runtime, Some(item.id.to_string())],
        ));
    }
    let applications = there(home.cloudhub.list_applications().send().await)?;
    for item in applications.iter().flat_map(|answer| answer.iter()) {
        let status = item.status.as_ref().map(ToString::to_string);
        let runtime = item.mule_version.as_ref().and_then(|it| it.version.clone());
        all.push(row(
            [&item.domain, "CloudHub 1.0"],
            [status, runtime, item.id.clone()],
        ));
    }
    Ok(Value::List(all))
}

fn row([name, platform]: [&str; 2], [status, runtime, id]: [Option<String>; 3]) -> Value {
    let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
    let members = [
        ("name", Value::Text(name.to_owned())),
        ("status", text(status)),
        ("platform", Value::Text(platform.to_owned())),
        ("runtime", text(runtime)),
        ("id", text(id)),
    ];
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
}

fn show(
    application: &Application,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let (api, group) = match application {
        Application::CloudHub(_) => ("cloudhub", "applications"),
        Application::Managed(_) => ("application-manager", "deployments"),
    };
    let api = table::api(api)?;
    let json = match application {
        Application::CloudHub(application) => serde_json::to_string(application),
        Application::Managed(deployment) => serde_json::to_string(deployment),
    };
    let value: Result<Value, _> = json.and_then(|json| serde_json::from_str(&json));
    let value = value.map_err(|error| Failure::failed(error.to_string()))?;
    let ty = api.group(group).and_then(|it| it.command("get"));
    let output = Output::new(settings, Some(api))?;
    output.show(
        value,
        ty.map_or(&Ty::Json, table::Command::answer),
        terminal,
    )
}

async fn delete(home: &Home, application: &Application) -> Result<(), Failure> {
    match application {
        Application::CloudHub(it) => home.cloudhub.delete_application(&it.domain).send().await?,
        Application::Managed(it) => home.manager.delete_deployment(&it.id).send().await?,
    };
    Ok(())
}

/// Starts, stops or restarts it. What has no restart of its own is stopped and started.
async fn change(
    home: &Home,
    application: &Application,
    action: &str,
    terminal: &Terminal,
) -> Result<(), Failure> {
    match application {
        Application::CloudHub(it) => {
            let change = ApplicationStatusChange::new(StatusCommand::from(action));
            home.cloudhub
                .change_application_status(&it.domain, change)
                .send()
                .await?;
        }
        Application::Managed(it) => {
            let state = match action {
                "start" => DesiredState::Started,
                "stop" => DesiredState::Stopped,
                _ => {
                    let mut restart = home.anypoint.restart_deployment(&it.id);
                    if let Some(pause) = terminal.pause {
                        restart = restart.every(pause);
                    }
                    restart.await?;
                    return Ok(());
                }
            };
            let specification = ApplicationSpecification::new().desired_state(state);
            let update = DeploymentUpdate::new().application(specification);
            home.manager
                .update_deployment(&it.id, update)
                .send()
                .await?;
        }
    }
    Ok(())
}
