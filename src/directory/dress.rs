//! Cards that are more than their stored bytes: explained, whole, or with the directory's own words in Welsh. Only what
//! was asked for costs anything: without it the bytes stay as they are.

use bytes::Bytes;
use kith_index::{
    Block, Hit, Hits, Read,
    gazetteer::{Gazetteer, Note, Place},
};
use serde::Serialize;
use serde_json::Value;

use super::{Result, body, explain::Question, without};
use crate::domain::{
    answer::AskedPlace,
    card::CardPlaceKind,
    hold::Ground,
    vocabulary::{
        values::{Direction, Relationship},
        vocabulary,
    },
    welsh::{self, Language},
};

/// What is made of the cards of an answer.
pub struct Dress<'a> {
    /// The question that was answered.
    pub question: Question<'a>,
    /// The language of the directory's own words.
    pub language: Language,
    /// Whether to say why each is there.
    pub explain: bool,
    /// Whether to add the whole listing.
    pub whole: bool,
}

impl Dress<'_> {
    /// Changes the cards of an answer as was asked.
    ///
    /// # Errors
    /// When the view cannot be read.
    pub fn cards(&self, hits: &mut Hits) -> Result<()> {
        if self.language == Language::English && !self.explain && !self.whole {
            return Ok(());
        }
        let covers = [(&mut hits.results, false), (&mut hits.covers, true)];
        covers.into_iter().try_for_each(|(block, covers)| self.block(block, covers))
    }

    fn block(&self, block: &mut Block, covers: bool) -> Result<()> {
        for hit in &mut block.hits {
            hit.body = self.card(hit, covers)?;
        }
        Ok(())
    }

    fn card(&self, hit: &Hit, covers: bool) -> Result<Bytes> {
        let (stored, rhythm) = body::split(&hit.body);
        let mut card = self.own_words(stored, card_in_welsh);
        if self.explain {
            let why = self.question.explain(hit, stored, covers)?;
            let why = serde_json::to_vec(&why).expect("it has only text keys");
            add(&mut card, "explain", &self.own_words(&why, explanation_in_welsh));
        }
        if self.whole
            && let Some(Read::Record(listing)) = self.question.reader.get(&hit.listing)?
        {
            let listing = without::json(listing, &self.question.query.withdrawn);
            add(
                &mut card,
                "listing",
                &self.own_words(&listing, |listing| {
                    listing.get_mut("card").map(card_in_welsh);
                }),
            );
        }
        Ok(Bytes::from(body::join(card, rhythm.bytes())))
    }

    /// The same bytes, or what becomes of them in Welsh.
    fn own_words(&self, json: &[u8], in_welsh: impl Fn(&mut Value)) -> Vec<u8> {
        match serde_json::from_slice::<Value>(json) {
            Ok(mut value) if self.language == Language::Welsh => {
                in_welsh(&mut value);
                bytes_of(&value)
            }
            _ => json.to_vec(),
        }
    }
}

/// A card's JSON with the directory's own words in Welsh.
pub fn in_welsh(card: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(card) {
        Ok(mut value) => {
            card_in_welsh(&mut value);
            bytes_of(&value)
        }
        Err(_) => card.to_vec(),
    }
}

/// Adds a member to an object's bytes, which end in `}`.
fn add(object: &mut Vec<u8>, name: &str, json: &[u8]) {
    object.pop();
    object.extend_from_slice(format!(",\"{name}\":").as_bytes());
    object.extend_from_slice(json);
    object.push(b'}');
}

fn bytes_of(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("what was JSON is JSON")
}

