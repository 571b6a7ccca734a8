//! `withdraw`, `restore`, `purge`, `reindex`, `check`, `openapi`: keeping the directory in order.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context, Result};

use super::{open, publish};
use crate::{
    api,
    config::Config,
    directory::{Directory, Error},
    domain::{
        clock::{Clock, SystemChance, SystemClock},
        crisis,
        entry::Standing,
    },
};

/// Who an audit line names for what is done here.
pub const ACTOR: &str = "keeper at the terminal";

/// Withdraws or restores a listing.
pub async fn set_standing(config: &Config, id: &str, standing: Standing) -> Result<ExitCode> {
    let directory = open(config).await?;
    directory.set_standing(id, standing, ACTOR).await?;
    publish(&directory).await.context("it is kept, but the published view could not be brought up to date")?;
    say!("{id} is {} now", standing.as_str());
    Ok(ExitCode::SUCCESS)
}

/// Makes bytes of what is protected now go from the store's files and the view's.
pub async fn purge(config: &Config) -> Result<ExitCode> {
    let directory = open(config).await?;
    let purged = directory.purge(ACTOR).await.context("somebody reads or writes all the time; try again")?;
    publish(&directory).await.context("the store is purged, but the published view could not be")?;
    say!("nothing of what is protected now is left in the files of the store");
    if purged.only_freed > 0 {
        say!(
            "{} tables are too large to be written anew: their freed pages still hold it until they are used",
            purged.only_freed
        );
    }
    say!("copies are yours: backups, snapshots of the disk, archived logs and replicas of PostgreSQL (SECURITY.md)");
    Ok(ExitCode::SUCCESS)
}

/// Makes anew what is derived from the records: remembered links, what the log says was published, the view. A running server
/// builds its view by itself when that has gone.
pub async fn reindex(config: &Config) -> Result<ExitCode> {
    let directory = open(config).await?;
    let _lock = match directory.lock() {
        Err(Error::Locked) => {
            // The server's follower goes on from here, whatever it serves meanwhile.
            directory.forget_links(ACTOR).await?;
            anyhow::bail!(
                "a server holds the data folder: it remembers all links anew now; delete its view/ folder and it builds a new one while it serves"
            )
        }
        lock => lock?,
    };
    let mended = directory.reindex(ACTOR).await?;
    if mended > 0 {
        say!("{mended} listings and records had been published otherwise than their records say");
    }
    say!("built the published view: {} listings and records", directory.view.reader()?.listings()?);
    Ok(ExitCode::SUCCESS)
}

/// How many open listings that a keeper is to look at are told one by one.
const MOST_SHARING: usize = 100;

/// Compares store, log and view, and says what does not agree.
pub async fn check(config: &Config) -> Result<ExitCode> {
    let report = open(config).await?.check().await?;
    let in_view = report.in_view.map_or_else(|| "no view".to_owned(), |listings| format!("{listings} in the view"));
    say!(
        "{} services, {} organisations, {} lines of the change log, {} listings and records published, {in_view}",
        report.services,
        report.organizations,
        report.lines,
        report.published
    );
    for fault in &report.faults {
        say!("  {fault}");
    }
    if !report.sharing.is_empty() {
        // A question for a keeper, and nothing wrong with what is kept.
        say!(
            "{} open listings have a number, a mailbox or a site that one with a private place has, too (SAFEGUARDING.md says what to do): {}",
            report.sharing.len(),
            report.sharing.iter().take(MOST_SHARING).cloned().collect::<Vec<_>>().join(", ")
        );
    }
    if !report.heard.is_empty() {
        let heard = report.heard.iter().take(MOST_SHARING).map(|(id, at)| match at.as_str() {
            "" => id.clone(),
            at => format!("{id} ({at})"),
        });
        say!(
            "{} open listings speak of a place at risk; import their source again, or hide or open them (SAFEGUARDING.md says what to do): {}",
            report.heard.len(),
            heard.collect::<Vec<_>>().join(", ")
        );
    }
    let to_check = crisis::to_check(SystemClock.now().london_date());
    if !to_check.is_empty() {
        // Something to do, and nothing wrong with what is kept: it does not fail the check.
        say!(
            "{} crisis lines have not been rung by a person for {} days, or ever: {}",
            to_check.len(),
            crisis::CHECKED_FOR_DAYS,
            to_check.join(", ")
        );
    }
    say!("{}", if report.faults.is_empty() { "store, log and view agree" } else { "they do not agree" });
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints the OpenAPI document.
pub async fn openapi() -> Result<ExitCode> {
    // The document does not depend on what a directory holds, only the operations do.
    let folder = std::env::temp_dir().join(format!("kith-openapi-{}", std::process::id()));
    let directory = Directory::open(&folder, None, Arc::new(SystemClock), Arc::new(SystemChance)).await?;
    say!("{}", serde_json::to_string_pretty(&api::document(&directory))?);
    drop(directory);
    std::fs::remove_dir_all(&folder).context("the temporary folder could not be removed")?;
    Ok(ExitCode::SUCCESS)
}
