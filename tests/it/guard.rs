//! A confidential place cannot be found out: twin worlds, an attacker, a guessing game, and the sabotage that shows
//! that each of them would see a leak.
//!
//! Two directories are given the same public facts and different secrets; every operation of both documents is asked
//! of both, in every way that the documents allow (`walk`), and no byte may differ (`twins`, C1). An attacker with
//! strategies of the literature does no better than the published area (`attack`, C2) and cannot tell which of two
//! houses it is (`game`, C3). Debug builds can be made to leak, and each leak is caught (`control`, C4). No sequence of edits leads to areas
//! that have too little in common (`floor`, C9). Of the texts of private listings
//! only listed words pass (`gate`, C8, and `passed`). What is
//! protected leaves no byte of what was public (`purge`, C11), and no term of its source (`outlive`). No instant ties it to what came with it (`instants`). How far texts are understood that nobody had in mind is measured (`unseen`). What was
//! measured is printed and kept, a line a figure, for the documents (`table`).

mod attack;
mod baits;
mod control;
mod floor;
mod game;
mod gate;
mod instants;
mod keys;
mod linter;
mod outlive;
mod passed;
mod purge;
mod shared;
mod spoken;
mod strategies;
pub mod table;
mod timing;
mod told;
pub mod twins;
mod unseen;
pub mod walk;
mod ways;
pub mod worlds;
