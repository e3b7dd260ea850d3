//! Secrets in answers: what the spec marks as one, and members that nobody has described and that sound like one.

use anypoint_core::internal::sounds_secret;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{self, Shape};

    /// Secrets whose names do not tell that they are.
    const ONLY_IN_SPECS: [&str; 6] = [
        "appProperties",
        "code",
        "downloadUrl",
        "key",
        "properties",
        "secureProperties",
    ];

    fn is_secret(ty: &Ty) -> bool {
        match ty.present() {
            Ty::Map(item) | Ty::List(item) => is_secret(item),
            ty => matches!(ty, Ty::Secret),
        }
    }

    /// What is described as a secret would be masked by its name, too, where a service sends it without a description.
    #[test]
    fn the_names_of_secrets_in_the_specs_sound_like_secrets() {
        let mut secrets = 0;
        for name in table::names() {
            let api = table::api(name).unwrap();
            let models = api.types.values().filter_map(|shape| match shape {
                Shape::Model { fields, .. } => Some(fields),
                _ => None,
            });
            let members = models.flatten().map(|field| (field.wire, &field.ty));
            let parameters = api.commands().flat_map(|command| &command.parameters);
            let parameters = parameters.map(|it| (it.wire, &it.ty));
            for (name, _) in members.chain(parameters).filter(|(_, ty)| is_secret(ty)) {
                let known = ONLY_IN_SPECS.contains(&name);
                assert_ne!(sounds_secret(name), known, "{}: {name}", api.name);
                secrets += 1;
            }
        }
        assert!(secrets > 20, "{secrets}");
    }

    #[test]
    fn members_that_nobody_has_described_are_masked_by_their_names() {
        let mut value: Value = serde_json::from_str(
            r#"{"tokenUrl":"u","nested":[{"dbPassword":"p","apiKeys":["k"],"note":"n"}]}"#,
        )
        .unwrap();
        assert!(mask(None, &Ty::Json, &mut value));
        let expected =
            r#"{"tokenUrl":"u","nested":[{"dbPassword":"***","apiKeys":["***"],"note":"n"}]}"#;
        assert_eq!(value.compact(), expected);
    }
}
