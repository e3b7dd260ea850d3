//! Operations: the call in Rust, and what is on the wire.

use super::notes::Notes;
use super::pairs::pairs;
use super::{Both, arguments, extensions};
use crate::codegen::contract::{Answer, Body, Gives, Operation};
use crate::codegen::surface;
use crate::diff::finding::Place;
use crate::diff::rules::Rule;

pub fn all(both: &Both<'_>, notes: &mut Notes) {
    let media = |it: &Operation| it.body.as_ref().map(|body| body.media.clone());
    let paired = pairs(
        &both.old.operations,
        &both.new.operations,
        &[
            &|old, new| old.id == new.id,
            &|old, new| new.was.contains(&old.id),
            &|old, new| {
                let same = (old.method, &old.path) == (new.method, &new.path);
                same && media(old) == media(new)
            },
            &|old, new| old.operation_id == new.operation_id && media(old) == media(new),
        ],
    );
    for (old, new) in &paired.both {
        notes.at(&new.id, place(new), |notes| {
            operation(both, (old, new), notes)
        });
    }
    for old in &paired.gone {
        notes.at(&old.id, place(old), |notes| {
            notes.gone(Rule::OpRemoved, told(old));
        });
    }
    for new in &paired.news {
        notes.at(&new.id, place(new), |notes| {
            notes.added(Rule::OpAdded, told(new))
        });
    }
    notes.order("operations", Rule::Order, &paired);
}

fn place(operation: &Operation) -> Place {
    Place::Operation(operation.operation_id.clone(), None)
}

fn told(operation: &Operation) -> String {
    format!("{} {}", operation.method.wire(), operation.path)
}

fn operation(both: &Both<'_>, (old, new): (&Operation, &Operation), notes: &mut Notes) {
    named(both, (old, new), notes);
    arguments::all(both, (old, new), notes);
    body(both, (old.body.as_ref(), new.body.as_ref()), notes);
    gives(both, (old, new), notes);
    sent(old, new, notes);
    let refusals =
        |it: &Operation| -> Vec<String> { it.refusals.iter().map(|it| it.code.clone()).collect() };
    notes.list(Rule::Refusals, &refusals(old), &refusals(new));
    extensions::all(both, (old, new), notes);
}

fn named(both: &Both<'_>, (old, new): (&Operation, &Operation), notes: &mut Notes) {
    let kept = new.was.contains(&old.id);
    let rule = if kept {
        Rule::OpRenamedKept
    } else {
        Rule::OpRenamed
    };
    notes.differs(rule, &old.id, &new.id);
    let mut requests = new
        .was
        .iter()
        .map(|was| crate::codegen::names::type_name(was));
    let forwarded = requests.any(|request| request == old.request);
    // A renamed method renames its request, which is not reported again.
    if !(forwarded || rule == Rule::OpRenamed && old.id != new.id) {
        notes.differs(Rule::RequestRenamed, &old.request, &new.request);
    }
    notes.former(&old.was, &new.was, kept.then_some(&*old.id));
    if both.scopes.get(&*old.client()) != Some(&new.client()) {
        notes.differs(Rule::OpScope, &old.client(), &new.client());
    }
    if both.tags.get(&*old.module) != Some(&&*new.module) {
        notes.differs(Rule::OpTag, &old.module, &new.module);
    }
    notes.differs(Rule::SpecId, &old.operation_id, &new.operation_id);
    notes.flag(
        Rule::Deprecation,
        "deprecated",
        (old.deprecated, new.deprecated),
    );
}

fn body(both: &Both<'_>, (old, new): (Option<&Body>, Option<&Body>), notes: &mut Notes) {
    let told = |body: &Body| format!("body {}", surface::ty(&body.ty));
    notes.part("body", "requestBody", |notes| match (old, new) {
        (Some(old), Some(new)) => {
            match (old.required, new.required) {
                (true, false) => notes.say(Rule::ArgToSetter, "required", "optional"),
                (false, true) => notes.say(Rule::SetterToArg, "optional", "required"),
                _ => {}
            }
            both.retyped(notes, Rule::BodyRetyped, (&old.ty, &new.ty));
            notes.differs(Rule::BodyMedia, &old.media, &new.media);
            let encodings = (format!("{:?}", old.encoding), format!("{:?}", new.encoding));
            notes.differs(Rule::BodyMedia, &encodings.0, &encodings.1);
        }
        (Some(old), None) => notes.gone(Rule::BodyRemoved, told(old)),
        (None, Some(new)) if new.required => notes.added(Rule::BodyAdded, told(new)),
        (None, Some(new)) => notes.added(Rule::SetterAdded, told(new)),
        (None, None) => {}
    });
}

