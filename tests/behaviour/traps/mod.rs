//! Differences between the real services and their documents, with one test for each trap.
//!
//! A test about decoding also shows that a strict type fails on the payload; one about a request says
//! what a naive client would send instead.

/// Structs as a generator without tolerance emits them: every member required, with the one
/// type of the documents. It is enough that they cannot be read, so nothing reads their fields.
macro_rules! naive {
    ($($name:ident { $($field:ident: $wire:literal as $type:ty),* $(,)? })*) => {$(
        #[allow(dead_code)]
        #[derive(anypoint_core::internal::serde::Deserialize)]
        #[serde(crate = "anypoint_core::internal::serde")]
        pub(super) struct $name {
            $(#[serde(rename = $wire)] $field: $type,)*
        }
    )*};
}

mod access_management;
mod application_manager;
mod cloudhub;
mod cloudhub2;
mod experience_hub;
mod mmc;

use anypoint_core::internal::serde::de::DeserializeOwned;

use crate::support::{Server, sent, session};

fn lines(server: &Server) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(|request| request.line()).collect()
}

/// A plain serde type cannot read the payload, and for this reason: not for another that the
/// test did not think of.
#[track_caller]
fn assert_naive_fails<T: DeserializeOwned>(payload: &[u8], reason: &str) {
    match serde_json::from_slice::<T>(payload) {
        Ok(_) => panic!("a naive type reads this payload, so it is no trap"),
        Err(error) => assert!(error.to_string().contains(reason), "{error}"),
    }
}
