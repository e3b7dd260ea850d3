//! The generated calls, a module for each API.

// The generator formats its output.
#[rustfmt::skip]
pub(super) mod access_management;
#[rustfmt::skip]
pub(super) mod application_manager;
#[rustfmt::skip]
pub(super) mod experience_hub;
#[rustfmt::skip]
pub(super) mod mmc;
