//! Handles a request: route, rate limits, fault or chaos, credentials, validation, state, answer.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response};
use serde_json::Value;

use crate::auth::canonical;
use crate::body::Outgoing;
use crate::chaos::Fate;
use crate::echo::echo;
use crate::fault::{Effect, Shot};
use crate::future_mode;
use crate::host;
use crate::intake::Intake;
use crate::limits::Verdict;
use crate::record::Processed;
use crate::reply::Reply;
use crate::server::Shared;
use crate::spec::{self, Api, Operation, Route, Security};
use crate::state::{Call, example_of_schema};
use crate::validate::{self, Parameters};

/// The maximum length of a path with its query, in bytes, as in most servers.
const TARGET_LIMIT: usize = 8192;

/// The connection is closed without an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault rule closed the connection")
    }
}

impl std::error::Error for Closed {}

/// The operation of a request.
struct Target {
    api: &'static Api,
    operation: &'static Operation,
    variables: BTreeMap<String, String>,
}

/// Answers a request.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Closed> {
    let number = shared.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let (parts, incoming) = request.into_parts();
    let settings = &shared.settings;
    let mut intake = Intake::new(incoming, settings);
    let mut reply = match find(&parts, &settings.hosts) {
        Ok(target) => limited(&shared, target, &parts, &mut intake).await?,
        Err(reply) => reply,
    };
    // Reading the body would send "100 Continue" to a client that waits for it.
    if !intake.is_empty() && !parts.headers.contains_key("expect") {
        intake.drain().await;
    }
    if settings.echo_on_error {
        reply = echo(reply, &parts, &intake);
    }
    let id = format!("emulator-{number}");
    Ok(reply.header("x-request-id", id).into_response())
}

fn find(parts: &Parts, hosts: &[String]) -> Result<Target, Reply> {
    if let Some(reply) = host::refusal(parts, hosts) {
        return Err(reply);
    }
    let length = parts.uri.path_and_query().map_or(0, |it| it.as_str().len());
    if length > TARGET_LIMIT {
        let message = format!("the path with its query is longer than {TARGET_LIMIT} bytes");
        return Err(Reply::problem(414, message));
    }
    let (method, path) = (parts.method.as_str(), canonical(parts.uri.path()));
    match spec::find(method, path) {
        Route::Found {
            api,
            operation,
            variables,
        } => Ok(Target {
            api,
            operation,
            variables,
        }),
        Route::WrongMethod(allowed) => {
            let allowed: Vec<&str> = allowed.into_iter().collect();
            let allowed = allowed.join(", ");
            let message = format!("{method} is not possible at {path}; possible: {allowed}");
            Err(Reply::problem(405, message).header("allow", allowed))
        }
        Route::Unknown => {
            let nearest = spec::nearest(method, path).unwrap_or_default();
            let message = format!("no operation at {method} {path}; nearest: {nearest}");
            Err(Reply::problem(404, message))
        }
    }
}

/// The answer within the rate limits.
async fn limited(
    shared: &Shared,
    target: Target,
    parts: &Parts,
    intake: &mut Intake,
) -> Result<Reply, Closed> {
    let (api, operation) = (target.api, target.operation);
    let clock = || shared.clock.now();
    match shared
        .limiter
        .admit(api, operation, &target.variables, clock)
    {
        Verdict::Throttled(reply) => Ok(reply),
        Verdict::Accepted(headers) => {
            let mut reply = respond(shared, target, parts, intake).await?;
            reply.headers.extend(headers);
            Ok(reply)
        }
    }
}

/// The answer after the effect of a rule or of chaos.
async fn respond(
    shared: &Shared,
    target: Target,
    parts: &Parts,
    intake: &mut Intake,
) -> Result<Reply, Closed> {
    let rule = shared.faults.fire(target.api.name, &target.operation.id);
    let (shot, admitted) = match (rule, &shared.dice) {
        (Some(shot), _) => (shot, false),
        (None, None) => return Ok(process(shared, target, parts, intake, false).await),
        (None, Some(dice)) => match dice.meet(target.operation, parts, &shared.gate) {
            Fate::Refused => return Ok(unauthorized(target.operation.security)),
            Fate::Spared => return Ok(process(shared, target, parts, intake, true).await),
            Fate::Suffers(shot) => (shot, true),
        },
    };
    if let Some(delay) = shot.delay {
        tokio::time::sleep(delay).await;
    }
    let reply = match &shot.effect {
        Some(Effect::ResetBeforeRead) => return Err(Closed),
        Some(Effect::ResetAfterRead) => {
            intake.drain().await;
            return Err(Closed);
        }
        Some(Effect::ResetAfterProcessing) => {
            process(shared, target, parts, intake, admitted).await;
            return Err(Closed);
        }
        Some(effect) => {
            if let Some(reply) = instead(shared, effect) {
                reply
            } else {
                process(shared, target, parts, intake, admitted).await
            }
        }
        None => process(shared, target, parts, intake, admitted).await,
    };
    Ok(Shot::finish(&shot, reply))
}

