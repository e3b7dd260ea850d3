//! The public items of hand-written crates, by their sources.
//!
//! The lint `unreachable_pub` is enabled in the workspace, so every `pub` item is reachable. Items are compared by name; the
//! module of an item counts only for re-exports. `internal` is not covered by semantic versioning. Items that macros define are not seen.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{Attribute, Fields, FnArg, ImplItem, Item, Signature, TraitItem, Visibility};

use super::finding::{Finding, Place};
use super::rules::Rule;

/// Items by name, with their signatures. The signatures of several items with one name are joined.
#[derive(Debug, Default)]
pub struct Items {
    promises: BTreeMap<String, Vec<String>>,
    /// The file and the line of each.
    homes: BTreeMap<String, (String, usize)>,
}

impl Items {
    /// Adds the items of a file. A file that does not parse is ignored, because the compiler reports it.
    pub fn read(&mut self, path: &str, text: &str) {
        let Ok(file) = syn::parse_file(text) else {
            return;
        };
        let mut own = Self::default();
        own.all(&file.items);
        for (name, promises) in own.promises {
            let word = defined_by(&name);
            let line = text.lines().position(|line| line.contains(&word));
            let home = (path.to_owned(), line.map_or(1, |line| line + 1));
            let all = self.promises.entry(name.clone()).or_default();
            all.extend(promises);
            all.sort();
            self.homes.entry(name).or_insert(home);
        }
    }

    fn all(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn add(&mut self, name: impl Into<String>, promise: impl ToTokens) {
        let (name, promise) = (
            close(&name.into()),
            close(&promise.to_token_stream().to_string()),
        );
        self.promises.entry(name).or_default().push(promise);
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Fn(it) if seen(&it.vis, &it.attrs) => {
                self.add(it.sig.ident.to_string(), sig(&it.sig))
            }
            Item::Const(it) if seen(&it.vis, &it.attrs) => self.add(it.ident.to_string(), &it.ty),
            Item::Static(it) if seen(&it.vis, &it.attrs) => self.add(it.ident.to_string(), &it.ty),
            Item::Type(it) if seen(&it.vis, &it.attrs) => self.add(it.ident.to_string(), &it.ty),
            Item::Use(it) if seen(&it.vis, &it.attrs) => self.reexport("", &it.tree),
            Item::Struct(it) if seen(&it.vis, &it.attrs) => {
                let name = it.ident.to_string();
                self.add(&name, &it.generics);
                self.derives(&name, &it.attrs);
                self.fields(&name, &it.fields, false);
            }
            Item::Enum(it) if seen(&it.vis, &it.attrs) => self.enumeration(it),
            Item::Trait(it) if seen(&it.vis, &it.attrs) => self.interface(it),
            Item::Impl(it) => self.implementation(it),
            Item::Mod(it) if !hidden(&it.attrs) => self.module(it),
            _ => {}
        }
    }

    /// The name of a re-export includes the module, because several modules of the facade re-export a `Client`.
    fn module(&mut self, module: &syn::ItemMod) {
        let path = match module.vis {
            Visibility::Public(_) => format!("{}::", module.ident),
            _ => String::new(),
        };
        let items = module.content.as_ref().map_or(&[][..], |(_, items)| items);
        for item in items {
            match item {
                Item::Use(it) if seen(&it.vis, &it.attrs) => self.reexport(&path, &it.tree),
                item => self.item(item),
            }
        }
    }

    /// `pub use a::{b, c as d}` makes `b` and `d` public.
    fn reexport(&mut self, path: &str, tree: &syn::UseTree) {
        let name = match tree {
            syn::UseTree::Path(it) => return self.reexport(path, &it.tree),
            syn::UseTree::Group(group) => {
                return group.items.iter().for_each(|it| self.reexport(path, it));
            }
            syn::UseTree::Glob(_) => return,
            syn::UseTree::Name(it) => &it.ident,
            syn::UseTree::Rename(it) => &it.rename,
        };
        self.add(format!("use {path}{name}"), quote::quote!());
    }

    fn derives(&mut self, name: &str, attributes: &[Attribute]) {
        let derives = attributes.iter().filter(|it| it.path().is_ident("derive"));
        for derive in derives {
            let _ = derive.parse_nested_meta(|it| {
                let what = it.path.to_token_stream().to_string();
                self.add(format!("{what} for {name}"), quote::quote!());
                Ok(())
            });
        }
    }

    fn fields(&mut self, owner: &str, fields: &Fields, all: bool) {
        for (index, field) in fields.iter().enumerate() {
            if all || seen(&field.vis, &field.attrs) {
                let name = field
                    .ident
                    .as_ref()
                    .map_or(index.to_string(), ToString::to_string);
                self.add(format!("{owner}.{name}"), &field.ty);
            }
        }
    }

