//! Who makes the calls, as the platform says.
//!
//! The answer is not typed: its models are large, and only names are needed of them.

use anypoint::Anypoint;
use anypoint_core::internal::Endpoint;

use crate::failure::Failure;
use crate::request::Request;
use crate::table;
use crate::value::Value;

/// The user or connected app of the credentials.
pub(crate) struct Me(Value);

impl Me {
    pub(crate) async fn of(anypoint: &Anypoint) -> Result<Self, Failure> {
        let api = table::api("access-management")?;
        let Some(command) = api.commands().find(|it| it.id == "get_me") else {
            return Err(Failure::failed("there is no operation get_me"));
        };
        let endpoint = Endpoint::new(anypoint.session(), api.base);
        let call = Request::bare(api, command).call(&endpoint);
        Ok(Self(call.send_json::<Value>().await?.into_value()))
    }

    /// The name of the user, unless it is a connected app.
    pub(crate) fn user(&self) -> Option<String> {
        self.0.get("user")?.get("username")?.scalar()
    }

    /// The name of the connected app, or else its id.
    pub(crate) fn app(&self) -> Option<String> {
        let client = self.0.get("client")?;
        let text = |name: &str| client.get(name)?.scalar();
        text("name").or_else(|| text("client_id"))
    }
}
