//! Rust files: the header that describes each file, and sizes.
//!
//! The length of a function is that of its formatted code, without comments and the content of macros.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::visit_mut::{self, VisitMut};

use super::{Complaint, File};
use crate::codegen::names;

/// The longest file, in lines.
const FILE: usize = 500;
/// The longest function outside of tests, in lines. Most should have half of this length.
const FUNCTION: usize = 60;

pub fn check(file: &File) -> Vec<Complaint> {
    let mut found = Vec::new();
    let is_header = |line: &&str| line.starts_with("//!") || line.starts_with("#![doc");
    if !file.text.lines().take(1).any(|line| is_header(&line)) {
        let problem = "the first line is not a `//!` comment that describes this file";
        found.push(file.complaint(1, "no-header", problem));
    }
    let lines = file.text.lines().count();
    if lines > FILE {
        let problem = format!("{lines} lines, more than {FILE}: split it into two modules");
        found.push(file.complaint(FILE + 1, "long-file", problem));
    }
    let path = Path::new(&file.path);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if !names::is_snake_case(&stem) {
        let problem =
            format!("`{stem}` is not a valid name of a module: use lower case, with underscores");
        found.push(file.complaint(1, "file-name", problem));
    }
    if !file.is_test() {
        found.extend(functions(file));
    }
    found
}

fn functions(file: &File) -> Vec<Complaint> {
    // The compiler refuses a file that is not Rust.
    let Ok(mut parsed) = syn::parse_file(&file.text) else {
        return Vec::new();
    };
    let mut long = Long::default();
    long.visit_file_mut(&mut parsed);
    let complain = |(name, lines): (String, usize)| {
        let word = format!("fn {name}");
        let place = file.text.lines().position(|line| {
            let mut parts = line.split(&word).skip(1);
            parts.any(|rest| rest.starts_with(['(', '<']))
        });
        let problem =
            format!("`{name}` has {lines} lines, more than {FUNCTION}: split it into functions");
        file.complaint(place.map_or(1, |it| it + 1), "long-function", problem)
    };
    long.0.into_iter().map(complain).collect()
}

/// The functions that are too long, and how long they are.
#[derive(Default)]
struct Long(Vec<(String, usize)>);

impl Long {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let mut block = block.clone();
        Bare.visit_block_mut(&mut block);
        let tokens: TokenStream = [signature.to_token_stream(), block.to_token_stream()]
            .into_iter()
            .collect();
        let Ok(function) = syn::parse2(tokens) else {
            return;
        };
        let text = prettyplease::unparse(&syn::File {
            shebang: None,
            attrs: Vec::new(),
            items: vec![syn::Item::Fn(function)],
        });
        let lines = text.lines().count();
        if lines > FUNCTION {
            self.0.push((signature.ident.to_string(), lines));
        }
    }
}

impl VisitMut for Long {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if !module.attrs.iter().any(is_test) {
            visit_mut::visit_item_mod_mut(self, module);
        }
    }

    fn visit_item_fn_mut(&mut self, function: &mut syn::ItemFn) {
        if !function.attrs.iter().any(is_test) {
            self.measure(&function.sig, &function.block);
        }
        visit_mut::visit_item_fn_mut(self, function);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit_mut::visit_impl_item_fn_mut(self, function);
    }
}

/// `#[test]`, `#[tokio::test]` and `#[cfg(test)]`.
fn is_test(attribute: &syn::Attribute) -> bool {
    let last = attribute.path().segments.last();
    let is = |word: &str| last.is_some_and(|segment| segment.ident == word);
    let condition = attribute.parse_args::<syn::Ident>();
    is("test") || is("cfg") && condition.is_ok_and(|it| it == "test")
}

/// Removes the parts that are not counted: docs, and the content of macros, which no formatter breaks into lines.
struct Bare;

impl VisitMut for Bare {
    fn visit_macro_mut(&mut self, it: &mut syn::Macro) {
        it.tokens = TokenStream::new();
    }

    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }
}
