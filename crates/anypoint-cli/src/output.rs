//! How results are shown: secrets masked, as a table or as data.

mod columns;
mod csv;
mod table;

use crate::failure::Failure;
use crate::mask::mask;
use crate::settings::{Form, Settings};
use crate::table::{Api, Ty};
use crate::terminal::{Terminal, printable};
use crate::value::Value;

pub(crate) struct Output<'a> {
    settings: &'a Settings,
    api: Option<&'a Api>,
    query: Option<jmespath::Expression<'static>>,
}

impl<'a> Output<'a> {
    /// Refuses a query that is none before anything is sent.
    pub(crate) fn new(settings: &'a Settings, api: Option<&'a Api>) -> Result<Self, Failure> {
        let query = settings.query.as_deref().map(jmespath::compile);
        let query = query
            .transpose()
            .map_err(|error| Failure::usage(format!("--query: {error}")))?;
        Ok(Self {
            settings,
            api,
            query,
        })
    }

    pub(crate) fn form(&self) -> Form {
        self.settings.form
    }

    /// An answer, as JSON that is of a type.
    pub(crate) fn show(
        &self,
        answer: Value,
        ty: &Ty,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let answer = self.prepared(answer, ty, terminal)?;
        let columns = &self.settings.columns;
        let text = match self.settings.form {
            Form::Json => answer.pretty() + "\n",
            Form::NdJson => lines(&answer),
            Form::Yaml => {
                serde_norway::to_string(&answer).map_err(|it| Failure::failed(it.to_string()))?
            }
            Form::Csv => csv::csv(&answer, columns)?,
            Form::Table => table::table(&answer, columns, terminal),
        };
        terminal.print(&text)
    }

    /// What is shown of an answer.
    fn prepared(
        &self,
        mut answer: Value,
        ty: &Ty,
        terminal: &mut Terminal,
    ) -> Result<Value, Failure> {
        if !self.settings.show_secrets && mask(self.api, ty, &mut answer) {
            self.note(
                "secrets are shown as ***; --show-secrets shows them",
                terminal,
            );
        }
        match &self.query {
            Some(query) => taken(query, &answer),
            None => Ok(answer),
        }
    }

    /// One of many, as it comes.
    pub(crate) fn item(
        &self,
        item: Value,
        ty: &Ty,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        match self.settings.form {
            Form::Json | Form::NdJson => {
                let line = self.prepared(item, ty, terminal)?.compact();
                terminal.print(&(line + "\n"))
            }
            _ => self.show(Value::List(vec![item]), ty, terminal),
        }
    }

    /// A text as it came; a screen is not trusted with what controls it.
    pub(crate) fn text(&self, text: &str, terminal: &mut Terminal) -> Result<(), Failure> {
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        match (self.settings.form, terminal.is_screen) {
            (Form::Table | Form::Csv, true) => terminal.print(&(printable(text, "\n\t") + end)),
            (Form::Table | Form::Csv, false) => terminal.print(&format!("{text}{end}")),
            _ => self.show(Value::Text(text.to_owned()), &Ty::Text, terminal),
        }
    }

    /// That something without an answer has succeeded.
    pub(crate) fn done(&self, summary: &str, terminal: &mut Terminal) {
        self.note(&format!("done: {}", summary.trim()), terminal);
    }

    /// A message beside the output.
    pub(crate) fn note(&self, message: &str, terminal: &mut Terminal) {
        if !self.settings.quiet {
            terminal.say(message);
        }
    }
}

/// An item a line.
fn lines(answer: &Value) -> String {
    match answer {
        Value::List(items) => items.iter().map(|item| item.compact() + "\n").collect(),
        other => other.compact() + "\n",
    }
}

/// What an expression takes from an answer.
fn taken(query: &jmespath::Expression<'_>, answer: &Value) -> Result<Value, Failure> {
    let found = query.search(answer);
    let found = found.map_err(|error| Failure::usage(format!("--query: {error}")))?;
    let json =
        serde_json::to_string(&*found).map_err(|error| Failure::failed(error.to_string()))?;
    serde_json::from_str(&json).map_err(|error| Failure::failed(error.to_string()))
}
