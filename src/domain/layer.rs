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

    /// The layers of a listing of this kind with these terms.
    pub fn of<'t>(kind: ListingKind, terms: impl Iterator<Item = &'t str>) -> Self {
        let mut layers = match kind {
            ListingKind::Helpline => Self::default().with(ThisWeek),
            ListingKind::Place | ListingKind::Network => Self::default().with(Community),
            ListingKind::Resource => return Self::default(),
            ListingKind::Group | ListingKind::Service | ListingKind::Organization => Self::default(),
        };
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

/// The terms of the facet `support` that a layer has.
pub fn support_of(layer: SupportLayer) -> impl Iterator<Item = &'static str> {
    OF_SUPPORT.iter().filter(move |(_, layers)| layers.contains(&layer)).map(|(term, _)| *term)
}

#[cfg(test)]
mod tests {
    use super::{Layers, OF_SUPPORT, support_of};
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
