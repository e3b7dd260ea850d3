//! `man`: manual pages, one on the screen or all of them as files.

use std::ffi::OsString;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::tree;

pub(crate) fn command() -> Command {
    Command::new("man")
        .about("Prints a manual page: `anypoint man cloudhub vpcs create | man -l -`")
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .action(ArgAction::Append)
                .num_args(0..),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FOLDER")
                .conflicts_with("command")
                .help("Writes the pages of all commands to a folder instead"),
        )
}

pub(crate) fn perform(matches: &ArgMatches, terminal: &mut Terminal) -> Result<(), Failure> {
    if let Some(folder) = matches.get_one::<String>("out") {
        return all(Path::new(folder), terminal);
    }
    let words: Vec<&str> = matches
        .get_many::<String>("command")
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let given = std::iter::once("anypoint").chain(words.iter().copied());
    let given: Vec<OsString> = given.map(OsString::from).collect();
    let mut tree = tree::for_arguments(&given)?;
    tree.build();
    let mut here = &tree;
    let mut name = "anypoint".to_owned();
    for word in words {
        let next = here.find_subcommand(word);
        here = next.ok_or_else(|| Failure::usage(format!("there is no command `{word}`")))?;
        name = format!("{name}-{word}");
    }
    terminal.write(&page(here, name)?)
}

/// The page of each command, as `anypoint-cloudhub-vpcs.1`.
fn all(folder: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let unwritable = |path: &Path, error: std::io::Error| {
        Failure::failed(format!("{} cannot be written: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    let mut tree = tree::whole()?;
    tree.build();
    let mut left = vec![("anypoint".to_owned(), &tree)];
    let mut count = 0;
    while let Some((name, command)) = left.pop() {
        let path = folder.join(format!("{name}.1"));
        let page = page(command, name.clone())?;
        std::fs::write(&path, page).map_err(|error| unwritable(&path, error))?;
        count += 1;
        let below = command.get_subcommands().filter(|it| !it.is_hide_set());
        left.extend(below.map(|it| (format!("{name}-{}", it.get_name()), it)));
    }
    terminal.say(&format!("{count} pages are in {}", folder.display()));
    Ok(())
}

fn page(command: &Command, name: String) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(name)
        .render(&mut page)?;
    Ok(page)
}
