//! Closed lists beside the terms: kinds of network, relationships and how far they are agreed, layers of support, how
//! one takes part, cost.
//!
//! Lists only. A word that has been published keeps its meaning; the Welsh labels are
//! [not yet checked](super::WELSH_STATUS).

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use crate::domain::read::Words;

/// Declares one list: each value with its word, its English and its Welsh label.
macro_rules! values {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal $en:literal $cy:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] #[oai(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value, in the order in which it is offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in the API and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What is shown, in plain English.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $en,)* }
            }

            /// What is shown, in Welsh; not yet checked by a Welsh speaker.
            pub const fn label_cy(self) -> &'static str {
                match self { $(Self::$variant => $cy,)* }
            }

            /// The value of that word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        impl Words for $name {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $word),)*];
        }
    };
}

values! {
    /// What a network is.
    NetworkType {
        /// Peers and peer groups.
        Peer "peer" "Peer network" "Rhwydwaith cymheiriaid";
        /// Led by users of services or by survivors.
        SurvivorLed "survivor_led" "User-led or survivor-led network" "Rhwydwaith dan arweiniad defnyddwyr neu oroeswyr";
        /// The local body that supports voluntary and community organizations.
        Vcse "vcse" "Local support for voluntary and community groups" "Cefnogaeth leol i grwpiau gwirfoddol a chymunedol";
        /// Congregations and faith organizations.
        Faith "faith" "Faith network" "Rhwydwaith ffydd";
        /// A culture or a diaspora.
        Cultural "cultural" "Cultural or diaspora network" "Rhwydwaith diwylliannol neu ddiaspora";
        /// A neighbourhood or a place.
        Place "place" "Neighbourhood or place network" "Rhwydwaith cymdogaeth neu le";
        /// Organizations that learn together about trauma.
        TraumaInformed "trauma_informed"
            "Trauma-informed partnership or community of practice" "Partneriaeth neu gymuned ymarfer sy'n ystyriol o drawma";
        /// Public bodies: a care system, a safeguarding board, a violence reduction unit.
        Statutory "statutory" "Partnership of public bodies" "Partneriaeth o gyrff cyhoeddus";
    }
}

values! {
    /// What one organization, service, group or network is to another. Each has a direction: the first to the second.
    Relationship {
        /// The first belongs to the second as a part.
        PartOf "part_of" "is part of" "yn rhan o";
        /// The first is responsible for the second.
        Runs "runs" "runs" "yn rhedeg";
        /// The first gives the second its premises.
        Hosts "hosts" "hosts" "yn rhoi lle i";
        /// The first is a member of the second.
        MemberOf "member_of" "is a member of" "yn aelod o";
        /// The first sends people on to the second.
        RefersTo "refers_to" "refers people to" "yn atgyfeirio pobl at";
        /// The first takes people whom the second sends.
        AcceptsFrom "accepts_from" "accepts people from" "yn derbyn pobl gan";
        /// When less is needed, the second follows the first.
        StepsDownTo "steps_down_to" "sends people who need less now to" "yn anfon pobl y mae angen llai arnyn nhw nawr at";
        /// When more is needed, the second follows the first.
        StepsUpTo "steps_up_to" "sends people who need more to" "yn anfon pobl y mae angen mwy arnyn nhw at";
        /// Both hold a group together.
        CoFacilitates "co_facilitates" "holds groups together with" "yn cynnal grwpiau ar y cyd â";
        /// The first supervises or supports those who facilitate the second.
        Supervises "supervises" "gives supervision to" "yn rhoi goruchwyliaeth i";
        /// The second took over what the first did.
        SucceededBy "succeeded_by" "was succeeded by" "a olynwyd gan";
    }
}

impl Relationship {
    /// The same seen from the second side, in plain English.
    pub const fn label_from(self) -> &'static str {
        match self {
            Self::PartOf => "has as a part",
            Self::Runs => "is run by",
            Self::Hosts => "is hosted by",
            Self::MemberOf => "has as a member",
            Self::RefersTo => "is sent people by",
            Self::AcceptsFrom => "can send people to",
            Self::StepsDownTo => "is sent people who need less now by",
            Self::StepsUpTo => "is sent people who need more by",
            Self::CoFacilitates => "holds groups together with",
            Self::Supervises => "is given supervision by",
            Self::SucceededBy => "took over from",
        }
    }

    /// The same seen from the second side, in Welsh; not yet checked by a Welsh speaker.
    pub const fn label_from_cy(self) -> &'static str {
        match self {
            Self::PartOf => "yn cynnwys",
            Self::Runs => "yn cael ei redeg gan",
            Self::Hosts => "yn cael lle gan",
            Self::MemberOf => "â'r aelod",
            Self::RefersTo => "yn cael pobl gan",
            Self::AcceptsFrom => "yn gallu anfon pobl at",
            Self::StepsDownTo => "yn cael pobl y mae angen llai arnyn nhw nawr gan",
            Self::StepsUpTo => "yn cael pobl y mae angen mwy arnyn nhw gan",
            Self::CoFacilitates => "yn cynnal grwpiau ar y cyd â",
            Self::Supervises => "yn cael goruchwyliaeth gan",
            Self::SucceededBy => "a olynodd",
        }
    }

    /// Whether it means the same from both sides.
    pub const fn is_mutual(self) -> bool {
        matches!(self, Self::CoFacilitates)
    }
}

