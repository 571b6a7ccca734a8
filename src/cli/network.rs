//! `kith network`: networks that keepers enter by hand.
//!
//! A file tells one, in the words of our extension:
//!
//! ```toml
//! id = "west-circle"            # what you call it: told again under this name, it is changed
//! name = "West Leeds Circle"
//! description = "Groups and services of the west of the city."
//! email = "hello@circle.example"
//! website = "https://circle.example"
//!
//! [network]
//! network_type = "place"
//! purpose = "Nobody is sent on with only a leaflet."
//! areas = ["E08000035"]
//! principles = ["safety", "choice"]
//! review_on = "2027-03-01"
//! contact = { role = "Coordinator", email = "coordinator@circle.example" }
//! roles = [{ role = "Link worker of the surgery", since = "2025-02-01" }]
//! ```
//! It is brought in as a file of the standard would be, and checked as one.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::{
    keep::ACTOR,
    link::{refused, table},
    open, publish,
};
use crate::{
    config::Config,
    directory::{
        Directory,
        import::{Shipment, source_id},
    },
    domain::{
        entry::Source,
        plain,
        read::{Code, Violation},
    },
    exchange::{Format, Part},
};

/// The name of the source of networks that keepers enter. Their links are of another: an item says all of its own links,
/// and would take back what is entered by `kith link`.
const SOURCE: &str = "keeper-networks";
/// What a file may say.
const MEMBERS: [&str; 6] = ["id", "name", "description", "email", "website", "network"];

/// What to do with networks.
#[derive(Debug, clap::Subcommand)]
pub enum Arguments {
    /// Enter a network, or change one that was entered under the same id
    Add {
        /// The file that tells it, TOML or JSON
        file: PathBuf,
    },
    /// All networks, whoever told them
    List,
    /// One network and what is said of its links
    Show {
        /// The network's id in this directory
        id: String,
    },
}

/// Works on networks.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let directory = open(config).await?;
    match arguments {
        Arguments::Add { file } => add(&directory, table(&file)?).await,
        Arguments::List => {
            let networks = directory.kept_networks().await?;
            for network in &networks {
                say!("{} {} {}", network.id, network.standing.as_str(), plain::line(&network.name));
            }
            say!("{} networks", networks.len());
            Ok(ExitCode::SUCCESS)
        }
        Arguments::Show { id } => show(&directory, &id).await,
    }
}

async fn add(directory: &Directory, mut said: Map<String, Value>) -> Result<ExitCode> {
    let mut faults: Vec<Violation> = said
        .keys()
        .filter(|name| !MEMBERS.contains(&name.as_str()))
        .map(|name| Violation::new(format!("/{name}"), Code::UnknownParameter))
        .collect();
    said.retain(|name, _| MEMBERS.contains(&name.as_str()));
    match said.remove("network") {
        Some(network) => {
            said.insert("kith".to_owned(), json!({ "network": network }));
        }
        None => faults.push(Violation::new("/network", Code::Required)),
    }
    for needed in ["id", "name", "description"] {
        if !said.contains_key(needed) {
            faults.push(Violation::new(format!("/{needed}"), Code::Required));
        }
    }
    let own_name = said.get("id").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let source = Source { id: source_id(SOURCE), name: SOURCE.to_owned(), url: None, licence: None, attribution: None };
    let bytes = Value::Array(vec![Value::Object(said)]).to_string();
    let files = [Part { name: "", bytes: bytes.as_bytes() }];
    let shipment = Shipment { source: &source, files: &files, format: &Format::Hsds, dry_run: true, actor: ACTOR };
    // Looked at first, so that all of its faults are told at once and nothing of it is kept.
    let looked_at = directory.import(shipment, &mut |_, _| {}).await?;
    let known = |fault: &Violation, faults: &[Violation]| faults.iter().any(|known| known.pointer == fault.pointer);
    for refusal in looked_at.refusals {
        let pointer = refusal.pointer.replacen("/kith/network", "/network", 1);
        let fault = Violation { pointer, code: refusal.code, reason: refusal.reason };
        if !known(&fault, &faults) {
            faults.push(fault);
        }
    }
    if !faults.is_empty() {
        return Ok(refused(&faults));
    }
    let report = directory.import(Shipment { dry_run: false, ..shipment }, &mut |_, _| {}).await?;
    publish(directory).await.context("it is kept, but the published view could not be brought up to date")?;
    let done = if report.created > 0 {
        "entered"
    } else if report.updated > 0 {
        "changed"
    } else {
        "the same as before"
    };
    let id = directory.kept_as(source.id, &own_name).await?.context("it was not kept")?;
    say!("{id} {done}");
    Ok(ExitCode::SUCCESS)
}

async fn show(directory: &Directory, id: &str) -> Result<ExitCode> {
    let network = directory.kept_networks().await?.into_iter().find(|network| network.id.to_string() == id);
    let network = network.context("there is no such network")?;
    say!("{} {} {}", network.id, network.standing.as_str(), plain::line(&network.name));
    say!("{}", serde_json::to_string_pretty(&network.network)?);
    let said = directory.said_links(Some(id)).await?;
    for link in &said {
        let by = if link.by_first { "first" } else { "second" };
        let [first, second] = [&link.first.1, &link.second.1].map(|name| plain::line(name));
        say!(
            "{first} {} {second}: {}, says the {by} ({})",
            link.relationship.label(),
            link.state.as_str(),
            link.source
        );
    }
    say!("{} statements", said.len());
    Ok(ExitCode::SUCCESS)
}
