//! The kinds of failure of a call, as fault rules of the emulator.

use anypoint_emulator::Fault;
use serde_json::{Map, json};

use crate::marks;
use crate::specs::Spec;

/// Which sessions make the call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// A connected app, whose tokens the emulator hands out.
    App,
    /// A bearer token that the emulator does not know.
    Stranger,
}

/// How all calls must end for the trouble to have been there.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Success,
    Status(u16),
    /// At least so many calls fail; the others expect no body or no token.
    Failures(usize),
}

/// Gives the rules for an operation.
type Rules = Box<dyn Fn(&str) -> Vec<Fault>>;

/// One way to fail.
pub(crate) struct Trouble {
    pub(crate) name: &'static str,
    pub(crate) who: Who,
    pub(crate) end: End,
    /// The answers are made up, and where one fits it is no secret there: a text, any JSON.
    pub(crate) made_up: bool,
    /// The rules for one operation.
    pub(crate) rules: Rules,
}

impl Trouble {
    fn new(name: &'static str, end: End, rule: impl Fn(Fault) -> Fault + 'static) -> Self {
        Self {
            name,
            who: Who::App,
            made_up: false,
            end,
            rules: Box::new(move |operation| vec![rule(Fault::on(operation))]),
        }
    }
}

/// All the trouble that an API can have.
pub(crate) fn all(spec: &Spec, calls: usize) -> Vec<Trouble> {
    let mut all = Vec::from([
        Trouble {
            name: "none",
            who: Who::App,
            made_up: false,
            end: End::Success,
            rules: Box::new(|_| Vec::new()),
        },
        Trouble {
            name: "a token that nobody knows",
            who: Who::Stranger,
            made_up: false,
            // MMC takes HTTP basic, with any password; some operations take no credentials.
            end: End::Failures(0),
            rules: Box::new(|_| Vec::new()),
        },
        // Only a token that was handed out can be renewed.
        Trouble::new("an expired token", End::Failures(0), |rule| {
            rule.times(1).expire_token()
        }),
        Trouble::new("429 once", End::Success, |rule| {
            rule.times(1).retry_after(1)
        }),
        Trouble::new("an HTML page", End::Status(500), |rule| rule.html(500)),
        Trouble::new("a reset", End::Failures(calls), Fault::reset_after_read),
        Trouble::new(
            "an early reset",
            End::Failures(calls),
            Fault::reset_before_read,
        ),
        Trouble::new("a truncated answer", End::Failures(calls / 2), |rule| {
            rule.truncate(3)
        }),
    ]);
    let refusals = [
        (400, "400"),
        (401, "401"),
        (403, "403"),
        (404, "404"),
        (500, "500"),
    ];
    all.extend(refusals.map(|(status, name)| {
        Trouble::new(name, End::Status(status), move |rule| rule.status(status))
    }));
    // Only operations that read JSON can fail at it, and a bare text is JSON to some of them.
    for (name, body) in undecodable(spec) {
        let trouble = Trouble::new(name, End::Failures(0), move |rule| {
            rule.status_with(200, body.clone(), "application/json")
        });
        all.push(Trouble {
            made_up: true,
            ..trouble
        });
    }
    all
}

/// Bodies that hold marks where hardly any model can take them.
fn undecodable(spec: &Spec) -> [(&'static str, String); 5] {
    let mark = marks::ANSWER;
    let wrong: Map<_, _> = spec
        .secret_names()
        .into_iter()
        .map(|name| (name.to_owned(), json!({ "in": { "in": [mark] } })))
        .collect();
    [
        ("a text for an answer", json!(mark).to_string()),
        (
            "lists in a list",
            json!([[mark], { "in": mark }]).to_string(),
        ),
        ("objects for secrets", json!(wrong).to_string()),
        ("a list of such", json!([wrong]).to_string()),
        ("a cut-off answer", format!("{{\"in\": \"{mark}")),
    ]
}
