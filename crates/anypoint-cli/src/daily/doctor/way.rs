//! The way to the host: the proxy, the host itself, and TLS.

use anypoint::{Anypoint, Error, ErrorKind};
use anypoint_core::Proxy;
use anypoint_core::http::Method;
use anypoint_core::internal::Endpoint;

use super::{Found, Verdicts};
use crate::failure::{Exit, Failure};

/// Calls the host once, and tells what is in order and what is not.
pub(super) async fn look(anypoint: &Anypoint, verdicts: &mut Verdicts) {
    let endpoint = Endpoint::new(anypoint.session(), "");
    let address = endpoint.base_url();
    let request = anypoint.session().request(Method::Get, "/accounts/api/me");
    let mut trouble = match request.send().await {
        // Any answer shows that there is a way.
        Err(error) if error.kind() == ErrorKind::Status => None,
        answer => answer.err(),
    };
    let mut taken = |kinds: &[ErrorKind]| trouble.take_if(|it| kinds.contains(&it.kind()));
    let by_proxy = taken(&[ErrorKind::Proxy]);
    let by_tls = taken(&[
        ErrorKind::Tls,
        ErrorKind::UntrustedCertificate,
        ErrorKind::ClockSkew,
    ]);
    let reached = by_proxy.is_none() && trouble.is_none();
    verdicts.add("proxy", proxy(address, by_proxy));
    verdicts.add("host", host(address, reached, trouble));
    verdicts.add("TLS", tls(&endpoint, reached, by_tls));
}

fn proxy(address: &str, trouble: Option<Error>) -> Found {
    if let Some(error) = trouble {
        return Found::Wrong(error.into());
    }
    let found = Proxy::environment().on_the_way_to(address);
    found
        .map(|found| match found {
            Some(place) => format!("calls go through {place}, as HTTPS_PROXY and its like say"),
            None => "calls go to the host directly".to_owned(),
        })
        .into()
}

fn host(address: &str, reached: bool, trouble: Option<Error>) -> Found {
    match trouble {
        Some(error) => Found::Wrong(error.into()),
        None if reached => Found::Fine(format!("{address} answers")),
        None => Found::Unknown("the proxy is in the way".to_owned()),
    }
}

fn tls(endpoint: &Endpoint, reached: bool, trouble: Option<Error>) -> Found {
    let secure = endpoint.base_url().starts_with("https:");
    match trouble {
        Some(error) => Found::Wrong(error.into()),
        None if !reached => Found::Unknown("the host was not reached".to_owned()),
        None if secure => Found::Fine("the certificate of the host is trusted".to_owned()),
        None if endpoint.is_loopback() => {
            Found::Fine("not needed: the host is this machine".to_owned())
        }
        None => Found::Wrong(
            Failure::failed("calls are not encrypted, so no secret is sent")
                .hint("an https address")
                .with_exit(Exit::Failed),
        ),
    }
}
