//! No secret is shown in `Debug`, errors or traces, in any kind of failure.
//!
//! Every place that can hold a secret holds a mark: the credentials and tokens one of the tests,
//! the answers one of the emulator, the requests the word that the spec linter wants in the example
//! of every secret. Then all that is ever printed is searched for the marks. The tests also count
//! that the marks were there, on the wire and in the models, so that none passes by not looking.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod calls;
mod checks;
mod echo;
mod log;
mod marks;
mod models;
mod settings;
mod specs;
mod tokens;
mod trouble;

// The generated tables of the models: every type by the name of its component.
#[path = "../models/tables/access_management.rs"]
#[rustfmt::skip]
mod access_management;
#[path = "../models/tables/application_manager.rs"]
#[rustfmt::skip]
mod application_manager;
#[path = "../models/tables/cloudhub.rs"]
#[rustfmt::skip]
mod cloudhub;
#[path = "../models/tables/cloudhub2.rs"]
#[rustfmt::skip]
mod cloudhub2;
#[path = "../models/tables/experience_hub.rs"]
#[rustfmt::skip]
mod experience_hub;
#[path = "../models/tables/mmc.rs"]
#[rustfmt::skip]
mod mmc;
