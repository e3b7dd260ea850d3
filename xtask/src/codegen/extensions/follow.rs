//! `x-follow`: a method that returns the entries of a log as they are written, and how the log is continued.

mod lint;
mod rust;

use serde::{Deserialize, Serialize};

use super::shared::{METHOD, POINTERS, ExtraMethod, Pointer, describe_pointers, line, method, named, pointer, pointers, texts};
use super::{Extension, Extra, Rust, shared};
use crate::codegen::contract::{self, Gives, Index, Ty};
use crate::codegen::dialect::{Object, Type, optional, required};
use crate::codegen::diag::Diags;
use crate::codegen::fields::{Fields, number};
use crate::codegen::load::Node;
use crate::codegen::request::Request;
use crate::codegen::spec::{Kind, Location, Operation, Schema, Spec};
use crate::codegen::surface::Io;
use crate::codegen::{media, reach};

/// How an operation shows a growing log.
#[derive(Clone, Debug)]
pub struct FollowInput {
    pub line: usize,
    pub method: ExtraMethod,
    /// Where an entry's id, its time and its order within that time are.
    pub id: Pointer,
    pub time: Pointer,
    pub order: Option<Pointer>,
    /// Members of the query or of the JSON body that select what to read.
    pub after: Option<(String, usize)>,
    pub length: Option<(String, usize)>,
    pub from: Option<(String, usize)>,
    pub to: Option<(String, usize)>,
    /// A member of the query or of the JSON body that requests the newest entries first.
    pub descending: Option<(String, usize)>,
    /// Whether the service may refuse `length` and `descending`.
    pub refusable: bool,
    pub parts: Option<PartsInput>,
}

/// For a log that is kept in several parts: where they are, and which of them grow.
#[derive(Clone, Debug)]
pub struct PartsInput {
    pub line: usize,
    /// The path variable that names the part.
    pub parameter: (String, usize),
    /// The operation that lists the parts, and the query parameters with which it lists enough of them.
    pub list: (String, usize),
    pub limit: Vec<(String, u32, usize)>,
    /// Where an item of the list has the part's id and its start time.
    pub id: Pointer,
    pub date: Option<Pointer>,
    /// The operation that shows which parts are being written, and the place in its answer.
    pub of: (String, usize),
    pub active: Vec<Pointer>,
}

/// How a log is followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    pub method: Extra,
    /// The component of an entry.
    pub entry: String,
    /// Where an entry's id, its time and its order within that time are.
    pub id: String,
    pub time: String,
    pub order: Option<String>,
    /// The fields that say where to begin and how many entries to return.
    pub after: Option<Place>,
    pub length: Option<Place>,
    pub from: Option<Place>,
    pub to: Option<Place>,
    /// The field that requests the newest entries first.
    pub descending: Option<Place>,
    /// Whether the service may refuse `length` and `descending`.
    pub refusable: bool,
    pub parts: Option<LogParts>,
}

/// An optional field of a request, or of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub field: String,
    pub in_body: bool,
}

/// How the parts of a log are found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogParts {
    /// The argument that names the part.
    pub argument: String,
    /// The method that lists the parts, and the member of its answer that contains the list.
    pub list: Look,
    pub items: Option<String>,
    /// Where an item of the list has the part's id and its start time.
    pub id: String,
    pub date: Option<String>,
    /// The method that shows which parts are being written, and the place in its answer.
    pub overview: Look,
    pub active: Vec<String>,
}

/// A method of the client, the arguments that it shares with the request, and the numbers that it sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub id: String,
    pub arguments: Vec<String>,
    pub set: Vec<(String, u32)>,
}

static PARTS: Object = Object::new("parts", &[&[
    required("parameter", Type::Text),
    required("list", Type::Text),
    optional("limit", Type::Map(&Type::Positive)),
    required("id", Type::Text),
    optional("date", Type::Text),
    required("of", Type::Text),
    optional("active", POINTERS),
]]);

static KEYS: Object = Object::new("x-follow", &[&[
    required("id", Type::Text),
    required("time", Type::Text),
    optional("order", Type::Text),
    optional("after", Type::Text),
    optional("length", Type::Text),
    optional("from", Type::Text),
    optional("to", Type::Text),
    optional("descending", Type::Text),
    optional("refusable", Type::Flag),
    optional("parts", Type::Object(&PARTS)),
], METHOD]);