/// The answer of a rule that replaces the normal one.
fn instead(shared: &Shared, effect: &Effect) -> Option<Reply> {
    match effect {
        Effect::Answer {
            status,
            media,
            body,
        } => Some(Reply::new(*status, media.as_deref(), body.clone())),
        Effect::ExpireToken => {
            shared.gate.expire_all();
            Some(unauthorized(Security::Bearer))
        }
        _ => None,
    }
}

/// The normal answer. `admitted` credentials remain valid for the request, even if they expired since.
async fn process(
    shared: &Shared,
    target: Target,
    parts: &Parts,
    intake: &mut Intake,
    admitted: bool,
) -> Reply {
    let Target {
        api,
        operation,
        variables,
    } = target;
    if !admitted && !shared.gate.admits(operation.security, &parts.headers) {
        return unauthorized(operation.security);
    }
    let parameters = Parameters::new(variables, parts.uri.query().unwrap_or_default());
    let checked = validate::parameters(api, operation, &parameters, &parts.headers);
    if let Err(reply) = checked {
        return reply;
    }
    let located =
        shared.remembered(|state| state.locate(api, operation, &parameters, &parts.headers));
    let environment = match located {
        Ok(environment) => environment,
        Err(reply) => return reply,
    };
    let payload = match validate::read(api, operation, &parts.headers, intake).await {
        Ok(payload) => payload,
        Err(reply) => return reply,
    };
    if shared.settings.count_requests {
        shared.record.count(processed(parts, intake));
    }
    let mut call = Call {
        api,
        operation,
        parameters,
        payload,
        step: shared.settings.step,
        now: shared.clock.now(),
        stale: shared.settings.stale_looks,
        epoch: shared.epoch,
        logs: shared.settings.logs,
        pages: shared.settings.pages,
        environment,
        download_size: shared.settings.download_size,
        url: &shared.url,
    };
    let reply = match credentials(shared, parts, &call) {
        Some(reply) => reply,
        None => {
            let reply = shared.remembered(|state| state.answer(&mut call));
            marked(shared, api, operation, reply)
        }
    };
    if shared.future.load(Ordering::Relaxed) {
        return ahead(api, operation, reply);
    }
    reply
}

/// The operations that deal with tokens.
fn credentials(shared: &Shared, parts: &Parts, call: &Call<'_>) -> Option<Reply> {
    if call.api.name != "access-management" {
        return None;
    }
    let (gate, request) = (&shared.gate, &call.payload.value);
    let example = |schema| example_of_schema("access-management", schema);
    match call.operation.id.as_str() {
        "request_token" => Some(gate.exchange(request, &example("TokenRequest"), &parts.headers)),
        "log_in" => Some(gate.log_in(request, &example("LoginRequest"))),
        "revoke_token" => {
            let token = request.get("token").and_then(Value::as_str);
            gate.revoke(token.unwrap_or_default());
            None
        }
        _ => None,
    }
}

/// The answer with its secrets marked, if that is enabled.
fn marked(shared: &Shared, api: &Api, operation: &Operation, reply: Reply) -> Reply {
    let value = reply.value().filter(|_| reply.status < 300);
    let (Some(marks), Some(mut value)) = (&shared.marks, value) else {
        return reply;
    };
    marks.replace(&api.document, &operation.answer.schema, &mut value);
    reply.with_value(&value)
}

/// The answer of a server that is one version ahead.
fn ahead(api: &Api, operation: &Operation, reply: Reply) -> Reply {
    if !(200..300).contains(&reply.status) {
        return reply;
    }
    let Some(value) = reply.value() else {
        return reply;
    };
    let changed = future_mode::transform(&api.document, &operation.answer.schema, value);
    reply.with_value(&changed)
}

/// The identity of a request.
fn processed(parts: &Parts, intake: &Intake) -> Processed {
    let target = parts.uri.path_and_query();
    let call = parts.headers.get("x-anypoint-call");
    Processed {
        method: parts.method.to_string(),
        path: target.map_or("", PathAndQuery::as_str).to_owned(),
        body: intake.digest(),
        call: call.and_then(|call| call.to_str().ok()).map(str::to_owned),
    }
}

/// The platform answers this as plain text, the console as JSON.
fn unauthorized(security: Security) -> Reply {
    match security {
        Security::Bearer => Reply::text(401, "unauthorized"),
        _ => Reply::problem(401, "unauthorized"),
    }
}
