//! Places in a body: `target.replicas`, `list[0].name`, `properties.http\.port`.

use crate::failure::Failure;
use crate::shape::member;
use crate::table::{Api, Ty};
use crate::value::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Member(String),
    /// An item, by its index; the index behind the last one adds an item.
    Item(usize),
}

/// Reads `PATH=VALUE`.
pub(crate) fn assignment(text: &str) -> Result<(Vec<Step>, &str), Failure> {
    let mut escaped = false;
    let end = text.find(|letter: char| {
        let found = letter == '=' && !escaped;
        escaped = letter == '\\' && !escaped;
        found
    });
    let wrong = || {
        Failure::usage(format!("--set {text}: expected PATH=VALUE")).hint("--set target.replicas=2")
    };
    let (path, value) = text.split_at(end.ok_or_else(wrong)?);
    let steps = steps(path).ok_or_else(wrong)?;
    Ok((steps, &value[1..]))
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut name = String::new();
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => name.push(letters.next()?),
            '.' => steps.extend(taken(&mut name)),
            '[' => {
                steps.extend(taken(&mut name));
                let index: String = letters.by_ref().take_while(|it| *it != ']').collect();
                steps.push(Step::Item(index.parse().ok()?));
            }
            _ => name.push(letter),
        }
    }
    steps.extend(taken(&mut name));
    (!steps.is_empty()).then_some(steps)
}

fn taken(name: &mut String) -> Option<Step> {
    let name = std::mem::take(name);
    (!name.is_empty()).then_some(Step::Member(name))
}

/// Puts a value into its place; objects and lists on the way are made.
pub(crate) fn put(whole: &mut Value, steps: &[Step], value: Value) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *whole = value;
        return Ok(());
    };
    if *whole == Value::Null {
        *whole = match step {
            Step::Member(_) => Value::Object(Vec::new()),
            Step::Item(_) => Value::List(Vec::new()),
        };
    }
    match (step, whole) {
        (Step::Member(name), Value::Object(members)) => {
            let at = members.iter().position(|(known, _)| known == name);
            let at = at.unwrap_or_else(|| {
                members.push((name.clone(), Value::Null));
                members.len() - 1
            });
            put(&mut members[at].1, rest, value)
        }
        (Step::Item(index), Value::List(items)) if *index <= items.len() => {
            if *index == items.len() {
                items.push(Value::Null);
            }
            put(&mut items[*index], rest, value)
        }
        (Step::Item(index), Value::List(items)) => Err(format!(
            "there is no item {index}: the list has {}",
            items.len()
        )),
        (Step::Item(_), _) => Err("an index stands where there is no list".to_owned()),
        (Step::Member(name), _) => Err(format!("`{name}` stands where there is no object")),
    }
}

/// What the value in a place is, as far as the table says.
pub(crate) fn ty<'a>(api: &'a Api, ty: &'a Ty, steps: &[Step]) -> &'a Ty {
    let mut ty = ty.present();
    for step in steps {
        ty = match (step, ty) {
            (Step::Item(_), Ty::List(item)) | (Step::Member(_), Ty::Map(item)) => item.present(),
            (Step::Member(name), Ty::Named(_)) => {
                member(api, ty, name).map_or(&Ty::Json, Ty::present)
            }
            _ => &Ty::Json,
        };
    }
    ty
}
