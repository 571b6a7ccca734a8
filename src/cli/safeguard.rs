//! `kith safeguard`: what only the safeguarding role decides of a listing's place.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};

use super::{open, publish};
use crate::{config::Config, directory::safeguard::Safeguarding};

/// What is decided.
#[derive(Debug, clap::Subcommand)]
pub enum Arguments {
    /// Let the place of a private listing be told, although its kind puts people at risk; or an organisation with what it says of
    /// itself, although its words speak of such a kind
    Open {
        #[command(flatten)]
        of: Of,
        /// Not any more: the next import judges it anew
        #[arg(long)]
        withdraw: bool,
    },
    /// Make the place of a listing private, whatever its source says; what was public is taken back
    Hide(Of),
    /// Let a local number of a private listing be shown, where it has no other
    Number {
        #[command(flatten)]
        of: Of,
        /// Not any more
        #[arg(long)]
        withdraw: bool,
    },
    /// Let a text of a private listing, or of an organisation that runs one, be published as it was read, although it has words that
    /// are not on the list of what passes; when its source changes it, it has to pass again
    Text {
        #[command(flatten)]
        of: Of,
        /// A file with the text that was read, whole and nothing else: a description, a name, an address of the web
        #[arg(long, value_name = "FILE")]
        text: PathBuf,
        /// A second role that has read it too
        #[arg(long, value_name = "ROLE")]
        second: Option<String>,
        /// Not any more
        #[arg(long)]
        withdraw: bool,
    },
}

/// Of which listing, why and who answers for it.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// The listing's id
    id: String,
    /// Why; it is kept, so say nothing that leads to the place
    #[arg(long, value_name = "TEXT")]
    because: String,
    /// The role that decides: "safeguarding lead"
    #[arg(long, value_name = "ROLE")]
    by: String,
}

impl Of {
    fn decided(&self) -> Result<Safeguarding> {
        Safeguarding::of(&self.by, &self.because).context(
            "a decision needs a role (--by) and a reason (--because) of at most 500 characters, and the reason must not tell a place",
        )
    }
}

/// Decides.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let directory = open(config).await?;
    let unpublished = "it is kept, but the published view could not be brought up to date";
    match arguments {
        Arguments::Open { of, withdraw } => {
            let stay = directory.open_place(&of.id, !withdraw, &of.decided()?).await?;
            if withdraw {
                say!("{} is not opened any more; the next import of its source judges it anew", of.id);
            } else {
                say!("the place of {} may be told; the next import of its source reads it", of.id);
            }
            if stay > 0 && !withdraw {
                say!(
                    "{stay} of its services are private by themselves, and it stays so while one is: open each that may be told"
                );
            }
        }
        Arguments::Hide(of) => {
            let stays = directory.hide_place(&of.id, &of.decided()?).await?;
            publish(&directory).await.context(unpublished)?;
            match stays {
                Some(id) => say!("the place of {id} is private now"),
                None => say!("{} is withdrawn; its next import brings it back without its place", of.id),
            }
            say!("what was public cannot be made secret; backups and other copies are yours (SECURITY.md)");
        }
        Arguments::Number { of, withdraw } => {
            directory.show_number(&of.id, !withdraw, &of.decided()?).await?;
            say!(
                "a local number of {} is {} from its next import on",
                of.id,
                if withdraw { "left out" } else { "shown" }
            );
        }
        Arguments::Text { of, text, second, withdraw } => {
            let read = std::fs::read_to_string(&text).context("the file with the text cannot be read")?;
            let decided = of.decided()?;
            let decided = match second {
                Some(second) => decided
                    .seconded(&second)
                    .context("a second role must be another than the first, and must not tell a place")?,
                None => decided,
            };
            directory.let_text_through(&of.id, &read, !withdraw, &decided).await?;
            let done = if withdraw { "has to pass again" } else { "may be published as it was read" };
            say!("that text of {} {done}, from the next import of its source on", of.id);
        }
    }
    Ok(ExitCode::SUCCESS)
}
