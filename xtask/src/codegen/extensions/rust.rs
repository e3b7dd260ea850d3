//! The Rust code of extensions: its parts, and the code that several extensions share.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Extra, Taken};
use crate::codegen::contract::{Index, Operation, Parameter, Ty};
use crate::codegen::emit::{docs, ident};

/// The code that extensions add to an operation.
#[derive(Default)]
pub struct Rust {
    /// Methods of the client.
    pub client: TokenStream,
    /// Methods of the request.
    pub request: TokenStream,
    /// Items next to the request.
    pub items: TokenStream,
    /// The code after the result of a call.
    pub sent: TokenStream,
}

impl Extend<Self> for Rust {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, all: I) {
        for one in all {
            self.client.extend(one.client);
            self.request.extend(one.request);
            self.items.extend(one.items);
            self.sent.extend(one.sent);
        }
    }
}

/// The docs of a method: its purpose, how it works, and its arguments.
pub fn method_docs<'a>(
    method: &Extra,
    how: &str,
    takes: impl Iterator<Item = &'a Parameter>,
) -> String {
    let text = docs::extra_method(method);
    let takes: String = takes.map(docs::parameter).collect();
    format!("{text}\n\n{how}\n\n# Arguments{takes}")
}

/// The arguments of a request, some of which come from an object.
pub fn gives(contract: &Index<'_>, request: &Operation, taken: &Taken) -> Vec<TokenStream> {
    let given = |name: &str| match taken.fills(name) {
        Some(field) => filled(contract, taken, field),
        None => {
            let name = ident(name);
            quote!(#name)
        }
    };
    request.arguments().map(|it| given(&it.name)).collect()
}

/// An object's field, as an argument.
pub fn filled(contract: &Index<'_>, taken: &Taken, field: &str) -> TokenStream {
    let held = contract.held(&Ty::Named(taken.of.clone()), field);
    let (object, field) = (ident(&taken.argument), ident(field));
    match held {
        Some((_, held)) if held.id().is_some() => quote!(&#object.#field),
        Some((_, Ty::Optional(_))) => quote!(#object.#field.as_deref().unwrap_or_default()),
        _ => quote!(#object.#field.as_str()),
    }
}
