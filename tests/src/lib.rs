//! Behaviour tests of the generated clients. The tests are in `behaviour/`; this library holds
//! nothing but the calls that must not compile.
//!
//! Each one stands beside a twin that differs in that one point and does compile, so that a
//! renamed method cannot make the failing one pass for another reason.
//!
//! # A required parameter is an argument
//! ```
//! fn call(client: &anypoint_test_shapes::Client) {
//!     let _ = client.measure_shapes("cm", "trace-1");
//! }
//! ```
//! ```compile_fail,E0061
//! fn call(client: &anypoint_test_shapes::Client) {
//!     let _ = client.measure_shapes("cm");
//! }
//! ```
//!
//! # Ids of different things are different types
//! Organization and environment are given once; swapped, they do not compile.
//! ```
//! use anypoint_application_manager::Client;
//! use anypoint_core::{EnvironmentId, OrganizationId};
//!
//! fn call(client: &Client, organization: &OrganizationId, environment: &EnvironmentId) {
//!     let _ = client.in_environment(organization, environment);
//! }
//! ```
//! ```compile_fail,E0277
//! use anypoint_application_manager::Client;
//! use anypoint_core::{EnvironmentId, OrganizationId};
//!
//! fn call(client: &Client, organization: &OrganizationId, environment: &EnvironmentId) {
//!     let _ = client.in_environment(environment, organization);
//! }
//! ```
//!
//! # A model stands for its own id and no other one
//! ```
//! use anypoint_application_manager::EnvironmentClient;
//! use anypoint_application_manager::types::{Deployment, Replica};
//!
//! fn call(client: &EnvironmentClient, deployment: &Deployment, replica: &Replica) {
//!     let _ = client.request_diagnostics(deployment, replica);
//! }
//! ```
//! ```compile_fail,E0277
//! use anypoint_application_manager::EnvironmentClient;
//! use anypoint_application_manager::types::{Deployment, Replica};
//!
//! fn call(client: &EnvironmentClient, deployment: &Deployment, replica: &Replica) {
//!     let _ = client.request_diagnostics(replica, deployment);
//! }
//! ```
//!
//! # Text says of what it is the id
//! ```
//! use anypoint_application_manager::EnvironmentClient;
//! use anypoint_application_manager::types::DeploymentId;
//!
//! fn call(client: &EnvironmentClient, text: &str) {
//!     let _ = client.get_deployment(DeploymentId::new(text));
//! }
//! ```
//! ```compile_fail,E0277
//! use anypoint_application_manager::EnvironmentClient;
//!
//! fn call(client: &EnvironmentClient, text: &str) {
//!     let _ = client.get_deployment(text);
//! }
//! ```
//!
//! # An id is no text argument, and is not made of nothing
//! ```
//! use anypoint_application_manager::types::DeploymentId;
//!
//! fn text(id: DeploymentId) -> String {
//!     id.to_string()
//! }
//! ```
//! ```compile_fail,E0277
//! use anypoint_application_manager::types::DeploymentId;
//!
//! fn text(id: DeploymentId) -> String {
//!     id.into()
//! }
//! ```
//! ```compile_fail,E0599
//! let _ = anypoint_application_manager::types::DeploymentId::default();
//! ```
//!
//! # A required body is an argument
//! ```
//! use anypoint_test_shapes::types::NewShape;
//!
//! fn call(client: &anypoint_test_shapes::Client) {
//!     let _ = client.create_shape(NewShape::new("Square"));
//! }
//! ```
//! ```compile_fail,E0061
//! fn call(client: &anypoint_test_shapes::Client) {
//!     let _ = client.create_shape();
//! }
//! ```
//!
//! # A required field of a request is an argument of `new`
//! ```
//! use anypoint_test_shapes::types::NewShape;
//!
//! let _ = NewShape::new("Square");
//! ```
//! ```compile_fail,E0061
//! use anypoint_test_shapes::types::NewShape;
//!
//! let _ = NewShape::new();
//! ```
//!
//! # A request with a required field has no default
//! ```
//! use anypoint_test_shapes::types::CopyOptions;
//!
//! let _ = CopyOptions::default();
//! ```
//! ```compile_fail,E0599
//! use anypoint_test_shapes::types::NewShape;
//!
//! let _ = NewShape::default();
//! ```
//!
//! # A model may grow
//! A struct literal or a pattern without `..` would break with every new field.
//! ```
//! use anypoint_test_shapes::types::Claim;
//!
//! fn owner(claim: Claim) -> String {
//!     let Claim { owner, .. } = claim;
//!     owner
//! }
//! ```
//! ```compile_fail,E0638
//! use anypoint_test_shapes::types::Claim;
//!
//! fn owner(claim: Claim) -> String {
//!     let Claim { owner } = claim;
//!     owner
//! }
//! ```
//!
//! # The payload of `Unknown` is opaque
//! Code that looked inside would break when the value becomes a variant.
//! ```
//! use anypoint_test_shapes::types::ShapeKind;
//!
//! fn text(kind: &ShapeKind) -> &str {
//!     match kind {
//!         ShapeKind::Unknown(_) => kind.as_str(),
//!         _ => "known",
//!     }
//! }
//! ```
//! ```compile_fail,E0308
//! use anypoint_test_shapes::types::ShapeKind;
//!
//! fn text(kind: &ShapeKind) -> &str {
//!     match kind {
//!         ShapeKind::Unknown("blob") => "blob",
//!         _ => "known",
//!     }
//! }
//! ```
//! ```compile_fail,E0532
//! use anypoint_core::UnknownValue;
//! use anypoint_test_shapes::types::ShapeKind;
//!
//! fn text(kind: ShapeKind) -> String {
//!     match kind {
//!         ShapeKind::Unknown(UnknownValue(text)) => text,
//!         _ => String::new(),
//!     }
//! }
//! ```
//!
//! # A secret has no `Display`
//! ```
//! fn print(secret: &anypoint_core::Secret) -> String {
//!     format!("{secret:?}")
//! }
//! ```
//! ```compile_fail,E0277
//! fn print(secret: &anypoint_core::Secret) -> String {
//!     format!("{secret}")
//! }
//! ```
pub mod wire;
