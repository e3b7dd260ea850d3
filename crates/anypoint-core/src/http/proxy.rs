//! Which proxy a request goes through.
//!
//! It must not print a proxy's user or password; so no URL of a proxy is printed, only its host
//! and port.

#![cfg_attr(
    not(feature = "reqwest"),
    allow(dead_code, reason = "only the default client goes through a proxy")
)]

mod exceptions;

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::http::place;
use crate::secret::Secret;
use crate::secret::redact::is_telling;
use exceptions::Exceptions;

/// A proxy on this machine is for other hosts; the environment means those.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The proxy of a session. By default it is read from environment variables.
///
/// The default, [`Proxy::environment`], reads `HTTPS_PROXY` for https and `HTTP_PROXY` for http, and
/// then `ALL_PROXY`, when the session is built. Hosts in `NO_PROXY` are reached directly, and so is
/// the local machine (`localhost`, `127.0.0.0/8` and `::1`), whatever the variables say. Names in
/// lower case work, too; an empty variable counts as unset. `HTTP_PROXY` is ignored in a CGI program
/// (if `REQUEST_METHOD` is set), because a client could set it there. The proxy settings of macOS and
/// Windows are not read.
///
/// `NO_PROXY` and [`Proxy::except`] accept the following entries, separated by commas or blanks, in
/// upper or lower case:
///
/// | entry | reached directly |
/// |---|---|
/// | `example.com`, `.example.com`, `*.example.com` | that host and all below it |
/// | `10.1.2.3`, `::2`, `[::2]` | that address |
/// | `10.0.0.0/8`, `fd00::/8` | the addresses of that network |
/// | `10.*`, `mule-*.example.com` | hosts and addresses that match the pattern |
/// | `*` | every host |
/// | `example.com:8443`, `10.1.2.3:81`, `[::2]:81` | the same, on that port only |
///
/// A trailing dot and a scheme such as `http://` are ignored. Names are not resolved: an entry with
/// addresses applies only to URLs that contain an address.
///
/// A proxy is an `http`, `https` or SOCKS URL (`socks5h`, `socks5`, `socks4a`, `socks4`). https is tunnelled through an http
/// proxy, so the proxy sees neither the calls nor the token.
///
/// ```
/// use anypoint_core::{Proxy, Session};
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let proxy = Proxy::new("http://proxy.example.com:3128")
///     .credentials("user", "password")
///     .except(["mule.example.com", "10.0.0.0/8"]);
/// let session = Session::builder().host("http://api.example.com").proxy(proxy).build()?;
/// # let _ = session;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Proxy {
    source: Source,
    credentials: Option<(String, Secret)>,
    except: Vec<String>,
}

#[derive(Clone, Default)]
enum Source {
    #[default]
    Environment,
    None,
    Url(Secret),
}

impl Proxy {
    /// The proxy at a URL such as `http://proxy.example.com:3128`, for every host.
    ///
    /// Environment variables, including `NO_PROXY`, are then ignored. The default scheme is `http`.
    pub fn new(url: impl Into<String>) -> Self {
        Self::of(Source::Url(Secret::from(url.into())))
    }

    /// The proxies from environment variables; the default.
    pub fn environment() -> Self {
        Self::default()
    }

    /// No proxy; environment variables are ignored.
    pub fn none() -> Self {
        Self::of(Source::None)
    }

    /// The user and password for the proxy, instead of those in its URL.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Hosts to reach directly, in the forms of `NO_PROXY` above. Calls add up.
    pub fn except<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.except.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Host and port of the proxy that a request to this URL goes through; `None` if it goes directly. Environment variables
    /// are read now.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the proxy is malformed, [`ErrorKind::InvalidRequest`] if the URL is.
    pub fn on_the_way_to(&self, url: &str) -> Result<Option<String>, Error> {
        let url = Url::parse(url).map_err(|_| Error::invalid("the address is no URL"))?;
        let route = Route::new(self, |name| std::env::var(name).ok())?;
        Ok(route.proxy_for(&url))
    }

    /// Nothing was set.
    pub(super) fn is_default(&self) -> bool {
        matches!(self.source, Source::Environment)
            && self.credentials.is_none()
            && self.except.is_empty()
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Environment => "environment".to_owned(),
            Source::None => "none".to_owned(),
            Source::Url(url) => parse(url.expose()).map_or_else(String::new, |url| place(&url)),
        };
        f.debug_struct("Proxy")
            .field("source", &source)
            .field("credentials", &self.credentials.is_some())
            .field("except", &self.except)
            .finish()
    }
}

/// The proxies of a session, ready to be used.
#[derive(Clone, Default)]
pub(super) struct Route {
    http: Option<Url>,
    https: Option<Url>,
    except: Exceptions,
}

