//! The request of an operation: converts the arguments to a call, or to a line for curl.

use std::path::PathBuf;

use anypoint_core::http::Method;
use anypoint_core::internal::{Call, Endpoint, Multipart, Operation, Preview};
use anypoint_core::{Secret, Upload};
use clap::ArgMatches;

use crate::body::must_exist;
use crate::check::unknown;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::settings::Settings;
use crate::shape::{Typed, value};
use crate::table::{Api, Body, Command, Encoding, Parameter, Part, Place, Ty};
use crate::terminal::Terminal;
use crate::value::Value;
use crate::{arguments, body, curl, profiles};

/// A request that is complete and has not been sent.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) api: &'static Api,
    pub(crate) command: &'static Command,
    operation: &'static Operation,
    parameters: Vec<(&'static Parameter, Vec<String>)>,
    payload: Payload,
    bar: Bar,
}

#[derive(Clone)]
enum Payload {
    Nothing,
    Fields(&'static Body, Value),
    File(&'static Body, String),
}

impl Request {
    /// The request that the arguments describe.
    pub(crate) fn new(
        api: &'static Api,
        command: &'static Command,
        matches: &ArgMatches,
        settings: &Settings,
        terminal: &mut Terminal,
    ) -> Result<Self, Failure> {
        let mut parameters = Vec::new();
        for parameter in command.parameters.iter().filter(|it| it.scope.is_none()) {
            let texts = matches.get_many::<String>(parameter.flag);
            let texts: Vec<_> = texts.into_iter().flatten().cloned().collect();
            judge(api, parameter, &texts, terminal)?;
            if !texts.is_empty() {
                parameters.push((parameter, texts));
            }
        }
        Ok(Self {
            api,
            command,
            operation: api.operation(command),
            parameters,
            payload: payload(api, command, matches, settings, terminal)?,
            bar: Bar::hidden(),
        })
    }

    /// The request of an operation that needs nothing.
    pub(crate) fn bare(api: &'static Api, command: &'static Command) -> Self {
        Self {
            api,
            command,
            operation: api.operation(command),
            parameters: Vec::new(),
            payload: Payload::Nothing,
            bar: Bar::hidden(),
        }
    }

    /// Which organization and environment are in its path.
    pub(crate) fn scopes(&self) -> Vec<crate::table::Scope> {
        self.command
            .parameters
            .iter()
            .filter_map(|it| it.scope)
            .collect()
    }

    /// The same with the ids of these.
    pub(crate) fn within(mut self, ids: Vec<String>) -> Self {
        let scoped = self
            .command
            .parameters
            .iter()
            .filter(|it| it.scope.is_some());
        self.parameters
            .extend(scoped.zip(ids).map(|(it, id)| (it, vec![id])));
        self
    }

    /// The same with a bar of what is sent of its files.
    pub(crate) fn shown_by(mut self, bar: &Bar) -> Self {
        self.bar = bar.clone();
        self
    }

    fn upload(&self, path: impl Into<PathBuf>) -> Upload {
        Upload::file(path).on_progress(self.bar.watch())
    }

    /// The value that a query parameter was given.
    pub(crate) fn given(&self, wire: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let (_, texts) = parameters.find(|(it, _)| it.wire == wire)?;
        texts.first().map(String::as_str)
    }

    /// The same with another value of a query parameter.
    pub(crate) fn with(mut self, wire: &str, text: String) -> Self {
        self.parameters.retain(|(it, _)| it.wire != wire);
        let mut known = self.command.parameters.iter();
        let known = known.find(|it| it.wire == wire);
        self.parameters.extend(known.map(|it| (it, vec![text])));
        self
    }

    /// The body, where it is JSON or a form.
    pub(crate) fn fields(&self) -> Option<&Value> {
        match &self.payload {
            Payload::Fields(_, value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn call(&self, endpoint: &Endpoint) -> Call {
        let call = self.without_body(endpoint);
        match &self.payload {
            Payload::Nothing => call,
            Payload::File(body, path) => call.upload(body.media, &self.upload(path)),
            Payload::Fields(body, value) => {
                let typed = Typed {
                    api: self.api,
                    value,
                    ty: &body.ty,
                };
                match body.encoding {
                    Encoding::Form => call.form(&typed),
                    Encoding::Multipart => call.multipart(self.form(body, value)),
                    Encoding::Json | Encoding::Binary => call.json(body.media, &typed),
                }
            }
        }
    }

    fn without_body(&self, endpoint: &Endpoint) -> Call {
        let mut call = Call::new(endpoint, self.operation);
        for (parameter, texts) in &self.parameters {
            let secrets: Vec<Secret> = match parameter.ty.item() {
                Ty::Secret => texts.iter().map(|it| it.as_str().into()).collect(),
                _ => Vec::new(),
            };
            let value: &dyn anypoint_core::internal::Parameter = match secrets.is_empty() {
                true => texts,
                false => &secrets,
            };
            let wire = parameter.wire;
            call = match parameter.place {
                Place::Path => call.path(wire, value),
                Place::PathSegments => call.path_segments(wire, value),
                Place::Query => call.query(wire, value),
                Place::QueryJoined => call.query_joined(wire, value),
                Place::Header => call.header(wire, value),
            };
        }
        call
    }

    fn form(&self, body: &'static Body, whole: &Value) -> Multipart {
        let fields = arguments::fields(self.api, &body.ty).iter();
        fields.fold(Multipart::new(), |form, field| {
            let Some(value) = whole.get(field.wire) else {
                return form;
            };
            let typed = Typed {
                api: self.api,
                value,
                ty: &field.ty,
            };
            let text = value.scalar().unwrap_or_else(|| value.compact());
            match (field.part, value) {
                (Some(Part::File), Value::List(items)) => {
                    let paths = items.iter().filter_map(Value::scalar);
                    form.files(field.wire, Some(&paths.map(|it| self.upload(it)).collect()))
                }
                (Some(Part::File), _) => form.file(field.wire, Some(&self.upload(text))),
                (Some(Part::Json), _) => form.json(field.wire, Some(&typed)),
                _ if matches!(field.ty.present(), Ty::Secret) => {
                    form.text(field.wire, &Secret::from(text))
                }
                _ => form.text(field.wire, &text),
            }
        })
    }

    /// The request as a line for a shell. Tokens and secrets are left out.
    pub(crate) fn curl(&self, endpoint: &Endpoint) -> Result<String, Failure> {
        let preview = self.without_body(endpoint).preview()?;
        let data = match &self.payload {
            Payload::Nothing => String::new(),
            Payload::File(body, path) => curl::file(body, path),
            Payload::Fields(body, value) => curl::data(Some((self.api, body)), value),
        };
        let sign = curl::credentials(self.command);
        let Preview {
            method,
            url,
            headers,
        } = preview;
        Ok(curl::line(method, &sign, headers, &data, &url))
    }
}

/// Refuses what cannot be right, and warns of what is only unknown.
fn judge(
    api: &Api,
    parameter: &Parameter,
    texts: &[String],
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let name = match parameter.place {
        Place::Path | Place::PathSegments => parameter.flag.to_uppercase(),
        _ => format!("--{}", parameter.flag),
    };
    let values = api.values(&parameter.ty);
    for text in texts {
        if text.is_empty() && matches!(parameter.ty.item(), Ty::Id(_)) {
            return Err(Failure::usage(format!("{name} is empty")));
        }
        value(parameter.ty.item(), text, &name)?;
        if !values.is_empty() && !values.iter().any(|known| known == text) {
            terminal.say(&format!("warning: {}", unknown(&name, text, values)));
        }
    }
    Ok(())
}

fn payload(
    api: &'static Api,
    command: &'static Command,
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<Payload, Failure> {
    let Some(body) = &command.body else {
        return Ok(Payload::Nothing);
    };
    if body.encoding == Encoding::Binary {
        let Some(path) = matches.get_one::<String>("file") else {
            return Ok(Payload::Nothing);
        };
        must_exist(path)?;
        return Ok(Payload::File(body, path.clone()));
    }
    // What is there stays in its region.
    let creates = command.method() == Method::Post && body::has_region(api, body);
    let region = creates.then(|| profiles::region(settings, terminal));
    let region = region.flatten();
    let Some(value) = body::given(api, body, matches, region, terminal)? else {
        return Ok(Payload::Nothing);
    };
    let files = arguments::fields(api, &body.ty).iter();
    for field in files.filter(|field| field.part == Some(Part::File)) {
        if let Some(Value::Text(path)) = value.get(field.wire) {
            must_exist(path)?;
        }
    }
    Ok(Payload::Fields(body, value))
}
