//! Which terms of sources the published listings bear: what no open listing bears is shown to nobody.

use std::collections::{BTreeSet, HashSet};

use super::{
    Snapshot, Tx,
    entries::in_lists,
    error::Result,
    sql::{Query, query},
};
use crate::domain::id::{Id, kind};

/// Rows of one INSERT, and of one DELETE.
const ROWS: usize = 100;

/// A listing, by its id in the log, and a term that it bears.
pub type Borne = (String, Id<kind::TaxonomyTerm>);

impl Snapshot {
    /// What is noted of these listings.
    pub async fn borne_by(&mut self, listings: &[String]) -> Result<BTreeSet<Borne>> {
        let mut found = BTreeSet::new();
        for ids in in_lists(listings.iter().cloned()) {
            let parts = listed("SELECT listing_id, term_id FROM bears WHERE listing_id IN (?", ids.len(), ")");
            for row in Query::joined(&parts).bind_all(ids).all(self.open.exec()).await? {
                found.insert((row.get("listing_id")?, row.parsed("term_id")?));
            }
        }
        Ok(found)
    }

    /// Those of these terms that a listing bears.
    pub async fn borne(&mut self, terms: &[Id<kind::TaxonomyTerm>]) -> Result<HashSet<Id<kind::TaxonomyTerm>>> {
        let mut found = HashSet::new();
        for ids in in_lists(terms.iter().map(ToString::to_string)) {
            let head = "SELECT id FROM taxonomy_term WHERE id IN (?";
            let tail = ") AND EXISTS (SELECT 1 FROM bears WHERE bears.term_id = taxonomy_term.id)";
            for row in Query::joined(&listed(head, ids.len(), tail)).bind_all(ids).all(self.open.exec()).await? {
                found.insert(row.parsed("id")?);
            }
        }
        Ok(found)
    }

    /// Those of these taxonomies of which a listing bears a term.
    pub async fn borne_taxonomies(&mut self, of: &[Id<kind::Taxonomy>]) -> Result<HashSet<Id<kind::Taxonomy>>> {
        let mut found = HashSet::new();
        for ids in in_lists(of.iter().map(ToString::to_string)) {
            let head = "SELECT id FROM taxonomy WHERE id IN (?";
            let tail = ") AND EXISTS (SELECT 1 FROM taxonomy_term JOIN bears ON bears.term_id = taxonomy_term.id
                WHERE taxonomy_term.taxonomy_id = taxonomy.id)";
            for row in Query::joined(&listed(head, ids.len(), tail)).bind_all(ids).all(self.open.exec()).await? {
                found.insert(row.parsed("id")?);
            }
        }
        Ok(found)
    }

    /// The terms that still say something and that no listing bears.
    pub async fn terms_of_nobody(&mut self) -> Result<Vec<Id<kind::TaxonomyTerm>>> {
        let rows = query(
            "SELECT id FROM taxonomy_term WHERE standing <> 'retired'
             AND NOT EXISTS (SELECT 1 FROM bears WHERE bears.term_id = taxonomy_term.id) ORDER BY id",
        );
        rows.all(self.open.exec()).await?.iter().map(|row| row.parsed("id")).collect()
    }

    /// The taxonomies that still say something and of which no listing bears a term.
    pub async fn taxonomies_of_nobody(&mut self) -> Result<Vec<Id<kind::Taxonomy>>> {
        let rows = query(
            "SELECT id FROM taxonomy WHERE standing <> 'retired' AND NOT EXISTS (SELECT 1 FROM taxonomy_term
             JOIN bears ON bears.term_id = taxonomy_term.id WHERE taxonomy_term.taxonomy_id = taxonomy.id) ORDER BY id",
        );
        rows.all(self.open.exec()).await?.iter().map(|row| row.parsed("id")).collect()
    }

    /// Whether all listings have been noted.
    pub async fn bears_made(&mut self) -> Result<bool> {
        query("SELECT bears_made FROM directory").one(self.open.exec()).await?.get("bears_made")
    }
}

impl Tx {
    /// Notes what listings bear that was not noted yet.
    pub async fn put_borne(&mut self, borne: &[&Borne]) -> Result<()> {
        for chunk in borne.chunks(ROWS) {
            let mut parts = vec!["INSERT INTO bears (listing_id, term_id) VALUES (?, ?)"];
            parts.extend(std::iter::repeat_n(", (?, ?)", chunk.len() - 1));
            let mut query = Query::joined(&parts).about("bears");
            for (listing, term) in chunk {
                query = query.bind(listing.as_str()).bind(*term);
            }
            query.execute(self.open.exec()).await?;
        }
        Ok(())
    }

    /// Forgets what listings do not bear any more.
    pub async fn remove_borne(&mut self, borne: &[&Borne]) -> Result<()> {
        for chunk in borne.chunks(ROWS) {
            let mut parts = vec!["DELETE FROM bears WHERE (listing_id = ? AND term_id = ?)"];
            parts.extend(std::iter::repeat_n(" OR (listing_id = ? AND term_id = ?)", chunk.len() - 1));
            let mut query = Query::joined(&parts);
            for (listing, term) in chunk {
                query = query.bind(listing.as_str()).bind(*term);
            }
            query.execute(self.open.exec()).await?;
        }
        Ok(())
    }

    /// Says whether all listings have been noted.
    pub async fn say_bears_made(&mut self, made: bool) -> Result<()> {
        query("UPDATE directory SET bears_made = ?").bind(made).execute(self.open.exec()).await?;
        Ok(())
    }
}

/// A statement with a list of so many values.
fn listed(head: &'static str, values: usize, tail: &'static str) -> Vec<&'static str> {
    let mut parts = vec![head];
    parts.extend(std::iter::repeat_n(", ?", values - 1));
    parts.push(tail);
    parts
}