impl Route {
    /// Reads the environment by `lookup` if it counts.
    pub(super) fn new(
        proxy: &Proxy,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let mut route = match &proxy.source {
            Source::None => Self::default(),
            Source::Url(url) => {
                let url = parse(url.expose()).ok_or_else(|| malformed("the proxy"))?;
                Self::of(Some(url.clone()), Some(url))
            }
            Source::Environment => Self::from_environment(lookup)?,
        };
        proxy.except.iter().for_each(|list| route.except.add(list));
        if let Some((user, password)) = &proxy.credentials {
            if user.is_empty() || user.contains(':') {
                let what = "the proxy's user is empty or has a colon";
                return Err(Error::new(ErrorKind::Configuration, what));
            }
            for url in [&mut route.http, &mut route.https].into_iter().flatten() {
                sign(url, user, password);
            }
        }
        Ok(route)
    }

    fn of(http: Option<Url>, https: Option<Url>) -> Self {
        let except = Exceptions::default();
        Self {
            http,
            https,
            except,
        }
    }

    fn from_environment(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        // An empty variable must not hide the other spelling.
        let get = |name: &'static str| {
            let spellings = [name.to_owned(), name.to_ascii_lowercase()];
            let mut texts = spellings.iter().filter_map(|spelling| lookup(spelling));
            let text = texts.find(|text| !text.trim().is_empty())?;
            Some((name, text))
        };
        let proxy = |name| {
            let Some((name, text)) = get(name).or_else(|| get("ALL_PROXY")) else {
                return Ok(None);
            };
            parse(&text).map(Some).ok_or_else(|| malformed(name))
        };
        // In a CGI program HTTP_PROXY may be the `Proxy` header of whoever calls it.
        let cgi = lookup("REQUEST_METHOD").is_some();
        let http = if cgi { None } else { proxy("HTTP_PROXY")? };
        let mut route = Self::of(http, proxy("HTTPS_PROXY")?);
        route.except.add(LOOPBACK);
        if let Some((_, list)) = get("NO_PROXY") {
            route.except.add(&list);
        }
        Ok(route)
    }

    /// The credentials of the proxies, which must not be shown if a server sends them back.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let signed = self
            .proxies()
            .filter(|url| !url.username().is_empty() || url.password().is_some());
        let secrets = signed.flat_map(|url| {
            let user = plain(url.username());
            let password = url.password().map(plain).unwrap_or_default();
            let pair = Secret::basic(&user, &password);
            // A short name occurs in many texts by chance.
            let user = Some(Secret::from(user)).filter(is_telling);
            user.into_iter().chain([Secret::from(password), pair])
        });
        secrets.collect()
    }

    /// Whether reaching the proxy itself takes TLS.
    pub(super) fn takes_tls(&self) -> bool {
        self.http
            .as_ref()
            .is_some_and(|url| url.scheme() == "https")
    }

    /// Host and port of the proxy on the way to a URL.
    pub(super) fn proxy_for(&self, url: &Url) -> Option<String> {
        self.on_the_way(url).map(place)
    }

    /// The proxies for http and https.
    pub(super) fn proxies(&self) -> impl Iterator<Item = &Url> {
        [&self.http, &self.https].into_iter().flatten()
    }

    pub(super) fn on_the_way(&self, url: &Url) -> Option<&Url> {
        let proxy = match url.scheme() {
            "https" => self.https.as_ref()?,
            _ => self.http.as_ref()?,
        };
        (!self.except.has(url)).then_some(proxy)
    }
}

/// The URL of a proxy; a name without a scheme is one too.
fn parse(text: &str) -> Option<Url> {
    let text = text.trim();
    let url = if text.contains("://") {
        Url::parse(text)
    } else {
        Url::parse(&format!("http://{text}"))
    };
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    url.ok()
        .filter(|url| known.contains(&url.scheme()) && url.has_host())
}

/// Puts credentials where reqwest looks for them; it decodes them again.
fn sign(url: &mut Url, user: &str, password: &Secret) {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    // Both fail for a URL without a host only, which `parse` refuses.
    let _ = url.set_username(&encoded(user));
    let _ = url.set_password(Some(&encoded(password.expose())));
}

