//! `drift`: calls the operations that only read, and reports where their answers differ from the documentation.
//!
//! It names members, paths and types, and never a value, which may be private.

use std::collections::BTreeMap;

use anypoint_core::http::Method;
use clap::{Arg, ArgMatches, Command as Clap};

use crate::check::differences;
use crate::failure::Failure;
use crate::output::Output;
use crate::request::Request;
use crate::scope::Target;
use crate::settings::Settings;
use crate::table::{self, Api, Command, Gives, Scope, Ty};
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Clap {
    Clap::new("drift")
        .about("Calls what only reads, and shows where the answers differ from what is documented")
        .long_about(
            "Calls all operations of an API that only read and need nothing but organization and environment, and shows members, kinds \
             and values of enums that nobody has described. It names places, and never a value.",
        )
        .arg(Arg::new("api").value_name("API").required(true).value_parser(table::names().collect::<Vec<_>>()))
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let api = table::api(matches.get_one::<String>("api").map_or("", String::as_str))?;
    let mut found = Vec::new();
    let mut called = 0;
    for command in api.commands().filter(|it| only_reads(it)) {
        let answer = call(api, command, settings, terminal).await;
        called += 1;
        let differences = match answer {
            Ok(answer) => differences(api, command.answer(), &answer),
            Err(error) => BTreeMap::from([("answer".to_owned(), error.line())]),
        };
        for (place, problem) in differences {
            let members = [
                ("operation", command.id.to_owned()),
                ("place", place),
                ("problem", problem),
            ];
            let members = members.map(|(name, text)| (name.to_owned(), Value::Text(text)));
            found.push(Value::Object(members.into()));
        }
    }
    output.note(&format!("{called} operations were called"), terminal);
    output.show(Value::List(found), &Ty::Json, terminal)
}

fn only_reads(command: &Command) -> bool {
    let given = |scope: Option<Scope>| scope.is_some();
    command.method() == Method::Get
        && command.idempotent()
        && matches!(command.gives, Gives::Json(_))
        && command
            .parameters
            .iter()
            .all(|it| !it.required || given(it.scope))
}

async fn call(
    api: &'static Api,
    command: &'static Command,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<Value, Failure> {
    let target = Target::new(api, command, settings, terminal).await?;
    let request = Request::bare(api, command);
    let ids = target.ids(&request.scopes()).await?;
    let call = request.within(ids).call(&target.endpoint);
    Ok(call.send_json::<Value>().await?.into_value())
}
