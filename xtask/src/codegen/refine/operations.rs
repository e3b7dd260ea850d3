//! Operations in Rust: their parameters, bodies and answers.

use super::components::limits;
use super::{Missing, Refine, is_nullable, module, precise};
use crate::codegen::contract::{self, Gives, Location, Operation, Outcome, Parameter, Refusal};
use crate::codegen::request::{self, Answer, Request};
use crate::codegen::spec::{self, Schema};
use crate::codegen::{lint, lower, names, reach};

impl Refine<'_> {
    pub(super) fn operation(&self, request: &Request<'_>) -> Result<Operation, Missing> {
        let operation = request.operation;
        let owner = &request.type_name;
        let gives = self.gives(request)?;
        let parameters = request.parameters.iter();
        let scope = self.spec.scope(operation);
        let parameters = parameters.map(|parameter| self.parameter(owner, parameter, scope));
        let idempotent = operation.idempotent;
        Ok(Operation {
            id: request.id.clone(),
            operation_id: operation.id.clone(),
            published_id: operation.published_id.as_ref().map(|(id, _)| id.clone()),
            request: owner.clone(),
            module: module(operation),
            scope: scope.map(|scope| scope.name.clone()),
            method: operation.method,
            path: operation.path.clone(),
            deprecated: operation.deprecated,
            was: request.former(),
            security: operation.security,
            environment: operation.environment,
            idempotent: idempotent.unwrap_or_else(|| operation.method.is_idempotent()),
            limits: self.limits(operation),
            columns: columns(operation),
            parameters: parameters.collect::<Result<_, _>>()?,
            body: self.body(request)?,
            accept: accept(&request.answer).to_owned(),
            answers: self.answers(request)?,
            refusals: refusals(operation),
            extensions: operation.extensions.refine(self.spec, request, &gives),
            gives,
            summary: operation.summary.clone(),
            description: operation.description.clone(),
            example: lint::successes(operation)
                .flat_map(|response| &response.content)
                .find_map(|media| self.example(media)),
        })
    }

    /// The scopes, with the variables as their operations have them.
    pub(super) fn scopes(&self) -> Result<Vec<contract::Scope>, Missing> {
        let scopes = self.spec.scopes.iter();
        scopes.map(|scope| self.scope(scope)).collect()
    }

    fn scope(&self, scope: &spec::Scope) -> Result<contract::Scope, Missing> {
        let mut operations = self.spec.operations.iter();
        let within = |it: &&spec::Operation| {
            let own = self.spec.scope(it);
            own.is_some_and(|own| own.name == scope.name)
        };
        let operation = operations.find(within).ok_or_else(|| Missing {
            owner: scope.name.clone(),
            reason: format!("no operation is within the scope {}", scope.name),
        })?;
        let owner = names::type_name(&request::first(operation));
        let variables = scope.variables.iter();
        let bound = variables.flat_map(|(name, _)| {
            let parameters = operation.parameters.iter();
            let mut own = parameters.filter(move |it| it.name == *name && scope.binds(it));
            own.next().map(|it| self.parameter(&owner, it, Some(scope)))
        });
        let bound = bound.map(|parameter| {
            let parameter = parameter?;
            Ok(contract::Bound {
                name: parameter.name,
                ty: parameter.ty,
                description: parameter.description,
                example: parameter.example,
            })
        });
        Ok(contract::Scope {
            name: scope.name.clone(),
            bound: bound.collect::<Result<_, _>>()?,
        })
    }

    fn limits(&self, operation: &spec::Operation) -> Vec<String> {
        let mut limits = self.spec.limits.iter().map(|limit| limit.name.clone());
        let default = limits.find(|name| name == lint::DEFAULT_LIMIT);
        let named = operation.limits.iter().map(|(name, _)| name.clone());
        default.into_iter().chain(named).collect()
    }

    fn parameter(
        &self,
        owner: &str,
        parameter: &spec::Parameter,
        scope: Option<&spec::Scope>,
    ) -> Result<Parameter, Missing> {
        let name = parameter.rust();
        let schema = &parameter.schema;
        let example = parameter.example.as_ref();
        Ok(Parameter {
            ty: precise(self.spec, schema, self.ty(owner, &name)?),
            wire: parameter.name.clone(),
            location: location(parameter),
            required: parameter.required,
            bound: scope.is_some_and(|scope| scope.binds(parameter)),
            deprecated: schema.deprecated,
            was: parameter.naming.former(),
            default: schema.default.as_ref().map(|default| default.value.clone()),
            limits: limits(schema),
            description: parameter.description.clone(),
            example: example.map(|it| it.value.clone()).unwrap_or_default(),
            name,
        })
    }

    fn body(&self, request: &Request<'_>) -> Result<Option<contract::Body>, Missing> {
        let Some(body) = &request.body else {
            return Ok(None);
        };
        Ok(Some(contract::Body {
            encoding: body.kind,
            media: body.media.name.clone(),
            ty: self.body_type(request, body.media.schema.as_ref())?,
            required: body.body.required,
            description: body.body.description.clone(),
            example: self.example(body.media),
        }))
    }

    fn body_type(
        &self,
        request: &Request<'_>,
        schema: Option<&Schema>,
    ) -> Result<contract::Ty, Missing> {
        let bare = self.ty(&request.type_name, lower::BODY)?;
        let Some(schema) = schema else {
            return Ok(bare);
        };
        let bare = precise(self.spec, schema, bare);
        Ok(match is_nullable(self.spec, schema) {
            true => bare.nullable(),
            false => bare,
        })
    }

    fn gives(&self, request: &Request<'_>) -> Result<Gives, Missing> {
        let owner = &request.type_name;
        Ok(match &request.answer {
            Answer::Empty => Gives::Nothing,
            Answer::Text => Gives::Text,
            Answer::JsonText => Gives::JsonText,
            Answer::Binary => Gives::Download,
            Answer::Json {
                schema, optional, ..
            } => {
                let bare = self.ty(owner, &lower::answer(None))?.unboxed();
                let bare = precise(self.spec, schema, bare).received();
                let optional = *optional || is_nullable(self.spec, schema);
                Gives::Json(bare.required_if(!optional))
            }
            Answer::ByStatus(_) => Gives::Outcome(names::outcome(&request.id)),
        })
    }

    fn answers(&self, request: &Request<'_>) -> Result<Vec<contract::Answer>, Missing> {
        let by_status = matches!(request.answer, Answer::ByStatus(_));
        let answer = |response: &spec::Response| {
            let media = response.content.first();
            let status = response.code.parse().unwrap_or(200);
            let schema = media.and_then(|media| media.schema.as_ref());
            let outcome = by_status.then(|| self.outcome(request, status, schema));
            Ok(contract::Answer {
                status,
                media: media.map(|media| media.name.clone()),
                outcome: outcome.transpose()?,
            })
        };
        lint::successes(request.operation).map(answer).collect()
    }

    fn outcome(
        &self,
        request: &Request<'_>,
        status: u16,
        schema: Option<&Schema>,
    ) -> Result<Outcome, Missing> {
        let ty = schema.map(|schema| {
            let member = lower::answer(Some(status));
            let bare = self.ty(&request.type_name, &member)?.unboxed();
            let bare = precise(self.spec, schema, bare).received();
            Ok(bare.required_if(!is_nullable(self.spec, schema)))
        });
        Ok(Outcome {
            name: names::status_variant(status),
            ty: ty.transpose()?,
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
}

fn columns(operation: &spec::Operation) -> Vec<String> {
    let columns = operation.columns.iter().flat_map(|it| &it.paths);
    columns.map(|(path, _)| path.clone()).collect()
}

fn accept<'a>(answer: &Answer<'a>) -> &'a str {
    match answer {
        Answer::Json { accept, .. } => accept,
        Answer::Text => "text/plain, text/*;q=0.9, */*;q=0.1",
        Answer::Binary | Answer::Empty => "*/*",
        Answer::JsonText | Answer::ByStatus(_) => "application/json",
    }
}

fn refusals(operation: &spec::Operation) -> Vec<Refusal> {
    let refused = operation.responses.iter().filter(|response| {
        response.code != "default" && !response.code.starts_with('2') && response.code != "304"
    });
    let refusal = |response: &spec::Response| Refusal {
        code: response.code.clone(),
        description: response.description.clone(),
    };
    refused.map(refusal).collect()
}

fn location(parameter: &spec::Parameter) -> Location {
    match parameter.location {
        spec::Location::Path if parameter.multi_segment => Location::PathSegments,
        spec::Location::Path => Location::Path,
        spec::Location::Query if parameter.explode => Location::Query,
        spec::Location::Query => Location::QueryJoined,
        spec::Location::Header => Location::Header,
    }
}