/// It may hold a password, so the text is not quoted.
pub(super) fn malformed(what: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!("{what} is not the URL of a proxy"),
    )
    .with_hint("write it as http://host:port; https and socks5h are known too")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(list: &[(&str, &str)]) -> Result<Route, Error> {
        Route::new(&Proxy::environment(), |name| {
            let found = list.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn on_the_way(route: &Route, url: &str) -> Option<String> {
        route.proxy_for(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_environment_names_a_proxy_for_each_scheme() {
        let route = environment(&[
            ("HTTPS_PROXY", "http://user:s3cret@tunnel:3128"),
            ("http_proxy", "plain:8080"),
            ("NO_PROXY", "example.com, 10.0.0.0/8"),
        ])
        .unwrap();
        for (url, proxy) in [
            ("https://api.test/a?b", Some("tunnel:3128")),
            ("http://api.test", Some("plain:8080")),
            ("https://example.com", None),
            ("https://mule.example.com:8443", None),
            ("https://notexample.com", Some("tunnel:3128")),
            ("http://10.1.2.3", None),
        ] {
            assert_eq!(on_the_way(&route, url).as_deref(), proxy, "{url}");
        }
        let all = environment(&[("ALL_PROXY", "socks5://s:1080"), ("HTTPS_PROXY", "")]).unwrap();
        assert_eq!(on_the_way(&all, "https://x").as_deref(), Some("s:1080"));
        assert_eq!(on_the_way(&environment(&[]).unwrap(), "https://x"), None);
    }

    #[test]
    fn a_proxy_says_whether_it_is_on_the_way() {
        let proxy = Proxy::new("http://user:s3cret@tunnel:3128").except(["example.com"]);
        let asked = |url| proxy.on_the_way_to(url).unwrap();
        assert_eq!(asked("https://api.test/x").as_deref(), Some("tunnel:3128"));
        assert_eq!(asked("https://mule.example.com"), None);
        assert!(proxy.on_the_way_to("nowhere").is_err());
        assert!(Proxy::new("ftp://x").on_the_way_to("https://x").is_err());
        assert_eq!(Proxy::none().on_the_way_to("https://x").unwrap(), None);
    }

    #[test]
    fn an_empty_variable_does_not_hide_the_other_spelling() {
        let route = environment(&[
            ("HTTP_PROXY", ""),
            ("http_proxy", "p:1"),
            ("HTTPS_PROXY", " "),
            ("https_proxy", "q:2"),
            ("NO_PROXY", ""),
            ("no_proxy", "direct:8585 other"),
        ])
        .unwrap();
        for (url, proxy) in [
            ("http://x", Some("p:1")),
            ("https://x", Some("q:2")),
            ("http://direct:8585", None),
            ("http://direct", Some("p:1")),
            ("http://other:9", None),
        ] {
            assert_eq!(on_the_way(&route, url).as_deref(), proxy, "{url}");
        }
    }

    #[test]
    fn this_machine_is_never_reached_through_a_proxy_of_the_environment() {
        let route = environment(&[("ALL_PROXY", "http://p:1")]).unwrap();
        for host in [
            "localhost:1",
            "a.localhost",
            "127.0.0.1:8081",
            "127.9.9.9",
            "[::1]:1",
        ] {
            assert_eq!(
                on_the_way(&route, &format!("http://{host}")),
                None,
                "{host}"
            );
        }
        // One that was set on purpose is meant.
        let set = Route::new(&Proxy::new("http://p:1"), |_| None).unwrap();
        assert!(on_the_way(&set, "http://127.0.0.1:8081").is_some());
    }

    #[test]
    fn a_cgi_program_takes_no_proxy_from_a_header() {
        let list = [("HTTP_PROXY", "http://p:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(on_the_way(&environment(&list).unwrap(), "http://x"), None);
    }

    #[test]
    fn a_star_is_every_host() {
        let list = [("ALL_PROXY", "http://p:1"), ("NO_PROXY", "x, *")];
        let route = environment(&list).unwrap();
        for url in ["https://api.test", "https://192.0.2.1", "http://[::2]"] {
            assert_eq!(on_the_way(&route, url), None, "{url}");
        }
        let list = [("ALL_PROXY", "http://p:1"), ("NO_PROXY", "*.test")];
        let route = environment(&list).unwrap();
        assert_eq!(on_the_way(&route, "https://api.test"), None);
        assert!(on_the_way(&route, "https://192.0.2.1").is_some());
    }

    #[test]
    fn exceptions_and_none() {
        let lookup = |_: &str| Some("http://p:1".to_owned());
        let none = Route::new(&Proxy::none(), lookup).unwrap();
        assert_eq!(on_the_way(&none, "https://x"), None);
        let proxy = Proxy::new("p:1").except(["*.example.com", "::2"]);
        let route = Route::new(&proxy, |_| None).unwrap();
        for (url, direct) in [
            ("https://a.example.com", true),
            ("https://[::2]", true),
            ("https://x", false),
        ] {
            assert_eq!(on_the_way(&route, url).is_none(), direct, "{url}");
        }
    }

    #[test]
    fn a_malformed_proxy_is_refused_and_never_shown() {
        for text in ["ftp://u:s3cret@p", "http://u:s3cret@:99999", "s3cret@", ""] {
            let proxy = Proxy::new(text);
            let error = Route::new(&proxy, |_| None).err().unwrap();
            let shown = format!("{error} {error:?} {proxy:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
        let error = environment(&[("HTTPS_PROXY", "s3cret://")]).err().unwrap();
        assert!(
            error.to_string().starts_with("HTTPS_PROXY is not"),
            "{error}"
        );
        let debug = format!(
            "{:?}",
            Proxy::new("http://u:s3cret@p:1").credentials("v", "s3cret")
        );
        assert!(
            debug.contains("p:1") && !debug.contains("s3cret"),
            "{debug}"
        );
        assert!(Route::new(&Proxy::new("p").credentials("a:b", "c"), |_| None).is_err());
    }
}
