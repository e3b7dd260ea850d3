//! Logs of Application Manager: how they grow, and what is found in them.

mod lives;
mod reading;
mod world;
