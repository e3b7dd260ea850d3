//! `apps set` and `apps scale`: replicas, runtime and properties of an application, on either platform.

use std::collections::BTreeMap;

use anypoint::application_manager::types::{Deployment, DeploymentUpdate, Target};
use anypoint::cloudhub::types::{
    Application as CloudHubApplication, ApplicationSettings, ApplicationUpdate, PropertyOptions,
    RuntimeSelection, WorkerSelection,
};
use anypoint::{Error, ErrorKind};
use anypoint_core::Secret;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use super::application::{Application, Home};
use crate::body;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// What is to change; what is not named stays as it is.
#[derive(Default)]
pub(crate) struct Changes {
    replicas: Option<u32>,
    runtime: Option<String>,
    plain: BTreeMap<String, String>,
    secure: BTreeMap<String, Secret>,
}

pub(crate) fn arguments(command: Command) -> Command {
    let replicas = Arg::new("replicas")
        .long("replicas")
        .visible_alias("workers")
        .value_name("NUMBER")
        .value_parser(value_parser!(u32).range(1..))
        .help("How many replicas or workers it has");
    let runtime = Arg::new("runtime")
        .long("runtime")
        .value_name("VERSION")
        .help("The version of Mule, such as 4.9.0");
    let property = Arg::new("property")
        .long("property")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .help("Sets a property");
    let secure = Arg::new("secure-property")
        .long("secure-property")
        .value_name("NAME=@FILE|NAME=-")
        .action(ArgAction::Append)
        .help("Sets a secure property to the text of a file, or to the first line of the standard input");
    let all = ["replicas", "runtime", "property", "secure-property"];
    let group = ArgGroup::new("changes").args(all);
    command
        .args([replicas, runtime, property, secure])
        .group(group.required(true).multiple(true))
}

impl Changes {
    /// What the arguments say, which may be nothing.
    pub(crate) fn new(matches: &ArgMatches, terminal: &mut Terminal) -> Result<Self, Failure> {
        let mut changes = Self {
            replicas: one(matches, "replicas"),
            runtime: one(matches, "runtime"),
            ..Self::default()
        };
        for text in many(matches, "property") {
            let (name, value) = assignment("--property", text)?;
            changes.plain.insert(name.to_owned(), value.to_owned());
        }
        for text in many(matches, "secure-property") {
            let (name, source) = assignment("--secure-property", text)?;
            let value = secret(name, source, terminal)?;
            changes.secure.insert(name.to_owned(), value);
        }
        Ok(changes)
    }

    pub(crate) async fn send(&self, home: &Home, to: &Application) -> Result<(), Failure> {
        match to {
            Application::CloudHub(it) => self.change_application(home, it).await,
            Application::Managed(it) => self.change_deployment(home, it).await,
        }
    }

    async fn change_application(
        &self,
        home: &Home,
        it: &CloudHubApplication,
    ) -> Result<(), Failure> {
        let mut settings = ApplicationSettings::new();
        if let Some(replicas) = self.replicas {
            let size = it
                .workers
                .as_ref()
                .and_then(|workers| workers.type_.clone());
            let size = size.ok_or_else(|| {
                Failure::failed("the service does not say how large the workers are")
            })?;
            settings = settings.workers(WorkerSelection::new(replicas.into(), size));
        }
        if let Some(runtime) = &self.runtime {
            settings = settings.mule_version(RuntimeSelection::new().version(runtime));
        }
        if self.has_properties() {
            settings = settings
                .properties(self.properties(it)?)
                .properties_options(self.options(it));
        }
        let update = ApplicationUpdate::new().application_info(settings);
        let update = home.cloudhub.update_application(&it.domain, update);
        update.send().await?;
        Ok(())
    }

    fn has_properties(&self) -> bool {
        !(self.plain.is_empty() && self.secure.is_empty())
    }

