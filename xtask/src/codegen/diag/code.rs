//! The kinds of complaints. Each has a stable name, which scripts and people search for.

use std::fmt;

use heck::ToKebabCase as _;

macro_rules! codes {
    ($($name:ident $meaning:literal)*) => {
        /// The kind of a complaint. Exactly one place of the generator creates each kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// All codes, and what they mean.
            pub const ALL: &[(Self, &str)] = &[$((Self::$name, $meaning),)*];
        }
    };
}

/// `page-without-list`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_kebab_case())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

codes! {
    // Files.
    FileUnreadable "A file is missing, too long, not a regular file, or cannot be read."
    NotUtf8 "A file is not UTF-8."
    HiddenCharacter "A character hides or reorders text, or is a control character."
    TooManyComplaints "The file has more complaints than are shown."
    NotGenerated "The generator made a mistake."
    TypeNotMade "No Rust type can be generated for a schema."

    // `apis.toml` and the workspace.
    NotToml "A manifest is not TOML, or has unknown members."
    ManifestName "A name in `apis.toml` is malformed or means something else."
    ManifestNameTaken "A name is used twice in `apis.toml`."
    PackageReserved "A package has the name of a package that every client uses."
    FeatureReserved "The name of a feature of the facade already has a meaning."
    FeatureNotListed "A feature of the facade does not enable what it must."
    FolderName "A folder is not in `crates/` or `tests/`, or has an invalid name."
    FolderNotOurs "A folder has files that the generator did not write."
    SpecPath "The path of a spec is malformed."
    VersionForm "A version is not three numbers."
    SpecOutside "The path of a spec leads out of the workspace."
    NotAMember "A crate is not a member of the workspace."
    EnvironmentsUnnamed "`environments` does not name an API that finds an environment by its name."

    // YAML.
    NotYaml "A spec is not YAML."
    EmptyFile "A spec is empty."
    TooDeep "A spec is nested too deep."
    KeyTwice "A map has a key twice."
    KeyNotText "A key is not a string."
    YamlAlias "A YAML alias."
    YamlAnchor "A YAML anchor."
    YamlTag "A YAML tag."
    YamlMergeKey "A YAML merge key."
    YamlDocuments "A file contains a second YAML document."
    YamlAmbiguous "YAML readers interpret a value without quotes differently."

    // Shapes.
    UnknownKey "A key is not known here."
    MissingKey "A key is missing, or has no value."
    WrongType "A value is of another type than its key requires."
    NotText "A value is not a string."
    NotPositive "A number is not a positive integer."
    NotAnErrorStatus "A number is not the status of an error."
    ReferenceElsewhere "The target of a `$ref` is not a component of its kind in this file."
    NoSuchComponent "A name refers to a component that does not exist."
    NoSuchOperation "A name refers to an operation that does not exist."
    Unused "Nothing refers to a component."

    // The document.
    OpenapiVersion "The version of OpenAPI is not 3.0.3."
    TitleTooLong "The title is too long, or has several lines."
    NoServers "There is no server."
    ServerUrl "The URL of a server is malformed."
    SecurityOptional "The credentials are optional."
    SecurityUnsupported "A security requirement is not supported."
    NoOperations "There is no operation."
    ExampleOperation "`x-example-operation` names no operation."
    TagName "A tag is malformed."
    TagReserved "A tag cannot name a module."
    TagTwice "Two tags name the same module."
    TagUnused "No operation has a tag."
    TagUndeclared "A tag of an operation is not declared."
    TagCount "An operation has no tag, or several."
    SummaryNotASentence "A summary is not one sentence on one line."

    // Rate limits.
    LimitName "The name of a rate limit is malformed."
    LimitUndeclared "A rate limit is not declared."
    LimitUnused "No operation names a rate limit."
    LimitRegion "A rate limit names an unknown region."
    LimitPer "A rate limit is counted by something that is not in the path."
    LimitDefaultPer "The rate limit `default` is counted by a parameter."
    LimitDefaultNamed "The rate limit `default` is named, although it always applies."

    // Ids and scopes.
    IdName "The name in `x-id` cannot be the name of a type."
    IdNotText "`x-id` is set on something that is not plain text."
    IdMisplaced "`x-id` is set on a text that is a whole answer."
    IdTypeTaken "An id has the name of another type."
    ScopeMalformed "A scope has no variables, or a malformed name."
    ScopeUnused "No operation is within a scope."
    ScopeAmbiguous "An operation is within two scopes of the same size."
    ScopeDiffers "A variable of a scope is not the same in two operations."
    GivenOtherId "A member fills a path variable that is the id of something else."

    // Paths, operations and parameters.
    PathMalformed "A path is malformed."
    PathVariableUndeclared "A variable of a path is not declared as a parameter."
    PathVariableTwice "A path has a variable twice."
    OperationId "The name of an operation or a method is malformed or reserved."
    OperationIdTwice "Two operations or methods have the same name in Rust."
    PublishedId "A published name of an operation is empty, or has more than letters, digits, `_`, `-` and `.`."
    PublishedIdTwice "Two operations have the same published name."
    ColumnsOfNothing "`x-columns` is set on an operation that answers neither an object nor a list of objects."
    ColumnsEmpty "`x-columns` names no column."
    ColumnTwice "A column is named twice."
    ColumnUnknown "A column does not lead to a member of the object that a table shows."
    ColumnNotPlain "A column leads to something that a cell cannot show: an object, a list of objects, or a secret."
    RequestTypeTaken "The request of an operation has the name of another type."
    ParameterPlace "A parameter is neither in path, query nor header."
    ParameterName "A parameter has the name of a method that every request has."
    ParametersSameName "Two parameters have the same name in Rust."
    ParameterNullable "A parameter can be null."
    ParameterSchema "A parameter has a schema that is not possible in its location."
    PathParameterOptional "A path parameter is not required."
    PathParameterUnused "A path parameter is not in the path."
    HeaderName "The name of a header is malformed."
    HeaderReserved "A header parameter is one that the runtime sends."
    MultiSegmentMisplaced "`x-multi-segment` is set on something that is not a path parameter."
    ExplodeMisplaced "`explode: false` is set on something that is not a list in the query."
    UpdateLosesMembers "An update takes an object that was read, and does not say how unknown members are preserved."
    UnknownMembersWord "`x-unknown-members` is neither `kept` nor `merged`."
    UnknownMembersMisplaced "`x-unknown-members` is set on an operation that does not update the object that a GET of its path returns."

    // Bodies and responses.
    BodyWithoutMethod "An operation has a body, but its HTTP method does not allow one."
    VariantCount "Not exactly one media type of a body is without `x-variant`."
    OptionalBody "A body other than JSON is optional."
    RequestMediaType "A media type cannot be sent."
    ResponseMediaType "A media type cannot be read."
    ResponseMediaTypes "A response has several media types."
    MediaTypeSchema "A media type cannot carry its schema."
    MediaTypeWithoutExample "Neither a media type nor its schema has an example."
    ResponseCode "The code of a response is malformed."
    NoDefaultResponse "An operation has no default response."
    NoSuccessResponse "An operation has no response that is a success."
    DefaultWithoutContent "The default response has no content."
    ErrorWithContent "The response of an error has its own content."
    FormShared "A multipart form is also used for something else."
    FormNull "A member of a form can be null."
    BinaryMisplaced "Something that is not a multipart form contains bytes."
    MixedResponses "Some successes answer with JSON, others with text or bytes."

    // Schemas.
    UnknownType "An unknown type."
    UnknownFormat "A format has no meaning for its type."
    SchemaName "The name of a schema is malformed."
    SchemaKind "A component is neither an object, a map, an enum nor a union."
    SchemaNameless "A schema within another one needs a name."
    SchemaWithoutDescription "A component has no description."
    SchemaWithoutExample "A component has no example."
    RequestAndResponse "A component is both a request body and a response."
    RequiredUndeclared "A required member is not declared."
    MapAndObject "An object has both properties and additional ones."
    RequiresItself "An object requires itself."
    MemberName "The name of a member has no letter or digit for a Rust name."
    MembersSameName "Two members have the same name in Rust."
    MemberTaken "A name or alias of a member is also that of another member."
    ValuesMissing "An enum has no values."
    ValueName "A value of an enum has no letter or digit for a Rust name."
    ValuesSameName "Two values of an enum have the same name in Rust."
    NameMalformed "`x-name` or `x-was` is malformed or reserved."
    NameDerived "`x-name` equals the name that the rule gives."
    FormerNameTaken "A name in `x-was` is the name of something else."
    NoForwarder "`x-was` is set where no forwarder is possible."
    NameMisplaced "`x-name`, `x-was` or `x-values` is set on something that has no name in Rust."
    ValueUnlisted "`x-values` names a value that its enum does not have."
    TypesSameName "Two components have the same name in Rust."
    RestTaken "A member has the name of the field that keeps unknown members."
    JoinNotAnObject "`allOf` joins something that is not an object."
    JoinSameMember "`allOf` joins objects with the same member."
    JoinsItself "An object is joined with itself."
    JoinsTooMuch "`allOf` joins too many parts, or too many levels."
    UnionWithoutDiscriminator "A `oneOf` has no discriminator."
    UnionBranchNameless "A branch of a `oneOf` is not a `$ref`."
    UnionBranchUnmapped "A branch of a `oneOf` is not in the mapping."
    UnionMappingUnlisted "A branch of the mapping is not in the `oneOf`."
    UnionBranchUnknown "A branch of a union is called `Unknown`."
    UnionWithoutTag "A branch of a union does not declare its tag."
    PageOrArrayList "`x-page-or-array` does not name a list of its object."
    PageOrArrayMisplaced "`x-page-or-array` is set on something that is not a component."
    LenientMisplaced "`x-lenient` is set on something that is sent in one form only."
    SecretNotText "`x-secret` is set on something that is not a string."
    SecretAndLenient "`x-secret` and `x-lenient` are set together."
    SecretUnmarked "A name sounds like a secret's, and `x-secret` does not say whether it is one."
    PasswordNotSecret "A password is not marked as a secret."
    SecretExample "The example of a secret could be a real one."
    ExampleMismatch "An example does not fit its schema."
    ExampleNotChecked "Examples cannot be checked against a schema."

    // Extensions that give the client a method.
    AnswersDiffer "An extension is set on an operation whose successes have different answers, or sometimes no answer."
    ArgumentTwice "A method would take two arguments of the same name."
    AnswerNotAnObject "The answer of an operation is not one JSON object."
    BodyNotAnObject "The body of an operation is not one required JSON object."
    MoreThanALook "An operation changes something, but an operation that only reads is needed."
    MemberNotText "An object does not have a member of this name with plain text."
    GivenParameter "An object fills something that is not a path variable with text."

    // `x-paginate`.
    PageParameter "The offset or limit of a page is not an optional integer in the query."
    PageWithoutAnswer "A paged list has no answer."
    PageWithoutList "The answer of a paged list is not a bare list, and no items are named."
    PageItems "The items of a page are not a list in the answer."
    PageTotal "The total of a page is not an integer in the answer."
    PageId "The id of an item cannot be compared."
    PageIdEmpty "The id of an item is an empty list."

    // `x-wait`.
    WaitPointer "The target of a pointer is not a text, number or flag of the answer."
    WaitVersionOfAnother "A version is set, although the object that the method takes is not the answer."
    RuleWithoutValues "A pointer has no expected values."
    RuleAsterisks "A value has an asterisk that is not at both ends."
    RuleUnknownValue "A value is not a value of its enum."

    // `x-follow`.
    FollowKeys "The parameters that continue a log are contradictory or incomplete."
    FollowNoList "The answer of a log is not a bare list of objects."
    FollowBodies "The request for a log has several media types."
    FollowPathNotText "A path variable that identifies a log is not text."
    FollowPointer "The target of a pointer does not have the required type."
    FollowParameter "A parameter of a log does not exist, or is of another type."
    FollowParameterTwice "The same parameter is sent for two purposes."
    FollowLengthWithoutMaximum "The number of entries has no maximum."
    FollowRefusable "`refusable` is set without a parameter that may be refused."
    PartParameter "The parameter that names a part of a log is not a path variable with text."
    PartArguments "An operation that finds parts requires arguments that the log does not have."
    PartList "An operation does not list parts."
    PartLimit "The limit of parts is not an integer in the query."
    PartLimitTooHigh "The limit of parts is above its maximum."
    PartActive "The target of a pointer is not a text that names the parts that are written."

    // `x-change` and `x-carry`.
    ChangeArguments "The operation takes arguments other than path variables with text."
    ChangePointer "The target of a pointer is not an object in the answer or the request."
    ChangeMap "Properties are not a map of texts, or secret ones are not marked."
    ChangeReadsNoGet "The operation to read is not a GET."
    ChangeReadArguments "The operation to read takes other arguments."
    ChangeReadAnswer "The operation to read answers with another object."
    CarryChangesNothing "`x-carry` is set on a GET."
    CarryNotNeeded "The body does not require a member that is carried."
    CarryIncomplete "The body requires a member that is not carried."
}
