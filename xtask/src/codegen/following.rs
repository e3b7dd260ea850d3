//! `x-follow` of a linted spec to the IR: where the values go that say what to read, and how other operations are called.
//!
//! `lint` asks it what a spec has; what must be there is `lint`'s business.

use super::ir;
use super::lint;
use super::media;
use super::names;
use super::reach;
use super::request::Request;
use super::spec::{Follow, Kind, Location, Operation, Schema, Spec};

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
pub fn refine(spec: &Spec, request: &Request<'_>) -> Option<ir::Follow> {
    let operation = request.operation;
    let follow = operation.follow.as_ref()?;
    let (entry, _) = items(spec, operation)?;
    let place = |named: &Option<(String, usize)>| {
        let (name, _) = named.as_ref()?;
        self::place(spec, operation, name)
    };
    let length = follow.length.as_ref();
    Some(ir::Follow {
        rules: follow.clone(),
        entry: reach::target(entry)?.to_owned(),
        length_asked: length.and_then(|(name, _)| maximum(member(spec, operation, name)?.0)),
        after: place(&follow.after),
        length: place(&follow.length),
        from: place(&follow.from),
        to: place(&follow.to),
        descending: place(&follow.descending),
        parts: parts(spec, follow),
    })
}

fn place(spec: &Spec, operation: &Operation, name: &str) -> Option<ir::Place> {
    let (schema, in_body) = member(spec, operation, name)?;
    Some(ir::Place {
        field: names::argument(name),
        in_body,
        narrow: matches!(schema.kind, Kind::Integer { int32: true }),
    })
}

fn parts(spec: &Spec, follow: &Follow) -> Option<ir::LogParts> {
    let parts = follow.parts.as_ref()?;
    let (list, overview) = (spec.operation(&parts.list.0)?, &parts.of.0);
    let (_, items) = items(spec, list)?;
    let limit = parts.limit.iter();
    Some(ir::LogParts {
        argument: names::argument(&parts.parameter.0),
        history: look(list),
        limit: limit
            .map(|(name, value, _)| (names::argument(name), *value))
            .collect(),
        items: items.map(str::to_owned),
        overview: look(spec.operation(overview)?),
    })
}

/// A call that needs nothing but path variables.
fn look(operation: &Operation) -> ir::Look {
    let variables = lint::variables(&operation.path).into_iter();
    ir::Look {
        id: operation.id.clone(),
        arguments: variables.map(names::argument).collect(),
    }
}
