//! The pages for people: what they find, what they never load, and that they work without script.
