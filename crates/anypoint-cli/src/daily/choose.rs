//! `use`: where one works, from one run to the next.

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::failure::Failure;
use crate::output::Output;
use crate::profiles::{Profiles, name};
use crate::scope;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Command {
    Command::new("use")
        .about("Chooses environment, organization, region and host of a profile")
        .long_about(
            "Chooses the environment for all further commands, and with --organization and --host these. Names are looked up before \
             they are kept in the profile. --region is where `deploy` runs what is new, and the region of what is created in \
             CloudHub where it is not given. --production marks the profile, and --production=false takes the mark away.",
        )
        .arg(Arg::new("name").value_name("ENVIRONMENT").help("By name or id"))
        .arg(
            Arg::new("region")
                .long("region")
                .value_name("NAME|ID")
                .help("The region of CloudHub for what is created and deployed; an empty one chooses none"),
        )
        .arg(production())
}

/// Marks a profile, or takes the mark away.
pub(crate) fn production() -> Arg {
    Arg::new("production")
        .long("production")
        .value_name("true|false")
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
        .value_parser(value_parser!(bool))
        .help("The profile is for production: what deletes or stops asks for its name")
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let environment = matches.get_one::<String>("name").cloned();
    let settings = Settings {
        environment: environment.or_else(|| settings.environment.clone()),
        organization: settings.organization.clone(),
        host: settings.host.clone(),
        profile: settings.profile.clone(),
        ..Settings::default()
    };
    let mut members = chosen(matches, &settings);
    let wanted = matches.get_one::<String>("region");
    if members.is_empty() && wanted.is_none() {
        return Err(
            Failure::usage("nothing is chosen").hint("anypoint use Sandbox --organization Acme")
        );
    }
    let profile = name(&settings, terminal);
    let is_place = members.iter().any(|(name, _)| *name != "production");
    let place = match is_place {
        true => Some(scope::platform(&settings, terminal)?.scope().await?),
        false => None,
    };
    let region = match wanted.map(|wanted| wanted.trim()) {
        Some(wanted) if !wanted.is_empty() => Some(region(wanted, &settings, terminal).await?),
        _ => None,
    };
    let shown = region.as_ref().map(|region| format!("region {region}, "));
    if wanted.is_some() {
        members.push(("region", region.map(Value::Text)));
    }
    Profiles::change(terminal, |profiles| profiles.set(&profile, members))?;
    let place = place.map_or_else(String::new, |it| {
        format!("{} of {}, ", it.environment.name, it.organization.name)
    });
    let shown = shown.unwrap_or_default();
    output.note(
        &format!("{place}{shown}in the profile `{profile}`"),
        terminal,
    );
    let overruled = ["ANYPOINT_ENV", "ANYPOINT_ORG"]
        .into_iter()
        .find(|name| terminal.variable(name).is_some());
    if let Some(variable) = overruled {
        terminal.say(&format!("warning: {variable} is set and comes first"));
    }
    Ok(())
}

/// The id of a region that CloudHub knows, by its id or name.
async fn region(wanted: &str, settings: &Settings, terminal: &Terminal) -> Result<String, Failure> {
    let cloudhub = scope::platform(settings, terminal)?.cloudhub();
    let regions = cloudhub.list_regions().send().await?.into_value();
    let is_it = |text: &str| text.eq_ignore_ascii_case(wanted);
    let mut all = regions.iter();
    let found = all.find(|it| is_it(&it.id) || it.name.as_deref().is_some_and(is_it));
    found.map(|it| it.id.clone()).ok_or_else(|| {
        let known = regions.iter().map(|it| match &it.name {
            Some(name) => format!("{} ({name})", it.id),
            None => it.id.clone(),
        });
        let known = known.collect::<Vec<_>>().join(", ");
        Failure::usage(format!("there is no region `{wanted}`")).hint(known)
    })
}

/// What the flags say about a profile; nothing else of it is changed.
pub(crate) fn chosen(
    matches: &ArgMatches,
    settings: &Settings,
) -> Vec<(&'static str, Option<Value>)> {
    let places = [
        ("organization", &settings.organization),
        ("environment", &settings.environment),
        ("host", &settings.host),
    ];
    let places = places.into_iter().filter_map(|(name, place)| {
        let place = place.clone()?;
        Some((name, Some(Value::Text(place))))
    });
    let mark = matches.get_one::<bool>("production");
    // A profile without the mark is as before there was one.
    let mark = mark.map(|mark| ("production", mark.then_some(Value::Flag(true))));
    places.chain(mark).collect()
}
