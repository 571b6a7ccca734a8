//! `kith hold`: a reviewer asks for a listing or a term to be looked at.

use std::process::ExitCode;

use anyhow::{Context, Result};

use super::{keep::ACTOR, link::refused, open, publish};
use crate::{
    config::Config,
    directory::{
        Error,
        holds::{HeldThing, NewHold},
    },
    domain::{
        hold::{Ground, Subject},
        plain,
    },
};

/// What to do with holds.
#[derive(Debug, clap::Subcommand)]
pub enum Arguments {
    /// Hold a listing, which then says so or is hidden (`unsafe_wording`), or a term, which is not offered then
    Add {
        /// The id of a listing or of a term
        id: String,
        /// Why: unsafe_wording, hurtful_words, not_as_said, unclear, not_asked
        #[arg(long, value_name = "GROUND")]
        because: String,
        /// In which role somebody asks for it; never a name
        #[arg(long, value_name = "ROLE")]
        by: String,
        /// The last day, YYYY-MM-DD, at most 90 days on [default: 30 days on]
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// End a hold before its day
    End {
        /// The id of a listing or of a term, or what `list` shows where there is none any more
        id: String,
    },
    /// What is held now, the oldest first
    List,
}

/// Works on holds.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let directory = open(config).await?;
    let (done, says) = match &arguments {
        Arguments::Add { id, because, by, until } => {
            let new = NewHold { id, because, by, until: until.as_deref() };
            (directory.hold(new, ACTOR).await, "held")
        }
        Arguments::End { id } => (directory.end_hold(id, ACTOR).await, "the hold has ended"),
        Arguments::List => {
            let held = directory.held().await?;
            held.iter().for_each(list);
            say!("{} held", held.len());
            return Ok(ExitCode::SUCCESS);
        }
    };
    let hold = match done {
        Err(Error::Invalid(faults)) => {
            let code = refused(&faults);
            if faults.iter().any(|fault| fault.pointer == "/because") {
                say!("grounds: {}", Ground::ALL.iter().map(|ground| ground.as_str()).collect::<Vec<_>>().join(", "));
            }
            return Ok(code);
        }
        done => done?,
    };
    publish(&directory).await.context("it is kept, but the published view could not be brought up to date")?;
    match (hold.ended, &hold.subject) {
        (Some(_), _) => say!("{says}"),
        (None, Subject::Term(_)) => say!("{says} until {}: it is not offered, and listings keep it", hold.until),
        (None, _) if hold.ground.hides() => say!("{says} until {}: readers do not see it", hold.until),
        (None, _) => say!("{says} until {}: readers see that, and why", hold.until),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(held: &HeldThing) {
    let hold = &held.hold;
    say!(
        "{} {} {} to {} by {} | {}",
        held.id,
        hold.ground.as_str(),
        hold.since,
        hold.until,
        plain::line(&hold.role),
        if held.is_there { plain::line(&held.name) } else { "(not here any more)".to_owned() }
    );
}
