//! The kinds of complaints, each with a name that stays: scripts and people look for it.

use std::fmt;

use heck::ToKebabCase as _;

macro_rules! codes {
    ($($name:ident $meaning:literal)*) => {
        /// What kind of complaint one is. Exactly one place of the generator makes each.
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
    FileUnreadable "A file is missing, too long, no regular file or not to be read."
    NotUtf8 "A file is no UTF-8."
    HiddenCharacter "A character hides or turns text, or controls something."
    TooManyComplaints "The file has more complaints than are shown."
    NotGenerated "The generator made a mistake of its own."
    TypeNotMade "No Rust type can be made of a schema."

    // `apis.toml` and the workspace.
    NotToml "A manifest is no TOML, or has members that mean nothing."
    ManifestName "A name in `apis.toml` is malformed or means something else."
    ManifestNameTaken "A name in `apis.toml` stands there twice."
    PackageReserved "A package has the name of one that every client uses."
    FeatureReserved "A feature of the facade has a meaning already."
    FeatureNotListed "A feature of the facade does not bring what it must."
    FolderName "A folder is not in `crates/` or `tests/`, or has a name that will not do."
    FolderNotOurs "A folder holds what the generator has not written."
    SpecPath "The path of a spec is malformed."
    VersionForm "A version is not three numbers."
    SpecOutside "The path of a spec leads out of the workspace."
    NotAMember "A crate is no member of the workspace."
    EnvironmentsUnnamed "No API is named that finds an environment by its name."

    // YAML.
    NotYaml "A spec is no YAML."
    EmptyFile "A spec is empty."
    TooDeep "A spec is nested too deep."
    KeyTwice "A key stands twice in a map."
    KeyNotText "A key is no string."
    YamlAlias "A YAML alias."
    YamlAnchor "A YAML anchor."
    YamlTag "A YAML tag."
    YamlMergeKey "A YAML merge key."
    YamlDocuments "A second YAML document."
    YamlAmbiguous "A value without quotes that YAML readers read differently."

    // Shapes.
    UnknownKey "A key means nothing here."
    MissingKey "A key is missing, or holds nothing."
    WrongType "A value is of another type than its key wants."
    NotText "A value is no string."
    NotPositive "A number is no positive integer."
    NotAnErrorStatus "A number is no status of an error."
    ReferenceElsewhere "A `$ref` leads to no component of its kind in this file."
    NoSuchComponent "A component is named that does not exist."
    NoSuchOperation "An operation is named that does not exist."
    Unused "Nothing refers to a component."

    // The document.
    OpenapiVersion "The version of OpenAPI is another one."
    TitleTooLong "The title is long, or of several lines."
    NoServers "There is no server."
    ServerUrl "The address of a server is malformed."
    SecurityOptional "Signing in may be left out."
    SecurityUnsupported "A way to sign in that there is not."
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
    LimitRegion "A rate limit names a region that there is not."
    LimitPer "A rate limit is counted by something that is not in the path."
    LimitDefaultPer "The rate limit `default` is counted by a parameter."
    LimitDefaultNamed "The rate limit `default` is named, although it always holds."

    // Ids and scopes.
    IdName "What `x-id` names cannot name a type."
    IdNotText "`x-id` on something that is no plain text."
    IdMisplaced "`x-id` on a text that is all of an answer."
    IdTypeTaken "An id has the name of another type."
    ScopeMalformed "A scope has no variables, or a name that will not do."
    ScopeUnused "No operation is within a scope."
    ScopeAmbiguous "An operation is within two scopes of the same size."
    ScopeDiffers "A variable of a scope is not the same in two operations."
    GivenOtherId "A member fills a path variable that is the id of something else."

    // Paths, operations and parameters.
    PathMalformed "A path is malformed."
    PathVariableUndeclared "A variable of a path is no parameter."
    PathVariableTwice "A variable stands twice in a path."
    OperationId "The name of an operation or a method is malformed or reserved."
    OperationIdTwice "Two operations or methods have the same name in Rust."
    PublishedId "A published name of an operation is empty, or has more than letters, digits, `_`, `-` and `.`."
    PublishedIdTwice "Two operations have the same published name."
    RequestTypeTaken "The request of an operation has the name of another type."
    ParameterPlace "A parameter is neither in path, query nor header."
    ParameterName "A parameter has the name of a method that every request has."
    ParametersSameName "Two parameters have the same name in Rust."
    ParameterNullable "A parameter can be null."
    ParameterSchema "A parameter has a schema that cannot stand in its place."
    PathParameterOptional "A path parameter is not required."
    PathParameterUnused "A path parameter is not in the path."
    HeaderName "A header has a name that no header can have."
    HeaderReserved "A header parameter is one that the runtime sends."
    MultiSegmentMisplaced "`x-multi-segment` on something that is no path parameter."
    ExplodeMisplaced "`explode: false` on something that is no query list."
    UpdateLosesMembers "An update takes what is read, and nothing says how members survive that nobody knows."
    UnknownMembersWord "`x-unknown-members` says something else than `kept` or `merged`."
    UnknownMembersMisplaced "`x-unknown-members` on something that updates nothing that is read."

    // Bodies and responses.
    BodyWithoutMethod "A body with an HTTP method that sends none."
    VariantCount "Not exactly one media type of a body is without `x-variant`."
    OptionalBody "A body other than JSON is optional."
    RequestMediaType "A media type that cannot be sent."
    ResponseMediaType "A media type that cannot be read."
    ResponseMediaTypes "A response with several media types."
    MediaTypeSchema "A schema that its media type cannot carry."
    MediaTypeWithoutExample "A media type has no example, and its schema brings none."
    ResponseCode "The code of a response is malformed."
    NoDefaultResponse "An operation has no default response."
    NoSuccessResponse "An operation has no response that is a success."
    DefaultWithoutContent "The default response has no content."
    ErrorWithContent "The response of an error has content of its own."
    FormShared "A form of several parts is used for something else, too."
    FormNull "A member of a form can be null."
    BinaryMisplaced "Bytes stand in something that is no form of several parts."
    MixedResponses "Some successes answer JSON, others text or bytes."

    // Schemas.
    UnknownType "A type that there is not."
    UnknownFormat "A format that means nothing for its type."
    SchemaName "The name of a schema will not do."
    SchemaKind "A component is neither an object, a map, an enum nor a union."
    SchemaNameless "A schema stands inside another one but needs a name."
    SchemaWithoutDescription "A component has no description."
    SchemaWithoutExample "A component has no example."
    RequestAndResponse "A component is both a request body and a response."
    RequiredUndeclared "A required member is not declared."
    MapAndObject "An object has both properties and additional ones."
    RequiresItself "An object requires itself."
    MemberName "The name of a member has nothing that a Rust name could keep."
    MembersSameName "Two members have the same name in Rust."
    MemberTaken "A name or alias of a member is that of another one."
    ValuesMissing "An enum has no values."
    ValueName "A value of an enum has nothing that a Rust name could keep."
    ValuesSameName "Two values of an enum have the same name in Rust."
    NameMalformed "`x-name` or `x-was` is malformed or reserved."
    NameDerived "`x-name` says what something is called anyway."
    FormerNameTaken "A name of `x-was` is that of something else."
    NoForwarder "`x-was` where nothing can be left under the old name."
    NameMisplaced "`x-name`, `x-was` or `x-values` on something that has no name in Rust."
    ValueUnlisted "`x-values` names a value that its enum has not."
    TypesSameName "Two components have the same name in Rust."
    RestTaken "A member has the name of the field that keeps members that are not known."
    JoinNotAnObject "`allOf` joins something that is no object."
    JoinSameMember "`allOf` joins objects with the same member."
    JoinsItself "An object is joined with itself."
    JoinsTooMuch "`allOf` joins too many parts, or too many levels."
    UnionWithoutDiscriminator "A `oneOf` has no discriminator."
    UnionBranchNameless "A branch of a `oneOf` is no `$ref`."
    UnionBranchUnmapped "A branch of a `oneOf` is not in the mapping."
    UnionMappingUnlisted "A branch of the mapping is not in the `oneOf`."
    UnionBranchUnknown "A branch of a union is called `Unknown`."
    UnionWithoutTag "A branch of a union does not declare its tag."
    PageOrArrayList "`x-page-or-array` names no list of its object."
    PageOrArrayMisplaced "`x-page-or-array` on something that is no component."
    LenientMisplaced "`x-lenient` on something that has one form."
    SecretNotText "`x-secret` on something that is no string."
    SecretAndLenient "`x-secret` and `x-lenient` together."
    SecretUnmarked "A name sounds like a secret's, and `x-secret` does not say whether it is one."
    PasswordNotSecret "A password is not marked as a secret."
    SecretExample "The example of a secret could be a real one."
    ExampleMismatch "An example does not fit its schema."
    ExampleNotChecked "A schema that nothing can be checked against."

    // Extensions that give the client a method.
    AnswersDiffer "An extension on an operation whose successes answer different things, or sometimes nothing."
    ArgumentTwice "A method would take two arguments of the same name."
    AnswerNotAnObject "An operation does not answer one object in JSON."
    BodyNotAnObject "The body of an operation is not one required object in JSON."
    MoreThanALook "An operation that changes something where one is needed that looks."
    MemberNotText "An object has no such member that is plain text."
    GivenParameter "What an object fills is no path variable with text."

    // `x-paginate`.
    PageParameter "What is sent for a page is no optional integer in the query."
    PageWithoutAnswer "A list in pages answers nothing."
    PageWithoutList "A list in pages answers no bare list, and names no items."
    PageItems "The items of a page are no list in the answer."
    PageTotal "The total of a page is no integer in the answer."
    PageId "The id of an item cannot be compared."
    PageIdEmpty "The id of an item is an empty list."

    // `x-wait`.
    WaitPointer "A pointer leads to no text, number or flag of the answer."
    WaitVersionOfAnother "A version, but the object that is given is not the answer."
    RuleWithoutValues "A pointer without values that are looked for."
    RuleAsterisks "A value with an asterisk that is not at both ends."
    RuleUnknownValue "A value that is not one of its enum's."

    // `x-follow`.
    FollowKeys "What says how a log is read on is contradictory or incomplete."
    FollowNoList "A log answers no bare list of objects."
    FollowBodies "A log is asked for with several media types."
    FollowPathNotText "What says what it is the log of is no text."
    FollowPointer "A pointer leads to nothing of the type that is needed."
    FollowParameter "What is sent for a log is not there, or of another type."
    FollowParameterTwice "The same parameter is sent for two purposes."
    FollowLengthWithoutMaximum "The number of entries has no maximum."
    FollowRefusable "Nothing that a log is asked for may be refused."
    PartParameter "What names a part of a log is no path variable with text."
    PartArguments "An operation that finds parts needs more than the log has."
    PartList "An operation lists no parts."
    PartLimit "What says how many parts come is no integer in the query."
    PartLimitTooHigh "More parts are asked for than may be."
    PartActive "A pointer leads to no text that names the parts that are written."

    // `x-change` and `x-carry`.
    ChangeArguments "What is changed is named by more than path variables with text."
    ChangePointer "A pointer leads to no object of a side."
    ChangeMap "Properties are no map of texts, or secret ones are not marked."
    ChangeReadsNoGet "What is read is no GET."
    ChangeReadArguments "What is read is named by other arguments."
    ChangeReadAnswer "What is read is another object."
    CarryChangesNothing "`x-carry` on a GET."
    CarryNotNeeded "A member is carried that the body does not require."
    CarryIncomplete "The body requires a member that is not carried."
}
