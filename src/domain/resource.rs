//! A resource for practice: something for those who support people, kept beside the listings and found by the same search.
//!
//! In files it is a service of the standard whose extension has the member `resource`. Name, description, address of its
//! page, cost, audience and who provides it are the standard's own members; the day on which somebody last looked is
//! `assured_date`.

use super::{
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
    /// What it says in words of ours: each with its field, its word and both labels.
    fn said(&self) -> impl Iterator<Item = [&'static str; 4]> {
        let about = self.resource_type.map(|about| ["resource_type", about.as_str(), about.label(), about.label_cy()]);
        let level = self.level.map(|level| ["level", level.as_str(), level.label(), level.label_cy()]);
        let roles = self.for_roles.iter().map(|role| ["for_role", role.as_str(), role.label(), role.label_cy()]);
        about.into_iter().chain(level).chain(roles)
    }

    /// Words to filter by: what it is about, its level, its roles.
    pub fn marks(&self) -> Vec<String> {
        self.said().map(|[field, word, ..]| format!("{field}:{word}")).collect()
    }

    /// What people type to find it beside its name.
    pub fn words(&self) -> String {
        self.said().map(|[.., english, welsh]| format!(" {english} {welsh}")).collect()
    }
}
