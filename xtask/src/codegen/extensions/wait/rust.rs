//! Waiting: the method on `Client`, and the meaning of the answers.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Condition, Wait};
use crate::codegen::contract::{Gives, Index, Operation};
use crate::codegen::emit::{
    argument, docs, ident, listed, many_arguments, named, request_type, ty,
};
use crate::codegen::extensions::{Extension as _, Rust, rust::{gives, method_docs}};

pub fn rust(wait: &Wait, contract: &Index<'_>, request: &Operation) -> Rust {
    Rust {
        client: method(wait, contract, request),
        request: setter(wait, request),
        items: waited(wait, request),
        ..Rust::default()
    }
}

/// `client.wait_for_deployment(organization_id, …, &deployment)`.
fn method(wait: &Wait, contract: &Index<'_>, request: &Operation) -> TokenStream {
    let (name, get) = (ident(&wait.method.name), ident(&request.id));
    let (request_type, of) = (request_type(request), named(&wait.taken.of));
    let object = ident(&wait.taken.argument);
    let left = wait.left(request);
    let takes: Vec<_> = left
        .map(|it| argument(&ident(&it.name), &it.ty).0)
        .collect();
    let many = many_arguments(takes.len() + 1);
    let gives = gives(contract, request, &wait.taken);
    let docs = docs::lines(&docs_of(request, wait));
    let own = matches!(&request.gives, Gives::Json(ty) if ty.named() == Some(&wait.taken.of));
    let begin = match own {
        true => quote!(::anypoint_core::Wait::after(self.#get(#(#gives),*), #object)),
        false => quote!(::anypoint_core::Wait::new(self.#get(#(#gives),*))),
    };
    quote! {
        #docs
        #many
        pub fn #name(&self, #(#takes,)* #object: &#of) -> ::anypoint_core::Wait<#request_type> {
            #begin
        }
    }
}

fn docs_of(request: &Operation, wait: &Wait) -> String {
    let timeout = duration(wait.timeout_seconds);
    let looks = format!("It polls {}, for {timeout} by default.", docs::link(request));
    let text = method_docs(&wait.method, &looks, wait.left(request));
    let whose = match wait.version {
        Some(_) => "The answer of a change. Only the version in it is awaited.",
        None => "The answer of a change or of an earlier read.",
    };
    text + &format!(
        "\n- `{}`: {whose}\n\n# Errors\nSee [`Wait`](anypoint_core::Wait).",
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
fn setter(wait: &Wait, request: &Operation) -> TokenStream {
    let method = docs::link_to(request, &wait.method.name);
    let docs = docs::lines(&format!(
        "Waits like {method}, without the answer of a change.\n\nUse it if you only have an id. After a change, use the other method, because the first answers may still show the state before the change."
    ));
    quote! {
        #docs
        pub fn wait(self) -> ::anypoint_core::Wait<Self> {
            ::anypoint_core::Wait::new(self)
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
    let rules = [
        ("with_pending", &wait.pending),
        ("with_done", &wait.done),
        ("with_failed", &wait.failed),
        ("with_gone", &wait.gone),
    ];
    let rules = rules.map(|(what, rules)| {
        let what = ident(what);
        listed(rules, |rules| {
            let rules = self::rules(rules);
            quote!(.#what(#rules))
        })
    });
    let rules = rules.iter().flatten();
    let state = &wait.state;
    let reason = listed(&wait.reason, |reason| quote!(.with_reason(&[#(#reason),*])));
    let version = wait.version.as_ref().map(|version| {
        let (at, reached, date) = (&version.at, &version.reached, version.date.iter());
        quote!(.with_version(::anypoint_core::internal::Version::new(#at, &[#(#reached),*]) #(.with_date(#date))*))
    });
    quote! {
        impl ::anypoint_core::internal::Waited for #name {
            type Look = #answer;
            const WAITING: &'static ::anypoint_core::internal::Waiting =
                &::anypoint_core::internal::Waiting::new(#method, ::core::time::Duration::from_secs(#timeout))
                    .with_state(&[#(#state),*])
                    #(#rules)* #reason #version;
            fn endpoint(&self) -> &::anypoint_core::internal::Endpoint { &self.client_.endpoint }
        }
    }
}

fn rules(rules: &[Vec<Condition>]) -> TokenStream {
    let alternatives = rules.iter().map(|conditions| {
        let conditions = conditions.iter().map(
            |Condition { at, values }| quote!(::anypoint_core::internal::Condition::new(#at, &[#(#values),*])),
        );
        quote!(&[#(#conditions),*])
    });
    quote!(&[#(#alternatives),*])
}