    fn enumeration(&mut self, it: &syn::ItemEnum) {
        let name = it.ident.to_string();
        self.derives(&name, &it.attrs);
        // A `match` on it without a wildcard must name each of its variants.
        let open = it
            .attrs
            .iter()
            .any(|it| it.path().is_ident("non_exhaustive"));
        let names = it.variants.iter().map(|variant| &variant.ident);
        match open {
            true => self.add(&name, &it.generics),
            false => self.add(&name, quote::quote!(#(#names)|*)),
        }
        for variant in &it.variants {
            let path = format!("{name}::{}", variant.ident);
            self.add(&path, quote::quote!());
            self.fields(&path, &variant.fields, true);
        }
    }

    fn interface(&mut self, it: &syn::ItemTrait) {
        let (name, bounds) = (it.ident.to_string(), &it.supertraits);
        self.add(&name, quote::quote!(#bounds));
        for item in &it.items {
            if let TraitItem::Fn(function) = item {
                let path = format!("{name}::{}", function.sig.ident);
                self.add(path, sig(&function.sig));
            }
        }
    }

    fn implementation(&mut self, it: &syn::ItemImpl) {
        let owner = it.self_ty.to_token_stream().to_string();
        if let Some((_, path, _)) = &it.trait_ {
            let what = path.to_token_stream().to_string();
            return self.add(format!("{what} for {owner}"), &it.generics);
        }
        for item in &it.items {
            match item {
                ImplItem::Fn(it) if seen(&it.vis, &it.attrs) => {
                    self.add(format!("{owner}::{}", it.sig.ident), sig(&it.sig));
                }
                ImplItem::Const(it) if seen(&it.vis, &it.attrs) => {
                    self.add(format!("{owner}::{}", it.ident), &it.ty);
                }
                _ => {}
            }
        }
    }

    /// Whether a type, or the type that implements a trait, is public.
    fn is_public(&self, name: &str) -> bool {
        let Some((_, owner)) = name.split_once(" for ") else {
            return true;
        };
        let bare = owner.split(['<', ' ', '&']).find(|part| !part.is_empty());
        bare.is_some_and(|bare| self.promises.contains_key(bare))
    }
}

/// A text in the first line that defines an item, or in a line close to it. For a re-export of a module, it is a text in the line of the module.
fn defined_by(name: &str) -> String {
    let reexport = name.strip_prefix("use ");
    if let Some((module, _)) = reexport.and_then(|path| path.split_once("::")) {
        return format!("mod {module} ");
    }
    let word = name.split(" for ").next().unwrap_or_default();
    let word = word.rsplit([':', '.', ' ']).next().unwrap_or_default();
    word.to_owned()
}

/// Tokens without the blanks that people do not write.
fn close(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (wide, close) in [
        (" ::", "::"),
        (":: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" (", "("),
        ("& ", "&"),
        ("' ", "'"),
        (" :", ":"),
        (" ;", ";"),
    ] {
        text = text.replace(wide, close);
    }
    text.replace(")->", ") ->")
}

/// A signature without the parts that are irrelevant to callers: names of arguments, `mut`.
fn sig(signature: &Signature) -> impl ToTokens {
    let Signature {
        asyncness,
        generics,
        output,
        ..
    } = signature;
    let bounds = &generics.where_clause;
    let inputs = signature.inputs.iter().map(|input| match input {
        FnArg::Receiver(it) => match &it.reference {
            Some(_) => {
                let mutability = it.mutability;
                quote::quote!(&#mutability self)
            }
            None => quote::quote!(self),
        },
        FnArg::Typed(it) => it.ty.to_token_stream(),
    });
    quote::quote!(#asyncness fn #generics (#(#inputs),*) #output #bounds)
}

fn seen(visibility: &Visibility, attributes: &[Attribute]) -> bool {
    matches!(visibility, Visibility::Public(_)) && !hidden(attributes)
}

/// Whether it is for tests, or hidden from the docs.
fn hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| {
        let text = it.meta.to_token_stream().to_string();
        text == "doc (hidden)" || text == "cfg (test)"
    })
}

/// The changes of the items in files that differ.
pub fn compare(old: &Items, new: &Items) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut find = |rule, name: &str, before: Option<&Vec<String>>, after: Option<&Vec<String>>| {
        let home = new.homes.get(name).or_else(|| old.homes.get(name));
        let (file, line) = home.cloned().unwrap_or_default();
        let told = |promise: &Vec<String>| promise.join("; ");
        found.push(Finding {
            before: before.map(told).filter(|it| !it.is_empty()),
            after: after.map(told).filter(|it| !it.is_empty()),
            file,
            line,
            ..Finding::new(rule, name, Place::Api)
        });
    };
    for (name, promise) in old.promises.iter().filter(|(name, _)| old.is_public(name)) {
        match new.promises.get(name) {
            Some(now) if now == promise => {}
            Some(now) => find(Rule::ItemChanged, name, Some(promise), Some(now)),
            None => find(Rule::ItemRemoved, name, Some(promise), None),
        }
    }
    let added = new
        .promises
        .iter()
        .filter(|(name, _)| !old.promises.contains_key(*name));
    for (name, promise) in added.filter(|(name, _)| new.is_public(name)) {
        find(Rule::ItemAdded, name, None, Some(promise));
    }
    found
}
