//! The `kith` program: reads the arguments, runs the command, prints what went wrong once.

use std::process::ExitCode;

fn main() -> ExitCode {
    kith::cli::main()
}
