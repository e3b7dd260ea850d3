//! `completions`: completions for shells.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::names::{Kind, names};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::{Terminal, is_harmful};
use crate::tree;

/// The shells, and the lines that make each of them ask this program for the words that may follow.
const SHELLS: [(&str, &str); 4] = [
    ("bash", include_str!("completions/bash.sh")),
    ("fish", include_str!("completions/fish.fish")),
    ("powershell", include_str!("completions/powershell.ps1")),
    ("zsh", include_str!("completions/zsh.zsh")),
];

pub(crate) fn completions() -> Command {
    Command::new("completions")
        .about("Prints the lines that make a shell complete commands and flags")
        .long_about("Prints the lines that make a shell complete commands and flags: `eval \"$(anypoint completions bash)\"`.")
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(SHELLS.map(|(name, _)| name)))
}

/// What the shells ask.
pub(crate) fn complete() -> Command {
    Command::new("complete")
        .hide(true)
        .disable_help_flag(true)
        .arg(
            Arg::new("words")
                .action(ArgAction::Append)
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true),
        )
}

fn words(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches
        .get_many::<String>(name)
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}

/// The tree for these words.
fn tree(words: &[String]) -> Result<Command, Failure> {
    let words = std::iter::once("anypoint".to_owned()).chain(words.iter().cloned());
    let words: Vec<OsString> = words.map(OsString::from).collect();
    let mut tree = tree::for_arguments(&words)?;
    tree.build();
    Ok(tree)
}

pub(crate) fn script(matches: &ArgMatches, terminal: &mut Terminal) -> Result<(), Failure> {
    let shell = matches
        .get_one::<String>("shell")
        .map_or("", String::as_str);
    let script = SHELLS.iter().find(|(name, _)| *name == shell);
    terminal.print(script.map_or("", |(_, lines)| lines))
}

/// The words that may stand in the place of the last one, each with what it is for behind a tab.
pub(crate) async fn candidates(
    matches: &ArgMatches,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let words = words(matches, "words");
    let Some((last, before)) = words.split_last() else {
        return Ok(());
    };
    let tree = tree(before)?;
    let mut here = &tree;
    for word in before {
        here = here.find_subcommand(word).unwrap_or(here);
    }
    let all = match named(here, before).filter(|_| !last.starts_with('-')) {
        Some(kind) => {
            let names = names(kind, &chosen(before), terminal).await;
            names.into_iter().map(|name| (name, None)).collect()
        }
        None => known(here, last.starts_with('-')),
    };
    let fits = |word: &str| word.starts_with(last.as_str()) && !word.contains(is_harmful);
    let lines = all.into_iter().filter(|(word, _)| fits(word));
    let lines = lines.map(|(word, about)| {
        let about = about.unwrap_or_default();
        format!("{word}\t{}\n", about.lines().next().unwrap_or_default())
    });
    terminal.print(&lines.collect::<String>())
}

/// The flags or the commands that may follow.
fn known(here: &Command, flags: bool) -> Vec<(String, Option<String>)> {
    let commands = here.get_subcommands().filter(|it| !it.is_hide_set());
    let commands = commands.map(|it| {
        (
            it.get_name().to_owned(),
            it.get_about().map(ToString::to_string),
        )
    });
    let all = here.get_arguments().filter_map(|it| {
        let help = it.get_help().map(ToString::to_string);
        Some((format!("--{}", it.get_long()?), help))
    });
    match flags {
        true => all.collect(),
        false => commands.collect(),
    }
}

/// Of what the next word is a name, if it is one.
fn named(here: &Command, before: &[String]) -> Option<Kind> {
    let flag = before.last().and_then(|word| word.strip_prefix("--"));
    if flag == Some("environment") {
        return Some(Kind::Environments);
    }
    let mut arguments = here.get_arguments();
    let flag = arguments.find(|it| it.get_long().is_some() && it.get_long() == flag);
    if flag.is_some_and(|it| it.get_action().takes_values()) {
        return None;
    }
    let at = before.iter().rposition(|word| word == here.get_name())?;
    // What stands behind a flag may be its value: there are no names then, rather than wrong ones.
    let is_first = before[at + 1..].iter().all(|word| word.starts_with('-'));
    let first = here.get_positionals().next().filter(|_| is_first)?;
    match (here.get_name(), first.get_id().as_str()) {
        (_, "application") => Some(Kind::Applications),
        ("use", _) => Some(Kind::Environments),
        _ => None,
    }
}

/// Where the names are, by the flags so far.
fn chosen(words: &[String]) -> Settings {
    let value = |flag: &str| {
        let at = words.iter().rposition(|word| word == flag)?;
        words.get(at + 1).cloned()
    };
    Settings {
        organization: value("--organization"),
        environment: value("--environment"),
        host: value("--host"),
        profile: value("--profile"),
        ..Settings::default()
    }
}
