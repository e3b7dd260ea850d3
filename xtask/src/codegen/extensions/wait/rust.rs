//! Waiting: the method on `Client`, and what the answers of a look mean.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Condition, Wait};
use crate::codegen::contract::{Gives, Index, Operation};
use crate::codegen::emit::{argument, docs, ident, ty};
use crate::codegen::extensions::{Extension as _, Rust, rust::gives};

pub fn rust(wait: &Wait, contract: &Index<'_>, request: &Operation) -> Rust {
    Rust {
        client: method(wait, contract, request),
        request: setter(wait),
        items: waited(wait, request),
        ..Rust::default()
    }
}

/// `client.wait_for_deployment(organization_id, …, &deployment)`.
fn method(wait: &Wait, contract: &Index<'_>, request: &Operation) -> TokenStream {
    let (name, get) = (ident(&wait.method.name), ident(&request.id));
    let (request_type, of) = (ident(&request.request), ident(&wait.taken.of));
    let object = ident(&wait.taken.argument);
    let left = wait.left(request);
    let takes = left.map(|it| argument(&ident(&it.name), &it.ty).0);
    let gives = gives(contract, request, &wait.taken);
    let docs = docs::lines(&method_docs(request, wait));
    let own = matches!(&request.gives, Gives::Json(ty) if ty.named() == Some(&wait.taken.of));
    let begin = match own {
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

fn method_docs(request: &Operation, wait: &Wait) -> String {
    let mut text = docs::extra_method(&wait.method);
    text += &format!(
        "\n\nIt looks by [`Client::{}`](crate::Client::{}), for {} unless set otherwise.\n\n# Arguments",
        request.id,
        request.id,
        duration(wait.timeout_seconds)
    );
    for parameter in wait.left(request) {
        text += &docs::parameter(parameter);
    }
    let whose = match wait.version {
        Some(_) => "What a change has answered. The version in it is waited for and no other one.",
        None => "What a change or an earlier look has answered.",
    };
    text + &format!(
        "\n- `{}`: {whose}\n\n# Errors\nAs [`Wait`] says.",
        wait.taken.argument
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
fn setter(wait: &Wait) -> TokenStream {
    let method = &wait.method.name;
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
fn waited(wait: &Wait, request: &Operation) -> TokenStream {
    let Gives::Json(answer) = &request.gives else {
        return quote!();
    };
    let (name, answer) = (ident(&request.request), ty(answer));
    let (method, timeout) = (&wait.method.name, u64::from(wait.timeout_seconds));
    let [pending, done, failed, gone] =
        [&wait.pending, &wait.done, &wait.failed, &wait.gone].map(|rules| self::rules(rules));
    let (state, reason) = (&wait.state, &wait.reason);
    let version = wait.version.as_ref().map_or(quote!(None), |version| {
        let (at, reached) = (&version.at, &version.reached);
        let date = version.date.as_ref();
        let date = date.map_or(quote!(None), |date| quote!(Some(#date)));
        quote!(Some(internal::Version { at: #at, date: #date, reached: &[#(#reached),*] }))
    });
    quote! {
        impl internal::Waited for #name {
            type Look = #answer;
            const WAITING: &'static internal::Waiting = &internal::Waiting {
                method: #method,
                state: &[#(#state),*],
                pending: #pending,
                done: #done,
                failed: #failed,
                gone: #gone,
                reason: &[#(#reason),*],
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

fn rules(rules: &[Vec<Condition>]) -> TokenStream {
    let alternatives = rules.iter().map(|conditions| {
        let conditions = conditions
            .iter()
            .map(|Condition { at, values }| quote!((#at, &[#(#values),*])));
        quote!(&[#(#conditions),*])
    });
    quote!(&[#(#alternatives),*])
}
