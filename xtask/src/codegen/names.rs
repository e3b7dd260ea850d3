//! The only place where spec text becomes a Rust identifier.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The methods that a client has besides those of its operations, and the file beside those of long groups.
pub const CLIENT_METHODS: &[&str] = &["clone", "models", "new", "with_base_url", "with_options"];

/// What every request has; another one has these only where they do something.
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

/// Crates that Rust brings along; one's own of the same name would hide them.
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

/// `aux`, `COM1.txt`: what Windows takes for a device, in whichever folder it stands.
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.to_ascii_lowercase();
    let numbered = ["com", "lpt"].into_iter().any(|port| {
        let number = stem.strip_prefix(port);
        number.is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    });
    numbered || ["con", "prn", "aux", "nul"].contains(&stem.as_str())
}

/// `experience-hub`, `cloudhub2`: what an API, a crate or a feature may be called.
pub fn is_kebab_case(name: &str) -> bool {
    !name.contains('_') && is_snake_case(&name.replace('-', "_")) && name.len() <= LONGEST
}

/// The longest name that becomes a file.
const LONGEST: usize = 64;

/// `list_applications`, `application_id2`: what an operation, an argument or a module may be called.
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

/// `SlaTier`: what a component may be called.
pub fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// The request type of an operation: `list_applications` gives `ListApplications`.
pub fn type_name(operation_id: &str) -> String {
    operation_id.to_upper_camel_case()
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
    escape(words(bare).to_snake_case())
}

fn module_words(name: &str) -> String {
    name.replace('-', "_")
}

/// The module of a tag: `connected-applications` gives `connected_applications`.
pub fn module(tag: &str) -> String {
    escape(tag.to_snake_case())
}

/// The variant for a wire value: `LAST_UPDATED` gives `LastUpdated`.
///
/// `Unknown` is taken by the variant that keeps unknown values.
pub fn variant(wire: &str) -> String {
    let spoken = match wire {
        "" => "Empty".to_owned(),
        "+" => "Plus".to_owned(),
        "-" => "Minus".to_owned(),
        "*" => "Any".to_owned(),
        _ => words(wire).to_upper_camel_case(),
    };
    if spoken.is_empty() || spoken.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("V{}", digits_apart(wire));
    }
    match spoken.as_str() {
        "Unknown" => "ReportedUnknown".to_owned(),
        "Self" => "Itself".to_owned(),
        _ => spoken,
    }
}

/// `0.1` gives `0_1`, and `2-step` gives `2Step`: digits that stand apart stay apart.
fn digits_apart(wire: &str) -> String {
    let (mut joined, words) = (String::new(), words(wire));
    for word in words.split('_').filter(|word| !word.is_empty()) {
        let digit = |letter: char| letter.is_ascii_digit();
        if joined.ends_with(digit) && word.starts_with(digit) {
            joined.push('_');
        }
        joined += &word.to_upper_camel_case();
    }
    joined
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

/// `anypoint-experience-hub` gives `anypoint_experience_hub`.
pub fn crate_ident(package: &str) -> String {
    package.replace('-', "_")
}

fn words(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect()
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
    use super::*;

    #[test]
    fn arguments() {
        for (wire, expected) in [
            ("clientId", "client_id"),
            ("x-limit", "limit"),
            ("X-ANYPNT-ENV-ID", "anypnt_env_id"),
            ("type", "type_"),
            ("hostIPs", "host_i_ps"),
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
