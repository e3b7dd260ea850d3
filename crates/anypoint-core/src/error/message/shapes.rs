//! Finds the message in JSON, in the forms of gateways and frameworks.
//!
//! It must not return more than a few texts, whatever the length of the JSON.

use super::{is_html, page};
use crate::Json;
use crate::error::reason;

/// How deep the message may be nested: in objects, lists and JSON in texts.
const DEPTH: u32 = 8;
/// How many texts of a list are shown.
const LISTED: usize = 3;

/// The members with the message, most likely first; in lower case, without `_` and `-`.
const MAIN: [&str; 12] = [
    "message",
    "errordescription",
    "errormessage",
    "msg",
    "faultstring",
    "detail",
    "description",
    "reason",
    "fault",
    "error",
    "exception",
    "text",
];
/// The members with details.
const DETAILS: [&str; 6] = [
    "errors",
    "details",
    "invalidparams",
    "violations",
    "causes",
    "validationerrors",
];
/// The members to use if there is nothing else.
const REST: [&str; 6] = [
    "title",
    "status",
    "reasonphrase",
    "name",
    "code",
    "errorcode",
];
/// The members that name the part of the request that an item of a list is about.
const PLACES: [&str; 8] = [
    "field",
    "property",
    "parameter",
    "param",
    "path",
    "pointer",
    "loc",
    "source",
];

/// The message in an error document.
pub(super) fn message(json: &Json) -> Option<String> {
    let found = told(json, DEPTH);
    (!found.is_empty()).then(|| found.join("; "))
}

/// The message in a text that may contain JSON, alone or after other text.
pub(super) fn unwrapped(text: &str) -> String {
    in_text(text, DEPTH)
}

fn told(json: &Json, depth: u32) -> Vec<String> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    match json {
        Json::String(text) if text.trim().is_empty() => Vec::new(),
        Json::String(text) => vec![in_text(text, depth)],
        Json::Array(items) => {
            let all = items.iter().map(|item| about(item, depth));
            all.filter(|text| !text.is_empty()).take(LISTED).collect()
        }
        Json::Object(_) => object(json, depth),
        Json::Null | Json::Bool(_) | Json::Number(_) => Vec::new(),
    }
}

fn in_text(text: &str, depth: u32) -> String {
    let text = text.trim();
    if is_html(text) {
        return page(text);
    }
    let start = text.find(['{', '[']).unwrap_or(text.len());
    let (before, json) = text.split_at(start);
    let inner = serde_json::from_str(json).map(|json: Json| told(&json, depth));
    match inner {
        Ok(inner) if !inner.is_empty() => format!("{before}{}", inner.join("; ")),
        _ => text.to_owned(),
    }
}

fn object(json: &Json, depth: u32) -> Vec<String> {
    let of = |name: &str| member(json, name).map_or_else(Vec::new, |value| told(value, depth));
    let mut main = Vec::new();
    for name in MAIN {
        let mut found = of(name);
        // RFC 9457: the detail is the message, the title names the type of the problem.
        if let ("detail", [detail]) = (name, found.as_mut_slice())
            && let Some(title) = of("title").first()
        {
            *detail = format!("{title}: {detail}");
        }
        if !found.is_empty() && (main.is_empty() || is_status(&main)) {
            main = found;
        }
    }
    let mut details: Vec<String> = Vec::new();
    for text in DETAILS.iter().flat_map(|name| more(json, name, depth)) {
        if !main
            .iter()
            .chain(&details)
            .any(|known| known.contains(&text))
        {
            details.push(text);
        }
    }
    if main.is_empty() && details.is_empty() {
        let mut rest = REST.iter().map(|name| of(name));
        return rest.find(|found| !found.is_empty()).unwrap_or_default();
    }
    if !details.is_empty() && is_status(&main) {
        main.clear();
    }
    main.extend(details);
    main
}

/// The texts of a list of details, or of an object with a list for each member of the request.
fn more(json: &Json, name: &str, depth: u32) -> Vec<String> {
    let Some(value) = member(json, name) else {
        return Vec::new();
    };
    let Json::Object(members) = value else {
        return told(value, depth);
    };
    if MAIN.iter().any(|name| member(value, name).is_some()) {
        return told(value, depth);
    }
    let each = members.iter().map(|(name, value)| {
        let found = told(value, depth).join(", ");
        if found.is_empty() {
            found
        } else {
            format!("{name}: {found}")
        }
    });
    each.filter(|text| !text.is_empty()).take(LISTED).collect()
}

/// An item of a list, with the part of the request that it is about.
fn about(item: &Json, depth: u32) -> String {
    let text = told(item, depth).join("; ");
    // RFC 9457's `invalid-params`.
    let name = member(item, "name").filter(|_| member(item, "reason").is_some());
    let place = PLACES.iter().find_map(|place| member(item, place)).or(name);
    match place.and_then(location) {
        Some(place) if !text.is_empty() && !text.contains(&place) => format!("{place}: {text}"),
        _ => text,
    }
}

/// A name or path, as a text, a list of steps, or in an object.
fn location(json: &Json) -> Option<String> {
    let step = |json: &Json| match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let text = match json {
        Json::Array(steps) => steps.iter().filter_map(step).collect::<Vec<_>>().join("."),
        Json::Object(_) => step(member(json, "pointer").or_else(|| member(json, "parameter"))?)?,
        json => step(json)?,
    };
    (!text.is_empty()).then_some(text)
}

/// A member by its name, regardless of case, `_` and `-`.
fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    let letters = |key: &str| -> Vec<u8> {
        let bytes = key.bytes().filter(|byte| !b"_-".contains(byte));
        bytes.map(|byte| byte.to_ascii_lowercase()).collect()
    };
    let object = json.as_object()?;
    let mut members = object.iter();
    object.get(name).or_else(|| {
        members
            .find(|(key, _)| letters(key) == name.as_bytes())
            .map(|(_, value)| value)
    })
}

/// Whether the texts only repeat a status, such as `Bad Request`.
fn is_status(words: &[String]) -> bool {
    let [only] = words else {
        return false;
    };
    (400..600)
        .filter_map(reason)
        .any(|reason| reason.eq_ignore_ascii_case(only))
}
