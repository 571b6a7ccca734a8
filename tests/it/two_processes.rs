//! Several programs on one data folder: seen by the server at once, and whole after a power cut.
