//! The host that a request is meant for.
//!
//! A web page can let its own name point to this machine and then read the answers in a browser. So
//! only names that nobody else can own are accepted.

use std::net::Ipv6Addr;

use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use crate::reply::Reply;

/// Refuses a request that is meant for another host.
pub(crate) fn refusal(parts: &Parts, allowed: &[String]) -> Option<Reply> {
    let sent = parts.headers.get_all("host").iter();
    let sent = sent.map(|value| value.as_bytes().try_into().ok());
    let mut meant = parts.uri.authority().cloned().map(Some).into_iter();
    let is_ours = |authority: Option<Authority>| {
        authority.is_some_and(|authority| is_local(authority.host(), allowed))
    };
    if meant.all(is_ours) && sent.into_iter().all(is_ours) {
        return None;
    }
    let message = "Host: the emulator answers to localhost, to addresses, and to names that were \
                   allowed with `allow_host` or `--allow-host`";
    Some(Reply::problem(421, message))
}

fn is_local(host: &str, allowed: &[String]) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok()
        || address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
        || allowed
            .iter()
            .any(|other| other.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_nobody_else_can_own_are_ours() {
        let allowed = ["Emulator.test".to_owned()];
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "10.1.2.3",
            "[::1]",
            "emulator.test",
        ] {
            assert!(is_local(host, &allowed), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "::1",
            "[evil]",
            "127.1",
            "a.emulator.test",
        ] {
            assert!(!is_local(host, &allowed), "{host}");
        }
    }
}