impl Extension for Follow {
    const KEY: &'static str = "x-follow";
    const WORD: &'static str = "follow";
    const KEYS: &'static Object = &KEYS;
    type Input = FollowInput;

    fn read(node: &Node, diags: &mut Diags) -> FollowInput {
        let mut fields = Fields::of(node, Self::KEY, Self::KEYS, diags);
        let method = method(&mut fields, diags);
        let follow = FollowInput {
            line: node.line,
            method,
            id: required_pointer(&mut fields, "id", diags),
            time: required_pointer(&mut fields, "time", diags),
            order: fields.text("order", diags).map(pointer),
            after: fields.text("after", diags),
            length: fields.text("length", diags),
            from: fields.text("from", diags),
            to: fields.text("to", diags),
            descending: fields.text("descending", diags),
            refusable: fields.flag("refusable", diags) == Some(true),
            parts: fields.take("parts", diags).map(|node| read_parts(node, diags)),
        };
        fields.finish(diags);
        follow
    }

    fn method(follow: &FollowInput) -> Option<&ExtraMethod> {
        Some(&follow.method)
    }

    fn lint(follow: &FollowInput, spec: &Spec, operation: &Operation, diags: &mut Diags) {
        lint::follow(spec, operation, follow, diags);
    }

    fn refine(follow: &FollowInput, spec: &Spec, request: &Request<'_>, _: &Gives) -> Option<Self> {
        let operation = request.operation;
        let (entry, _) = items(spec, operation)?;
        let place = |named: &Option<(String, usize)>| {
            let (name, _) = named.as_ref()?;
            place_of(spec, operation, name)
        };
        Some(Self {
            method: Extra::from(&follow.method),
            entry: spec.rust(reach::target(entry)?),
            id: follow.id.text.clone(),
            time: follow.time.text.clone(),
            order: follow.order.as_ref().map(|order| order.text.clone()),
            after: place(&follow.after),
            length: place(&follow.length),
            from: place(&follow.from),
            to: place(&follow.to),
            descending: place(&follow.descending),
            refusable: follow.refusable,
            parts: parts(spec, operation, follow),
        })
    }

    fn extra(&mut self) -> Option<&mut Extra> {
        Some(&mut self.method)
    }

    /// The argument that names the part of the log is not left.
    fn fills(&self, argument: &str) -> bool {
        let parts = self.parts.as_ref();
        parts.is_some_and(|parts| parts.argument == argument)
    }

    fn takes(&self, operation: &contract::Operation) -> Vec<(String, Ty)> {
        let left = self.left(operation);
        let mut takes: Vec<_> = left.map(|it| (it.name.clone(), it.ty.clone())).collect();
        takes.extend(shared::body(operation));
        takes
    }

    fn yields(&self, _: &Index<'_>, _: &contract::Operation) -> Option<Ty> {
        Some(Ty::Named(self.entry.clone()))
    }

    fn describe(&mut self, io: &mut Io<'_>) {
        io.name(&mut self.method.name);
        line(io, "entry", &mut self.entry);
        line(io, "id", &mut self.id);
        line(io, "time", &mut self.time);
        io.maybe("order", &mut self.order, |io, at| named(io, "order", at));
        for (word, place) in [
            ("after", &mut self.after),
            ("length", &mut self.length),
            ("from", &mut self.from),
            ("to", &mut self.to),
            ("descending", &mut self.descending),
        ] {
            io.maybe(word, place, |io, place: &mut Place| {
                io.word(word);
                io.name(&mut place.field);
                io.flag("in-body", &mut place.in_body);
            });
        }
        io.fact("refusable", &mut self.refusable);
        io.maybe("parts", &mut self.parts, describe_parts);
    }

    fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust {
        rust::rust(self, contract, operation)
    }
}

fn read_parts(node: &Node, diags: &mut Diags) -> PartsInput {
    let mut fields = Fields::of(node, "parts", &PARTS, diags);
    let parts = PartsInput {
        line: node.line,
        parameter: fields.required("parameter", diags),
        list: fields.required("list", diags),
        limit: limit(&mut fields, diags),
        id: required_pointer(&mut fields, "id", diags),
        date: fields.text("date", diags).map(pointer),
        of: fields.required("of", diags),
        active: pointers(&mut fields, "active", diags),
    };
    fields.finish(diags);
    parts
}

