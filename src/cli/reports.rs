//! `kith reports`: what readers say is wrong, and what keepers did about it.

use std::process::ExitCode;

use anyhow::{Context, Result};

use super::{keep::ACTOR, open, publish};
use crate::{
    config::Config,
    directory::Directory,
    domain::{
        plain,
        report::{Because, Report},
    },
};

/// What to do with reports.
#[derive(Debug, clap::Subcommand)]
pub enum Arguments {
    /// Those that are to be seen to, the oldest first
    List,
    /// One of them, with what the reader wrote
    Show {
        /// The report's code
        code: String,
    },
    /// Say that you look at it
    Start {
        /// The report's code
        code: String,
        /// Take the listing away meanwhile: it may harm somebody
        #[arg(long)]
        hide: bool,
    },
    /// Say what became of it: what the reader wrote is forgotten
    Close {
        /// The report's code
        code: String,
        #[command(flatten)]
        outcome: Outcome,
    },
}

/// Whether the listing was changed, and why.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Outcome {
    /// It was: corrected, withdrawn
    #[arg(long, value_name = "REASON", value_parser = ["corrected", "withdrawn"])]
    changed: Option<String>,
    /// It was not: confirmed, nothing_found, something_else
    #[arg(long, value_name = "REASON", value_parser = ["confirmed", "nothing_found", "something_else"])]
    not_changed: Option<String>,
}

/// Works on reports.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let directory = open(config).await?;
    match arguments {
        Arguments::List => list(&directory).await?,
        Arguments::Show { code } => {
            let report = directory.report_of(&code).await.context("there is no such report")?;
            show(&report);
            directory.proposals(&report.listing).await?.iter().for_each(|proposal| say!("{proposal}"));
        }
        Arguments::Start { code, hide } => {
            directory.start_report(&code, hide, ACTOR).await.context("there is no such open report")?;
            publish(&directory).await.context("it is kept, but the published view could not be brought up to date")?;
            say!("being checked");
        }
        Arguments::Close { code, outcome } => {
            let changed = outcome.changed.is_some();
            let because = outcome.changed.or(outcome.not_changed).and_then(|word| word.parse::<Because>().ok());
            let because = because.context("one of the reasons is needed")?;
            directory.close_report(&code, changed, because, ACTOR).await.context("there is no such open report")?;
            publish(&directory).await.context("it is kept, but the published view could not be brought up to date")?;
            say!("closed");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(directory: &Directory) -> Result<()> {
    let reports = directory.open_reports().await?;
    for report in &reports {
        let hides = if report.hides { ", taken away" } else { "" };
        say!(
            "{} {} {} {}{hides} /listing/{}",
            report.day,
            report.code,
            report.reason.as_str(),
            report.state.as_str(),
            report.listing
        );
    }
    let mut coded: Vec<&str> =
        reports.iter().filter(|report| report.reason.is_coded()).map(|report| report.listing.as_str()).collect();
    coded.sort_unstable();
    coded.dedup();
    for listing in coded {
        for proposal in directory.proposals(listing).await? {
            say!("/listing/{listing}: {proposal}");
        }
    }
    say!("{} to be seen to", reports.len());
    Ok(())
}

fn show(report: &Report) {
    say!("{}: {}, {}", report.day, report.reason.label(), report.state.label());
    if let Some(because) = report.because {
        say!("because {}", because.label());
    }
    say!("/listing/{}{}", report.listing, if report.hides { ", taken away by this report" } else { "" });
    // Plain once more: a terminal does what control characters tell it to.
    say!("{}", report.words.as_deref().map_or_else(|| "No words.".to_owned(), plain::paragraphs));
}
