//! The one integration binary: what readers, keepers and partners can and cannot do, over a real
//! port, with the real program where it matters.

mod canary;
mod contract;
mod import;
mod pages;
mod problems;
mod reading;
mod safety;
mod search;
mod support;
mod tidy;
mod traps;
mod two_processes;
