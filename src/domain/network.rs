//! A network: organizations, services and people in roles who have agreed to be there for one another's people.
//!
//! In files it is an organization of the standard whose extension has the member `network`; its members are links
//! (`member_of`), so that each is told from both sides and agreed only when both say so:
//!
//! ```json
//! {"id": "circle", "name": "West Leeds Circle", "description": "...",
//!  "kith": {"network": {"network_type": "place", "areas": ["E08000035"], "principles": ["safety", "choice"],
//!                       "roles": [{"role": "Coordinator"}], "review_on": "2027-03-01"}}}
//! ```

use super::{
    read::{NAME, TEXT, said},
    vocabulary::values::{NetworkType, Principle},
};

said! {
    /// What makes an organization a network.
    Network {
        one {
            /// What kind of network it is; absent when not stated.
            network_type: NetworkType = choice();
            /// What it is for, in a sentence or two.
            purpose: String = text(TEXT);
            /// Since when, `YYYY-MM-DD`.
            since: String = date();
            /// Whom to ask, by role.
            contact: RoleContact = object();
            /// The day on which what is said here is looked at again, `YYYY-MM-DD`.
            review_on: String = date();
        }
        many {
            /// Where: codes of the gazetteer.
            areas: String = area_codes();
            /// Which of the six principles of trauma-informed practice its members have adopted.
            principles: Principle = choices();
            /// Principles of its own, each in a line.
            own_principles: String = texts();
            /// Members who are people: their roles, never their names.
            roles: NetworkRole = list();
        }
    }
}

said! {
    /// Somebody who belongs to a network in a role.
    NetworkRole {
        one {
            /// The role: "community link worker of the surgery". Never a name.
            role: String = text(NAME);
            /// What they do there, and what not.
            note: String = text(TEXT);
            /// Since when, `YYYY-MM-DD`.
            since: String = date();
        }
        many {}
    }
}

said! {
    /// Whom to ask: a role, never a name.
    RoleContact {
        one {
            /// The role.
            role: String = text(NAME);
            /// A mailbox of the role.
            email: String = email();
            /// A number of the role.
            phone: String = text(NAME);
        }
        many {}
    }
}

impl Network {
    /// The terms and words of a listing, and what tells that it is this network: a filter by its type, the words of its
    /// type and of its principles.
    pub fn described(&self, mut term_ids: Vec<String>, mut words: String) -> (Vec<String>, String) {
        if let Some(network_type) = self.network_type {
            term_ids.push(format!("network_type:{}", network_type.as_str()));
            words = format!("{words} {} {}", network_type.label(), network_type.label_cy());
        }
        for principle in &self.principles {
            words = format!("{words} {}", principle.label());
        }
        (term_ids, format!("{words} network rhwydwaith"))
    }
}
