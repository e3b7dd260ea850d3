//! What a component is in Rust: a model, an enum or a union.

use std::collections::{BTreeMap, BTreeSet};

use super::{Missing, Refine, is_nullable, with_nulls};
use crate::codegen::contract::{
    Component, Face, Field, Limit, Limits, Model, Part, Shape, Trait, Ty, Variant,
};
use crate::codegen::reach;
use crate::codegen::spec::{self, Kind, Property, Schema};

impl Refine<'_> {
    pub(super) fn components(&self) -> Result<Vec<Component>, Missing> {
        let components = self.spec.schemas.iter();
        let own = components.filter(|component| !matches!(component.schema.kind, Kind::Map(_)));
        let components = own.map(|component| self.component(component));
        let mut components = components.collect::<Result<Vec<_>, _>>()?;
        let without = without_default(&components);
        for component in &mut components {
            component.traits = traits(component, !without.contains(&component.name));
        }
        Ok(components)
    }

    fn component(&self, component: &spec::Component) -> Result<Component, Missing> {
        let schema = &component.schema;
        let homes = self.homes.get(component.name.as_str());
        let home = homes.filter(|homes| homes.len() == 1);
        Ok(Component {
            name: component.rust(),
            schema: component.name.clone(),
            was: schema.naming.former(),
            deprecated: schema.deprecated,
            module: home.and_then(|homes| homes.first().cloned()),
            traits: Vec::new(),
            shape: self.shape(component)?,
            description: schema.description.clone(),
        })
    }

    fn shape(&self, component: &spec::Component) -> Result<Shape, Missing> {
        Ok(match &component.schema.kind {
            Kind::Enum(values) => {
                let value = |(wire, _): &(String, usize)| {
                    let (name, was) = component.schema.value(wire);
                    Variant {
                        was,
                        ..variant(name, wire)
                    }
                };
                Shape::Enum(values.iter().map(value).collect())
            }
            Kind::OneOf { tag, branches } => {
                let branches = branches.iter();
                let variants = branches.map(|it| variant(self.spec.rust(&it.component), &it.value));
                Shape::Union {
                    tag: tag.clone(),
                    variants: variants.collect(),
                }
            }
            _ => Shape::Model(self.model(component)?),
        })
    }

    fn model(&self, component: &spec::Component) -> Result<Model, Missing> {
        let face = self.faces.get(component.name.as_str()).copied();
        let face = face.unwrap_or_default();
        let properties = reach::properties(self.spec, &component.schema);
        let fields = properties.iter();
        let fields = fields.map(|property| self.field(component, property, face));
        let bare_list = component.schema.page_or_array.as_ref();
        Ok(Model {
            face,
            fields: fields.collect::<Result<_, _>>()?,
            bare_list: bare_list.map(|(wire, _)| wire.clone()),
        })
    }

    fn field(
        &self,
        owner: &spec::Component,
        property: &Property,
        face: Face,
    ) -> Result<Field, Missing> {
        let schema = &property.schema;
        let name = property.rust();
        let bare = with_nulls(self.spec, schema, self.ty(&owner.rust(), &name)?);
        let bare = match self.comes_round(&owner.name, schema) {
            true => Ty::Boxed(Box::new(bare)),
            false => bare,
        };
        let nullable = is_nullable(self.spec, schema);
        Ok(Field {
            ty: if nullable { bare.nullable() } else { bare },
            wire: property.name.clone(),
            aliases: schema.aliases.clone(),
            required: property.required,
            fixed: self.tag(&owner.name, &property.name),
            deprecated: schema.deprecated,
            was: schema.naming.former(),
            part: (face == Face::Form).then(|| self.part(schema)),
            default: schema.default.as_ref().map(|default| default.value.clone()),
            limits: limits(schema),
            description: schema.description.clone(),
            name,
        })
    }

    /// Whether a member is a union that leads back to the object that has it.
    fn comes_round(&self, owner: &str, schema: &Schema) -> bool {
        let union = matches!(reach::resolve(self.spec, schema).kind, Kind::OneOf { .. });
        let circle = |name: &str| self.circles.get(name);
        let target = reach::target(schema).and_then(circle);
        union && target.is_some() && target == circle(owner)
    }

    /// The value that a property must have because it tells its object from the other branches of a union.
    fn tag(&self, owner: &str, property: &str) -> Option<String> {
        let mut values = self.tags.get(&(owner, property))?.iter();
        let value = values.next()?.to_string();
        values.next().is_none().then_some(value)
    }

    fn part(&self, schema: &Schema) -> Part {
        match reach::resolve(self.spec, schema).kind {
            Kind::Binary => Part::File,
            Kind::List(ref item) if matches!(item.kind, Kind::Binary) => Part::File,
            Kind::Bool
            | Kind::Integer { .. }
            | Kind::Number
            | Kind::String { .. }
            | Kind::Enum(_) => Part::Text,
            _ => Part::Json,
        }
    }
}

fn variant(name: String, wire: &str) -> Variant {
    Variant {
        name,
        wire: wire.to_owned(),
        was: Vec::new(),
    }
}

pub(super) fn limits(schema: &Schema) -> Limits {
    let limit = |(name, value): &(String, serde_json::Value)| {
        Some(Limit {
            keyword: serde_json::from_value(name.as_str().into()).ok()?,
            value: value.clone(),
        })
    };
    schema.limits.iter().filter_map(limit).collect()
}

/// What cannot be made of nothing: unions, what a caller must fill, and whatever holds such a thing plainly.
fn without_default(components: &[Component]) -> BTreeSet<String> {
    let mut holders: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut open = Vec::new();
    for component in components {
        match &component.shape {
            Shape::Enum(_) => {}
            Shape::Union { .. } => open.push(component.name.as_str()),
            Shape::Model(model) if model.face == Face::Response => {
                for field in &model.fields {
                    if let Ty::Named(name) = field.held(model.face) {
                        holders.entry(name).or_default().push(&component.name);
                    }
                }
            }
            Shape::Model(model) => {
                let required = model.fields.iter().any(|field| field.required);
                open.extend(required.then_some(component.name.as_str()));
            }
        }
    }
    let mut without = BTreeSet::new();
    while let Some(name) = open.pop() {
        open.extend(holders.remove(name).unwrap_or_default());
        without.insert(name.to_owned());
    }
    without
}

fn traits(component: &Component, default: bool) -> Vec<Trait> {
    use Trait::{Clone, Debug, Default, Deserialize, Display, Eq, Hash, PartialEq, Serialize};
    let all = match &component.shape {
        Shape::Model(model) if model.face == Face::Form => vec![Clone, Debug],
        Shape::Enum(_) => vec![
            Clone,
            Debug,
            Default,
            PartialEq,
            Eq,
            Hash,
            Display,
            Serialize,
            Deserialize,
        ],
        Shape::Model(_) | Shape::Union { .. } => {
            vec![Clone, Debug, Default, PartialEq, Serialize, Deserialize]
        }
    };
    let kept = all.into_iter();
    kept.filter(|it| default || *it != Trait::Default).collect()
}
