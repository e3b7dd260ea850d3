//! `cargo xtask <command>`: parses the arguments, runs the command, and returns the exit code.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::codegen::diag::Diagnostics;
use xtask::codegen::{self, manifest, source};
use xtask::diff::{self, Audience, Form};
use xtask::{ci, deps, dist, explain, measure, new, packages, pages, release, test, tidy};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Project automation")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generates the client crates from the specs
    Codegen {
        /// Only this API, by its name in specs/apis.toml
        #[arg(long, value_name = "NAME", conflicts_with = "spec")]
        api: Option<String>,
        /// A spec that need not be in specs/apis.toml
        #[arg(long, value_name = "FILE", requires = "out")]
        spec: Option<std::path::PathBuf>,
        /// The folder for the crate of that spec; the crate has the folder's name
        #[arg(long, value_name = "DIR", requires = "spec", conflicts_with = "check")]
        out: Option<std::path::PathBuf>,
        /// Change nothing; exit with 1 if the tree differs from the output for the specs
        #[arg(long)]
        check: bool,
        /// Print complaints as JSON, one per line, on standard output
        #[arg(long)]
        json: bool,
    },
    /// Prints the contract of an API as JSON: names, types and facts
    Contract {
        /// The API, by its name in specs/apis.toml
        #[arg(long, value_name = "NAME")]
        api: String,
    },
    /// Prints the contract of APIs in the form of the pages in tests/snapshots/surface
    Surface {
        /// Only this API, by its name in specs/apis.toml
        #[arg(long, value_name = "NAME", conflicts_with = "spec")]
        api: Option<String>,
        /// A spec that need not be in specs/apis.toml
        #[arg(long, value_name = "FILE")]
        spec: Option<std::path::PathBuf>,
        /// Write the pages to tests/snapshots/surface instead
        #[arg(long, conflicts_with = "spec")]
        write: bool,
    },
    /// Checks one spec, which need not be in specs/apis.toml, and writes nothing
    Lint {
        /// The spec
        file: std::path::PathBuf,
        /// Print complaints as JSON, one per line, on standard output
        #[arg(long)]
        json: bool,
    },
    /// Creates a new API: a spec with one placeholder operation, its crate, feature and pages
    New {
        /// The API's name, in lower case with hyphens
        name: String,
    },
    /// Explains a code of a complaint or a rule of `diff`, with a wrong and a right example
    Explain {
        /// The code; without it, all codes are listed
        code: Option<String>,
    },
    /// Prints what has changed since a revision, what the changes break, and the next versions
    Diff {
        /// The revision [default: the merge base with main]
        #[arg(value_name = "REV")]
        revision: Option<String>,
        /// Print a comment for a pull request
        #[arg(long, conflicts_with = "json")]
        markdown: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Exit with 1 if a change concerns one of these and is not in accepted-changes.toml
        #[arg(long, value_name = "AUDIENCE", value_delimiter = ',')]
        fail_on: Vec<Audience>,
    },
    /// Prints which crates to publish, with which versions and in which order, and drafts the changelog
    ReleasePlan {
        /// The revision [default: the tag of the last release, or else the merge base with main]
        #[arg(value_name = "REV")]
        revision: Option<String>,
    },
    /// Checks the dependencies against deny.toml
    Deps,
    /// Checks the house rules: headers, sizes, marks, links, names, manifests
    Tidy,
    /// Makes the packages, and compiles them outside of the tree
    Packages,
    /// Compiles the API crates of a revision against the core of the tree
    OlderApis {
        /// The revision [default: the tag of the last release, or else the merge base with main]
        #[arg(value_name = "REV")]
        revision: Option<String>,
    },
    /// Makes the archive of a release of the program: binary, completions, manual pages and licences, and a checksum
    Dist {
        /// The target, which this machine must be able to run [default: the target of the compiler]
        #[arg(long, value_name = "TRIPLE")]
        target: Option<String>,
    },
    /// Runs the steps of CI
    Ci,
    /// Runs all tests: those of the clients, of their documentation and of the generator
    Test,
    /// Builds a generated crate and stock progenitor's output for the same spec, and prints sizes and times
    Measure {
        /// Build the core and the crates of all APIs instead, without those of stock progenitor
        #[arg(long, conflicts_with = "api")]
        all: bool,
        /// The API, by its name in specs/apis.toml
        #[arg(long, value_name = "NAME", default_value = "experience-hub")]
        api: String,
        /// How often each crate is built
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
}

impl Command {
    /// Whether complaints are printed for a program.
    fn is_json(&self) -> bool {
        matches!(
            self,
            Self::Codegen { json: true, .. } | Self::Lint { json: true, .. }
        )
    }

    /// Whether complaints are about a spec that need not be in the list.
    fn is_about_a_draft(&self) -> bool {
        matches!(
            self,
            Self::Lint { .. }
                | Self::Codegen { spec: Some(_), .. }
                | Self::Surface { spec: Some(_), .. }
        )
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.command.is_json();
    // The path of a draft is relative to the folder in which the command was started.
    let base = match arguments.command.is_about_a_draft() {
        true => PathBuf::new(),
        false => manifest::root(),
    };
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            match error.downcast::<Diagnostics>() {
                Ok(complaints) => tell(complaints, &base, json),
                Err(error) => eprintln!("{error:#}"),
            }
            ExitCode::FAILURE
        }
    }
}

fn tell(complaints: Diagnostics, base: &Path, json: bool) {
    let complaints = complaints.with_lines(|file| source::read(&base.join(file), file).ok());
    match json {
        true => print!("{}", complaints.json_lines()),
        false => eprintln!("{complaints}"),
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let root = manifest::root();
    match command {
        Command::Codegen {
            spec: Some(spec),
            out: Some(out),
            ..
        } => codegen::alone_command(&root, &spec, &out),
        Command::Codegen { api, check, .. } => codegen::command(&root, api.as_deref(), check),
        Command::Contract { api } => codegen::contract_command(&root, &api),
        Command::Surface {
            api, write: true, ..
        } => pages::command(&root, api.as_deref()),
        Command::Surface { api, spec, .. } => {
            codegen::surface_command(&root, api.as_deref(), spec.as_deref())
        }
        Command::Lint { file, .. } => codegen::lint_command(&file),
        Command::New { name } => new::command(&root, &name),
        Command::Explain { code } => explain::command(code.as_deref()),
        Command::Diff {
            revision,
            markdown,
            json,
            fail_on,
        } => {
            let form = match (markdown, json) {
                (true, _) => Form::Markdown,
                (_, true) => Form::Json,
                _ => Form::People,
            };
            diff::command(&root, revision.as_deref(), form, &fail_on)
        }
        Command::ReleasePlan { revision } => release::command(&root, revision.as_deref()),
        Command::Deps => deps::command(&root),
        Command::Tidy => tidy::command(&root),
        Command::Packages => packages::command(&root),
        Command::OlderApis { revision } => packages::older_apis(&root, revision.as_deref()),
        Command::Dist { target } => dist::command(&root, target.as_deref()),
        Command::Ci => ci::command(&root),
        Command::Test => test::command(&root),
        Command::Measure {
            all: true, rounds, ..
        } => measure::all(&root, rounds),
        Command::Measure { api, rounds, .. } => measure::rivals(&root, &api, rounds),
    }
}
