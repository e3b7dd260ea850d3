//! A page for each place where a program can change what the runtime does.
//!
//! | page | for |
//! |---|---|
//! | [`options`] | headers, timeouts and retries of a session, a client or a single request |
//! | [`interceptors`] | code that runs around each call: correlation headers, metrics, an audit log |
//! | [`raw_requests`] | operations that no API crate has |
//! | [`http_client`] | another HTTP library, or a wrapper around the default client |
//! | [`progress`] | uploads from files, readers and streams; progress of uploads and downloads |
//! | [`blocking`] | programs without `async` |
//! | [`fakes`] | unit tests without a server |
//! | [`cassettes`] | tests that replay recorded traffic |
//!
//! The examples use the types of this crate. With the crate `anypoint`, the same types are in `anypoint::core`.

#[doc = include_str!("guide/options.md")]
pub mod options {}

#[doc = include_str!("guide/interceptors.md")]
pub mod interceptors {}

#[doc = include_str!("guide/raw_requests.md")]
pub mod raw_requests {}

#[doc = include_str!("guide/http_client.md")]
pub mod http_client {}

#[doc = include_str!("guide/progress.md")]
pub mod progress {}

#[doc = include_str!("guide/blocking.md")]
pub mod blocking {}

#[doc = include_str!("guide/fakes.md")]
pub mod fakes {}

#[doc = include_str!("guide/cassettes.md")]
pub mod cassettes {}
