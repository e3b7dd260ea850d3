//! Bodies that do not fit in memory: uploads and downloads.
//!
//! It must not know how they are sent; that is `transport`.

pub(crate) mod download;
mod save;
pub(crate) mod upload;
