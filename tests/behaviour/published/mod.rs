//! What the published documents say in prose, in examples and as limits, and what recorded answers
//! hold: members, values and meanings that their schemas do not have.

mod access_management;
mod cloudhub;
mod deployments;
mod networks;
