//! The only place where spec text becomes a Rust identifier.
//!
//! A name consists of words. An acronym is one word, as in the Rust API Guidelines: `static_ips_enabled`,
//! `HttpSettings`. A rule (`begins`) decides where words begin; `x-name` in a spec overrides it.

/// The names in Rust that the spec sets: that of `x-name`, and the former ones of `x-was`, with their lines.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    pub name: Option<(String, usize)>,
    pub was: Vec<(String, usize)>,
}

impl Naming {
    /// The name that the spec sets, or else the one that the rule gives.
    pub fn or(&self, derived: String) -> String {
        self.name.as_ref().map_or(derived, |(name, _)| name.clone())
    }

    pub fn former(&self) -> Vec<String> {
        self.was.iter().map(|(name, _)| name.clone()).collect()
    }
}

/// The methods that a client has besides those of its operations, and the name of a file in the folders of long groups.
pub const CLIENT_METHODS: &[&str] = &["clone", "models", "new", "with_base_url", "with_options"];

/// The methods of every request. A request has other methods only if they have an effect.
pub const REQUEST_METHODS: &[&str] = &["body", "call", "clone", "endpoint", "send"];

/// Keywords of every edition, and the words that cannot be raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Built-in crates of Rust, which a crate of the same name would hide.
const BUILT_IN_CRATES: &[&str] = &["alloc", "core", "proc_macro", "std", "test"];

/// Why a name must not become a crate, a module or a file, however it is spelled.
pub fn taken(name: &str) -> Option<&'static str> {
    let ident = module_words(name);
    if is_keyword(&ident) {
        Some("a Rust keyword")
    } else if BUILT_IN_CRATES.contains(&ident.as_str()) {
        Some("a crate that Rust has")
    } else if is_device(name) {
        Some("a device on Windows")
    } else {
        None
    }
}

/// Whether Windows treats a file name as a device in any folder: `aux`, `COM1.txt`.
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.to_ascii_lowercase();
    let numbered = ["com", "lpt"].into_iter().any(|port| {
        let number = stem.strip_prefix(port);
        number.is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    });
    numbered || ["con", "prn", "aux", "nul"].contains(&stem.as_str())
}

/// `experience-hub`, `cloudhub2`: the form of the name of an API, a crate or a feature.
pub fn is_kebab_case(name: &str) -> bool {
    !name.contains('_') && is_snake_case(&name.replace('-', "_")) && name.len() <= LONGEST
}

/// The longest name that may become a file.
const LONGEST: usize = 64;

/// `list_applications`, `application_id2`: the form of the name of an operation, an argument or a module.
pub fn is_snake_case(name: &str) -> bool {
    let mut previous = '_';
    for (index, letter) in name.chars().enumerate() {
        let fits = letter.is_ascii_lowercase()
            || index > 0 && (letter.is_ascii_digit() || letter == '_' && previous != '_');
        if !fits {
            return false;
        }
        previous = letter;
    }
    previous != '_'
}

/// `SlaTier`: the form of the name of a component.
pub fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// The type of an operation's request or of a component: `list_apps` gives `ListApps`, `HTTPSettings` gives `HttpSettings`.
pub fn type_name(name: &str) -> String {
    let mut joined = String::new();
    for word in words(name, u8::is_ascii_lowercase) {
        // Adjacent numbers must not be joined.
        if joined.ends_with(|last: char| last.is_ascii_digit())
            && word.as_bytes()[0].is_ascii_digit()
        {
            joined.push('_');
        }
        joined.push_str(&word[..1].to_ascii_uppercase());
        joined.push_str(&word[1..]);
    }
    joined
}

/// The argument or setter for a parameter: `clientId` gives `client_id`, `x-limit` gives `limit`.
pub fn argument(wire: &str) -> String {
    let bare = if wire
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("x-"))
    {
        &wire[2..]
    } else {
        wire
    };
    escape(snake(bare))
}

fn module_words(name: &str) -> String {
    name.replace('-', "_")
}

/// The module of a tag: `connected-applications` gives `connected_applications`.
pub fn module(tag: &str) -> String {
    escape(snake(tag))
}

/// The variant for a wire value: `LAST_UPDATED` gives `LastUpdated`.
///
/// `Unknown` is the name of the variant that keeps unknown values.
pub fn variant(wire: &str) -> String {
    let spoken = match wire {
        "" => "Empty".to_owned(),
        "+" => "Plus".to_owned(),
        "-" => "Minus".to_owned(),
        "*" => "Any".to_owned(),
        _ => type_name(wire),
    };
    if spoken.is_empty() || spoken.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("V{spoken}");
    }
    match spoken.as_str() {
        "Unknown" => "ReportedUnknown".to_owned(),
        "Self" => "Itself".to_owned(),
        _ => spoken,
    }
}

/// The variant for a status of an operation that answers with different bodies.
pub fn status_variant(status: u16) -> String {
    match status {
        200 => "Ok".into(),
        201 => "Created".into(),
        202 => "Accepted".into(),
        203 => "NonAuthoritative".into(),
        204 => "NoContent".into(),
        206 => "Partial".into(),
        207 => "MultiStatus".into(),
        304 => "NotModified".into(),
        other => format!("Status{other}"),
    }
}