fn gives(both: &Both<'_>, (old, new): (&Operation, &Operation), notes: &mut Notes) {
    match (&old.gives, &new.gives) {
        (Gives::Json(old), Gives::Json(new)) => {
            both.retyped(notes, Rule::GivesChanged, (old, new));
        }
        (old, new) => notes.differs(Rule::GivesChanged, &what(old), &what(new)),
    }
    let by_status = |old: &Answer, new: &Answer| old.status == new.status;
    let paired = pairs(&old.answers, &new.answers, &[&by_status]);
    for (old, new) in &paired.both {
        answer(both, (old, new), notes);
    }
    for (answers, is_new) in [(&paired.gone, false), (&paired.news, true)] {
        for answer in answers {
            let status = answer.status.to_string();
            notes.flag(Rule::AnswerStatus, &status, (!is_new, is_new));
            let name = answer.outcome.as_ref().map_or("", |it| &it.name);
            let rule = if is_new {
                Rule::OutcomeAdded
            } else {
                Rule::OutcomeRemoved
            };
            if !name.is_empty() {
                notes.flag(rule, name, (!is_new, is_new));
            }
        }
    }
    notes.order("answers", Rule::AnswerStatus, &paired);
}

fn what(gives: &Gives) -> String {
    match gives {
        Gives::Nothing => "nothing".to_owned(),
        Gives::Text => "text".to_owned(),
        Gives::JsonText => "a JSON text".to_owned(),
        Gives::Download => "a download".to_owned(),
        Gives::Json(ty) => surface::ty(ty),
        Gives::Outcome(name) => name.clone(),
    }
}

/// The answer of one status.
fn answer(both: &Both<'_>, (old, new): (&Answer, &Answer), notes: &mut Notes) {
    let media = |answer: &Answer| {
        let media = answer.media.as_deref().unwrap_or("nothing");
        format!("{} {media}", answer.status)
    };
    notes.differs(Rule::AnswerStatus, &media(old), &media(new));
    match (&old.outcome, &new.outcome) {
        (Some(old), Some(new)) => {
            notes.differs(Rule::OutcomeRemoved, &old.name, &new.name);
            match (&old.ty, &new.ty) {
                (Some(old), Some(new)) => both.retyped(notes, Rule::OutcomeRetyped, (old, new)),
                (old, new) => {
                    let of = |ty: &Option<_>| ty.as_ref().map_or("nothing".to_owned(), surface::ty);
                    notes.differs(Rule::OutcomeRetyped, &of(old), &of(new));
                }
            }
        }
        (Some(old), None) => notes.gone(Rule::OutcomeRemoved, &old.name),
        (None, Some(new)) => notes.added(Rule::OutcomeAdded, &new.name),
        (None, None) => {}
    }
}

/// The facts of a request other than its arguments, and how the runtime handles it.
fn sent(old: &Operation, new: &Operation, notes: &mut Notes) {
    notes.differs(Rule::OpMethod, &old.method.wire(), &new.method.wire());
    notes.differs(Rule::OpPath, &old.path, &new.path);
    notes.differs(Rule::Accept, &old.accept, &new.accept);
    let security = |it: &Operation| format!("{:?}", it.security).to_lowercase();
    notes.differs(Rule::Security, &security(old), &security(new));
    let repeat = (old.idempotent, new.idempotent);
    notes.flag(Rule::Repeat, "may be repeated", repeat);
    let environment = (old.environment, new.environment);
    notes.flag(Rule::Environment, "environment headers", environment);
    notes.list(Rule::OpLimits, &old.limits, &new.limits);
    notes.list(Rule::TableColumns, &old.columns, &new.columns);
}
