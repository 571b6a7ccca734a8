//! A resource for practice: something for those who support people, kept beside the listings and found by the same search.
//!
//! In files it is a service of the standard whose extension has the member `resource`. Name, description, address of its
//! page, cost, audience and who provides it are the standard's own members; the day on which somebody last looked is
//! `assured_date`.

use super::{
    crisis::Nation,
    listing::UNITED_KINGDOM,
    marked::{EVERYWHERE, Marked},
    place::AreaCode,
    read::said,
    vocabulary::values::{PracticeLevel, ResourceFor, ResourceType},
};

said! {
    /// What makes a service a resource for practice.
    Resource {
        one {
            /// What it is about; absent when not stated.
            resource_type: ResourceType = choice();
            /// How far it reaches.
            level: PracticeLevel = choice();
            /// Whether peer workers' places are paid for.
            peers_paid_for: bool = flag();
            /// The day on which it is looked at again, `YYYY-MM-DD`.
            review_on: String = date();
        }
        many {
            /// For which roles it is.
            for_roles: ResourceFor = choices();
        }
    }
}

impl Resource {
    /// What it says in words of ours, in both languages.
    fn said(&self) -> impl Iterator<Item = [&'static str; 2]> {
        let about = self.resource_type.map(|about| [about.label(), about.label_cy()]);
        let level = self.level.map(|level| [level.label(), level.label_cy()]);
        let roles = self.for_roles.iter().map(|role| [role.label(), role.label_cy()]);
        about.into_iter().chain(level).chain(roles)
    }

    /// Words to filter by: what it is about, its level, its roles, and the nations whose areas it serves; none of those
    /// for everywhere, where `remote`, and not stated otherwise.
    pub fn marks(&self, areas: &[AreaCode], remote: bool) -> Vec<String> {
        let mut nations: Vec<&str> =
            areas.iter().filter_map(|area| Nation::from_code(&area.0)).map(Nation::as_str).collect();
        if areas.iter().any(|area| area.0 == UNITED_KINGDOM) || (areas.is_empty() && remote) {
            nations.push(EVERYWHERE);
        }
        nations.sort_unstable();
        nations.dedup();
        [
            Marked::ResourceType.marks(self.resource_type.map(ResourceType::as_str)),
            Marked::Level.marks(self.level.map(PracticeLevel::as_str)),
            Marked::ForRole.marks(self.for_roles.iter().map(|role| role.as_str())),
            Marked::Nation.marks(nations),
            Marked::PeersPaidFor.marks(self.peers_paid_for.map(|paid| if paid { "yes" } else { "no" })),
        ]
        .concat()
    }

    /// What people type to find it beside its name.
    pub fn words(&self) -> String {
        self.said().map(|[english, welsh]| format!(" {english} {welsh}")).collect()
    }
}
