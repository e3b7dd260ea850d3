//! Project automation as a library, so that tests call the generator directly.
//!
//! `main.rs` only parses arguments. Every command is a module here.

pub mod ci;
pub mod codegen;
pub mod deps;
pub mod diff;
pub mod dist;
pub mod explain;
pub mod measure;
pub mod new;
pub mod packages;
pub mod pages;
pub mod release;
pub mod test;
pub mod tidy;
pub mod workspace;
