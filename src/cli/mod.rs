//! The directory from a terminal, for its keepers.

#![expect(clippy::print_stderr, reason = "commands speak to the person who ran them")]

/// Prints a line. One who has stopped reading, as `head` does, does not stop the work: `println!` would panic.
macro_rules! say {
    ($($line:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($line)*)));
    }};
}

mod credits;
mod hold;
mod import;
mod keep;
mod link;
pub mod listen;
mod network;
mod places;
mod protect;
mod reports;
mod resilience;
mod safeguard;
pub mod sample;
pub mod serve;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::{
    config::Config,
    directory::{Directory, Error},
    domain::clock::{SystemChance, SystemClock},
};

/// How often, and how long each time, a command waits for the server that holds the view.
const PATIENCE: (u32, Duration) = (200, Duration::from_millis(50));

/// An open directory of peer support groups, community organisations and services.
#[derive(Debug, Parser)]
#[command(name = "kith", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print whose data this program answers with, and the licences
    #[arg(long)]
    credits: bool,
    #[command(flatten)]
    settings: Settings,
}

/// Settings that every command takes.
#[derive(Debug, Args)]
struct Settings {
    /// The data folder [default: kith-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// The store, when it is not the data folder's own SQLite file: postgres://... or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// What to log: error, warn, info, debug, trace, or a filter by module [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// A settings file [default: kith.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the directory over HTTP
    Serve {
        /// The address to serve at [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// Serve metrics too, at an address of this machine alone, such as 127.0.0.1:9090
        #[arg(long, value_name = "ADDRESS")]
        metrics: Option<String>,
        /// Serve invented listings, from a folder of their own
        #[arg(long)]
        sample: bool,
    },
    /// Bring listings in from files
    Import(import::Arguments),
    /// Take a listing back: readers get 410 from now on
    Withdraw {
        /// The listing's id
        id: String,
    },
    /// Show a withdrawn listing again
    Restore {
        /// The listing's id
        id: String,
    },
    /// Make anew what is derived from the records: remembered links and the published view
    Reindex,
    /// Make the bytes of what is protected now go from all files of the store and the view. An import that protected
    /// something does it by itself
    Purge,
    /// Compare the store, the change log and the published view; exit 1 if they do not agree
    Check,
    /// What readers say is wrong with listings
    #[command(subcommand)]
    Reports(reports::Arguments),
    /// What only the safeguarding role decides of a listing's place
    #[command(subcommand)]
    Safeguard(safeguard::Arguments),
    /// What listings are to one another
    #[command(subcommand)]
    Link(link::Arguments),
    /// What a reviewer has asked to be looked at: listings and terms
    #[command(subcommand)]
    Hold(hold::Arguments),
    /// Networks that are entered by hand
    #[command(subcommand)]
    Network(network::Arguments),
    /// How an organisation's own listings are linked; for them and their connector, not for the public
    Resilience {
        /// The id of the organisation or of one listing
        #[arg(long = "for", value_name = "ID")]
        id: String,
    },
    /// Full postcodes, for places to within a hundred metres
    #[command(subcommand)]
    Places(places::Arguments),
    /// Print the OpenAPI document
    Openapi,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let Arguments { command, credits, settings } = Arguments::parse();
    let (listen, metrics) = match &command {
        Some(Command::Serve { listen, metrics, .. }) => (listen.clone(), metrics.clone()),
        _ => (None, None),
    };
    let flags = [
        ("listen", listen),
        ("metrics", metrics),
        ("data", settings.data),
        ("database", settings.database),
        ("log", settings.log),
    ];
    let flags: BTreeMap<String, String> =
        flags.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let file = settings.config.or_else(|| std::env::var_os("KITH_CONFIG").map(PathBuf::from));
    let config = match Config::read(file, std::env::vars(), flags) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("kith: {faults}");
            return ExitCode::from(2);
        }
    };
    start_logging(&config.log);
    log_panics_by_place();
    protect::memory();
    if let Err(error) = crate::directory::places::install(&config.data) {
        // Better answers by sectors than none; `kith places show` tells it as well.
        tracing::error!(%error, "full postcodes are not used");
    }
    let command = match command {
        _ if credits => return credits::print(),
        Some(command) => command,
        None => {
            let _ = <Arguments as clap::CommandFactory>::command().print_help();
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(crate::directory::admission::threads())
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(command, &config)),
        Err(error) => Err(anyhow::Error::new(error).context("the runtime could not be started")),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("kith: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { sample, .. } => serve::run(config, sample).await,
        Command::Import(arguments) => import::run(config, arguments).await,
        Command::Withdraw { id } => keep::set_standing(config, &id, crate::domain::entry::Standing::Withdrawn).await,
        Command::Restore { id } => keep::set_standing(config, &id, crate::domain::entry::Standing::Published).await,
        Command::Purge => keep::purge(config).await,
        Command::Reindex => keep::reindex(config).await,
        Command::Check => keep::check(config).await,
        Command::Reports(arguments) => reports::run(config, arguments).await,
        Command::Safeguard(arguments) => safeguard::run(config, arguments).await,
        Command::Link(arguments) => link::run(config, arguments).await,
        Command::Hold(arguments) => hold::run(config, arguments).await,
        Command::Network(arguments) => network::run(config, arguments).await,
        Command::Resilience { id } => resilience::run(config, &id).await,
        Command::Places(arguments) => places::run(config, arguments),
        Command::Openapi => keep::openapi().await,
    }
}

/// The directory that the settings name.
async fn open(config: &Config) -> Result<Directory, Error> {
    Directory::open(&config.data, config.database.as_deref(), Arc::new(SystemClock), Arc::new(SystemChance)).await
}

/// After a write from the terminal: brings the view up to date, or waits until the server that holds it has.
async fn publish(directory: &Directory) -> Result<(), Error> {
    let written = directory.store.state().await?;
    for _ in 0..PATIENCE.0 {
        match directory.lock() {
            Ok(_lock) => return directory.bring_up_to_date().await,
            Err(Error::Locked) if directory.has_published(&written) => return Ok(()),
            Err(Error::Locked) => tokio::time::sleep(PATIENCE.1).await,
            Err(error) => return Err(error),
        }
    }
    say!("readers do not see all of it yet: the server that is running is still at work on the published view");
    Ok(())
}

fn start_logging(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::new(filter);
    // A second subscriber in one process is a test's business.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
}

/// Logs where a panic happened and not what it says: the message of a bad slice, say, is the text that was cut,
/// and that may be what a reader looked for.
fn log_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("", 0), |place| (place.file(), place.line()));
        tracing::error!(file, line, "panicked");
    }));
}
