//! What to try after an error, where there is something likely.
//!
//! It must not guess: no hint is better than a wrong one.

/// What a status hint depends on besides the status.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// The session has credentials, so that a 401 means they were refused.
    pub(crate) credentials: bool,
    /// The operation reads the environment headers, and the service was left to its default.
    pub(crate) environment_missing: bool,
}

pub(crate) const HTML: &str =
    "this is not the API: a proxy or a wrong host may have answered; check the region or host";

/// The hint for an error status.
pub(crate) fn for_status(status: u16, html: bool, context: Context) -> Option<String> {
    let text = match status {
        401 if !context.credentials => {
            "the session has no credentials; set them with SessionBuilder::credentials"
        }
        401 => {
            "the credentials were refused or the token has expired; get a new token or check the credentials"
        }
        400 | 403 | 404 if context.environment_missing => {
            "no environment was chosen, so the service took its own default; set one with SessionBuilder::environment"
        }
        _ if html => HTML,
        403 => "a scope is missing, or the organization or environment is the wrong one",
        404 => "check the ids, the organization and environment, and the region",
        429 | 503 => "the server is throttling; wait, then try again",
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
        429 | 503 => "the server is throttling; wait, then try again",
        _ => return None,
    };
    Some(text.to_owned())
}

/// The hint for a redirect that is not followed; it names the host that it leads to.
pub(crate) fn for_redirect(target: Option<&str>) -> String {
    match target {
        Some(host) => format!(
            "the server redirects to {host}, which is not followed; check the region or host"
        ),
        None => "the server redirects without saying where to".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_hint_wins() {
        let given = Context {
            credentials: true,
            environment_missing: false,
        };
        let hint = |status, html, context| for_status(status, html, context).unwrap_or_default();
        assert!(hint(401, false, given).contains("refused"));
        assert!(hint(401, false, Context::default()).contains("no credentials"));
        assert!(hint(403, true, given).contains("proxy"));
        assert!(
            hint(
                404,
                false,
                Context {
                    environment_missing: true,
                    ..given
                }
            )
            .contains("environment")
        );
        assert!(hint(503, false, given).contains("throttling"));
        assert_eq!(for_status(418, false, given), None);
        assert!(for_redirect(Some("login.example.com")).contains("login.example.com"));
    }
}
