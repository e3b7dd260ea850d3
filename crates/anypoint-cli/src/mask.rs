//! Secrets in answers: what the spec marks as one, and members that nobody has described and that sound like one.

use crate::shape::of_member;
use crate::table::{Api, Ty};
use crate::value::Value;

/// What stands for a secret.
pub(crate) const MASK: &str = "***";

/// Masks the secrets of an answer; says whether there were any.
pub(crate) fn mask(api: Option<&Api>, ty: &Ty, value: &mut Value) -> bool {
    match (value, ty.present()) {
        (Value::Text(text), Ty::Secret) if !text.trim_matches('*').is_empty() => {
            MASK.clone_into(text);
            true
        }
        (Value::List(items), ty) => {
            let item = match ty {
                Ty::List(item) => item,
                other => other,
            };
            let masked = items.iter_mut().map(|it| mask(api, item, it));
            masked.fold(false, |any, one| any | one)
        }
        (object @ Value::Object(_), ty) => members(api, ty, object),
        _ => false,
    }
}

fn members(api: Option<&Api>, ty: &Ty, object: &mut Value) -> bool {
    let types: Vec<&Ty> = match (&*object, api) {
        (Value::Object(members), Some(api)) => {
            let names = members.iter().map(|(name, _)| name);
            names.map(|name| of_member(api, ty, object, name)).collect()
        }
        _ => Vec::new(),
    };
    let Value::Object(members) = object else {
        return false;
    };
    let mut any = false;
    for (index, (name, value)) in members.iter_mut().enumerate() {
        let ty = match types.get(index) {
            None | Some(Ty::Json) if sounds_secret(name) => &Ty::Secret,
            Some(ty) => ty,
            None => &Ty::Json,
        };
        any |= mask(api, ty, value);
    }
    any
}

fn sounds_secret(name: &str) -> bool {
    let name: String = name.chars().filter(|it| it.is_alphanumeric()).collect();
    let name = name.to_lowercase();
    let parts = [
        "password",
        "passphrase",
        "secret",
        "privatekey",
        "accesstoken",
        "refreshtoken",
        "apikey",
        "bearer",
    ];
    name == "token" || parts.iter().any(|part| name.contains(part))
}
