//! Facts from the text, the examples and the limits of published documents, and from recorded answers:
//! members, values and meanings that the published schemas do not have.

mod access_management;
mod cloudhub;
mod deployments;
mod networks;
