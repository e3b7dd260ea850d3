//! Recognizes ids, and parses the address of a console.
//!
//! Public but hidden, because the command line needs it, too.

/// Whether a text has the form of the platform's ids, `8-4-4-4-12` hexadecimal digits.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The origin of a Mule Management Console, and the address of its API if that is not the default one of the origin.
///
/// A malformed address is reported by the session.
#[must_use]
pub fn console_address(address: &str) -> (&str, Option<String>) {
    let address = address.trim().trim_end_matches('/');
    let host = address.find("://").map_or(0, |at| at + 3);
    let Some(length) = address[host..].find('/') else {
        return (address, None);
    };
    let has_api = address.ends_with("/api") || address.contains(['?', '#']);
    let api = if has_api { "" } else { "/api" };
    (&address[..host + length], Some(format!("{address}{api}")))
}