/// The enum of an operation that answers with different bodies.
pub fn outcome(operation_id: &str) -> String {
    format!("{}Outcome", type_name(operation_id))
}

/// The type of the ids of something.
pub fn id(of: &str) -> String {
    format!("{of}Id")
}

/// The method that creates the client of a scope, and the name of that client.
pub fn scope_method(scope: &str) -> String {
    format!("in_{scope}")
}

pub fn scope_client(scope: &str) -> String {
    format!("{}Client", type_name(scope))
}

/// `anypoint-experience-hub` gives `anypoint_experience_hub`.
pub fn crate_ident(package: &str) -> String {
    package.replace('-', "_")
}

fn snake(text: &str) -> String {
    words(text, u8::is_ascii_alphabetic).join("_")
}

/// The words of a text in lower case.
///
/// A single letter for which `joins` is true is part of the following word: `vCores`, `mTLS`, `OAuth`.
fn words(text: &str, joins: fn(&u8) -> bool) -> Vec<String> {
    let mut words = Vec::new();
    for chunk in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let (letters, mut start) = (chunk.as_bytes(), 0);
        for at in 1..letters.len() {
            let joined = at == start + 1 && joins(&letters[start]);
            if begins(letters, at) && !joined {
                words.push(chunk[start..at].to_ascii_lowercase());
                start = at;
            }
        }
        words.push(chunk[start..].to_ascii_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a capital begins a word. A capital after a small letter does (`maxSize`), and so does the last of several capitals (`HTTPPort`).
fn begins(letters: &[u8], at: usize) -> bool {
    let (before, behind) = (&letters[..at], &letters[at + 1..]);
    let small = |letter: Option<&u8>| letter.is_some_and(u8::is_ascii_lowercase);
    let digit = |letter: Option<&u8>| letter.is_some_and(u8::is_ascii_digit);
    // `hostIPs`, `IPv4`: the letters after the capitals belong to them.
    let tail = |behind: &[u8]| match behind.first() {
        Some(b's') => !small(behind.get(1)),
        Some(b'v') => digit(behind.get(1)),
        _ => false,
    };
    let hump = |behind: &[u8]| small(behind.first()) && !tail(behind);
    // `log4J` is one word; `isM1Only` and `base64URL` are two.
    let alone = || {
        behind.is_empty() || digit(behind.first()) || !small(behind.first()) && hump(&behind[1..])
    };
    let last = before.iter().rfind(|letter| letter.is_ascii_alphabetic());
    letters[at].is_ascii_uppercase()
        && last.is_some_and(|last| match last.is_ascii_lowercase() {
            true => !(digit(before.last()) && alone()),
            false => hump(behind),
        })
}

fn escape(name: String) -> String {
    let starts_wrong = name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit());
    if starts_wrong {
        return format!("_{name}");
    }
    // A model's constructor is `new`.
    if is_keyword(&name) || name == "new" {
        format!("{name}_")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The wire name, the expected name of a member, and the expected name of a type.
    const NAMES: &[(&str, &str, &str)] = &[
        // Plurals of acronyms.
        ("staticIPsEnabled", "static_ips_enabled", "StaticIpsEnabled"),
        ("publicKeySANs", "public_key_sans", "PublicKeySans"),
        ("hostIPs", "host_ips", "HostIps"),
        ("APIs", "apis", "Apis"),
        ("APIInstanceIDs", "api_instance_ids", "ApiInstanceIds"),
        ("vCPUs", "vcpus", "Vcpus"),
        ("connectableAZs", "connectable_azs", "ConnectableAzs"),
        ("VMs", "vms", "Vms"),
        // No plurals.
        ("DNSSettings", "dns_settings", "DnsSettings"),
        ("OSStatus", "os_status", "OsStatus"),
        ("planBs", "plan_bs", "PlanBs"),
        ("ids", "ids", "Ids"),
        // Acronyms before words.
        ("HTTPSettings", "http_settings", "HttpSettings"),
        ("HTTPSPort", "https_port", "HttpsPort"),
        ("OSType", "os_type", "OsType"),
        ("APIId", "api_id", "ApiId"),
        ("publicIPAddress", "public_ip_address", "PublicIpAddress"),
        (
            "rawStorageOverrideGB",
            "raw_storage_override_gb",
            "RawStorageOverrideGb",
        ),
        // Versions.
        ("IPv4Address", "ipv4_address", "Ipv4Address"),
        ("minTLSv1", "min_tlsv1", "MinTlsv1"),
        ("ipV4", "ip_v4", "IpV4"),
        ("HTTP2Server", "http2_server", "Http2Server"),
        // Digits.
        ("log4j", "log4j", "Log4j"),
        (
            "loggingCustomLog4JEnabled",
            "logging_custom_log4j_enabled",
            "LoggingCustomLog4jEnabled",
        ),
        ("log4j1Used", "log4j1_used", "Log4j1Used"),
        ("x509", "x509", "X509"),
        ("sha256Sum", "sha256_sum", "Sha256Sum"),
        ("base64URL", "base64_url", "Base64Url"),
        ("ec2", "ec2", "Ec2"),
        ("S3Bucket", "s3_bucket", "S3Bucket"),
        ("L2TP", "l2tp", "L2tp"),
        ("v2Step", "v2_step", "V2Step"),
        ("isM1Only", "is_m1_only", "IsM1Only"),
        ("apiQueryC360", "api_query_c360", "ApiQueryC360"),
        ("phase1DhGroups", "phase1_dh_groups", "Phase1DhGroups"),
        // A letter alone.
        ("mTLS", "mtls", "Mtls"),
        ("vCores", "vcores", "Vcores"),
        ("eTag", "etag", "Etag"),
        ("dPDTimeout", "dpd_timeout", "DpdTimeout"),
        ("dBInstance", "db_instance", "DbInstance"),
        ("OAuth2Token", "oauth2_token", "OAuth2Token"),
        (
            "productionVCoresConsumed",
            "production_vcores_consumed",
            "ProductionVCoresConsumed",
        ),
        ("planB", "plan_b", "PlanB"),
        ("x_axis", "x_axis", "XAxis"),
        // Separators.
        ("CA_file_content", "ca_file_content", "CaFileContent"),
        ("LAST_24_HOURS", "last_24_hours", "Last24Hours"),
        ("tls.1.2", "tls_1_2", "Tls1_2"),
        ("  a -- b  ", "a_b", "AB"),
    ];

    #[test]
    fn acronyms_are_words() {
        for (text, member, type_) in NAMES {
            assert_eq!(
                (&*argument(text), &*type_name(text)),
                (*member, *type_),
                "{text}"
            );
        }
    }

    #[test]
    fn arguments() {
        for (wire, expected) in [
            ("clientId", "client_id"),
            ("x-limit", "limit"),
            ("X-ANYPNT-ENV-ID", "anypnt_env_id"),
            ("type", "type_"),
            ("0day", "_0day"),
            ("é", "_"),
        ] {
            assert_eq!(argument(wire), expected, "{wire}");
        }
    }

    #[test]
    fn variants() {
        for (wire, expected) in [
            ("LAST_UPDATED", "LastUpdated"),
            ("client_id", "ClientId"),
            ("on", "On"),
            ("", "Empty"),
            ("0.1", "V0_1"),
            ("2-step", "V2Step"),
            ("v2Step", "V2Step"),
            ("5xx_errors", "V5xxErrors"),
            ("1.2.x", "V1_2X"),
            ("UNKNOWN", "ReportedUnknown"),
            ("self", "Itself"),
            (
                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "UrnIetfParamsOauthGrantTypeJwtBearer",
            ),
        ] {
            assert_eq!(variant(wire), expected, "{wire}");
        }
    }

    /// Names as people write them, and any other text.
    fn texts() -> impl Strategy<Value = String> {
        let word = "[a-z]{1,5}|[A-Z]{1,5}|[A-Z][a-z]{1,5}|[A-Z]{2,4}s|[A-Z]{2}v[0-9]|[0-9]{1,2}|[_. -]{1,2}";
        prop_oneof![
            proptest::collection::vec(word, 0..6).prop_map(|words| words.concat()),
            "[a-zA-Z0-9]{0,12}",
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn the_name_of_a_member_is_an_identifier_and_its_own_name(text in texts()) {
            let name = argument(&text);
            prop_assert_eq!(&argument(&name), &name);
            let word = name.strip_suffix('_').filter(|word| is_keyword(word) || *word == "new");
            let word = word.unwrap_or(name.strip_prefix('_').unwrap_or(&name));
            let says = text.chars().any(|letter| letter.is_ascii_alphanumeric());
            prop_assume!(says && !word.is_empty());
            prop_assert!(!is_keyword(&name) && !name.contains("__"), "{}", name);
            let digits = word.starts_with(|first: char| first.is_ascii_digit());
            prop_assert!(digits && name.starts_with('_') || is_snake_case(word), "{}", name);
        }

        #[test]
        fn the_name_of_a_component_is_an_identifier_and_its_own_name(text in "[A-Z][A-Za-z0-9]{0,12}") {
            let name = type_name(&text);
            prop_assert!(is_pascal_case(&name), "{}", name);
            prop_assert_eq!(type_name(&name), name);
        }

        #[test]
        fn the_name_of_a_value_is_an_identifier(text in texts()) {
            let name = variant(&text);
            prop_assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{}", name);
            prop_assert!(is_pascal_case(&name.replace('_', "")) && !name.contains("__"), "{}", name);
        }
    }

    #[test]
    fn case_checks() {
        for good in ["list", "list_apps", "v2_list"] {
            assert!(is_snake_case(good), "{good}");
        }
        for bad in [
            "",
            "List",
            "list__apps",
            "list_",
            "_list",
            "2list",
            "list-apps",
        ] {
            assert!(!is_snake_case(bad), "{bad}");
        }
        assert!(
            is_pascal_case("SlaTier") && !is_pascal_case("slaTier") && !is_pascal_case("Sla_Tier")
        );
    }
}