/// Puts the directory's own words of a card into Welsh: terms, areas, its times, and the line about a place that is no
/// address.
fn card_in_welsh(card: &mut Value) {
    for member in ["who_for", "terms"] {
        card.get_mut(member).map(labels_in_welsh);
    }
    if let Some(times) = card.get("schedule_text").and_then(Value::as_str).and_then(welsh::when::in_welsh) {
        card["schedule_text"] = times.into();
    }
    card.get_mut("links").map(links_in_welsh);
    let ground = card.pointer("/held/ground").and_then(Value::as_str).and_then(|ground| ground.parse::<Ground>().ok());
    if let Some(ground) = ground {
        card["held"]["says"] = ground.label_cy().into();
    }
    let Some(place) = card.get_mut("place") else { return };
    place.get_mut("areas").map(names_in_welsh);
    let named = place.get("areas").and_then(Value::as_array).into_iter().flatten();
    let areas: Vec<(&str, &str)> =
        named.filter_map(|area| Some((area["code"].as_str()?, area["name"].as_str()?))).collect();
    let kind = serde_json::from_value(place["kind"].clone()).unwrap_or(CardPlaceKind::Exact);
    if let Some(label) = welsh::place_label(kind, &areas) {
        place["label"] = label.into();
    }
}

fn explanation_in_welsh(why: &mut Value) {
    for word in why["words"].as_array_mut().into_iter().flatten() {
        for member in ["terms", "broader"] {
            word.get_mut(member).map(labels_in_welsh);
        }
    }
    why.pointer_mut("/place/areas").map(names_in_welsh);
}

/// Objects with `id` and `label`: terms of the house by their Welsh labels.
fn labels_in_welsh(terms: &mut Value) {
    for term in terms.as_array_mut().into_iter().flatten() {
        if let Some(known) = term["id"].as_str().and_then(|id| vocabulary().term(id)) {
            term["label"] = known.label_cy.as_str().into();
        }
    }
}

/// Links: what this listing is to the other, by the Welsh label of the relationship.
fn links_in_welsh(links: &mut Value) {
    for link in links.as_array_mut().into_iter().flatten() {
        let known = link["relationship"].as_str().and_then(Relationship::from_word);
        if let Some(relationship) = known {
            let forward = link["direction"] == Direction::To.as_str();
            let label = if forward { relationship.label_cy() } else { relationship.label_from_cy() };
            link["label"] = label.into();
        }
    }
}

/// Objects with `code` and `name`: areas by their Welsh names, where they have any.
fn names_in_welsh(areas: &mut Value) {
    for area in areas.as_array_mut().into_iter().flatten() {
        if let Some(name) = area["code"].as_str().and_then(|code| Gazetteer::embedded().welsh_area_name(code)) {
            area["name"] = name.into();
        }
    }
}

/// A place as it is told in Welsh.
pub fn place_in_welsh(told: &mut AskedPlace, place: &Place) {
    let gazetteer = Gazetteer::embedded();
    if let Some(name) = gazetteer.welsh_label(place) {
        told.resolved = name.to_owned();
    }
    let within = told.within.as_deref().and_then(|name| gazetteer.area_named(name));
    if let Some(name) = within.and_then(|area| gazetteer.welsh_area_name(&area.code)) {
        told.within = Some(name.to_owned());
    }
    told.note = place.note.map(|note| welsh_note(note).to_owned());
}

/// What is said of a place where only resources are asked for.
pub const fn of_no_place(language: Language) -> &'static str {
    match language {
        Language::English => "What is for those who support people has no place: the place was not used.",
        Language::Welsh => "Nid oes lleoliad i'r hyn sydd i'r rhai sy'n cefnogi pobl: ni ddefnyddiwyd y lle.",
    }
}

/// What a reader is told in Welsh of how a postcode was understood.
fn welsh_note(note: Note) -> &'static str {
    match note {
        Note::PostcodeToSector => "Atebwyd y cod post yn ôl ei sector, sef y rhan gyntaf ac un digid.",
        Note::PostcodeToDistrict => "Atebwyd y cod post yn ôl ei ardal, sef y rhan gyntaf.",
        Note::Terminated => "Nid yw'r cod post yn cael ei ddefnyddio mwyach; mae'r chwiliad o gwmpas lle'r oedd.",
    }
}
