//! `x-follow` of a linted spec to the contract: where the values go that say what to read, and how other operations are called.
//!
//! `lint` asks it what a spec has; what must be there is `lint`'s business.

use super::contract::{self, LogParts, Look, Place};
use super::lint;
use super::media;
use super::names;
use super::reach;
use super::request::Request;
use super::spec::{Follow, Kind, Location, Operation, Schema, Spec};
use super::waiting::{extra, pointers};

/// The items of the list that an operation answers, and the member that holds them where it is no bare list.
pub fn items<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
) -> Option<(&'a Schema, Option<&'a str>)> {
    let content = lint::successes(operation).flat_map(|response| &response.content);
    let answer = content.filter_map(|media| media.schema.as_ref()).next()?;
    let answer = reach::resolve(spec, answer);
    let paginate = operation.paginate.as_ref();
    let Some(name) = paginate.and_then(|paginate| paginate.items.as_deref()) else {
        return Some((item(answer)?, None));
    };
    let properties = reach::properties(spec, answer).into_iter();
    let mut lists = properties.filter(|property| property.name == name);
    Some((item(&lists.next()?.schema)?, Some(name)))
}

fn item(list: &Schema) -> Option<&Schema> {
    match &list.kind {
        Kind::List(item) => Some(item),
        _ => None,
    }
}

/// What may be left out of a request and stands in its query, or else in the JSON body that it always has.
///
/// The flag says that it is the body.
pub fn member<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
    name: &str,
) -> Option<(&'a Schema, bool)> {
    let mut query = operation.parameters.iter().filter(|parameter| {
        parameter.location == Location::Query && !parameter.required && !parameter.is_secret()
    });
    if let Some(found) = query.find(|parameter| parameter.name == name) {
        return Some((&found.schema, false));
    }
    let body = operation.body.as_ref().filter(|body| body.required)?;
    let json = |name: &str| media::request(name) == Some(media::Request::Json);
    let media = body.content.first().filter(|media| json(&media.name))?;
    let properties = reach::properties(spec, media.schema.as_ref()?).into_iter();
    let mut own = properties.filter(|property| {
        let schema = &property.schema;
        !property.required && !schema.nullable && !schema.is_secret() && !schema.lenient
    });
    let found = own.find(|property| property.name == name)?;
    Some((&found.schema, true))
}

/// The `maximum` of a number.
pub fn maximum(schema: &Schema) -> Option<i64> {
    let mut limits = schema.limits.iter();
    let (_, value) = limits.find(|(name, _)| name == "maximum")?;
    value.as_i64().filter(|maximum| *maximum > 0)
}

/// How a log is followed, if the operation says so.
pub fn refine(spec: &Spec, request: &Request<'_>) -> Option<contract::Follow> {
    let operation = request.operation;
    let follow = operation.follow.as_ref()?;
    let (entry, _) = items(spec, operation)?;
    let place = |named: &Option<(String, usize)>| {
        let (name, _) = named.as_ref()?;
        self::place(spec, operation, name)
    };
    Some(contract::Follow {
        method: extra(&follow.method),
        entry: reach::target(entry)?.to_owned(),
        id: follow.id.text.clone(),
        time: follow.time.text.clone(),
        order: follow.order.as_ref().map(|order| order.text.clone()),
        after: place(&follow.after),
        length: place(&follow.length),
        from: place(&follow.from),
        to: place(&follow.to),
        descending: place(&follow.descending),
        refusable: follow.refusable,
        parts: parts(spec, follow),
    })
}

fn place(spec: &Spec, operation: &Operation, name: &str) -> Option<Place> {
    let (_, in_body) = member(spec, operation, name)?;
    Some(Place {
        field: names::argument(name),
        in_body,
    })
}

fn parts(spec: &Spec, follow: &Follow) -> Option<LogParts> {
    let parts = follow.parts.as_ref()?;
    let (list, overview) = (spec.operation(&parts.list.0)?, &parts.of.0);
    let (_, items) = items(spec, list)?;
    let limit = parts.limit.iter();
    let limit = limit.map(|(name, value, _)| (names::argument(name), *value));
    Some(LogParts {
        argument: names::argument(&parts.parameter.0),
        list: look(list, limit.collect()),
        items: items.map(str::to_owned),
        id: parts.id.text.clone(),
        date: parts.date.as_ref().map(|date| date.text.clone()),
        overview: look(spec.operation(overview)?, Vec::new()),
        active: pointers(&parts.active),
    })
}

/// A call that needs nothing but path variables.
fn look(operation: &Operation, set: Vec<(String, u32)>) -> Look {
    let variables = lint::variables(&operation.path).into_iter();
    Look {
        id: operation.id.clone(),
        arguments: variables.map(names::argument).collect(),
        set,
    }
}
