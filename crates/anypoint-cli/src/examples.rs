//! An example of each command, from its spec.

use crate::arguments::plain;
use crate::table::{self, Api, Body, Command, Encoding, Field, Group, Part, Place};

/// Whether an argument is a file that has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// As it is typed.
    Plain(String),
    /// A file to send, after this text.
    File(String),
}

/// All commands: the operation, and the words after `anypoint`.
///
/// # Errors
/// A table that cannot be read.
pub fn all() -> Result<Vec<(&'static str, Vec<Word>)>, String> {
    let mut all = Vec::new();
    for name in table::names() {
        let api = table::api(name).map_err(|failure| format!("{failure:?}"))?;
        for group in &api.groups {
            for command in &group.commands {
                all.push((command.id, words(api, group, command)));
            }
        }
    }
    Ok(all)
}

fn words(api: &Api, group: &Group, command: &Command) -> Vec<Word> {
    let names = [api.name, group.name, command.name].map(|it| Word::Plain(it.to_owned()));
    let mut words = Vec::from(names);
    let own = command
        .parameters
        .iter()
        .filter(|it| it.scope.is_none() && it.required);
    for parameter in own {
        let example = parameter.example.as_ref().map(plain).unwrap_or_default();
        words.push(Word::Plain(match parameter.place {
            Place::Path | Place::PathSegments => example,
            _ => format!("--{}={example}", parameter.flag),
        }));
    }
    let Some(body) = &command.body else {
        return words;
    };
    if body.encoding == Encoding::Binary {
        words.push(Word::File(String::new()));
        return words;
    }
    let mut example = body.example.clone().unwrap_or_default();
    for field in files(api, body) {
        let shown = example.as_object_mut().and_then(|it| it.remove(field.wire));
        let flag = body.flags.iter().find(|(_, wire)| *wire == field.wire);
        if let Some((flag, _)) = flag.filter(|_| shown.is_some() || field.required) {
            words.push(Word::File(format!("--{flag}=")));
        }
    }
    if !example.is_null() {
        words.push(Word::Plain(format!("--body={example}")));
    }
    words
}

/// The members of a form that are files.
fn files<'a>(api: &'a Api, body: &Body) -> impl Iterator<Item = &'a Field> {
    let fields = crate::arguments::fields(api, &body.ty).iter();
    fields.filter(|field| field.part == Some(Part::File))
}

/// A longer body is shown as a file; `--body-template` prints it.
const LONGEST: usize = 100;

/// The line that help shows.
pub(crate) fn line(api: &Api, group: &Group, command: &Command) -> String {
    let words = words(api, group, command);
    let words = words.iter().map(|word| match word {
        Word::Plain(text) if text.starts_with("--body=") && text.len() > LONGEST => {
            "--body=@body.json".to_owned()
        }
        Word::Plain(text) => quoted(text),
        Word::File(before) => format!("{before}app.jar"),
    });
    let words: Vec<_> = words.collect();
    format!("anypoint {}", words.join(" "))
}

/// As a shell takes it for one word.
pub(crate) fn quoted(text: &str) -> String {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@,%+".contains(letter);
    match !text.is_empty() && text.chars().all(safe) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
