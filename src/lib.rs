//! Kith: an open directory of peer support groups, community organisations and services for people
//! who live with trauma, and of the community networks around them.
//!
//! ```text
//!            main
//!             |
//!            cli ------------- config
//!           /   \
//!         api   web            for programs, for people
//!           \   /
//!         directory            search, read, import, publish, follow
//!        /    |     \
//!  exchange  store   index     formats | records and log | the published view
//!        \    |
//!         domain               values only
//! ```
//!
//! Imports point down only; `tests/it/tidy.rs` reads the `use` lines and keeps it so. `ARCHITECTURE.md`
//! has the map, the invariants and the walk through one write and one search.

pub mod api;
pub mod cli;
pub mod config;
pub mod directory;
pub mod domain;
pub mod exchange;
pub mod store;
pub mod web;
