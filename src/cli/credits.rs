//! `kith --credits`: whose data the program answers with.

use std::process::ExitCode;

use crate::directory::credits;

/// Prints the words that the licences ask to show.
pub fn print() -> ExitCode {
    for credit in credits::credits() {
        say!("{}", credit.text);
        if let (Some(licence), Some(address)) = (credit.licence, credit.address) {
            say!("  {licence}, {address}");
        }
    }
    for line in credits::standing(false) {
        say!("{line}");
    }
    ExitCode::SUCCESS
}
