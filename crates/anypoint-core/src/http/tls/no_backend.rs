//! No TLS backend: http works, https does not.

use std::error::Error as StdError;

use reqwest::ClientBuilder;

use super::{Refusal, Trust, unusable};
use crate::error::Error;

pub(in crate::http) fn configure(
    builder: ClientBuilder,
    trust: Option<&Trust>,
) -> Result<ClientBuilder, Error> {
    match trust {
        None => Ok(builder),
        Some(_) => Err(
            unusable("https is not available", "this build has no TLS backend").with_hint(
                "turn on one of the features ring, aws-lc-rs and native-tls of the crate that you depend on",
            ),
        ),
    }
}

pub(in crate::http) fn diagnose(_: &(dyn StdError + 'static)) -> Option<Refusal> {
    None
}
