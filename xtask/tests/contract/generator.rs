//! Random contracts from a sequence of numbers, with strings that are hard to print.

use crate::hard::HARD;
use serde_json::{Value as Json, json};
use xtask::codegen::contract::{
    Answer, Body, Bound, Carry, Change, Component, Condition, Contract, Encoding, Extensions,
    Extra, Face, Field, Follow, Given, Gives, ItemId, Keyword, Limit, Location, LogParts, Look,
    Method, Model, Operation, Outcome, Pages, Parameter, Part, Place, RateLimit, Refusal, Rules,
    Scope, Security, Shape, Tag, Taken, Trait, Ty, Variant, Version, Wait,
};

struct Tape<'a>(std::slice::Iter<'a, u32>);

impl Tape<'_> {
    /// A number below the bound; the smallest when the tape is at its end.
    fn below(&mut self, bound: usize) -> usize {
        self.0.next().map_or(0, |number| *number as usize % bound)
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    fn number(&mut self) -> u32 {
        self.0.next().copied().unwrap_or_default()
    }

    fn status(&mut self) -> u16 {
        self.number() as u16
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn text(&mut self) -> String {
        let pieces = self.one(&[1, 1, 1, 2, 5, 60]);
        (0..pieces).map(|_| self.one(HARD)).collect()
    }

    fn texts(&mut self) -> Vec<String> {
        self.many(Self::text)
    }

    fn some<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| make(self))
    }

    fn many<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| make(self)).collect()
    }

    fn json(&mut self) -> Json {
        match self.below(8) {
            0 => Json::Null,
            1 => json!(self.flag()),
            2 => json!(self.number()),
            3 => json!(f64::from(self.number()) / 7.0),
            4 => json!(-0.1),
            5 => Json::Array(self.many(Self::json)),
            6 => json!({ self.text(): self.text(), "b": self.number() }),
            _ => json!(self.text()),
        }
    }

    fn ty(&mut self) -> Ty {
        match self.below(17) {
            0 => Ty::Json,
            1 => Ty::Text,
            2 => Ty::Flag,
            3 | 4 => Ty::Integer,
            5 => Ty::Number,
            6 => Ty::TextOrNumber,
            7 => Ty::Secret,
            8 => Ty::Time,
            9 => Ty::Upload,
            10 => Ty::Named(self.text()),
            16 => Ty::Id(self.text()),
            11 => Ty::List(Box::new(self.ty())),
            12 => Ty::Map(Box::new(self.ty())),
            13 => Ty::Nullable(Box::new(self.ty())),
            14 => Ty::Optional(Box::new(self.ty())),
            _ => Ty::Boxed(Box::new(self.ty())),
        }
    }

    fn limit(&mut self) -> Limit {
        Limit {
            keyword: self.one(&[
                Keyword::Pattern,
                Keyword::MinLength,
                Keyword::MaxLength,
                Keyword::Minimum,
                Keyword::Maximum,
                Keyword::MinItems,
                Keyword::MaxItems,
                Keyword::UniqueItems,
            ]),
            value: self.json(),
        }
    }
}

pub fn contract(tape: &[u32]) -> Contract {
    let mut tape = Tape(tape.iter());
    let tags = tags(&mut tape);
    let modules: Vec<String> = tags.iter().map(|tag| tag.module.clone()).collect();
    let limits = tape.many(rate_limit);
    let operations = match modules.is_empty() {
        true => Vec::new(),
        false => tape.many(|tape| operation(tape, &modules, &limits)),
    };
    Contract {
        package: tape.text(),
        title: tape.text(),
        version: tape.text(),
        origin: tape.text(),
        base_path: tape.text(),
        description: tape.text(),
        example: tape.some(Tape::text),
        tags,
        limits,
        scopes: tape.many(scope),
        operations,
        types: tape.many(|tape| component(tape, &modules)),
    }
}

/// Their modules are different: each is a page.
fn tags(tape: &mut Tape<'_>) -> Vec<Tag> {
    let tag = |(index, tag): (usize, Tag)| Tag {
        module: format!("{}{index}", tag.module),
        ..tag
    };
    let tags = tape.many(|tape| Tag {
        name: tape.text(),
        module: tape.text(),
        description: tape.text(),
    });
    tags.into_iter().enumerate().map(tag).collect()
}

