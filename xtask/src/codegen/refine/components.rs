//! Components in Rust: models, enums and unions.

use super::{Missing, Refine, is_nullable, precise};
use crate::codegen::contract::{
    Component, Face, Field, Limit, Limits, Model, Part, Shape, Trait, Ty, Variant,
};
use crate::codegen::reach;
use crate::codegen::spec::{self, Kind, Property, Schema};
use crate::codegen::update;

impl Refine<'_> {
    pub(super) fn components(&self) -> Result<Vec<Component>, Missing> {
        let components = self.spec.schemas.iter();
        let own = components.filter(|component| !matches!(component.schema.kind, Kind::Map(_)));
        let components = own.map(|component| self.component(component));
        components.collect()
    }

    fn component(&self, component: &spec::Component) -> Result<Component, Missing> {
        let schema = &component.schema;
        let homes = self.homes.get(component.name.as_str());
        let home = homes.filter(|homes| homes.len() == 1);
        let shape = self.shape(component)?;
        Ok(Component {
            name: component.rust(),
            schema: component.name.clone(),
            was: schema.naming.former(),
            deprecated: schema.deprecated,
            module: home.and_then(|homes| homes.first().cloned()),
            traits: traits(&shape),
            shape,
            description: schema.description.clone(),
        })
    }

    fn shape(&self, component: &spec::Component) -> Result<Shape, Missing> {
        Ok(match &component.schema.kind {
            Kind::Enum(values) => {
                let value = |(wire, _): &(String, usize)| {
                    let said = component.schema.said(wire);
                    Variant {
                        was: said.map_or_else(Vec::new, |said| said.naming.former()),
                        description: said.map_or_else(String::new, |said| said.description.clone()),
                        ..variant(component.schema.value(wire), wire)
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
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        let named = component.schema.page_or_array.is_some();
        let list = reach::list_of_page(self.spec, &component.schema);
        let list = list.filter(|_| named || face == Face::Response);
        Ok(Model {
            face,
            bare_list: list.map(|it| it.name.clone()),
            fields,
            keeps_unknown: face != Face::Form && self.keeping.contains(component.name.as_str()),
            made_from: update::sources(self.spec, &component.name)
                .into_iter()
                .map(|name| self.spec.rust(name))
                .collect(),
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
        let bare = precise(self.spec, schema, self.ty(&owner.rust(), &name)?);
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

    /// The value that a property must have because it distinguishes its object from the other branches of a union.
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
        ..Variant::default()
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

/// Whether it has a `Default`. An answer always does, because a server may leave out any member. A caller must set required
/// members, and choose the variant of a union.
fn has_default(shape: &Shape) -> bool {
    match shape {
        Shape::Enum(_) => true,
        Shape::Union { .. } => false,
        Shape::Model(model) => {
            model.face == Face::Response || !model.fields.iter().any(|field| field.required)
        }
    }
}

fn traits(shape: &Shape) -> Vec<Trait> {
    use Trait::*;
    let all = match shape {
        Shape::Model(model) if model.face == Face::Form => vec![Clone, Debug],
        Shape::Enum(_) => vec![
            Clone,
            Debug,
            Default,
            PartialEq,
            Eq,
            Hash,
            Ord,
            Display,
            FromStr,
            AsRef,
            Serialize,
            Deserialize,
        ],
        Shape::Model(_) | Shape::Union { .. } => {
            vec![Clone, Debug, Default, PartialEq, Serialize, Deserialize]
        }
    };
    let kept = all.into_iter();
    kept.filter(|it| *it != Default || has_default(shape))
        .collect()
}
