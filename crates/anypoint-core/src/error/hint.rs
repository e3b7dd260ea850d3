//! Hints: what to try after an error with a likely cause.
//!
//! It must not guess: no hint is better than a wrong one.

use url::Url;

use crate::secret::redact::Redactor;

/// What a status hint depends on besides the status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) signed: Signed,
    /// The operation reads the environment headers, and the service was left to its default.
    pub(crate) environment_missing: bool,
}

/// How the call was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// Not at all, because the operation takes no credentials.
    Open,
    /// The session has no credentials.
    No,
    /// By a token that the caller has given.
    ByToken,
    /// By a token that the session has fetched.
    ByLogin,
    /// By an id or name and its secret, for an operation of the platform that takes no token.
    BySecret,
    /// By user and password, for a console. It has no organizations, environments and regions.
    ByPassword,
}

pub(crate) const HTML: &str =
    "this is not the API: a proxy or a wrong host may have answered; check the region or host";
const HTML_OF_A_CONSOLE: &str =
    "this is not the API: a proxy or a wrong path may have answered; check the base URL";

impl Signed {
    /// The hint for an HTML page instead of an answer.
    pub(crate) fn html(self) -> &'static str {
        match self {
            Self::ByPassword => HTML_OF_A_CONSOLE,
            _ => HTML,
        }
    }
}

/// The hint for an error status.
pub(crate) fn for_status(status: u16, html: bool, context: Context) -> Option<String> {
    let text = match (status, context.signed) {
        (401, Signed::No) => {
            "the session has no credentials; set them with SessionBuilder::credentials"
        }
        (401, Signed::Open) => "what the request holds was refused; check its values",
        (401, Signed::BySecret) => {
            "the id or secret was refused; check both, and the region or host"
        }
        (401, Signed::ByToken) => {
            "the credentials were refused or the token has expired; get a new token or check the credentials"
        }
        (401, Signed::ByLogin) => {
            "a fresh token was refused; check the region or host, and what the credentials may do"
        }
        (401, Signed::ByPassword) => "the user or password was refused; check both",
        (400 | 403 | 404, _) if context.environment_missing => {
            "no environment was chosen, so the service took its own default; set one with SessionBuilder::environment"
        }
        (_, signed) if html => signed.html(),
        (403, Signed::ByPassword) => "the user lacks a role or permission for this",
        (404, Signed::ByPassword) => "check the ids, and the path in the base URL",
        (403, _) => "a scope is missing, or the organization or environment is the wrong one",
        (404, _) => "check the ids, the organization and environment, and the region",
        (429, _) => "the server is throttling; wait, then try again",
        (503, _) => "the server is throttling or out of service; wait, then try again",
        _ => return None,
    };
    Some(text.to_owned())
}

/// The hint for a refused token request.
pub(crate) fn for_token(status: u16, html: bool) -> Option<String> {
    let text = match status {
        _ if html => HTML,
        400 | 401 | 403 => {
            "check the client id and secret, the region, and that the connected app acts on its own behalf"
        }
        404 => "no token endpoint there; check the region or host",
        429 => "the server is throttling; wait, then try again",
        503 => "the server is throttling or out of service; wait, then try again",
        _ => return None,
    };
    Some(text.to_owned())
}

/// The hint for a redirect from one URL to another that is not followed.
pub(crate) fn for_redirect(from: &Url, to: Option<&Url>, redactor: &Redactor) -> String {
    let Some(to) = to else {
        return "the server redirects without saying where to".to_owned();
    };
    let host = redactor.show(to.host_str().unwrap_or("no host"));
    if to.host() != from.host() {
        return format!(
            "the server redirects to {host}, which is not followed; check the region or host"
        );
    }
    if to.origin() == from.origin() {
        return "the server redirects to another path, which only GET and HEAD follow; check the base URL"
            .to_owned();
    }
    match (from.scheme(), to.scheme()) {
        ("http", "https") => {
            "the server redirects to https on the same host; give the host with https".to_owned()
        }
        ("https", "http") => {
            "the server redirects to plain http on the same host, which is never followed"
                .to_owned()
        }
        (from, to) if from != to => "the server redirects to what is no web page".to_owned(),
        _ => format!(
            "the server redirects to port {} of the same host, which is not followed; if that is the right one, give it with the host",
            to.port_or_known_default().unwrap_or_default()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_hint_wins() {
        let hint = |status, html, signed, environment_missing| {
            let context = Context {
                signed,
                environment_missing,
            };
            for_status(status, html, context).unwrap_or_default()
        };
        for (status, html, signed, missing, words) in [
            (401, false, Signed::ByToken, false, "the token has expired"),
            (
                401,
                false,
                Signed::ByLogin,
                false,
                "a fresh token was refused",
            ),
            (401, false, Signed::ByPassword, false, "user or password"),
            (401, false, Signed::No, false, "no credentials"),
            (401, false, Signed::Open, false, "check its values"),
            (401, false, Signed::BySecret, false, "id or secret"),
            (403, true, Signed::ByToken, false, "proxy"),
            (404, true, Signed::ByPassword, false, "base URL"),
            (404, false, Signed::ByToken, true, "environment"),
            (429, false, Signed::ByToken, false, "is throttling;"),
            (
                503,
                false,
                Signed::ByToken,
                false,
                "throttling or out of service",
            ),
        ] {
            let text = hint(status, html, signed, missing);
            assert!(text.contains(words), "{status} {signed:?}: {text}");
        }
        assert_eq!(hint(418, false, Signed::ByToken, false), "");
    }

    #[test]
    fn a_console_knows_no_region_organization_or_environment() {
        let context = Context {
            signed: Signed::ByPassword,
            environment_missing: false,
        };
        for status in 400..600 {
            for html in [false, true] {
                let text = for_status(status, html, context).unwrap_or_default();
                for word in ["region", "organization", "environment", "scope", "token"] {
                    assert!(!text.contains(word), "{status}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_redirect_says_what_is_different_there() {
        for (from, to, words) in [
            (
                "https://a",
                Some("https://b/x"),
                "to b, which is not followed; check the region",
            ),
            (
                "http://a",
                Some("http://a:8080/x"),
                "to port 8080 of the same host",
            ),
            (
                "https://a:8443",
                Some("https://a/x"),
                "to port 443 of the same host",
            ),
            ("http://a", Some("https://a/x"), "to https on the same host"),
            (
                "https://a",
                Some("http://a/x"),
                "plain http on the same host, which is never",
            ),
            ("https://a/x", Some("https://a/y"), "another path"),
            ("https://a", Some("mailto:x@a"), "no host"),
            ("https://a", None, "without saying where to"),
        ] {
            let url = |text: &str| Url::parse(text).unwrap();
            let hint = for_redirect(&url(from), to.map(url).as_ref(), &Redactor::default());
            assert!(hint.contains(words), "{hint}");
            let same = to.is_some_and(|to| to.starts_with("http") && !to.contains("//b"));
            assert!(!same || !hint.contains("region"), "{hint}");
        }
    }
}