values! {
    /// Which side of a link a listing is.
    Direction {
        /// The listing is the first: it *is a member of* the other.
        To "to" "this one to the other" "o hwn at y llall";
        /// The listing is the second: the other *is a member of* it.
        From "from" "the other to this one" "o'r llall at hwn";
    }
}

impl Direction {
    /// The direction as the other side sees it.
    #[must_use]
    pub const fn turned(self) -> Self {
        match self {
            Self::To => Self::From,
            Self::From => Self::To,
        }
    }
}

values! {
    /// How far a link is agreed.
    LinkState {
        /// One side says so.
        Claimed "claimed" "one side says so" "mae un ochr yn dweud hynny";
        /// Both sides say so.
        Agreed "agreed" "both say so" "mae'r ddau'n dweud hynny";
        /// At least one side says that it is over.
        Lapsed "lapsed" "no longer" "ddim mwyach";
    }
}

values! {
    /// When and where in a person's time a kind of support stands.
    SupportLayer {
        /// At any hour.
        Now "now" "Right now" "Nawr";
        /// Within days.
        ThisWeek "this_week" "This week" "Yr wythnos hon";
        /// People beside you.
        Alongside "alongside" "People who have been there" "Pobl sydd wedi bod yno";
        /// Treatment and advocacy.
        Specialist "specialist" "Specialist help" "Help arbenigol";
        /// Networks, places and things to do.
        Community "community" "In the community" "Yn y gymuned";
        /// For those around a person: carers, children, workers.
        AroundYou "around_you" "For family, friends and workers" "I deulu, ffrindiau a gweithwyr";
    }
}

values! {
    /// How one takes part.
    Attending {
        /// In a room.
        InPerson "in_person" "In person" "Wyneb yn wyneb";
        /// By video.
        OnlineVideo "online_video" "Online, by video" "Ar-lein, drwy fideo";
        /// By writing online.
        OnlineText "online_text" "Online, in writing" "Ar-lein, yn ysgrifenedig";
        /// By phone.
        Phone "phone" "By phone" "Dros y ffôn";
        /// By text message.
        Text "text" "By text message" "Drwy neges destun";
        /// Outdoors.
        Outdoors "outdoors" "Outdoors" "Yn yr awyr agored";
        /// At home, by a visit.
        HomeVisit "home_visit" "At your home" "Yn eich cartref";
    }
}

values! {
    /// What it costs, in a word.
    CostKind {
        /// Nothing.
        Free "free" "Free" "Am ddim";
        /// What one likes to give.
        Donation "donation" "By donation" "Drwy rodd";
        /// Something.
        Paid "paid" "Costs something" "Mae'n costio rhywbeth";
    }
}

mod linking;

pub use linking::{
    DialoguePrinciple, EvidenceLevel, Handover, Led, PracticeLevel, Principle, ResourceFor, ResourceType,
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use poem_openapi::types::ToJSON;

    use super::{
        Attending, CostKind, Direction, EvidenceLevel, Handover, Led, LinkState, NetworkType, PracticeLevel, Principle,
        Relationship, ResourceFor, ResourceType, SupportLayer,
    };

    /// Checks one list; gives its length.
    macro_rules! checked {
        ($name:ident) => {{
            let words: HashSet<&str> = $name::ALL.iter().map(|value| value.as_str()).collect();
            assert_eq!(words.len(), $name::ALL.len());
            for value in $name::ALL {
                let word = value.as_str();
                assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{word}");
                assert_eq!($name::from_word(word), Some(*value));
                assert_eq!(serde_json::to_value(value).unwrap(), word);
                assert_eq!(serde_json::from_value::<$name>(word.into()).unwrap(), *value);
                assert_eq!(value.to_json(), Some(word.into()));
                assert!(!value.label().is_empty() && !value.label_cy().is_empty() && value.label() != value.label_cy());
            }
            assert_eq!($name::from_word(""), None);
            $name::ALL.len()
        }};
    }

    #[test]
    fn each_list_has_its_words_once_and_both_labels() {
        let lengths = [
            checked!(NetworkType),
            checked!(Relationship),
            checked!(SupportLayer),
            checked!(Attending),
            checked!(CostKind),
            checked!(LinkState),
            checked!(Direction),
        ];
        assert_eq!(lengths, [8, 11, 6, 7, 3, 3, 2]);
        let lengths = [
            checked!(Principle),
            checked!(Handover),
            checked!(EvidenceLevel),
            checked!(Led),
            checked!(PracticeLevel),
            checked!(ResourceType),
            checked!(ResourceFor),
        ];
        assert_eq!(lengths, [6, 4, 4, 3, 4, 8, 7]);
    }

    #[test]
    fn a_relationship_reads_otherwise_from_the_other_side_unless_it_is_mutual() {
        let mut labels = HashSet::new();
        for one in Relationship::ALL {
            assert_eq!(one.label() == one.label_from(), one.is_mutual(), "{}", one.as_str());
            assert_eq!(one.label_cy() == one.label_from_cy(), one.is_mutual(), "{}", one.as_str());
            assert!(labels.insert(one.label_from()) && labels.insert(one.label_from_cy()), "{}", one.as_str());
        }
    }
}
