//! The arguments of one operation, from its entry in the table.

use std::fmt::Write as _;

use anypoint_core::Json;
use clap::{Arg, ArgAction};

use crate::table::{Api, Body, Command, Encoding, Field, Gives, Parameter, Place, Shape, Ty};

/// All arguments, the positional ones in the order of the path.
pub(crate) fn of(api: &Api, command: &Command) -> Vec<Arg> {
    let own = command.parameters.iter().filter(|it| it.scope.is_none());
    let mut arguments: Vec<Arg> = own.map(|it| parameter(api, command, it)).collect();
    if let Some(body) = &command.body {
        arguments.extend(self::body(api, body));
    }
    if let Gives::Download = command.gives {
        let help = "Where the answer is written; without it, to the standard output";
        arguments.push(Arg::new("out").long("out").value_name("FILE").help(help));
    }
    if command.pages.is_some() {
        let help = "How many items are shown at most; all pages are read without it";
        let limit = Arg::new("limit").long("limit").value_name("NUMBER");
        arguments.push(limit.help(help).value_parser(clap::value_parser!(u64)));
    }
    arguments
}

fn parameter(api: &Api, command: &Command, parameter: &Parameter) -> Arg {
    let path = matches!(parameter.place, Place::Path | Place::PathSegments);
    let body = command.body.as_ref();
    let template = body.is_some_and(|it| it.encoding != Encoding::Binary);
    let about = described(
        api,
        &parameter.about,
        &parameter.ty,
        parameter.default.as_ref(),
    );
    let arg = value(Arg::new(parameter.flag), &parameter.ty, about);
    let arg = match path {
        true => arg.value_name(upper(parameter.flag)).num_args(1),
        false => arg.long(parameter.flag),
    };
    match parameter.required {
        // A template of the body is printed without anything else.
        true if template => arg.required_unless_present("body-template"),
        required => arg.required(required),
    }
}

fn body(api: &Api, body: &Body) -> Vec<Arg> {
    if body.encoding == Encoding::Binary {
        let file = Arg::new("file")
            .value_name("FILE")
            .help("The file that is sent");
        return vec![file.required(body.required)];
    }
    let about = body.about.trim();
    let example = format!(
        "JSON, @FILE, or - for the standard input; --set and the flags of its members come before it\n{about}"
    );
    let set = "Sets a member of the body: target.replicas=2, list[0].name=x, or NAME=@FILE for the text of a file";
    let general = [
        Arg::new("body")
            .long("body")
            .value_name("JSON|@FILE|-")
            .help(example.trim().to_owned()),
        Arg::new("set")
            .long("set")
            .value_name("PATH=VALUE")
            .action(ArgAction::Append)
            .help(set),
        Arg::new("body-template")
            .long("body-template")
            .action(ArgAction::SetTrue)
            .help("Prints a body to fill in, and sends nothing"),
        Arg::new("no-check")
            .long("no-check")
            .action(ArgAction::SetTrue)
            .help("Sends the body also where it differs from what is documented"),
    ];
    let fields = fields(api, &body.ty);
    let members = body.flags.iter().filter_map(|(flag, wire)| {
        let field = fields.iter().find(|field| field.wire == *wire)?;
        let about = described(api, &field.about, &field.ty, None);
        Some(value(Arg::new(*flag).long(*flag), &field.ty, about))
    });
    let members = members.map(|arg| arg.help_heading("Members of the body"));
    let general = general.into_iter().map(|arg| arg.help_heading("Body"));
    general.chain(members).collect()
}

/// The members of a model.
pub(crate) fn fields<'a>(api: &'a Api, ty: &Ty) -> &'a [Field] {
    let Ty::Named(name) = ty.present() else {
        return &[];
    };
    match api.shape(name) {
        Some(Shape::Model { fields, .. }) => fields,
        _ => &[],
    }
}

/// How a value is given.
fn value(arg: Arg, ty: &Ty, about: Option<String>) -> Arg {
    let arg = match about {
        Some(about) => arg.help(about),
        None => arg,
    };
    let arg = match ty.is_list() {
        true => arg.action(ArgAction::Append),
        false => arg.action(ArgAction::Set),
    };
    match ty.item() {
        Ty::Flag => arg
            .value_name("true|false")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        Ty::Integer | Ty::Number => arg.value_name("NUMBER").allow_negative_numbers(true),
        Ty::Time => arg.value_name("TIME"),
        Ty::Upload => arg.value_name("FILE"),
        Ty::Id(_) => arg.value_name("ID"),
        Ty::Json | Ty::Named(_) | Ty::Map(_) => arg.value_name("VALUE"),
        _ => arg.value_name("TEXT"),
    }
}

/// What help says about a value; nothing where its name says it all.
fn described(api: &Api, about: &str, ty: &Ty, default: Option<&Json>) -> Option<String> {
    let mut text = about.trim().to_owned();
    let values = api.values(ty);
    if !values.is_empty() {
        let _ = write!(text, "\n[known values: {}]", values.join(", "));
    }
    if let Some(default) = default {
        let _ = write!(text, "\n[the service's default: {}]", plain(default));
    }
    let text = text.trim_start();
    (!text.is_empty()).then(|| text.to_owned())
}

/// JSON as it is written on a command line.
pub(crate) fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `deployment-id` as a placeholder: `DEPLOYMENT-ID`.
fn upper(name: &str) -> String {
    name.to_uppercase()
}
