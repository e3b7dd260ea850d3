//! The entry point for a Mule Management Console, which has its own host and users.
//!
//! It must not share the session of the platform, whose credentials must not be sent to a console.

use anypoint_core::{Credentials, Error, Secret, Session};
use anypoint_mmc::Client;

use crate::places::console_address;

/// A client of a Mule Management Console, which sends a user and password with every call.
///
/// The address is the one that the browser shows, such as `http://mule.example.com:8080/mmc`, or
/// that of the API, which ends in `/api`. For an origin alone, `/mmc` is added.
///
/// ```
/// # fn main() -> Result<(), anypoint::Error> {
/// let console = anypoint::console("http://mule.example.com:8080/mmc", "admin", "secret")?;
/// let deployments = console.list_deployments();
/// # let _ = deployments;
/// # Ok(())
/// # }
/// ```
///
/// Over plain http anyone on the network path can read the password. The client logs a warning once, as
/// a `tracing` event.
///
/// For a console with a private CA or behind a proxy, create the session yourself and pass it to
/// [`Client::with_base_url`] with the address of the API:
///
/// ```no_run
/// use anypoint::core::{Credentials, Session};
/// use anypoint::mmc::Client;
///
/// # fn main() -> Result<(), anypoint::Error> {
/// let session = Session::builder()
///     .host("https://mule.example.com:8443")
///     .credentials(Credentials::basic("admin", "secret"))
///     .ca_certificates_file("company-ca.pem")
///     .build()?;
/// let console = Client::with_base_url(&session, "https://mule.example.com:8443/mmc/api")?;
/// # let _ = console;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the address is not an http or
/// https URL, or contains a user or a query, or if the user name is empty or contains a colon.
pub fn console(
    base_url: &str,
    username: impl Into<String>,
    password: impl Into<Secret>,
) -> Result<Client, Error> {
    let (origin, api) = console_address(base_url);
    let session = Session::builder()
        .host(origin)
        .credentials(Credentials::basic(username, password))
        .build()?;
    match api {
        Some(api) => Client::with_base_url(&session, &api),
        None => Ok(Client::new(&session)),
    }
}
