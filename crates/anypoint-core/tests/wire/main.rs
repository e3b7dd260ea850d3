//! The runtime against a real HTTP server on loopback: requests on the wire, and the results of answers
//! of every kind.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod answers;
mod auth;
mod blocking;
mod bodies;
mod cassettes;
mod client;
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls"))]
mod connections;
mod environment;
mod errors;
mod fakes;
mod files;
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls"))]
mod https;
mod interceptors;
mod limits;
mod login;
mod members;
mod models;
mod options;
mod outside;
mod paging;
mod pauses;
mod plain_http;
mod progress;
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls"))]
mod proxy;
mod raw;
mod renewals;
mod repetitions;
mod requests;
mod retry;
mod saving;
mod streaming;
mod support;
mod timeouts;
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls"))]
mod tls;
mod token;
mod token_source;
mod unpolled;
mod uploads;
