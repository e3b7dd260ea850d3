//! Waiting: the method on `Client`, and what the answers of a look mean.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::models::argument;
use crate::codegen::ir::{Parameter, Request, Wait};
use crate::codegen::names::ident;
use crate::codegen::spec::{Pointer, Rules};

/// `client.wait_for_deployment(organization_id, …, &deployment)`.
pub fn method(request: &Request) -> TokenStream {
    let Some(wait) = &request.wait else {
        return quote!();
    };
    let (name, get) = (ident(&wait.rules.method.name), ident(&request.id));
    let (request_type, of) = (ident(&request.type_name), ident(&wait.of));
    let object = ident(&wait.argument);
    let mut takes = Vec::new();
    let mut gives = Vec::new();
    for parameter in required(request) {
        let own = ident(&parameter.name);
        let mut given = wait.given.iter();
        gives.push(match given.find(|(name, ..)| *name == parameter.name) {
            Some((_, field, optional)) => {
                let field = ident(field);
                match optional {
                    true => quote!(#object.#field.as_deref().unwrap_or_default()),
                    false => quote!(#object.#field.as_str()),
                }
            }
            None => {
                takes.push(argument(&own, &parameter.ty).0);
                quote!(#own)
            }
        });
    }
    let docs = docs::lines(&method_docs(request, wait));
    let begin = match wait.follows {
        true => quote!(Wait::after(self.#get(#(#gives),*), #object)),
        false => quote!(Wait::new(self.#get(#(#gives),*))),
    };
    quote! {
        #docs
        pub fn #name(&self, #(#takes,)* #object: &#of) -> Wait<#request_type> {
            #begin
        }
    }
}

fn required(request: &Request) -> impl Iterator<Item = &Parameter> {
    let parameters = request.parameters.iter();
    parameters.filter(|parameter| parameter.required)
}

fn method_docs(request: &Request, wait: &Wait) -> String {
    let mut text = docs::extra_method(&wait.rules.method);
    text += &format!(
        "\n\nIt looks by [`Client::{}`](crate::Client::{}), for {} unless set otherwise.\n\n# Arguments",
        request.id,
        request.id,
        duration(wait.rules.timeout)
    );
    for parameter in required(request) {
        if !wait.given.iter().any(|(name, ..)| *name == parameter.name) {
            text += &docs::argument(&parameter.name, &parameter.description);
        }
    }
    let whose = match wait.rules.version {
        Some(_) => "What a change has answered. The version in it is waited for and no other one.",
        None => "What a change or an earlier look has answered.",
    };
    text + &format!(
        "\n- `{}`: {whose}\n\n# Errors\nAs [`Wait`] says.",
        wait.argument
    )
}

fn duration(seconds: u32) -> String {
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3_600),
    }
}

/// `client.get_deployment(…).wait()`.
pub fn setter(request: &Request) -> TokenStream {
    let Some(wait) = &request.wait else {
        return quote!();
    };
    let method = &wait.rules.method.name;
    let docs = docs::lines(&format!(
        "Waits as [`Client::{method}`](crate::Client::{method}) does, for whatever the answers show.\n\nFor those who only have an id; after a change, the other way is the safe one."
    ));
    quote! {
        #docs
        pub fn wait(self) -> Wait<Self> {
            Wait::new(self)
        }
    }
}

/// What the answers mean.
pub fn waited(request: &Request) -> TokenStream {
    let Some(wait) = &request.wait else {
        return quote!();
    };
    let (name, answer, spec) = (ident(&request.type_name), &wait.answer, &wait.rules);
    let (method, timeout) = (&spec.method.name, u64::from(spec.timeout));
    let [pending, done, failed, gone] =
        [&spec.pending, &spec.done, &spec.failed, &spec.gone].map(rules);
    let (state, reason) = (pointers(&spec.state), pointers(&spec.reason));
    let version = spec.version.as_ref().map_or(quote!(None), |version| {
        let (at, reached) = (&version.at.text, pointers(&version.reached));
        let date = version.date.as_ref().map(|date| &date.text);
        let date = date.map_or(quote!(None), |date| quote!(Some(#date)));
        quote!(Some(internal::Version { at: #at, date: #date, reached: #reached }))
    });
    quote! {
        impl internal::Waited for #name {
            type Look = #answer;
            const WAITING: &'static internal::Waiting = &internal::Waiting {
                method: #method,
                state: #state,
                pending: #pending,
                done: #done,
                failed: #failed,
                gone: #gone,
                reason: #reason,
                version: #version,
                timeout: Duration::from_secs(#timeout),
            };
            fn endpoint(&self) -> &Endpoint { &self.endpoint }
            fn fetch(self) -> impl Future<Output = Result<Response<#answer>, Error>> + Send + 'static {
                self.send()
            }
        }
    }
}

fn pointers(pointers: &[Pointer]) -> TokenStream {
    let texts = pointers.iter().map(|pointer| &pointer.text);
    quote!(&[#(#texts),*])
}

fn rules(rules: &Rules) -> TokenStream {
    let alternatives = rules.iter().map(|conditions| {
        let conditions = conditions.iter().map(|(at, values)| {
            let at = &at.text;
            quote!((#at, &[#(#values),*]))
        });
        quote!(&[#(#conditions),*])
    });
    quote!(&[#(#alternatives),*])
}
