//! `--dry-run` of the daily commands: the first request that would change something is shown, and not sent.
//!
//! Requests that only read are sent, because they decide what follows. The command runs as always, up to that request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anypoint_core::http::Method;
use anypoint_core::{BoxError, FormPart, Intercepted, Interceptor};

use crate::curl;
use crate::mask::MASK;
use crate::table::{self, Api, Command};
use crate::value::Value;

/// The operation of a login, which changes nothing that anybody cares for.
const LOGIN: &str = "log_in";

/// An interceptor that ends the command at the request that it shows. Clones share what was found.
#[derive(Clone)]
pub(crate) struct DryRun {
    /// Requests that only read are shown, too.
    shows_all: bool,
    line: Arc<Mutex<Option<String>>>,
}

impl DryRun {
    pub(crate) fn new(shows_all: bool) -> Self {
        Self {
            shows_all,
            line: Arc::default(),
        }
    }

    /// The request that was not sent, as a line for curl.
    pub(crate) fn line(&self) -> Option<String> {
        self.found().clone()
    }

    fn found(&self) -> MutexGuard<'_, Option<String>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Interceptor for DryRun {
    fn call_begins(&self, call: &mut Intercepted) -> Result<(), BoxError> {
        let reads = matches!(call.method(), Method::Get | Method::Head) && !self.shows_all;
        if reads || call.operation() == LOGIN {
            return Ok(());
        }
        self.found().get_or_insert_with(|| line(call));
        Err("this is a dry run".into())
    }
}

fn line(call: &Intercepted) -> String {
    let described = described(call);
    let sign = described.map_or(curl::BEARER.to_owned(), |(_, it)| curl::credentials(it));
    let accept = call.header("accept");
    let accept = accept.map(|accept| ("accept".to_owned(), accept));
    let body = described.and_then(|(api, it)| Some((api, it.body.as_ref()?)));
    let data = body_of(call).map(|value| curl::data(body, &value));
    let url = match call.query() {
        Some(query) => format!("{}?{query}", call.url()),
        None => call.url(),
    };
    let headers = accept.into_iter().collect();
    curl::line(
        call.method(),
        &sign,
        headers,
        &data.unwrap_or_default(),
        &url,
    )
}

/// The operation that is called, if it is one of a spec.
fn described(call: &Intercepted) -> Option<(&'static Api, &'static Command)> {
    let is_called = |it: &&Command| {
        let named = it.id == call.operation() && it.path == call.path();
        named && it.method() == call.method()
    };
    table::names().find_map(|name| {
        let api = table::api(name).ok()?;
        Some((api, api.commands().find(is_called)?))
    })
}

/// The body as it is shown. Nothing is shown of one that cannot be read, because its secrets could not be found.
fn body_of(call: &Intercepted) -> Option<Value> {
    let hidden = || Value::Text(MASK.to_owned());
    let Some(parts) = call.form() else {
        let body = call.body()?;
        return Some(serde_json::from_str(&body).unwrap_or_else(|_| hidden()));
    };
    let part = |part: FormPart| {
        let text = part.text.or(part.file_name).unwrap_or_default();
        let value = serde_json::from_str(&text).unwrap_or(Value::Text(text));
        (part.name, value)
    };
    Some(Value::Object(parts.into_iter().map(part).collect()))
}
