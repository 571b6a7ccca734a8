//! How an organisation's own listings are linked: who has no link, and on whom others hang.
//!
//! For a keeper, who tells it to the organisation or its connector. It names only what is theirs.

use std::sync::Arc;

use kith_index::Read;
use serde::Deserialize;

use crate::{
    directory::{Directory, Error, Result},
    domain::{
        graph::{Articulation, Graph, NodeAt},
        vocabulary::values::LinkState,
    },
};

/// How one listing is linked, as published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Links that both sides state.
    pub agreed: usize,
    /// Links that one side states, or that are over.
    pub other: usize,
    /// Into how many pieces what is linked around it falls without it; `None` when nothing does.
    pub pieces: Option<u32>,
}

/// The part of a published listing that is needed here.
#[derive(Deserialize)]
struct Part {
    id: String,
    card: Named,
    #[serde(default)]
    services: Vec<Offered>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Offered {
    id: String,
}

impl Directory {
    /// How a listing, and where it is an organisation all that it offers, is linked in the published view.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Gone`], [`Error::NotReady`] where nothing has been published, [`Error::View`].
    pub async fn standing_of(&self, id: &str) -> Result<Vec<Standing>> {
        let view = Arc::clone(&self.view);
        let opened = tokio::task::spawn_blocking(move || view.generation().or_else(|| view.open_current())).await?;
        let generation = opened.ok_or(Error::NotReady(self.view.progress()))?;
        let (reader, graph) = (generation.index.reader(), generation.graph());
        let hidden = self.view.hidden();
        let part = |id: &str| match reader.get(id)? {
            Some(Read::Record(bytes)) if !hidden.contains(id) => {
                serde_json::from_slice::<Part>(&bytes).map_err(|_| Error::Missing)
            }
            Some(_) => Err(Error::Gone),
            None => Err(Error::Missing),
        };
        let whole = part(id)?;
        let articulations = graph.articulations(|node| !hidden.contains(&graph.id(node)));
        let mut standings = vec![standing(&graph, &articulations, &whole)];
        for offered in &whole.services {
            match part(&offered.id) {
                Ok(service) => standings.push(standing(&graph, &articulations, &service)),
                // It was withdrawn between the two.
                Err(Error::Gone | Error::Missing) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(standings)
    }
}

fn standing(graph: &Graph, articulations: &[Articulation], part: &Part) -> Standing {
    let node = graph.node(&part.id);
    let edges = node.map(|node| graph.edges(node)).unwrap_or_default();
    let agreed = edges.iter().filter(|edge| edge.state == LinkState::Agreed).count();
    let of = |node: NodeAt| articulations.iter().find(|one| one.node == node).map(|one| one.pieces);
    Standing {
        id: part.id.clone(),
        name: part.card.name.clone(),
        agreed,
        other: edges.len() - agreed,
        pieces: node.and_then(of),
    }
}
