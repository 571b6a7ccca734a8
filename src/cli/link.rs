//! `kith link`: what one listing is to another, entered for either side by a keeper.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::{keep::ACTOR, open, publish};
use crate::{
    config::Config,
    directory::{
        Directory, Error,
        linking::{Meant, Step},
    },
    domain::{
        link::{ActingFor, Saying},
        plain,
        read::{self, Code, Violation},
        vocabulary::values::{Direction, LinkState, Relationship},
    },
};

/// What to do with links.
#[derive(Debug, clap::Subcommand)]
pub enum Arguments {
    /// One side says that there is a link
    Propose(Which),
    /// The other side says so too: then it is agreed
    Confirm(Which),
    /// A side says that it is over
    Lapse(Which),
    /// What is said of links, by whom
    List {
        /// Only those of this listing
        id: Option<String>,
    },
}

/// Which link is meant, and who speaks.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The first side's id
    first: String,
    /// What the first is to the second: member_of, refers_to, part_of, runs, hosts, accepts_from, ...
    relationship: String,
    /// The second side's id
    second: String,
    /// Who says so [default: the first proposes and ends, the second confirms]
    #[arg(long, value_name = "SIDE", value_parser = ["first", "second"])]
    by: Option<String>,
    /// What that side does and does not do, how people are handed over, ...: a TOML or JSON file
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,
}

/// Works on links.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let directory = open(config).await?;
    let (step, which) = match arguments {
        Arguments::Propose(which) => (Step::Propose, which),
        Arguments::Confirm(which) => (Step::Confirm, which),
        Arguments::Lapse(which) => (Step::Lapse, which),
        Arguments::List { id } => return list(&directory, id.as_deref()).await,
    };
    let mut faults = Vec::new();
    let says = match &which.terms {
        Some(path) => saying(&table(path)?, &mut faults),
        None => Saying::default(),
    };
    let by_first = which.by.as_deref().map_or(step != Step::Confirm, |by| by == "first");
    let relationship = Relationship::from_word(&which.relationship);
    if relationship.is_none() {
        faults.push(Violation::new("/relationship", Code::NotInList));
    }
    let mut sides = Vec::new();
    for (pointer, id) in [("/first", &which.first), ("/second", &which.second)] {
        match directory.side(id).await {
            Ok(side) => sides.push(side),
            Err(Error::Missing) => faults.push(Violation::new(pointer, Code::UnknownListing)),
            Err(error) => return Err(error.into()),
        }
    }
    let direction = if by_first { Direction::To } else { Direction::From };
    let meant = match (relationship, sides.as_slice()) {
        (Some(relationship), [first, second]) => {
            let (own, other) = if by_first { (*first, *second) } else { (*second, *first) };
            let (acting, meant) = (ActingFor::as_keeper(own), Meant { relationship, direction, other });
            faults.extend(
                directory.link_faults(acting, step, meant).await?.into_iter().map(|fault| named(fault, by_first)),
            );
            Some((acting, meant))
        }
        _ => None,
    };
    let Some((acting, meant)) = meant.filter(|_| faults.is_empty()) else { return Ok(refused(&faults)) };
    let done = match directory.link(acting, step, meant, says, ACTOR).await {
        Err(Error::Invalid(faults)) => {
            let faults: Vec<_> = faults.into_iter().map(|fault| named(fault, by_first)).collect();
            return Ok(refused(&faults));
        }
        done => done?,
    };
    publish(&directory).await.context("it is kept, but the published view could not be brought up to date")?;
    if done.silenced {
        say!("free words were left out: the place of one side must stay private");
    }
    say!(
        "{}",
        match step {
            Step::Propose => "proposed: readers see it as claimed until the other side says so too",
            Step::Confirm => "confirmed: both sides say so",
            Step::Lapse => "over",
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// A fault of the side that speaks, or of the other, by what the command line calls it.
fn named(fault: Violation, by_first: bool) -> Violation {
    let pointer = match (fault.pointer.as_str(), by_first) {
        ("/side", true) | ("/other", false) => "/first".to_owned(),
        ("/other", true) | ("/side", false) => "/second".to_owned(),
        _ => fault.pointer,
    };
    Violation { pointer, ..fault }
}

/// Says what is wrong, all of it.
pub fn refused(faults: &[Violation]) -> ExitCode {
    for fault in faults {
        say!("{fault} ({})", fault.code.as_str());
    }
    ExitCode::FAILURE
}

/// The one table of a file, TOML or JSON by its name.
pub fn table(path: &std::path::Path) -> Result<Map<String, Value>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let table = if is_json {
        serde_json::from_str(&text).map_err(|error| (error.line(), error.column()))
    } else {
        toml::from_str(&text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start).min(text.len())];
            (before.matches('\n').count() + 1, before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1)
        })
    };
    // The message of a parser may repeat what stands there.
    table.map_err(|(line, column)| {
        anyhow::anyhow!("{} is no table that can be read, from line {line}, column {column} on", path.display())
    })
}

/// What a side says, read through the one gate; what it does not know is a fault too.
fn saying(table: &Map<String, Value>, faults: &mut Vec<Violation>) -> Saying {
    let outcome = read::read_with::<Saying>(table, "", &mut read::Given, read::Unreadable::Refused);
    faults.extend(outcome.violations);
    faults.extend(outcome.extra.keys().map(|pointer| Violation::new(pointer.clone(), Code::UnknownParameter)));
    outcome.record.unwrap_or_default()
}

async fn list(directory: &Directory, id: Option<&str>) -> Result<ExitCode> {
    let said = directory.said_links(id).await.context("there is no such listing")?;
    for link in &said {
        let by = if link.by_first { "first" } else { "second" };
        // Where the two differ the other side has said, ended or paused something.
        let shown = link.shown.map_or("not shown", LinkState::as_str);
        say!(
            "{} {} {} {}, says the {by} ({}); readers see: {shown}: {} | {}",
            link.first.0,
            link.relationship.as_str(),
            link.second.0,
            link.state.as_str(),
            link.source,
            plain::line(&link.first.1),
            plain::line(&link.second.1)
        );
    }
    say!("{} statements", said.len());
    Ok(ExitCode::SUCCESS)
}
