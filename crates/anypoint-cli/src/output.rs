//! How results are shown: secrets masked, as a table or as data.

mod columns;
mod csv;
mod table;

use columns::Choice;

use crate::failure::Failure;
use crate::mask::{MASK, mask};
use crate::settings::{Form, Settings};
use crate::table::{Api, Command, Ty};
use crate::terminal::{Terminal, printable};
use crate::value::Value;

pub(crate) struct Output<'a> {
    settings: &'a Settings,
    api: Option<&'a Api>,
    /// The operation whose answer it is.
    command: Option<&'a Command>,
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
            command: None,
            query,
        })
    }

    /// For the answer of an operation.
    pub(crate) fn of(
        settings: &'a Settings,
        api: &'a Api,
        command: &'a Command,
    ) -> Result<Self, Failure> {
        Ok(Self {
            command: Some(command),
            ..Self::new(settings, Some(api))?
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
        let (answer, masked) = self.prepared(answer, ty)?;
        let text = match self.settings.form {
            Form::Json => answer.pretty() + "\n",
            Form::NdJson => lines(&answer),
            Form::Yaml => yaml(&answer, terminal.is_screen)?,
            Form::Csv => csv::csv(self.rows(&answer), &self.settings.columns)?,
            Form::Table => table::table(self.rows(&answer), self.choice(), terminal),
        };
        self.print(&text, masked, terminal)
    }

    /// Says of a mask what it is, where one is seen.
    fn print(&self, text: &str, masked: bool, terminal: &mut Terminal) -> Result<(), Failure> {
        if masked && text.contains(MASK) {
            let note = format!("secrets are shown as {MASK}; --show-secrets shows them");
            self.note(&note, terminal);
        }
        terminal.print(text)
    }

    /// The operation, unless a query has made something else of its answer.
    fn whole(&self) -> Option<&Command> {
        self.command.filter(|_| self.query.is_none())
    }

    fn choice(&self) -> Choice<'_> {
        match (self.settings.columns.as_slice(), self.whole()) {
            ([], Some(command)) if !command.columns.is_empty() => Choice::First(&command.columns),
            ([], _) => Choice::Free,
            (wanted, _) => Choice::All(wanted),
        }
    }

    /// What has a row for each item: the list of a page, or else the answer.
    fn rows<'v>(&self, answer: &'v Value) -> &'v Value {
        let member = self.whole().and_then(|command| command.rows);
        let list = member.and_then(|member| answer.get(member));
        list.filter(|it| matches!(it, Value::List(_)))
            .unwrap_or(answer)
    }

    /// What is shown of an answer, and whether secrets in it were masked.
    fn prepared(&self, mut answer: Value, ty: &Ty) -> Result<(Value, bool), Failure> {
        let masked = !self.settings.show_secrets && mask(self.api, ty, &mut answer);
        let shown = match &self.query {
            Some(query) => taken(query, &answer)?,
            None => answer,
        };
        Ok((shown, masked))
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
                let (item, masked) = self.prepared(item, ty)?;
                self.print(&(item.compact() + "\n"), masked, terminal)
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

/// YAML. Its writer escapes control characters, but not those that turn or hide text, which a screen must not get.
fn yaml(answer: &Value, for_screen: bool) -> Result<String, Failure> {
    let text = serde_norway::to_string(answer).map_err(|it| Failure::failed(it.to_string()))?;
    match for_screen {
        true => Ok(printable(&text, "\n\t")),
        false => Ok(text),
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
