//! The arguments of the example on a crate's page, from the examples of the spec.

use serde_json::Value as Json;

use super::types::ty_in;
use crate::codegen::contract::{Encoding, Face, Index, Model, Operation, Scope, Shape, Ty};
use crate::codegen::names;

/// The arguments of a call, as a person would write them.
pub fn arguments(api: &Index<'_>, request: &Operation) -> String {
    let sample = Sample {
        api,
        krate: names::crate_ident(&api.package),
    };
    let parameters = request.arguments();
    let parameters = parameters.map(|it| sample.value(&it.ty, &it.example));
    let body = request.required_body().map(|body| match body.encoding {
        Encoding::Binary => sample.upload(),
        _ => sample.value(&body.ty, &body.example.clone().unwrap_or_default()),
    });
    parameters.chain(body).collect::<Vec<_>>().join(", ")
}

/// The arguments of the client of a scope, each on its own line.
pub fn bound(api: &Index<'_>, scope: &Scope) -> String {
    let sample = Sample {
        api,
        krate: names::crate_ident(&api.package),
    };
    let bound = scope.bound.iter();
    let bound = bound.map(|it| sample.value(&it.ty, &it.example));
    bound.map(|it| format!("\n        {it},")).collect()
}

struct Sample<'a> {
    api: &'a Index<'a>,
    krate: String,
}

impl Sample<'_> {
    fn value(&self, ty: &Ty, example: &Json) -> String {
        match (ty, example) {
            (Ty::Text | Ty::Secret, Json::String(text)) => format!("{text:?}"),
            (Ty::Id(of), Json::String(text)) => {
                format!("{}::new({text:?})", names::id(of))
            }
            (Ty::Flag, Json::Bool(_)) | (Ty::Integer, Json::Number(_)) => example.to_string(),
            (Ty::Time, Json::String(text)) => {
                format!("{text:?}.parse::<{}::core::Timestamp>()?", self.krate)
            }
            (Ty::Upload, _) => self.upload(),
            (Ty::List(item), Json::Array(items)) if self.is_plain(item) && !items.is_empty() => {
                let items = items.iter().map(|it| self.value(item, it));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            (Ty::Named(name), _) => self.named(name, example),
            _ => self.decoded(ty, example),
        }
    }

    fn upload(&self) -> String {
        format!("{}::core::Upload::file(\"sample.zip\")", self.krate)
    }

    /// Whether an item of a list is written like a single value.
    fn is_plain(&self, item: &Ty) -> bool {
        matches!(
            item,
            Ty::Text | Ty::Id(_) | Ty::Secret | Ty::Flag | Ty::Integer | Ty::Upload
        ) || item.named().is_some()
    }

    fn named(&self, name: &str, example: &Json) -> String {
        let ty = Ty::Named(name.to_owned());
        match (self.api.component(name).map(|it| &it.shape), example) {
            (Some(Shape::Enum(_)), Json::String(text)) => {
                format!("{}::types::{name}::from({text:?})", self.krate)
            }
            (Some(Shape::Model(model)), Json::Object(_)) if model.face != Face::Response => {
                self.model(name, model, example)
            }
            _ => self.decoded(&ty, example),
        }
    }

    fn model(&self, name: &str, model: &Model, example: &Json) -> String {
        let free = || model.fields.iter().filter(|field| field.fixed.is_none());
        let null = Json::Null;
        let member = |wire: &str| example.get(wire).unwrap_or(&null);
        let required = free().filter(|field| field.required);
        let required = required.map(|field| self.value(&field.ty, member(&field.wire)));
        let required = required.collect::<Vec<_>>().join(", ");
        let optional = free().filter(|field| !field.required && !member(&field.wire).is_null());
        let set = optional.map(|field| {
            let value = self.value(field.ty.present(), member(&field.wire));
            format!(".{}({value})", field.name)
        });
        let set: String = set.collect();
        format!("{}::types::{name}::new({required}){set}", self.krate)
    }

    /// A value that has no shorter form.
    fn decoded(&self, ty: &Ty, example: &Json) -> String {
        let krate = self.krate.parse().unwrap_or_default();
        let ty = ty_in(&krate, ty).to_string().replace(' ', "");
        let text = example.to_string();
        let core = format!("{}::core::Json", self.krate);
        format!("<{ty} as serde::Deserialize>::deserialize({text:?}.parse::<{core}>()?)?")
    }
}
