//! The one integration binary: what readers, keepers and partners can and cannot do, over a real
//! port, with the real program where it matters.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail where it stands, and says when it is skipped"
)]

mod canary;
mod client;
mod container;
mod contract;
mod crisis;
mod decisions;
mod guard;
mod hardened;
mod holds;
mod hostile;
mod hsds;
mod import;
mod link_states;
mod linking;
mod links;
mod networks;
mod overload;
mod pages;
mod pathways;
mod places;
mod problems;
mod publishing;
mod reading;
mod recognised;
mod reports;
mod resilience;
mod resources;
mod safety;
mod search;
mod search_near;
mod search_shown;
mod sessions;
mod support;
mod support_map;
mod tidy;
mod traces;
mod traps;
mod two_processes;
mod walks;
