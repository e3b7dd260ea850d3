//! Variants of answers that differ from the spec, made by a seeded generator.
//!
//! Each is read, or is an error that says what was found instead. An odd value does not affect the others.

mod change;

use serde_json::{Value as Json, json};

use crate::checks::Answered;
use crate::payloads::{self, Payload};
use change::Random;

/// Variants of each payload.
const VARIANTS: u64 = 900;
/// Items in the lists of which one is odd.
const ITEMS: usize = 20;
/// Lists with one odd item that are made of each payload.
const LISTS: u64 = 60;

/// The names under which services put their lists; the last one stands for any other.
const NAMES: [&str; 4] = ["data", "items", "content", "things"];

fn each(check: impl Fn(&Payload, &mut Random)) -> usize {
    let payloads = payloads::all();
    assert!(payloads.len() > 70, "only {}", payloads.len());
    for (seed, payload) in (0..).zip(&payloads) {
        check(payload, &mut Random::new(seed));
    }
    payloads.len()
}

#[test]
fn any_variant_of_an_answer_is_read_or_an_error_that_says_what_came() {
    let cell = std::cell::Cell::new(0);
    let payloads = each(|payload, random| {
        for _ in 0..VARIANTS {
            let variant = change::several(&payload.body, random);
            match (payload.read)(&variant) {
                Ok(_) => cell.set(cell.get() + 1),
                Err(reason) => assert!(
                    reason.starts_with("expected ") || reason.starts_with("none of the values"),
                    "{}: {reason}: {variant}",
                    payload.place
                ),
            }
        }
    });
    // Otherwise they are no variants any more.
    let all = payloads * usize::try_from(VARIANTS).unwrap();
    assert!(cell.get() * 10 > all * 8, "{} of {all}", cell.get());
}

#[test]
fn one_odd_value_hides_none_of_the_others() {
    let cell = std::cell::Cell::new(0);
    each(|payload, random| {
        let Some(list) = List::of(payload) else {
            return;
        };
        let whole = list.read(&list.items).unwrap();
        for _ in 0..LISTS {
            let at = random.below(list.items.len());
            let mut items = list.items.clone();
            items[at] = change::one_odd(&items[at], random);
            let context = || format!("{}: {}", payload.place, items[at]);
            let read = list
                .read(&items)
                .unwrap_or_else(|error| panic!("{error}: {}", context()));
            let mut others = written(&read);
            let mut expected = written(&whole);
            // It is there with a member less, or left out.
            if others.len() == expected.len() {
                others.remove(at);
            } else {
                assert!(!read.odd.is_empty(), "{}", context());
            }
            expected.remove(at);
            assert_eq!(others, expected, "{}", context());
            cell.set(cell.get() + 1);
        }
    });
    assert!(cell.get() > 1_000, "only {} lists", cell.get());
}

#[test]
fn a_list_is_found_bare_and_under_any_name() {
    let cell = std::cell::Cell::new(0);
    each(|payload, _| {
        let Some(list) = List::of(payload) else {
            return;
        };
        let expected = written(&list.read(&list.items).unwrap());
        let bare = json!(list.items);
        let named = NAMES.map(|name| json!({ name: bare, "total": bare.as_array().map(Vec::len) }));
        for body in [bare].into_iter().chain(named) {
            let read = (payload.read)(&body);
            let read = read.unwrap_or_else(|error| panic!("{error}: {}", payload.place));
            assert_eq!(written(&read), expected, "{}: {body}", payload.place);
            cell.set(cell.get() + 1);
        }
    });
    assert!(cell.get() > 100, "only {}", cell.get());
}

/// An answer that is a list, or a page with nothing but numbers and flags beside its list.
struct List<'a> {
    payload: &'a Payload,
    /// Where the list is in the page.
    name: Option<String>,
    items: Vec<Json>,
}

impl<'a> List<'a> {
    fn of(payload: &'a Payload) -> Option<Self> {
        let (name, items) = match &payload.body {
            Json::Array(items) => (None, items),
            Json::Object(members) => {
                let lists = members
                    .iter()
                    .filter_map(|(name, value)| Some((name, value.as_array()?)));
                let [(name, items)] = lists.collect::<Vec<_>>()[..] else {
                    return None;
                };
                let others = members.values();
                let mut others = others.filter(|value| !value.is_array() && !value.is_number());
                if others.any(|value| !value.is_boolean()) {
                    return None;
                }
                (Some(name.clone()), items)
            }
            _ => return None,
        };
        let objects = items.iter().filter(|item| item.is_object());
        let items: Vec<Json> = objects.cycle().take(ITEMS).cloned().collect();
        let list = Self {
            payload,
            name,
            items,
        };
        // A page that is read in another way is none of these.
        let whole = list.read(&list.items).ok()?;
        (!list.items.is_empty() && written(&whole).len() == ITEMS).then_some(list)
    }

    fn read(&self, items: &[Json]) -> Result<Answered, String> {
        let mut body = self.payload.body.clone();
        match &self.name {
            Some(name) => body[name] = json!(items),
            None => body = json!(items),
        }
        (self.payload.read)(&body)
    }
}

/// The items of a list that was read, wherever it is.
fn written(read: &Answered) -> Vec<Json> {
    let list = match &read.value {
        Json::Object(members) => members.values().find(|value| value.is_array()),
        list => Some(list),
    };
    list.and_then(Json::as_array).cloned().unwrap_or_default()
}
