//! Converts texts of the command line to values by their types, and finds the members that are secrets.

use anypoint_core::Secret;
use serde::{Serialize, Serializer};

use crate::failure::Failure;
use crate::table::{Api, Shape, Ty};
use crate::value::Value;

/// The type of a member.
pub(crate) fn member<'a>(api: &'a Api, ty: &Ty, name: &str) -> Option<&'a Ty> {
    let Ty::Named(of) = ty.present() else {
        return None;
    };
    let Shape::Model { fields, .. } = api.shape(of)? else {
        return None;
    };
    fields
        .iter()
        .find(|field| field.is_called(name))
        .map(|field| &field.ty)
}

/// The type of a union's variant, by the value's tag.
pub(crate) fn variant<'a>(api: &'a Api, ty: &Ty, value: &Value) -> Option<&'a Shape> {
    let Ty::Named(of) = ty.present() else {
        return None;
    };
    match api.shape(of)? {
        Shape::Union { tag, variants } => {
            let Value::Text(text) = value.get(tag)? else {
                return None;
            };
            let (_, name) = variants.iter().find(|(wire, _)| wire == text)?;
            api.shape(name)
        }
        shape => Some(shape),
    }
}

/// A text of the command line as a value of a type.
pub(crate) fn value(ty: &Ty, text: &str, name: &str) -> Result<Value, Failure> {
    let wrong =
        |expected: &str| Failure::usage(format!("{name}: expected {expected}, not `{text}`"));
    let json = || serde_json::from_str::<Value>(text).ok();
    match ty.present() {
        Ty::Flag => match text {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => Err(wrong("true or false")),
        },
        Ty::Integer => match text.parse::<i64>() {
            Ok(number) => Ok(Value::Number(number.into())),
            Err(_) => Err(wrong("an integer")),
        },
        Ty::Number => match json() {
            Some(Value::Number(number)) => Ok(Value::Number(number)),
            _ => Err(wrong("a number")),
        },
        Ty::Text | Ty::Id(_) | Ty::Time | Ty::Secret | Ty::Upload => {
            Ok(Value::Text(text.to_owned()))
        }
        Ty::List(item) if json().is_none_or(|it| !matches!(it, Value::List(_))) => {
            Ok(Value::List(vec![value(item, text, name)?]))
        }
        _ => Ok(json().unwrap_or_else(|| Value::Text(text.to_owned()))),
    }
}

/// A value on its way to the server: its secrets are noted as such, so that no error and no trace shows them.
pub(crate) struct Typed<'a> {
    pub(crate) api: &'a Api,
    pub(crate) value: &'a Value,
    pub(crate) ty: &'a Ty,
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { api, value, ty } = *self;
        let ty = ty.present();
        match (value, ty) {
            (Value::Text(text), Ty::Secret) => Secret::from(text.as_str()).serialize(serializer),
            (Value::List(items), Ty::List(ty)) => {
                serializer.collect_seq(items.iter().map(|value| Typed { api, value, ty }))
            }
            (Value::Object(members), _) => {
                serializer.collect_map(members.iter().map(|(name, value)| {
                    let ty = self::of_member(api, ty, self.value, name);
                    (name, Typed { api, value, ty })
                }))
            }
            _ => value.serialize(serializer),
        }
    }
}

/// The type of a member of an object, which may be a map, a model or one of a union.
pub(crate) fn of_member<'a>(api: &'a Api, ty: &'a Ty, object: &Value, name: &str) -> &'a Ty {
    match ty.present() {
        Ty::Map(item) => item,
        other => match variant(api, other, object) {
            Some(Shape::Model { fields, .. }) => {
                let mut fields = fields.iter();
                fields
                    .find(|it| it.is_called(name))
                    .map_or(&Ty::Json, |it| &it.ty)
            }
            _ => &Ty::Json,
        },
    }
}
