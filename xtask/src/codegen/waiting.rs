//! `x-wait` of a linted spec to the contract: whose members fill which arguments.

use heck::ToSnakeCase as _;

use super::contract::{Condition, Extra, Given, Gives, Taken, Ty, Version, Wait};
use super::names;
use super::request::Request;
use super::spec::{self, Pointer, Spec};

/// How an operation's end is waited for, if it says so.
pub fn refine(spec: &Spec, request: &Request<'_>, gives: &Gives) -> Option<Wait> {
    let (Some(wait), Gives::Json(Ty::Named(answer))) = (&request.operation.wait, gives) else {
        return None;
    };
    let of = wait.of.as_ref().map_or(answer, |(name, _)| name);
    spec.schema(of)?;
    Some(Wait {
        method: extra(&wait.method),
        taken: taken(of, &wait.given),
        timeout_seconds: wait.timeout,
        state: pointers(&wait.state),
        pending: rules(&wait.pending),
        done: rules(&wait.done),
        failed: rules(&wait.failed),
        gone: rules(&wait.gone),
        reason: pointers(&wait.reason),
        version: wait.version.as_ref().map(version),
    })
}

pub(super) fn extra(method: &spec::ExtraMethod) -> Extra {
    Extra {
        name: method.name.clone(),
        summary: method.summary.clone(),
        description: method.description.clone(),
    }
}

/// A component as an argument, and the path variables that its members fill.
pub(super) fn taken(of: &str, given: &[(String, String, usize)]) -> Taken {
    let given = given.iter().map(|(parameter, member, _)| Given {
        argument: names::argument(parameter),
        field: names::argument(member),
    });
    Taken {
        argument: of.to_snake_case(),
        of: of.to_owned(),
        given: given.collect(),
    }
}

pub(super) fn pointers(pointers: &[Pointer]) -> Vec<String> {
    pointers.iter().map(|it| it.text.clone()).collect()
}

fn rules(rules: &spec::Rules) -> Vec<Vec<Condition>> {
    let condition = |(at, values): &(Pointer, Vec<String>)| Condition {
        at: at.text.clone(),
        values: values.clone(),
    };
    let alternatives = rules.iter();
    alternatives
        .map(|conditions| conditions.iter().map(condition).collect())
        .collect()
}

fn version(version: &spec::Version) -> Version {
    Version {
        at: version.at.text.clone(),
        date: version.date.as_ref().map(|it| it.text.clone()),
        reached: pointers(&version.reached),
    }
}
