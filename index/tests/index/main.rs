//! The index through its public face: against an oracle, and in its folder.

mod crash;
mod crowd;
mod folder;
mod oracle;
mod relevance;
mod suggest;
mod world;
