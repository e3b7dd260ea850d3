//! What a request is in Rust: its parameters, its body, its answer, and how its list is read page by page.

use syn::parse_quote;

use super::{Refine, received, unboxed};
use crate::codegen::ir;
use crate::codegen::prose::{code, markdown};
use crate::codegen::request::{Answer, Request};
use crate::codegen::spec::{self, Paginate, Schema};
use crate::codegen::{following, lint, names, reach, updating, waiting};

impl Refine<'_> {
    pub(super) fn request(&self, request: &Request<'_>) -> Result<ir::Request, String> {
        let operation = request.operation;
        let owner = &request.type_name;
        let answer = self.answer(request)?;
        let accept = match (&request.answer, &answer) {
            (Answer::Json { accept, .. }, _) => (*accept).to_owned(),
            (Answer::Text, _) => "text/plain, text/*;q=0.9, */*;q=0.1".into(),
            (Answer::Binary | Answer::Empty, _) => "*/*".into(),
            _ => "application/json".into(),
        };
        let errors = operation.responses.iter().filter(|response| {
            response.code != "default" && !response.code.starts_with('2') && response.code != "304"
        });
        Ok(ir::Request {
            id: request.id.clone(),
            type_name: owner.clone(),
            operation_id: operation.id.clone(),
            module: operation
                .tags
                .first()
                .map(|(tag, _)| names::module(tag))
                .unwrap_or_default(),
            method: operation.method,
            path: operation.path.clone(),
            summary: markdown(&operation.summary),
            description: markdown(&operation.description),
            deprecated: operation.deprecated,
            parameters: request
                .parameters
                .iter()
                .map(|parameter| self.parameter(owner, parameter))
                .collect::<Result<_, _>>()?,
            body: self.body(request)?,
            pages: self.pages(request, &answer)?,
            wait: waiting::refine(self.spec, request, &answer),
            follow: following::refine(self.spec, request),
            change: updating::change(request, &answer),
            carry: updating::carry(self.spec, request, &answer),
            lends_call: updating::is_read_by_change(self.spec, operation),
            example: lint::successes(operation)
                .flat_map(|response| &response.content)
                .find_map(|media| self.example(media)),
            bodiless: lint::successes(operation)
                .filter(|response| response.content.is_empty())
                .map(|response| response.code.clone())
                .collect(),
            answer,
            accept,
            errors: errors
                .map(|response| (response.code.clone(), markdown(&response.description)))
                .collect(),
            security: operation.security,
            environment: operation.environment,
            idempotent: operation
                .idempotent
                .unwrap_or_else(|| operation.method.is_idempotent()),
            not_modified: request.not_modified,
            limits: self.limits(operation),
        })
    }

    fn limits(&self, operation: &spec::Operation) -> Vec<String> {
        let mut limits = self.spec.limits.iter().map(|limit| limit.name.clone());
        let default = limits.find(|name| name == lint::DEFAULT_LIMIT);
        let named = operation.limits.iter().map(|(name, _)| name.clone());
        default.into_iter().chain(named).collect()
    }

    fn parameter(&self, owner: &str, parameter: &spec::Parameter) -> Result<ir::Parameter, String> {
        let name = names::argument(&parameter.name);
        let bare = self.ty(owner, &name)?;
        Ok(ir::Parameter {
            ty: if parameter.required {
                bare
            } else {
                parse_quote!(Option<#bare>)
            },
            wire: parameter.name.clone(),
            location: parameter.location,
            required: parameter.required,
            joined: !parameter.explode,
            multi_segment: parameter.multi_segment,
            description: markdown(&parameter.description),
            default: parameter
                .schema
                .default
                .as_ref()
                .map(|default| code(&default.value.to_string())),
            example: parameter
                .example
                .as_ref()
                .map(|example| example.value.clone())
                .unwrap_or_default(),
            name,
        })
    }

    fn body(&self, request: &Request<'_>) -> Result<Option<ir::Body>, String> {
        let Some(body) = &request.body else {
            return Ok(None);
        };
        let bare = self.ty(&request.type_name, "body")?;
        Ok(Some(ir::Body {
            kind: body.kind,
            content_type: body.media.name.clone(),
            ty: if body.body.required {
                bare
            } else {
                parse_quote!(Option<#bare>)
            },
            required: body.body.required,
            description: markdown(&body.body.description),
            example: self.example(body.media),
        }))
    }

    fn answer(&self, request: &Request<'_>) -> Result<ir::Answer, String> {
        let owner = &request.type_name;
        Ok(match &request.answer {
            Answer::Empty => ir::Answer::Empty,
            Answer::Text => ir::Answer::Text,
            Answer::JsonText => ir::Answer::JsonText,
            Answer::Binary => ir::Answer::Binary,
            Answer::Json { optional, .. } => {
                let bare = unboxed(self.ty(owner, "answer")?);
                ir::Answer::Json(if *optional {
                    parse_quote!(Option<#bare>)
                } else {
                    bare
                })
            }
            Answer::ByStatus(answers) => {
                let variant = |(status, schema): &(u16, Option<&Schema>)| {
                    let ty = schema
                        .map(|_| self.ty(owner, &format!("answer_{status}")))
                        .transpose()?;
                    Ok::<_, String>((*status, names::status_variant(*status), ty.map(unboxed)))
                };
                ir::Answer::ByStatus(answers.iter().map(variant).collect::<Result<_, _>>()?)
            }
        })
    }

    /// The example of a media type, or that of its component.
    fn example(&self, media: &spec::Media) -> Option<serde_json::Value> {
        let own = media.example.as_ref();
        let schema = media
            .schema
            .as_ref()
            .map(|schema| reach::resolve(self.spec, schema));
        let found = own.or(schema.and_then(|schema| schema.example.as_ref()))?;
        Some(found.value.clone())
    }

    fn pages(
        &self,
        request: &Request<'_>,
        answer: &ir::Answer,
    ) -> Result<Option<ir::Pages>, String> {
        let (Some(paginate), ir::Answer::Json(page)) = (&request.operation.paginate, answer) else {
            return Ok(None);
        };
        let (page_name, bare_item) = ir::outer(page);
        let member = |wire: &String| {
            let name = names::argument(wire);
            self.ty(&page_name, &name).map(|ty| (name, ty))
        };
        let items = paginate.items.as_ref().map(member).transpose()?;
        let item = match &items {
            Some((_, list)) => ir::outer(list).1.cloned(),
            None => bare_item.cloned(),
        };
        let offset = names::argument(&paginate.offset);
        let total = paginate.total.as_ref().map(|wire| {
            let (name, bare) = member(wire)?;
            let required = self.spec.schema(&page_name).is_some_and(|component| {
                reach::properties(self.spec, &component.schema)
                    .iter()
                    .any(|property| {
                        property.name == *wire && property.required && !property.schema.nullable
                    })
            });
            Ok::<_, String>((name, received(bare, required)))
        });
        Ok(Some(ir::Pages {
            offset_type: self.ty(&request.type_name, &offset)?,
            offset,
            limit: names::argument(&paginate.limit),
            page: page.clone(),
            item: item.ok_or_else(|| format!("{} answers no list", request.id))?,
            items: items.map(|(name, _)| name),
            total: total.transpose()?,
            id: item_id(paginate),
        }))
    }
}

fn item_id(paginate: &Paginate) -> ir::ItemId {
    match &paginate.id[..] {
        [] => ir::ItemId::Nothing,
        [only] if only == "." => ir::ItemId::Itself,
        names => ir::ItemId::Fields(names.iter().map(|wire| names::argument(wire)).collect()),
    }
}
