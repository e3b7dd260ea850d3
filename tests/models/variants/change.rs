//! Random changes of JSON. The same seed gives the same changes.

use serde_json::{Value as Json, json};

/// splitmix64, so that no version of a crate changes what is tested.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }
}

/// A few changes, each anywhere in the value.
pub(crate) fn several(value: &Json, random: &mut Random) -> Json {
    let mut changed = value.clone();
    for _ in 0..=random.below(4) {
        let at = random.below(count(&changed));
        visit(&mut changed, at, &mut |node| change(node, random));
    }
    changed
}

/// One value of another kind, anywhere in the value or in its place.
pub(crate) fn one_odd(value: &Json, random: &mut Random) -> Json {
    let mut changed = value.clone();
    let at = random.below(count(&changed));
    visit(&mut changed, at, &mut |node| *node = odd(random));
    changed
}

/// How many values there are in a value, itself among them.
fn count(value: &Json) -> usize {
    1 + match value {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Calls `with` for the value of this number.
fn visit(value: &mut Json, number: usize, with: &mut dyn FnMut(&mut Json)) {
    if number == 0 {
        with(value);
        return;
    }
    let mut left = number - 1;
    let inner: Vec<&mut Json> = match value {
        Json::Array(items) => items.iter_mut().collect(),
        Json::Object(members) => members.values_mut().collect(),
        _ => Vec::new(),
    };
    for value in inner {
        let count = count(value);
        if left < count {
            return visit(value, left, with);
        }
        left -= count;
    }
}

fn change(node: &mut Json, random: &mut Random) {
    let name = ["data", "items", "content", "value", "new"][random.below(5)];
    match random.below(9) {
        0 => *node = Json::Null,
        1 => *node = odd(random),
        2 => *node = swapped(node),
        3 => *node = empty(node),
        4 => drop_one(node, random),
        5 => add(node, name, random),
        6 => *node = json!({ name: node.take() }),
        7 => *node = json!([node.take()]),
        _ => *node = unwrapped(node, random),
    }
}

/// A value that hardly anything expects.
fn odd(random: &mut Random) -> Json {
    let values = [
        json!(true),
        json!(7),
        json!(-1),
        json!(0.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("NaN"),
        json!("some_NEW value"),
        json!([]),
        json!({}),
        json!(["x"]),
        json!([[1], {}]),
        json!({ "x": 1 }),
        json!({ "data": "x" }),
    ];
    values[random.below(values.len())].clone()
}

fn swapped(value: &Json) -> Json {
    match value {
        Json::String(text) => text
            .parse::<f64>()
            .map_or(json!(text.len()), |number| json!(number)),
        Json::Bool(flag) => json!(u8::from(*flag)),
        other => json!(other.to_string()),
    }
}

fn empty(value: &Json) -> Json {
    match value {
        Json::Array(_) => json!({}),
        Json::Object(_) => json!([]),
        _ => json!(""),
    }
}

fn drop_one(node: &mut Json, random: &mut Random) {
    match node {
        Json::Array(items) if !items.is_empty() => drop(items.remove(random.below(items.len()))),
        Json::Object(members) => {
            let name = members.keys().nth(random.below(members.len())).cloned();
            members.retain(|key, _| Some(key) != name.as_ref());
        }
        _ => *node = Json::Null,
    }
}

fn add(node: &mut Json, name: &str, random: &mut Random) {
    match node {
        Json::Array(items) => items.push(odd(random)),
        Json::Object(members) => drop(members.insert(name.to_owned(), odd(random))),
        _ => {}
    }
}

fn unwrapped(node: &Json, random: &mut Random) -> Json {
    let inner = match node {
        Json::Array(items) => items.get(random.below(items.len())),
        Json::Object(members) => members.values().nth(random.below(members.len())),
        _ => None,
    };
    inner.cloned().unwrap_or_default()
}
