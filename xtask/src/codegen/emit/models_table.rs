//! The table of the models for the tests: every type that has a JSON form, by the name of its component.

use proc_macro2::TokenStream;
use quote::quote;

use super::expect_deprecated;
use super::types::ident;
use crate::codegen::contract::Contract;
use crate::codegen::manifest::Manifest;
use crate::codegen::names;

/// The module of one API: a line for each component.
pub fn models_table(api: &Contract) -> TokenStream {
    let krate = ident(&names::crate_ident(&api.package));
    let krate = quote!(::#krate);
    // A form is written part by part and never read, so it has no JSON form.
    let listed = || api.types.iter().filter(|definition| !definition.is_form());
    let lines = listed().map(|definition| {
        let (text, name) = (&definition.schema, ident(&definition.name));
        quote!(Checks::of::<#krate::types::#name>(#text))
    });
    let expect = expect_deprecated(listed().any(|definition| definition.deprecated));
    quote! {
        use crate::checks::Checks;

        #expect
        pub(crate) fn models() -> Vec<Checks> {
            Vec::from([#(#lines),*])
        }
    }
}

/// The list of the modules with tables, including that of the test API.
pub fn models_list(manifest: &Manifest) -> TokenStream {
    let apis = &manifest.apis;
    let modules: Vec<_> = apis
        .iter()
        .map(|entry| ident(&names::module(&entry.name)))
        .collect();
    let names = apis.iter().map(|entry| &entry.name);
    quote! {
        #(mod #modules;)*
        use crate::checks::Checks;

        /// All APIs that have a spec, by name.
        pub(crate) fn apis() -> Vec<(&'static str, Vec<Checks>)> {
            Vec::from([#((#names, #modules::models())),*])
        }
    }
}
