//! What the published documents say in prose, in examples and as limits, and what recorded answers
//! hold: members, values and meanings that their schemas do not have.

mod access_management;
mod cloudhub;
mod deployments;
mod networks;

use anypoint_core::{Credentials, Session};

use crate::support::Server;

fn session(server: &Server) -> Session {
    server.session(Credentials::bearer("token-1"))
}

fn sent(server: &Server) -> serde_json::Value {
    serde_json::from_slice(server.request().body()).unwrap()
}
