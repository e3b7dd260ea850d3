//! Extensions of an operation, which give its client methods besides the call. Each extension is a module.
//!
//! The module of an extension reads it, checks it, and defines its form in the contract and on the pages; its child `rust`
//! writes its Rust code. A new extension needs its module, a line in the registry, a section in `specs/README.md`, and its
//! implementation in the core.

mod rust;
mod shared;

use serde::{Deserialize, Serialize};

use super::contract::{self, Gives, Index, Parameter, Ty};
use super::diag::Diags;
use super::dialect::{Key, Object, Type, optional};
use super::fields::Fields;
use super::load::Node;
use super::request::Request;
use super::spec::{Operation, Spec};
use super::surface::{Io, told};
pub use carry::Carry;
pub use change::Change;
pub use follow::{Follow, LogParts, Look, Place};
pub use paginate::{ItemId, Pages};
pub use rust::Rust;
pub use shared::{Extra, ExtraMethod, Given, Taken};
pub use wait::{Condition, Rules, Version, Wait};

/// An extension as a caller sees it, and its names.
pub struct Seen {
    pub word: &'static str,
    pub key: &'static str,
    /// The method; `None` if the names of its methods are always the same.
    pub method: Option<String>,
    pub takes: Vec<(String, Ty)>,
    pub yields: Option<Ty>,
    /// Its lines on a page.
    pub terms: Vec<String>,
}

impl Seen {
    fn of<E: Extension>(it: &E, contract: &Index<'_>, operation: &contract::Operation) -> Self {
        let mut described = it.clone();
        let mut lines = told(|io| described.describe(io));
        let method = described.extra().map(|method| method.name.clone());
        // The first line is the name of the method. The terms do not include what a caller sees.
        lines.drain(..usize::from(method.is_some()));
        let seen = |line: &String| line.starts_with("takes ") || line.starts_with("entry ");
        lines.retain(|line| !seen(line));
        Self {
            word: E::WORD,
            key: E::KEY,
            method,
            takes: it.takes(operation),
            yields: it.yields(contract, operation),
            terms: lines,
        }
    }
}

/// An extension in the contract.
pub trait Extension: Clone + Default {
    /// Its key in a spec, and its word on a page.
    const KEY: &'static str;
    const WORD: &'static str;
    /// The table of its keys.
    const KEYS: &'static Object;
    /// Its form in the spec.
    type Input;

    fn read(node: &Node, diags: &mut Diags) -> Self::Input;

    /// The method that it adds to the client.
    fn method(_: &Self::Input) -> Option<&ExtraMethod> {
        None
    }

    /// Complains about mistakes.
    fn lint(input: &Self::Input, spec: &Spec, operation: &Operation, diags: &mut Diags);

    fn refine(
        input: &Self::Input,
        spec: &Spec,
        request: &Request<'_>,
        gives: &Gives,
    ) -> Option<Self>;

    /// The method, to remove its docs.
    fn extra(&mut self) -> Option<&mut Extra> {
        None
    }

    /// Whether the method itself fills an argument of the operation.
    fn fills(&self, _argument: &str) -> bool {
        false
    }

    /// The arguments of the operation that the method takes: the required ones that it does not fill itself.
    fn left<'a>(
        &'a self,
        operation: &'a contract::Operation,
    ) -> impl Iterator<Item = &'a Parameter> {
        operation.arguments().filter(|it| !self.fills(&it.name))
    }

    /// The arguments of its method, by name and type.
    fn takes(&self, operation: &contract::Operation) -> Vec<(String, Ty)> {
        let left = self.left(operation);
        left.map(|it| (it.name.clone(), it.ty.clone())).collect()
    }

    /// What the method returns, if that differs from the call.
    fn yields(&self, _: &Index<'_>, _: &contract::Operation) -> Option<Ty> {
        None
    }

    /// Another operation that the method calls.
    fn builds_on(&self) -> Option<&str> {
        None
    }

    /// Its facts on a page, after its word.
    fn describe(&mut self, io: &mut Io<'_>);

    fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust;
}

macro_rules! registry {
    ($($field:ident: $room:ident::$name:ident,)*) => {
        $(mod $room;)*

        /// The extensions of an operation in a spec.
        #[derive(Debug, Default)]
        pub struct Inputs {
            $(pub $field: Option<<$name as Extension>::Input>,)*
            /// The keys that are in the spec, and their lines.
            pub found: Vec<(&'static str, usize)>,
        }

        /// The extensions of an operation. Members have their names in Rust; pointers lead into
        /// the JSON of an answer.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Extensions {
            $(pub $field: Option<$name>,)*
        }

        /// The keys in a spec.
        pub static KEYS: &[Key] = &[$(optional($name::KEY, Type::Object($name::KEYS))),*];

        impl Inputs {
            pub fn read(fields: &mut Fields<'_>, diags: &mut Diags) -> Self {
                let mut found = Vec::new();
                Self {
                    $($field: fields.take($name::KEY, diags).map(|node| {
                        found.push(($name::KEY, node.line));
                        $name::read(node, diags)
                    }),)*
                    found,
                }
            }

            /// The methods that they add to the client.
            pub fn methods(&self) -> impl Iterator<Item = &ExtraMethod> {
                [$(self.$field.as_ref().and_then($name::method)),*].into_iter().flatten()
            }

            pub fn lint(&self, spec: &Spec, operation: &Operation, diags: &mut Diags) {
                $(if let Some(input) = &self.$field {
                    $name::lint(input, spec, operation, diags);
                })*
            }

            pub fn refine(&self, spec: &Spec, request: &Request<'_>, gives: &Gives) -> Extensions {
                Extensions {
                    $($field: self.$field.as_ref().and_then(|input| $name::refine(input, spec, request, gives)),)*
                }
            }
        }

        impl Extensions {
            pub fn extras(&mut self) -> impl Iterator<Item = &mut Extra> {
                [$(self.$field.as_mut().and_then($name::extra)),*].into_iter().flatten()
            }

            pub fn builds_on(&self) -> impl Iterator<Item = &str> {
                [$(self.$field.as_ref().and_then($name::builds_on)),*].into_iter().flatten()
            }

            pub fn describe(&mut self, io: &mut Io<'_>) {
                $(io.maybe($name::WORD, &mut self.$field, |io, it| {
                    io.word($name::WORD);
                    it.describe(io);
                });)*
            }

            /// The extensions that are set.
            pub fn seen(&self, contract: &Index<'_>, operation: &contract::Operation) -> Vec<Seen> {
                let all = [$(self.$field.as_ref().map(|it| Seen::of(it, contract, operation))),*];
                all.into_iter().flatten().collect()
            }

            pub fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust {
                let mut rust = Rust::default();
                $(rust.extend(self.$field.iter().map(|it| it.rust(contract, operation)));)*
                rust
            }
        }
    };
}

registry! {
    pages: paginate::Pages,
    wait: wait::Wait,
    follow: follow::Follow,
    change: change::Change,
    carry: carry::Carry,
}