fn scope(tape: &mut Tape<'_>) -> Scope {
    Scope {
        name: tape.text(),
        bound: tape.many(|tape| Bound {
            name: tape.text(),
            ty: tape.ty(),
            description: tape.text(),
            example: tape.json(),
        }),
    }
}

fn rate_limit(tape: &mut Tape<'_>) -> RateLimit {
    RateLimit {
        name: tape.text(),
        permits: tape.some(Tape::number),
        seconds: tape.number(),
        regions: tape.many(|tape| (tape.text(), tape.number())),
        per: tape.some(Tape::text),
        throttled: tape.many(Tape::status),
    }
}

fn operation(tape: &mut Tape<'_>, modules: &[String], limits: &[RateLimit]) -> Operation {
    Operation {
        id: tape.text(),
        operation_id: tape.text(),
        published_id: tape.some(Tape::text),
        request: tape.text(),
        module: tape.one(modules),
        scope: tape.some(Tape::text),
        method: tape.one(&Method::ALL).1,
        path: tape.text(),
        deprecated: tape.flag(),
        was: tape.texts(),
        security: tape.one(&[Security::Bearer, Security::Basic, Security::None]),
        environment: tape.flag(),
        idempotent: tape.flag(),
        limits: match limits.is_empty() {
            true => tape.texts(),
            false => tape.many(|tape| tape.one(limits).name),
        },
        columns: tape.texts(),
        parameters: tape.many(parameter),
        body: tape.some(body),
        gives: gives(tape),
        accept: tape.text(),
        answers: tape.many(answer),
        refusals: tape.many(|tape| Refusal {
            code: tape.text(),
            description: tape.text(),
        }),
        extensions: Extensions {
            pages: tape.some(pages),
            wait: tape.some(wait),
            follow: tape.some(follow),
            change: tape.some(change),
            carry: tape.some(carry),
        },
        summary: tape.text(),
        description: tape.text(),
        example: tape.some(Tape::json),
    }
}

fn parameter(tape: &mut Tape<'_>) -> Parameter {
    Parameter {
        name: tape.text(),
        wire: tape.text(),
        ty: tape.ty(),
        location: tape.one(&[
            Location::Path,
            Location::PathSegments,
            Location::Query,
            Location::QueryJoined,
            Location::Header,
        ]),
        required: tape.flag(),
        bound: tape.flag(),
        deprecated: tape.flag(),
        was: tape.texts(),
        default: tape.some(Tape::json),
        limits: tape.many(Tape::limit),
        description: tape.text(),
        example: tape.json(),
    }
}

fn body(tape: &mut Tape<'_>) -> Body {
    Body {
        encoding: tape.one(&[
            Encoding::Json,
            Encoding::Form,
            Encoding::Multipart,
            Encoding::Binary,
        ]),
        media: tape.text(),
        ty: tape.ty(),
        required: tape.flag(),
        description: tape.text(),
        example: tape.some(Tape::json),
    }
}

fn gives(tape: &mut Tape<'_>) -> Gives {
    match tape.below(6) {
        0 => Gives::Nothing,
        1 => Gives::Text,
        2 => Gives::JsonText,
        3 => Gives::Download,
        4 => Gives::Json(tape.ty()),
        _ => Gives::Outcome(tape.text()),
    }
}

fn answer(tape: &mut Tape<'_>) -> Answer {
    Answer {
        status: tape.status(),
        media: tape.some(Tape::text),
        outcome: tape.some(|tape| Outcome {
            name: tape.text(),
            ty: tape.some(Tape::ty),
        }),
    }
}

fn pages(tape: &mut Tape<'_>) -> Pages {
    Pages {
        offset: tape.text(),
        limit: tape.text(),
        items: tape.some(Tape::text),
        total: tape.some(Tape::text),
        id: match tape.below(3) {
            0 => ItemId::Nothing,
            1 => ItemId::Itself,
            _ => ItemId::Fields(tape.texts()),
        },
    }
}

fn extra(tape: &mut Tape<'_>) -> Extra {
    Extra {
        name: tape.text(),
        summary: tape.text(),
        description: tape.text(),
    }
}

fn taken(tape: &mut Tape<'_>) -> Taken {
    Taken {
        argument: tape.text(),
        of: tape.text(),
        given: tape.many(given),
    }
}

fn rules(tape: &mut Tape<'_>) -> Rules {
    let condition = |tape: &mut Tape<'_>| Condition {
        at: tape.text(),
        values: tape.texts(),
    };
    tape.many(|tape| tape.many(condition))
}

