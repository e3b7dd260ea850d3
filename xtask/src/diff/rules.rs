//! The kinds of findings, each with a stable name and the one audience that it concerns.

use std::fmt;

use heck::ToShoutySnakeCase as _;
use serde::{Deserialize, Serialize};

/// The audience of a change, the most severe first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Code that uses the crate no longer compiles, or has another meaning.
    Rust,
    /// The code compiles, but something else is sent, expected or assumed.
    Wire,
    /// Names or their order differ on the command line.
    Commands,
    /// Something is new, or is still available under its old name.
    #[value(skip)]
    Compatible,
    /// Only the docs differ.
    #[value(skip)]
    Words,
}

impl Audience {
    pub const ALL: [Self; 5] = [
        Self::Rust,
        Self::Wire,
        Self::Commands,
        Self::Compatible,
        Self::Words,
    ];

    pub fn heading(self) -> &'static str {
        match self {
            Self::Rust => "Rust: code that uses the crate breaks",
            Self::Wire => "wire: something else is sent or expected",
            Self::Commands => "commands: names or order differ",
            Self::Compatible => "compatible",
            Self::Words => "words only",
        }
    }
}

macro_rules! rules {
    ($($audience:ident { $($name:ident $meaning:literal)* })*) => {
        /// The kind of change of a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[doc = $meaning] $name,)*)*
        }

        impl Rule {
            /// All rules, the audience of each, and its meaning.
            pub const ALL: &[(Self, Audience, &str)] =
                &[$($((Self::$name, Audience::$audience, $meaning),)*)*];
        }
    };
}

impl Rule {
    fn row(self) -> &'static (Self, Audience, &'static str) {
        let mut rows = Self::ALL.iter();
        // Each rule has a row: both are written by the macro.
        rows.find(|(rule, ..)| *rule == self)
            .unwrap_or(&Self::ALL[0])
    }

    pub fn audience(self) -> Audience {
        self.row().1
    }

    pub fn meaning(self) -> &'static str {
        self.row().2
    }
}

/// `FIELD_RETYPED`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_shouty_snake_case())
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

