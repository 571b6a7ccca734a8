//! Why a hit is in an answer, from what the index knows of it and from its own published card.

use std::borrow::Cow;

use kith_index::{Code, Hit, Query, Reader, WordMatch, WordPlace, gazetteer::Gazetteer};
use serde::Deserialize;

use super::{
    Result,
    request::SearchRequest,
    search::{facets, when_names},
};
use crate::domain::{
    access::AccessAnswer,
    answer::UnderstoodTerm,
    card::{CardPlaceKind, NamedArea},
    explanation::{Explanation, FilterAnswer, FilterReason, FoundIn, PlaceMatch, PlaceReason, WordReason},
    listing::UNITED_KINGDOM,
    vocabulary::{Facet, vocabulary},
};

/// The question that a hit is explained by.
pub struct Question<'a> {
    /// The commit that answered.
    pub reader: &'a Reader,
    /// The query as it was answered.
    pub query: &'a Query,
    /// What was asked.
    pub request: &'a SearchRequest,
    /// The code of the area asked for, where the place is one.
    pub area_code: Option<&'a str>,
}

/// What is read of a card.
#[derive(Deserialize)]
struct Card<'a> {
    #[serde(borrow, default)]
    access: Vec<Access<'a>>,
    #[serde(borrow)]
    place: Place<'a>,
}

#[derive(Deserialize)]
struct Access<'a> {
    #[serde(borrow)]
    term: Cow<'a, str>,
    answer: AccessAnswer,
}

#[derive(Deserialize)]
struct Place<'a> {
    kind: CardPlaceKind,
    #[serde(borrow, default)]
    areas: Vec<Area<'a>>,
}

#[derive(Deserialize)]
struct Area<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

impl Question<'_> {
    /// Why a hit with this card is in the answer; in `covers_area` by the areas that it serves.
    ///
    /// # Errors
    /// When the view cannot be read.
    pub fn explain(&self, hit: &Hit, card: &[u8], covers: bool) -> Result<Explanation> {
        let words = self.reader.explain(self.query, hit)?.into_iter().map(word).collect();
        let card: Option<Card<'_>> = serde_json::from_slice(card).ok();
        let place = card.as_ref().and_then(|card| self.place(hit, &card.place, covers));
        Ok(Explanation { words, filters: self.filters(hit, card.map(|card| card.access).unwrap_or_default()), place })
    }

    fn filters(&self, hit: &Hit, access: Vec<Access<'_>>) -> Vec<FilterReason> {
        let on_request = |ids: &[String]| {
            access.iter().any(|fact| fact.answer == AccessAnswer::OnRequest && ids.iter().any(|id| *id == fact.term))
        };
        let answer = |asks: bool| if asks { FilterAnswer::NotStated } else { FilterAnswer::Stated };
        let request = self.request;
        let mut answers: Vec<(&str, FilterAnswer)> = Vec::new();
        for (number, (name, group)) in facets(request).into_iter().enumerate() {
            let answer = match answer(hit.asks.facet(number)) {
                FilterAnswer::NotStated if name == Facet::Access.as_str() && on_request(&group.any) => {
                    FilterAnswer::OnRequest
                }
                answer => answer,
            };
            answers.push((name, answer));
        }
        answers.extend(request.age.map(|_| ("age", answer(hit.asks.age()))));
        answers.extend(when_names(request).into_iter().map(|name| (name, answer(hit.asks.when()))));
        let always = [
            ("kind", request.kind.is_empty()),
            ("language", request.language.is_empty()),
            ("organization_id", request.organization_id.is_none()),
        ];
        answers.extend(always.into_iter().filter(|(_, empty)| !empty).map(|(name, _)| (name, FilterAnswer::Stated)));
        let reason = |(parameter, answer): (&str, _)| FilterReason { parameter: parameter.to_owned(), answer };
        answers.into_iter().map(reason).collect()
    }

    fn place(&self, hit: &Hit, place: &Place<'_>, covers: bool) -> Option<PlaceReason> {
        let mut codes: Vec<&str> = place.areas.iter().map(|area| area.code.as_ref()).collect();
        if codes.is_empty() && place.kind == CardPlaceKind::Remote {
            codes.push(UNITED_KINGDOM);
        }
        let among =
            |known: &[Code]| codes.iter().copied().filter(|code| known.iter().any(|have| have == code)).collect();
        let (by, codes): (_, Vec<&str>) = match (covers, self.area_code) {
            (true, _) if hit.asks.area() => (PlaceMatch::NotStated, Vec::new()),
            (true, _) if hit.here => (PlaceMatch::Serves, among(&self.query.areas_here)),
            (true, _) => (PlaceMatch::ServesNearby, among(&self.query.areas)),
            (false, Some(code)) => (PlaceMatch::InArea, vec![code]),
            (false, None) if hit.distance_m.is_some() => (PlaceMatch::Distance, Vec::new()),
            (false, None) => return None,
        };
        let name =
            |code: &str| Gazetteer::embedded().area(code).map_or_else(|| code.to_owned(), |area| area.name.clone());
        let areas = codes.into_iter().map(|code| NamedArea { code: code.to_owned(), name: name(code) }).collect();
        Some(PlaceReason { by, areas })
    }
}

fn word(found: WordMatch) -> WordReason {
    let labelled = |ids: Vec<String>| {
        let label = |id: String| vocabulary().term(&id).map(|term| term.label.clone()).unwrap_or_else(|| id.clone());
        ids.into_iter().map(|id| UnderstoodTerm { label: label(id.clone()), id }).collect()
    };
    let found_in = found.place.map(|place| match place {
        WordPlace::Name => FoundIn::Name,
        WordPlace::Names => FoundIn::Names,
        WordPlace::Text => FoundIn::Text,
    });
    // The words of a term are among the names, and say no more than the term.
    let found_in = found_in.filter(|place| *place == FoundIn::Name || found.terms.is_empty());
    let said = found_in.is_some() || !found.terms.is_empty();
    WordReason {
        typed: found.typed,
        found_in,
        in_other_words: found.same && !said,
        // What it has anyway is no reason.
        broader: if said || found.same { Vec::new() } else { labelled(found.broader) },
        terms: labelled(found.terms),
    }
}
