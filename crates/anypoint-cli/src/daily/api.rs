//! `api`: sends a request with any method and path.

use anypoint_core::http::Method;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::body::written;
use crate::confirm;
use crate::failure::Failure;
use crate::output::Output;
use crate::scope::{anonymous, platform};
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;

const METHODS: [Method; 7] = [
    Method::Get,
    Method::Head,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
    Method::Options,
];

pub(crate) fn command() -> Command {
    let methods = METHODS.map(Method::as_str);
    Command::new("api")
        .about("Sends a request of any method and path, with the token, the retries and the masks of all others")
        .arg(Arg::new("method").value_name("METHOD").required(true).value_parser(methods).ignore_case(true))
        .arg(Arg::new("path").value_name("PATH").required(true).help("Such as /accounts/api/me"))
        .arg(
            Arg::new("field")
                .long("field")
                .short('f')
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help("A query parameter"),
        )
        .arg(
            Arg::new("body")
                .long("body")
                .value_name("JSON|@FILE|-")
                .help("The body: JSON, a file of it, or - for the standard input"),
        )
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let name = text("method").to_uppercase();
    let method = METHODS
        .into_iter()
        .find(|it| it.as_str() == name)
        .unwrap_or(Method::Get);
    let output = Output::new(settings, None)?;
    let (path, query) = text("path").split_once('?').unwrap_or((text("path"), ""));
    let body = match matches.get_one::<String>("body") {
        Some(given) => Some(written(given, terminal)?),
        None => None,
    };
    if method == Method::Delete && !settings.dry_run {
        confirm::anything(&format!("{name} {path}"), settings, terminal)?;
    }
    if !matches!(method, Method::Get | Method::Head) {
        terminal.goes_on(confirm::MAYBE);
    }
    let anypoint = match platform(settings, terminal) {
        // Nothing is sent, so no credentials are needed.
        Err(_) if settings.dry_run => anonymous(settings, terminal).build()?,
        found => found?,
    };
    let mut request = anypoint.session().request(method, path);
    let fields = matches
        .get_many::<String>("field")
        .into_iter()
        .flatten()
        .map(String::as_str);
    for field in query.split('&').filter(|it| !it.is_empty()).chain(fields) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        request = request.query(name, value);
    }
    if let Some(body) = &body {
        request = request.json(body);
    }
    match request.send_json::<Value>().await?.into_value() {
        Value::Null => output.done(&format!("{name} {path}"), terminal),
        answer => output.show(answer, &Ty::Json, terminal)?,
    }
    Ok(())
}