rules! {
    Rust {
        ApiRemoved "An API and its crate are removed."
        PackageRenamed "The crate of an API has another name."
        FeatureRemoved "A feature of a crate is removed."
        MsrvRaised "A crate needs a newer compiler."
        BreakDeclared "A hand-written crate breaks, as `accepted-changes.toml` says."
        ItemRemoved "An item of a hand-written crate is no longer public."
        ItemChanged "An item of a hand-written crate has another signature."
        CoreBreak "The core that a crate shows to its users breaks."
        ApiBreak "An API that the facade shows breaks."
        ScopeRemoved "A scope and its client are removed."
        ScopeRenamed "A scope and its client have other names."
        ScopeArguments "The client of a scope is created with other arguments."
        IdRemoved "There is no longer a type for the id of something."
        OpRemoved "An operation is removed."
        OpRenamed "The method of an operation has another name."
        OpScope "The method of an operation is on another client."
        RequestRenamed "The struct of a request has another name."
        FormerNameDropped "A deprecated forwarder under a former name is removed."
        ArgAdded "A method takes one more argument."
        ArgRemoved "A method takes one argument fewer."
        ArgRetyped "An argument is of another type."
        ArgOrder "The arguments of a method are in another order."
        ArgToSetter "An argument of a method is now a setter."
        SetterToArg "A setter is now an argument of the method."
        SetterRemoved "A setter of a request is removed."
        SetterRenamed "A setter of a request has another name."
        SetterRetyped "A setter of a request takes another type."
        BodyAdded "A method now takes a body."
        BodyRemoved "A request no longer has a body."
        BodyRetyped "The body is of another type."
        GivesChanged "A call returns something else."
        OutcomeRemoved "A variant of an outcome is removed, or has another name."
        OutcomeRetyped "A variant of an outcome contains something else."
        MethodLost "Pages, a wait, a follower, a change or a carry is removed."
        MethodRenamed "The method of an extension has another name."
        MethodArguments "The method of an extension takes other arguments."
        MethodGives "The method of an extension returns something else."
        TypeRemoved "A type is gone."
        TypeRenamed "A type has another name."
        TypeKind "A type is of another kind: a model, a request, a form, an enum or a union."
        TraitLost "A type no longer has a trait."
        ConversionLost "A conversion into a type is removed."
        RestLost "A model no longer has a field for unknown members."
        FieldRemoved "A field is gone."
        FieldRenamed "A field has another name. `x-was` keeps the setter of a request, not the field."
        FieldRetyped "A field is of another type."
        FieldPresence "A field is now an `Option`, or is no longer one."
        FieldAddedRequired "The `new` of a request takes one more argument."
        FieldToArg "A member of a request is now an argument of `new`, not a setter."
        FieldToSetter "A member of a request is now a setter, not an argument of `new`."
        FieldFixed "A member of a request is, or was, set by `new` itself."
        FieldOrder "The arguments of `new` are in another order."
        ValueRemoved "A value of an enum, or a variant of a union, is removed."
        ValueRenamed "A value of an enum, or a variant of a union, has another name."
    }
    Wire {
        BasePath "The API is below another path."
        OpMethod "A request has another HTTP method."
        OpPath "A request goes to another path."
        ParamWire "A parameter is sent under another name."
        ParamPlace "A parameter is sent in another place."
        BodyMedia "A body is sent with another media type or encoding."
        Accept "A request accepts other media types."
        AnswerStatus "Other statuses or media types are a success."
        Security "A request is sent with other credentials."
        Repeat "Whether a call may be sent twice has changed."
        Environment "Whether a request carries the environment's headers has changed."
        OpLimits "Other rate limits apply to an operation."
        LimitChanged "A rate limit is new, removed or different."
        ExtensionTerms "A list, a wait, a follower or a change uses other members, values, times or masks."
        FieldWire "A member has another name on the wire."
        FieldAliases "Other names of a member are read."
        FieldPart "A part of a form is sent in another way."
        FieldTag "A member is sent with another fixed value."
        BareList "The member that a bare list in place of an object fills has changed."
        UnionTag "Another member distinguishes the branches of a union."
        ValueWire "A value has another form on the wire."
    }
    Commands {
        TagAdded "There is a new group of operations."
        TagRemoved "A group of operations is removed."
        TagRenamed "A group of operations has another name."
        TagOrder "The groups are in another order."
        OpTag "An operation is in another group."
        ArgRenamed "An argument has another name."
        TableColumns "A table shows other columns."
        Columns "The fields of an answer are in another order."
    }
    Compatible {
        ApiAdded "An API is new."
        FeatureAdded "A feature of a crate is new."
        MsrvLowered "A crate works with an older compiler."
        ScopeAdded "A scope is new."
        IdAdded "There is now a type for the id of something."
        OpAdded "An operation is new."
        OpRenamedKept "A method has a new name; the old one is a deprecated forwarder."
        FormerNameAdded "There is a deprecated forwarder under a former name."
        SetterAdded "A request has one more setter."
        SetterRenamedKept "A setter has a new name; the old one is a deprecated forwarder."
        OutcomeAdded "An outcome has one more variant."
        MethodGained "Pages, a wait, a follower, a change or a carry is new."
        TypeAdded "A type is new."
        TypeRenamedKept "A type has a new name; the old one is a deprecated alias."
        TraitGained "A type has one more trait."
        ConversionGained "There is one more conversion into a type."
        RestGained "A model keeps unknown members."
        FieldAdded "A field is new."
        FieldNull "Whether a member may be missing or null has changed, and its field has not."
        ValueAdded "A value or a variant is new."
        ValueRenamedKept "A value has a new name; the old one is a deprecated constant."
        Deprecation "Something is now deprecated, or no longer deprecated."
        ItemAdded "An item of a hand-written crate is new."
        SourcesChanged "Files of a hand-written crate have changed."
    }
    Words {
        ApiWords "The documented title, version or host of an API has changed."
        SpecId "An operation or a component has another name in the spec, and the same name in Rust."
        Refusals "Other statuses are documented as errors."
        DefaultWords "Another default is documented."
        LimitWords "Other limits of a value are documented."
        Order "Things are documented in another order."
        Page "A type is on another page."
    }
}
