//! `x-change` and `x-carry` of a linted spec to the contract.

use super::contract::{Carry, Change, Gives, Ty};
use super::names;
use super::reach;
use super::request::Request;
use super::spec::{Operation, Spec};
use super::waiting::{extra, taken};

/// How single properties are changed, if the operation says so.
pub fn change(operation: &Operation, gives: &Gives) -> Option<Change> {
    let (Some(change), Gives::Json(_)) = (&operation.change, gives) else {
        return None;
    };
    Some(Change {
        method: extra(&change.method),
        read: change.read.0.clone(),
        within: change.within.text.clone(),
        plain: change.plain.0.clone(),
        secret: change.secret.0.clone(),
        mask: change.mask.clone(),
    })
}

/// What a change takes over from the object as it was read, if the operation says so.
pub fn carry(spec: &Spec, request: &Request<'_>, gives: &Gives) -> Option<Carry> {
    let (Some(carry), Gives::Json(Ty::Named(of))) = (&request.operation.carry, gives) else {
        return None;
    };
    let body = request.body.as_ref()?.media.schema.as_ref()?;
    spec.schema(of)?;
    // In the order of the arguments of `new`.
    let needed = reach::properties(spec, body).into_iter();
    let needed = needed.filter(|property| property.required);
    Some(Carry {
        method: extra(&carry.method),
        taken: taken(of, &carry.given),
        members: needed.map(|it| names::argument(&it.name)).collect(),
        stale: carry.stale.clone(),
    })
}
