//! The flags that every command has.

use clap::{Arg, ArgAction, ArgMatches};

use crate::failure::Failure;

/// How results are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Table,
    Json,
    NdJson,
    Yaml,
    Csv,
}

const FORMS: [(&str, Form); 5] = [
    ("table", Form::Table),
    ("json", Form::Json),
    ("ndjson", Form::NdJson),
    ("yaml", Form::Yaml),
    ("csv", Form::Csv),
];

#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) organization: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) form: Form,
    pub(crate) columns: Vec<String>,
    pub(crate) query: Option<String>,
    pub(crate) quiet: bool,
    pub(crate) show_secrets: bool,
    pub(crate) dry_run: bool,
    pub(crate) yes: bool,
    /// The name of a profile for production, as `yes` to it.
    pub(crate) confirm: Option<String>,
}

impl Settings {
    pub(crate) fn new(matches: &ArgMatches) -> Result<Self, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let form = text("output");
        let form = FORMS
            .iter()
            .find(|(name, _)| Some(*name) == form.as_deref());
        let columns = text("columns").unwrap_or_default();
        let columns = columns.split(',').map(str::trim);
        Ok(Self {
            organization: text("organization"),
            environment: text("environment"),
            host: text("host"),
            profile: text("profile"),
            form: form.map(|(_, form)| *form).unwrap_or_default(),
            columns: columns
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
            query: text("query"),
            quiet: matches.get_flag("quiet"),
            show_secrets: matches.get_flag("show-secrets"),
            dry_run: matches.get_flag("dry-run"),
            yes: matches.get_flag("yes"),
            confirm: text("confirm"),
        })
    }
}

/// The flags, for every command. Only one page of help needs to list them.
pub(crate) fn arguments(listed: bool) -> Vec<Arg> {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    let all = [
        text(
            "organization",
            "NAME|ID",
            "The organization or business group [variable: ANYPOINT_ORG]",
        ),
        text(
            "environment",
            "NAME|ID",
            "The environment [variable: ANYPOINT_ENV]",
        ),
        text(
            "host",
            "HOST",
            "The host of the platform, or the address of a Mule Management Console [variable: ANYPOINT_HOST]",
        ),
        text(
            "profile",
            "NAME",
            "A profile of ~/.anypoint/credentials [variable: ANYPOINT_PROFILE]",
        ),
        text("output", "FORM", "How results are shown")
            .short('o')
            .value_parser(FORMS.map(|(name, _)| name)),
        text(
            "columns",
            "NAMES",
            "The columns of a table or of CSV, with commas between them",
        ),
        text(
            "query",
            "JMESPATH",
            "Shows what a JMESPath expression takes from the result",
        ),
        flag("quiet", "Says nothing but results and errors").short('q'),
        flag("show-secrets", "Shows secrets instead of ***"),
        flag(
            "dry-run",
            "Prints the request as a line for curl, without secrets, and changes nothing",
        ),
        flag("yes", "Does not ask before something is deleted or stopped").short('y'),
        text(
            "confirm",
            "PROFILE",
            "Names the profile, which --yes needs beside it where that is for production",
        ),
    ];
    all.into_iter()
        .map(|arg| arg.global(true).hide(!listed))
        .collect()
}