fn wait(tape: &mut Tape<'_>) -> Wait {
    Wait {
        method: extra(tape),
        taken: taken(tape),
        timeout_seconds: tape.number(),
        state: tape.texts(),
        pending: rules(tape),
        done: rules(tape),
        failed: rules(tape),
        gone: rules(tape),
        reason: tape.texts(),
        version: tape.some(|tape| Version {
            at: tape.text(),
            date: tape.some(Tape::text),
            reached: tape.texts(),
        }),
    }
}

fn follow(tape: &mut Tape<'_>) -> Follow {
    let place = |tape: &mut Tape<'_>| Place {
        field: tape.text(),
        in_body: tape.flag(),
    };
    Follow {
        method: extra(tape),
        entry: tape.text(),
        id: tape.text(),
        time: tape.text(),
        order: tape.some(Tape::text),
        after: tape.some(place),
        length: tape.some(place),
        from: tape.some(place),
        to: tape.some(place),
        descending: tape.some(place),
        refusable: tape.flag(),
        parts: tape.some(parts),
    }
}

fn parts(tape: &mut Tape<'_>) -> LogParts {
    let look = |tape: &mut Tape<'_>| Look {
        id: tape.text(),
        arguments: tape.texts(),
        set: tape.many(|tape| (tape.text(), tape.number())),
    };
    LogParts {
        argument: tape.text(),
        list: look(tape),
        items: tape.some(Tape::text),
        id: tape.text(),
        date: tape.some(Tape::text),
        overview: look(tape),
        active: tape.texts(),
    }
}

fn change(tape: &mut Tape<'_>) -> Change {
    Change {
        method: extra(tape),
        read: tape.text(),
        within: tape.text(),
        plain: tape.text(),
        secret: tape.text(),
        mask: tape.text(),
    }
}

fn given(tape: &mut Tape<'_>) -> Given {
    Given {
        argument: tape.text(),
        field: tape.text(),
    }
}

fn carry(tape: &mut Tape<'_>) -> Carry {
    Carry {
        method: extra(tape),
        taken: taken(tape),
        members: tape.many(given),
        stale: tape.many(Tape::status),
    }
}

fn component(tape: &mut Tape<'_>, modules: &[String]) -> Component {
    const TRAITS: [Trait; 12] = [
        Trait::Clone,
        Trait::Debug,
        Trait::Default,
        Trait::PartialEq,
        Trait::Eq,
        Trait::Hash,
        Trait::Ord,
        Trait::Display,
        Trait::FromStr,
        Trait::AsRef,
        Trait::Serialize,
        Trait::Deserialize,
    ];
    Component {
        name: tape.text(),
        schema: tape.text(),
        deprecated: tape.flag(),
        was: tape.texts(),
        module: match modules.is_empty() {
            true => None,
            false => tape.some(|tape| tape.one(modules)),
        },
        traits: tape.many(|tape| tape.one(&TRAITS)),
        shape: shape(tape),
        description: tape.text(),
    }
}

fn variant(tape: &mut Tape<'_>) -> Variant {
    Variant {
        name: tape.text(),
        wire: tape.text(),
        was: tape.texts(),
        description: tape.text(),
    }
}

fn shape(tape: &mut Tape<'_>) -> Shape {
    match tape.below(4) {
        0 => Shape::Enum(tape.many(variant)),
        1 => Shape::Union {
            tag: tape.text(),
            variants: tape.many(variant),
        },
        _ => Shape::Model(Model {
            face: tape.one(&[Face::Request, Face::Response, Face::Form]),
            fields: tape.many(field),
            bare_list: tape.some(Tape::text),
            keeps_unknown: tape.flag(),
            made_from: tape.texts(),
        }),
    }
}

fn field(tape: &mut Tape<'_>) -> Field {
    Field {
        name: tape.text(),
        wire: tape.text(),
        aliases: tape.texts(),
        ty: tape.ty(),
        required: tape.flag(),
        fixed: tape.some(Tape::text),
        deprecated: tape.flag(),
        was: tape.texts(),
        part: tape.some(|tape| tape.one(&[Part::File, Part::Text, Part::Json])),
        default: tape.some(Tape::json),
        limits: tape.many(Tape::limit),
        description: tape.text(),
    }
}
