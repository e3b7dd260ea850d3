//! Finds the message in XML: SOAP faults and the errors of gateways.
//!
//! It is not a parser. It searches for elements that contain only text, by their names.

/// The elements with the message, most likely first; in lower case, without a prefix.
const ELEMENTS: [&str; 9] = [
    "faultstring",
    "text",
    "message",
    "errormessage",
    "error_description",
    "description",
    "detail",
    "reason",
    "title",
];

pub(super) fn message(text: &str) -> Option<String> {
    // ASCII lower-casing keeps every byte offset, so positions hold in the original.
    let lower = text.to_ascii_lowercase();
    ELEMENTS.iter().find_map(|name| element(text, &lower, name))
}

/// The text of the first element of this name that contains only text.
fn element(text: &str, lower: &str, name: &str) -> Option<String> {
    let mut starts = lower.match_indices('<').map(|(at, _)| at + 1);
    starts.find_map(|start| {
        let tag = lower[start..].split('>').next()?;
        let full = tag.split([' ', '\t', '\r', '\n', '/']).next()?;
        let own = full.rsplit(':').next()?;
        if own != name || tag.ends_with('/') {
            return None;
        }
        let inner = start + tag.len() + 1;
        let end = inner + lower.get(inner..)?.find(&format!("</{full}"))?;
        words(&text[inner..end])
    })
}

fn words(inner: &str) -> Option<String> {
    let inner = inner.trim();
    let verbatim = inner
        .strip_prefix("<![CDATA[")
        .and_then(|rest| rest.strip_suffix("]]>"));
    let found = match verbatim {
        Some(verbatim) => verbatim.to_owned(),
        None if inner.contains('<') => return None,
        None => [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(inner.to_owned(), |text, (escaped, plain)| {
            text.replace(escaped, plain)
        }),
    };
    (!found.trim().is_empty()).then_some(found)
}
