//! The tree of commands. Only the part that the arguments can reach is built, because about 300 operations have about 2,000
//! arguments.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::Command;

use crate::failure::Failure;
use crate::table::{self, Api, Group};
use crate::{arguments, daily, examples, settings};

/// The tree for these arguments.
pub(crate) fn for_arguments(given: &[OsString]) -> Result<Command, Failure> {
    let words: Vec<&str> = given.iter().skip(1).filter_map(|it| it.to_str()).collect();
    tree(&|name| words.contains(&name))
}

/// The tree with everything in it.
pub(crate) fn whole() -> Result<Command, Failure> {
    tree(&|_| true)
}

/// The end of each page of help but the first.
const MORE: &str = "`anypoint --help` lists the options of all commands: output, organization, environment and others.";

type Wanted<'a> = &'a dyn Fn(&str) -> bool;

fn tree(wanted: Wanted<'_>) -> Result<Command, Failure> {
    let daily = daily::commands();
    let named = table::names().any(wanted) || daily.iter().any(|it| wanted(it.get_name()));
    let listed = !named;
    let mut root = Command::new("anypoint")
        .version(env!("CARGO_PKG_VERSION"))
        .about("MuleSoft Anypoint Platform on the command line")
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(settings::arguments(listed))
        .subcommands(&daily);
    if listed {
        root = root.help_template(overview(&daily));
    }
    for name in table::names() {
        root = root.subcommand(match wanted(name) {
            true => api(table::api(name)?, wanted),
            false => Command::new(name),
        });
    }
    Ok(root)
}

/// The page that lists all commands, those of the APIs apart.
fn overview(daily: &[Command]) -> String {
    let mut text =
        "{about}\n\n{usage-heading} anypoint [OPTIONS] COMMAND\n\nCommands:\n".to_owned();
    for command in daily.iter().filter(|it| !it.is_hide_set()) {
        let about = command.get_about().map(ToString::to_string);
        let _ = writeln!(
            text,
            "  {:<22}{}",
            command.get_name(),
            about.unwrap_or_default()
        );
    }
    text += "\nOperations of the APIs, each as `anypoint API GROUP OPERATION`:\n";
    for name in table::names() {
        let _ = writeln!(text, "  {name:<22}{}", table::title(name));
    }
    text += "\n{all-args}\n\n`anypoint COMMAND --help` says more. Without an account: `anypoint emulator`.\n";
    // The lists are above.
    text.replace("{all-args}", "Options:\n{options}")
}

fn api(api: &'static Api, wanted: Wanted<'_>) -> Command {
    let groups = api.groups.iter().map(|it| group(api, it, wanted));
    branch(api.name, &api.title).subcommands(groups)
}

fn group(api: &'static Api, group: &'static Group, wanted: Wanted<'_>) -> Command {
    let here = branch(group.name, &group.about);
    if !wanted(group.name) {
        return here;
    }
    here.subcommands(group.commands.iter().map(|it| leaf(api, group, it, wanted)))
}

fn branch(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .after_help(MORE)
}

fn leaf(
    api: &'static Api,
    group: &'static Group,
    command: &'static table::Command,
    wanted: Wanted<'_>,
) -> Command {
    let leaf = Command::new(command.name).about(&*command.summary);
    if !wanted(command.name) {
        return leaf;
    }
    leaf.long_about(long_about(api, command))
        .after_help(after(api, group, command))
        .args(arguments::of(api, command))
}

fn long_about(api: &Api, command: &table::Command) -> String {
    let mut text = command.summary.to_string();
    if command.deprecated {
        text += "\n\nDeprecated: the service advises against it.";
    }
    if !command.about.is_empty() {
        let _ = write!(text, "\n\n{}", command.about.trim());
    }
    let _ = write!(
        text,
        "\n\n{} {}{}",
        command.method(),
        api.base,
        command.path
    );
    text
}

fn after(api: &Api, group: &Group, command: &table::Command) -> String {
    let mut text = format!("Example:\n  {}\n", examples::line(api, group, command));
    if !command.refusals.is_empty() {
        text += "\nErrors:\n";
    }
    for (status, meaning) in &command.refusals {
        let meaning = meaning.trim().replace('\n', "\n       ");
        let _ = writeln!(text, "  {status}  {meaning}");
    }
    format!("{text}\n{MORE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two flags or commands of one name, and whatever else a parser cannot have.
    #[test]
    fn the_whole_tree_is_consistent() {
        whole().unwrap().debug_assert();
    }

    #[test]
    fn only_the_part_that_the_arguments_name_is_built() {
        let arguments = ["anypoint", "cloudhub", "applications", "list"].map(OsString::from);
        let tree = for_arguments(&arguments).unwrap();
        let api = |name: &str| tree.find_subcommand(name).unwrap();
        assert_eq!(api("mmc").get_subcommands().count(), 0);
        let applications = api("cloudhub").find_subcommand("applications").unwrap();
        let list = |name: &str| {
            applications
                .find_subcommand(name)
                .unwrap()
                .get_arguments()
                .count()
        };
        assert!(list("list") > 0);
        assert_eq!(list("create"), 0);
    }
}
