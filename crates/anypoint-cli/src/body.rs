//! The body of a request: from `--body`, then `--set`, then the flags of its members.

use std::io::ErrorKind;
use std::path::Path;

use clap::ArgMatches;

use crate::arguments::fields;
use crate::check::check;
use crate::failure::Failure;
use crate::path::{assignment, put, ty};
use crate::shape::value;
use crate::table::{Api, Body, Encoding, Ty};
use crate::terminal::Terminal;
use crate::value::Value;

/// The member that says where something is created.
const REGION: &str = "region";

/// Whether a body says where something is created.
pub(crate) fn has_region(api: &Api, body: &Body) -> bool {
    let mut fields = fields(api, &body.ty).iter();
    fields.any(|field| field.wire == REGION && matches!(field.ty.present(), Ty::Text))
}

/// What is to be sent; nothing where nothing was given.
pub(crate) fn given(
    api: &Api,
    body: &Body,
    matches: &ArgMatches,
    region: Option<String>,
    terminal: &mut Terminal,
) -> Result<Option<Value>, Failure> {
    let mut whole = match matches.get_one::<String>("body") {
        Some(text) => Some(written(text, terminal)?),
        None => None,
    };
    for text in matches.get_many::<String>("set").into_iter().flatten() {
        let (steps, text) = assignment(text)?;
        let text = from_file(text)?;
        let name = || format!("--set {text}");
        let value = value(ty(api, &body.ty, &steps), &text, &name())?;
        let whole = whole.get_or_insert_default();
        put(whole, &steps, value).map_err(|problem| Failure::usage(format!("--set: {problem}")))?;
    }
    for (flag, wire) in &body.flags {
        if let Some(member) = flagged(api, body, matches, flag, wire)? {
            let steps = [crate::path::Step::Member((*wire).to_owned())];
            let whole = whole.get_or_insert_default();
            put(whole, &steps, member)
                .map_err(|problem| Failure::usage(format!("--{flag}: {problem}")))?;
        }
    }
    if let (Some(Value::Object(members)), Some(region)) = (&mut whole, region)
        && members.iter().all(|(name, _)| name != REGION)
    {
        terminal.say(&format!(
            "region {region}, as `anypoint use --region` has it"
        ));
        members.push((REGION.to_owned(), Value::Text(region)));
    }
    if whole.is_none() && body.required && body.encoding != Encoding::Multipart {
        return Err(Failure::usage(
            "this needs a body: --body, --set, or the flags of its members",
        )
        .hint("--body-template prints one to fill in"));
    }
    checked(api, body, whole, matches, terminal)
}

fn checked(
    api: &Api,
    body: &Body,
    whole: Option<Value>,
    matches: &ArgMatches,
    terminal: &mut Terminal,
) -> Result<Option<Value>, Failure> {
    let Some(value) = &whole else {
        return Ok(None);
    };
    let findings = check(api, &body.ty, value);
    if !findings.wrong.is_empty() && !matches.get_flag("no-check") {
        return Err(Failure::usage(findings.wrong.join("\n  "))
            .hint("--help names all members, --body-template prints an example; --no-check sends it as it is"));
    }
    for odd in findings.odd {
        terminal.say(&format!("warning: {odd}"));
    }
    Ok(whole)
}

/// The value of a member's flag.
fn flagged(
    api: &Api,
    body: &Body,
    matches: &ArgMatches,
    flag: &str,
    wire: &str,
) -> Result<Option<Value>, Failure> {
    let Some(texts) = matches.get_many::<String>(flag) else {
        return Ok(None);
    };
    let mut fields = fields(api, &body.ty).iter();
    let ty = fields
        .find(|field| field.wire == wire)
        .map_or(&Ty::Json, |field| &field.ty);
    let name = format!("--{flag}");
    let values: Result<Vec<_>, _> = texts.map(|text| value(ty.item(), text, &name)).collect();
    let mut values = values?;
    Ok(match ty.is_list() {
        true => Some(Value::List(values)),
        false => values.pop(),
    })
}

/// JSON from an argument, a file or the standard input.
pub(crate) fn written(text: &str, terminal: &mut Terminal) -> Result<Value, Failure> {
    let (source, text) = match text {
        "-" => ("standard input".to_owned(), terminal.read()?),
        _ => match text.strip_prefix('@') {
            Some(path) => (path.to_owned(), read(path)?),
            None => ("--body".to_owned(), text.to_owned()),
        },
    };
    serde_json::from_str(&text).map_err(|error| {
        let line = text
            .lines()
            .nth(error.line().saturating_sub(1))
            .unwrap_or_default();
        let place = " ".repeat(error.column().saturating_sub(1).min(line.chars().count()));
        Failure::usage(format!(
            "{source} is not JSON: {error}\n  {line}\n  {place}^"
        ))
    })
}

fn from_file(text: &str) -> Result<String, Failure> {
    match text.strip_prefix('@') {
        Some(path) => Ok(read(path)?.trim_end_matches(['\n', '\r']).to_owned()),
        None => Ok(text.to_owned()),
    }
}

pub(crate) fn read(path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| missing(path, &error))
}

/// That a file is there, before a request begins.
pub(crate) fn must_exist(path: &str) -> Result<(), Failure> {
    match Path::new(path).metadata() {
        Ok(facts) if facts.is_dir() => {
            Err(Failure::usage(format!("{path} is a folder, not a file")))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(missing(path, &error)),
    }
}

fn missing(path: &str, error: &std::io::Error) -> Failure {
    match (path, error.kind()) {
        ("", _) => Failure::usage("the name of the file is empty"),
        (_, ErrorKind::NotFound) => Failure::usage(format!("{path} is not there"))
            .hint("a path begins in the folder where the program was started, or with /"),
        _ => Failure::usage(format!("{path} cannot be read: {error}"))
            .hint("check what it is, and who may read it"),
    }
}

/// A body to fill in.
pub(crate) fn template(body: &Body) -> Value {
    body.example
        .as_ref()
        .map_or(Value::Object(Vec::new()), Value::from)
}
