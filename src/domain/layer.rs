//! When and where in a person's time a listing stands: the layers of the support map, from its terms and its kind.

use super::{card::ListingKind, vocabulary::values::SupportLayer};

use SupportLayer::{Alongside, AroundYou, Community, Now, Specialist, ThisWeek};

/// Each term of the facet `support` with its layers.
const OF_SUPPORT: &[(&str, &[SupportLayer])] = &[
    ("crisis-line", &[Now]),
    ("nhs-111-mental-health", &[Now]),
    ("crisis-space", &[ThisWeek]),
    ("distress-brief-intervention", &[ThisWeek]),
    ("sarc", &[ThisWeek, Specialist]),
    ("victim-support", &[ThisWeek, Specialist]),
    ("homeless-services", &[ThisWeek, Community]),
    ("food-help", &[ThisWeek, Community]),
    ("place", &[ThisWeek, Community]),
    ("primary-care", &[ThisWeek, Specialist]),
    ("peer-group", &[Alongside]),
    ("peer-1to1", &[Alongside]),
    ("mutual-aid", &[Alongside, Community]),
    ("befriending", &[Alongside, Community]),
    ("facilitated-group", &[Specialist]),
    ("therapy", &[Specialist]),
    ("counselling", &[Specialist]),
    ("talking-therapies", &[Specialist]),
    ("primary-mental-health-support", &[Specialist]),
    ("secondary-mh", &[Specialist]),
    ("substance-service", &[Specialist]),
    ("idva-isva", &[Specialist]),
    ("advocacy", &[Specialist]),
    ("refuge", &[Specialist]),
    ("protected-housing", &[Specialist]),
    ("behaviour-change", &[Specialist]),
    ("social-care", &[Specialist]),
    ("icb", &[Specialist]),
    ("creative-nature", &[Community]),
    ("recovery-college", &[Community]),
    ("pastoral-care", &[Community]),
    ("navigation", &[Community]),
    ("family-hub", &[Community, AroundYou]),
    ("practical", &[Community]),
    ("housing-help", &[Community]),
    ("supported-housing", &[Community]),
    ("money-advice", &[Community]),
    ("legal-advice", &[Community]),
    ("immigration-advice", &[Community]),
    ("employment-support", &[Community]),
    ("contact-centre", &[Community, AroundYou]),
    ("family-carers", &[AroundYou]),
    ("worker-support", &[AroundYou]),
    ("trauma-training", &[AroundYou]),
];

/// Terms of the facet `audience` that put a listing around a person.
const AROUND: [&str; 5] = ["carers", "young-carers", "prisoners-families", "kinship-foster-adoptive", "workers"];

/// Whether a term of the facet `audience` puts a listing around a person.
pub fn is_around(term: &str) -> bool {
    AROUND.contains(&term)
}

/// A set of layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layers(u8);

impl Layers {
    /// With one more.
    #[must_use]
    pub const fn with(self, layer: SupportLayer) -> Self {
        Self(self.0 | 1 << layer as u8)
    }

    /// With those of another set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is among them.
    pub const fn has(self, layer: SupportLayer) -> bool {
        self.0 & 1 << layer as u8 != 0
    }

    /// The layers of a listing by its kind alone.
    pub const fn of_kind(kind: ListingKind) -> Self {
        match kind {
            ListingKind::Helpline => Self(0).with(ThisWeek),
            ListingKind::Place | ListingKind::Network => Self(0).with(Community),
            ListingKind::Resource | ListingKind::Group | ListingKind::Service | ListingKind::Organization => Self(0),
        }
    }

    /// The layers of a listing of this kind with these terms.
    pub fn of<'t>(kind: ListingKind, terms: impl Iterator<Item = &'t str>) -> Self {
        let mut layers = Self::of_kind(kind);
        if kind == ListingKind::Resource {
            return layers;
        }
        for term in terms {
            if AROUND.contains(&term) {
                layers = layers.with(AroundYou);
            }
            let of_support = OF_SUPPORT.iter().find(|(support, _)| *support == term);
            layers = of_support.into_iter().flat_map(|(_, of)| *of).fold(layers, |layers, layer| layers.with(*layer));
        }
        layers
    }
}

/// The mark of a listing that stands in a layer by its kind: a word to filter by, which is no term and never published.
fn mark(layer: SupportLayer) -> String {
    format!("layer:{}", layer.as_str())
}

/// The marks of a listing of this kind, by which [`found_by`] finds it whatever its terms are.
pub fn marks(kind: ListingKind) -> impl Iterator<Item = String> {
    let layers = Layers::of_kind(kind);
    SupportLayer::ALL.iter().filter(move |layer| layers.has(**layer)).map(|layer| mark(*layer))
}

/// What a listing of a layer has one of: terms, or the mark of a kind. A resource may have such a term and stands in none.
pub fn found_by(layer: SupportLayer) -> Vec<String> {
    let around = if layer == AroundYou { &AROUND[..] } else { &[] };
    let terms = support_of(layer).chain(around.iter().copied()).map(str::to_owned);
    terms.chain([mark(layer)]).collect()
}

/// The terms of the facet `support` that a layer has.
pub fn support_of(layer: SupportLayer) -> impl Iterator<Item = &'static str> {
    OF_SUPPORT.iter().filter(move |(_, layers)| layers.contains(&layer)).map(|(term, _)| *term)
}

#[cfg(test)]
mod tests {
    use super::{Layers, OF_SUPPORT, found_by, marks, support_of};
    use crate::domain::{
        card::ListingKind,
        vocabulary::{Facet, values::SupportLayer, vocabulary},
    };

    #[test]
    fn every_kind_of_support_has_a_layer_and_every_layer_has_some() {
        let terms: Vec<&str> = vocabulary().facet(Facet::Support).map(|term| term.id.as_str()).collect();
        for term in &terms {
            assert_eq!(OF_SUPPORT.iter().filter(|(id, _)| id == term).count(), 1, "{term}");
        }
        assert_eq!(OF_SUPPORT.len(), terms.len());
        for layer in SupportLayer::ALL {
            assert!(support_of(*layer).next().is_some(), "{}", layer.as_str());
        }
    }

    #[test]
    fn what_a_layer_is_found_by_is_what_puts_a_listing_into_it() {
        for layer in SupportLayer::ALL {
            let words = found_by(*layer);
            for kind in ListingKind::ALL.into_iter().filter(|kind| *kind != ListingKind::Resource) {
                for term in &vocabulary().terms {
                    let is_in = Layers::of(kind, [term.id.as_str()].into_iter()).has(*layer);
                    let found = words.contains(&term.id) || marks(kind).any(|mark| words.contains(&mark));
                    assert_eq!(is_in, found, "{} {} {}", layer.as_str(), kind.as_str(), term.id);
                }
            }
        }
    }

    #[test]
    fn a_listing_may_stand_in_several_layers() {
        let of = |kind, terms: &[&str]| {
            let layers = Layers::of(kind, terms.iter().copied());
            SupportLayer::ALL.iter().filter(|layer| layers.has(**layer)).map(|layer| layer.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of(ListingKind::Group, &["peer-group", "carers", "bereavement"]), ["alongside", "around_you"]);
        assert_eq!(of(ListingKind::Service, &["therapy"]), ["specialist"]);
        assert_eq!(of(ListingKind::Network, &[]), ["community"]);
        assert_eq!(of(ListingKind::Resource, &["worker-support"]), [""; 0]);
    }
}
