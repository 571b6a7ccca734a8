//! How the terms are written in `terms/`: one file for a facet or a part of one, one block a term.
//!
//! ```toml
//! [[term]]
//! id = "suicide-loss"             # for ever; unique over all facets
//! en = "Bereaved by suicide"      # what is shown
//! cy = "Profedigaeth drwy hunanladdiad"
//! about = "One plain sentence."
//! about_cy = "Un frawddeg syml."
//! words = "suicide loss, ..."     # what people type, Welsh words among them; a phrase finds it as a whole
//! same = "bereaved, grief, ..." # words that mean the same as each other: who types one finds what says another
//! says = "son died, ..."          # what people say who look for it: finds what `same` finds, and is never shown
//! caps = "SOBS"                   # counts only when typed in capitals: "DID" is not "did"
//! old = "..."                     # old or hurtful words: they find, they are never shown
//! caution = "One sentence."       # what to mind when writing or reading a listing
//! broader = "bereavement"         # the wider term, of the same facet
//! related = "ptsd, voices"
//! nations = "england"             # absent: all four
//! counterparts = { wales = "..." } # with `nations`: for each other nation a term's id, or words
//! at_risk = true                  # showing where it happens puts people at risk
//! ```

use std::collections::HashMap;

use serde::Deserialize;

use super::term::{Counterpart, Facet, STATUS, Term, WELSH_STATUS};
use crate::domain::crisis::Nation;

/// The facets with the text of their terms, in the order in which they are offered.
const SOURCES: [(Facet, &str); 13] = [
    (Facet::Need, include_str!("terms/need/mind.toml")),
    (Facet::Need, include_str!("terms/need/loss.toml")),
    (Facet::Need, include_str!("terms/need/life.toml")),
    (Facet::Need, include_str!("terms/need/abuse.toml")),
    (Facet::Need, include_str!("terms/need/events.toml")),
    (Facet::Support, include_str!("terms/support/people.toml")),
    (Facet::Support, include_str!("terms/support/services.toml")),
    (Facet::Approach, include_str!("terms/approach.toml")),
    (Facet::Audience, include_str!("terms/audience/people.toml")),
    (Facet::Audience, include_str!("terms/audience/communities.toml")),
    (Facet::WayIn, include_str!("terms/way_in.toml")),
    (Facet::Marker, include_str!("terms/marker.toml")),
    (Facet::Access, include_str!("terms/access.toml")),
];

/// All terms, facet by facet.
pub(super) fn terms() -> Vec<Term> {
    let blocks: Vec<(Facet, Block)> = SOURCES
        .iter()
        .flat_map(|&(facet, text)| {
            let file: File = toml::from_str(text).expect("the compiled-in terms are read by a test");
            file.term.into_iter().map(move |block| (facet, block))
        })
        .collect();
    let labels: HashMap<String, String> =
        blocks.iter().map(|(_, block)| (block.id.clone(), block.en.clone())).collect();
    blocks.into_iter().map(|(facet, block)| block.into_term(facet, &labels)).collect()
}

/// A hash (FNV-1a) of all the texts: it need only differ when they do.
pub(super) fn fingerprint() -> u64 {
    SOURCES
        .iter()
        .flat_map(|(_, text)| text.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    term: Vec<Block>,
}

/// A term as it is written; lists are separated by commas.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    id: String,
    en: String,
    cy: String,
    about: String,
    about_cy: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    same: String,
    #[serde(default)]
    says: String,
    #[serde(default)]
    caps: String,
    #[serde(default)]
    old: String,
    caution: Option<String>,
    broader: Option<String>,
    #[serde(default)]
    related: String,
    #[serde(default)]
    nations: String,
    #[serde(default)]
    counterparts: HashMap<Nation, String>,
    #[serde(default)]
    at_risk: bool,
}

impl Block {
    /// The term, with the labels of all terms at hand for its counterparts.
    fn into_term(mut self, facet: Facet, labels: &HashMap<String, String>) -> Term {
        let nation = |word: String| Nation::from_word(&word).expect("the compiled-in nations are read by a test");
        let counterparts = Nation::ALL.into_iter().filter_map(|nation| {
            let written = self.counterparts.remove(&nation)?;
            Some(match labels.get(&written) {
                Some(label) => Counterpart { nation, text: label.clone(), term: Some(written) },
                None => Counterpart { nation, text: written, term: None },
            })
        });
        Term {
            counterparts: counterparts.collect(),
            id: self.id,
            facet,
            label: self.en,
            label_cy: self.cy,
            label_cy_status: WELSH_STATUS.to_owned(),
            description: self.about,
            description_cy: self.about_cy,
            synonyms: listed(&self.words),
            same: listed(&self.same),
            says: listed(&self.says),
            abbreviations: listed(&self.caps),
            caution: self.caution,
            broader: self.broader,
            related: listed(&self.related),
            nations: listed(&self.nations).into_iter().map(nation).collect(),
            at_risk: self.at_risk,
            status: STATUS.to_owned(),
            search_only: listed(&self.old),
        }
    }
}

fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
