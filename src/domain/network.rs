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
    marked::Marked,
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
    /// Words to filter by: its type.
    pub fn marks(&self) -> Vec<String> {
        Marked::NetworkType.marks(self.network_type.map(NetworkType::as_str))
    }

    /// What people type to find it beside its name: the words of its type and of its principles.
    pub fn words(&self) -> String {
        let types = self.network_type.iter().flat_map(|kind| [kind.label(), kind.label_cy()]);
        let principles = self.principles.iter().flat_map(|principle| [principle.label(), principle.label_cy()]);
        types.chain(principles).chain(["network", "rhwydwaith"]).map(|word| format!(" {word}")).collect()
    }
}
