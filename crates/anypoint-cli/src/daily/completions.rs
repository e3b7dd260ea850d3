//! `completions`: completions for shells.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::failure::Failure;
use crate::terminal::Terminal;
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
pub(crate) fn candidates(matches: &ArgMatches, terminal: &mut Terminal) -> Result<(), Failure> {
    let words = words(matches, "words");
    let Some((last, before)) = words.split_last() else {
        return Ok(());
    };
    let tree = tree(before)?;
    let mut here = &tree;
    for word in before {
        here = here.find_subcommand(word).unwrap_or(here);
    }
    let commands = here.get_subcommands().filter(|it| !it.is_hide_set());
    let commands = commands.map(|it| {
        (
            it.get_name().to_owned(),
            it.get_about().map(ToString::to_string),
        )
    });
    let flags = here.get_arguments().filter_map(|it| {
        let help = it.get_help().map(ToString::to_string);
        Some((format!("--{}", it.get_long()?), help))
    });
    let all: Vec<_> = match last.starts_with('-') {
        true => flags.collect(),
        false => commands.collect(),
    };
    let lines = all
        .into_iter()
        .filter(|(word, _)| word.starts_with(last.as_str()));
    let lines = lines.map(|(word, about)| {
        let about = about.unwrap_or_default();
        format!("{word}\t{}\n", about.lines().next().unwrap_or_default())
    });
    terminal.print(&lines.collect::<String>())
}