    /// All properties, for CloudHub 1.0 replaces them. What it shows of a secure one is a mask, which would take its place.
    fn properties(&self, it: &CloudHubApplication) -> Result<BTreeMap<String, Secret>, Failure> {
        let mut all = it.properties.clone();
        all.extend(
            self.plain
                .iter()
                .map(|(name, value)| (name.clone(), Secret::from(value.as_str()))),
        );
        all.extend(self.secure.clone());
        let is_secure = |name: &String| {
            let options = it.properties_options.get(name);
            options.is_some_and(|it| it.secure == Some(true))
        };
        let given = |name: &String| self.plain.contains_key(name) || self.secure.contains_key(name);
        match all.keys().find(|name| is_secure(name) && !given(name)) {
            Some(name) => Err(Failure::usage(format!(
                "CloudHub 1.0 takes all properties at once, and does not show the value of the secure one `{name}`"
            ))
            .hint(format!("--secure-property {name}=@FILE"))),
            None => Ok(all),
        }
    }

    fn options(&self, it: &CloudHubApplication) -> BTreeMap<String, PropertyOptions> {
        let mut all = it.properties_options.clone();
        for name in self.plain.keys() {
            all.remove(name);
        }
        for name in self.secure.keys() {
            all.insert(name.clone(), PropertyOptions::new().secure(true));
        }
        all
    }

    /// The properties first: they are refused where secure ones are missing, before anything has changed.
    async fn change_deployment(&self, home: &Home, it: &Deployment) -> Result<(), Failure> {
        if self.has_properties() {
            let change = home.manager.change_properties(&it.id);
            let plain = self.plain.iter();
            let change = plain.fold(change, |change, (name, value)| change.set(name, value));
            let secure = self.secure.iter();
            let change = secure.fold(change, |change, (name, value)| {
                change.set_secret(name, value.clone())
            });
            change.send().await.map_err(needs_secure)?;
        }
        if let Some(target) = self.target(it) {
            let update = DeploymentUpdate::new().target(target);
            let update = home.manager.update_deployment(&it.id, update);
            update.send().await?;
        }
        Ok(())
    }

    /// The target with other replicas and another runtime.
    fn target(&self, it: &Deployment) -> Option<Target> {
        if self.replicas.is_none() && self.runtime.is_none() {
            return None;
        }
        let mut target = it.target.clone().unwrap_or_default();
        if let Some(replicas) = self.replicas {
            target.replicas = Some(i64::from(replicas).into());
        }
        if let Some(runtime) = &self.runtime {
            let settings = target.deployment_settings.get_or_insert_default();
            settings.runtime.get_or_insert_default().version = Some(runtime.clone());
            // The same in the older form, where there is that.
            if let Some(version) = &mut settings.runtime_version {
                version.clone_from(runtime);
            }
        }
        Some(target)
    }
}

/// What to type where a change of properties is refused.
fn needs_secure(error: Error) -> Failure {
    let refused = error.kind() == ErrorKind::InvalidRequest;
    match (Failure::from(error), refused) {
        (failure, true) => {
            failure.hint("give each with --secure-property NAME=@FILE, unchanged ones, too")
        }
        (failure, false) => failure,
    }
}

fn one<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Option<T> {
    matches.try_get_one::<T>(name).ok().flatten().cloned()
}

fn many<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a str> {
    let texts = matches.try_get_many::<String>(name).ok().flatten();
    texts.into_iter().flatten().map(String::as_str)
}

fn assignment<'a>(flag: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let parts = text.split_once('=').filter(|(name, _)| !name.is_empty());
    parts.ok_or_else(|| Failure::usage(format!("{flag}: `{text}` is no NAME=VALUE")))
}

/// A secret, which is never an argument.
fn secret(name: &str, source: &str, terminal: &mut Terminal) -> Result<Secret, Failure> {
    let text = match (source, source.strip_prefix('@')) {
        ("-", _) => terminal.secret(&format!("{name}: "))?,
        (_, Some(path)) => body::read(path)?.trim_end_matches(['\n', '\r']).to_owned(),
        _ => {
            let problem = format!("--secure-property {name}: a secret is no argument");
            let hint = format!("{name}=@FILE, or {name}=- for the standard input");
            return Err(Failure::usage(problem).hint(hint));
        }
    };
    Ok(Secret::from(text))
}