fn required_pointer(fields: &mut Fields<'_>, key: &'static str, diags: &mut Diags) -> Pointer {
    pointer(fields.required(key, diags))
}

fn limit(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<(String, u32, usize)> {
    let entries = fields.map("limit", diags).iter();
    entries
        .filter_map(|entry| Some((entry.key.clone(), number(&entry.value)?, entry.line)))
        .collect()
}

/// The items of the list that an operation answers, and the member that contains them if the list is not bare.
fn items<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
) -> Option<(&'a Schema, Option<&'a str>)> {
    let content = crate::codegen::lint::successes(operation).flat_map(|response| &response.content);
    let answer = content.filter_map(|media| media.schema.as_ref()).next()?;
    let answer = reach::resolve(spec, answer);
    let paginate = operation.extensions.pages.as_ref();
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

/// An optional member of the query of a request, or else of the JSON body that it always has.
///
/// The flag is `true` for a member of the body.
fn member<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
    name: &str,
) -> Option<(&'a Schema, bool)> {
    let mut query = operation.parameters.iter().filter(|parameter| {
        parameter.location == Location::Query
            && !parameter.required
            && !parameter.is_secret()
            && !parameter.schema.is_secret()
            && !parameter.schema.lenient
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
fn maximum(schema: &Schema) -> Option<i64> {
    let mut limits = schema.limits.iter();
    let (_, value) = limits.find(|(name, _)| name == "maximum")?;
    value.as_i64().filter(|maximum| *maximum > 0)
}

fn place_of(spec: &Spec, operation: &Operation, name: &str) -> Option<Place> {
    let (_, in_body) = member(spec, operation, name)?;
    let body = operation.body.as_ref().and_then(|body| body.content.first());
    let body = body.and_then(|media| media.schema.as_ref());
    let field = match body.filter(|_| in_body) {
        Some(body) => reach::field(spec, body, name),
        None => operation.argument(name),
    };
    Some(Place { field, in_body })
}

fn parts(spec: &Spec, operation: &Operation, follow: &FollowInput) -> Option<LogParts> {
    let parts = follow.parts.as_ref()?;
    let (list, overview) = (spec.operation(&parts.list.0)?, &parts.of.0);
    let (_, items) = items(spec, list)?;
    let limit = parts.limit.iter();
    let limit = limit.map(|(name, value, _)| (list.argument(name), *value));
    Some(LogParts {
        argument: operation.argument(&parts.parameter.0),
        list: look_of(operation, list, limit.collect()),
        items: items.map(str::to_owned),
        id: parts.id.text.clone(),
        date: parts.date.as_ref().map(|date| date.text.clone()),
        overview: look_of(operation, spec.operation(overview)?, Vec::new()),
        active: texts(&parts.active),
    })
}

/// A call that needs only path variables.
fn look_of(log: &Operation, operation: &Operation, set: Vec<(String, u32)>) -> Look {
    let variables = crate::codegen::lint::variables(&operation.path).into_iter();
    Look {
        id: operation.rust(),
        arguments: variables.map(|name| log.argument(name)).collect(),
        set,
    }
}

fn describe_parts(io: &mut Io<'_>, parts: &mut LogParts) {
    io.word("parts");
    io.name(&mut parts.argument);
    io.line(|io| {
        describe_look(io, "list", &mut parts.list);
        io.some("items", &mut parts.items, Io::value);
    });
    line(io, "id", &mut parts.id);
    io.maybe("date", &mut parts.date, |io, at| named(io, "date", at));
    io.line(|io| describe_look(io, "overview", &mut parts.overview));
    describe_pointers(io, "active", &mut parts.active);
}

fn describe_look(io: &mut Io<'_>, word: &str, look: &mut Look) {
    io.word(word);
    io.name(&mut look.id);
    io.list("arguments", &mut look.arguments, Io::name);
    io.list("set", &mut look.set, |io, (name, value)| {
        io.name(name);
        io.mark(":");
        io.value(value);
    });
}
