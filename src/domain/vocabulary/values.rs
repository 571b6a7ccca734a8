//! Closed lists beside the terms: kinds of network, relationships, layers of support, formats, cost.
//!
//! Lists only. A word that has been published keeps its meaning; the Welsh labels are
//! [not yet checked](super::WELSH_STATUS).

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

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
        StepsDownTo "steps_down_to" "steps down to" "yn camu i lawr at";
        /// When more is needed, the second follows the first.
        StepsUpTo "steps_up_to" "steps up to" "yn camu i fyny at";
        /// Both hold a group together.
        CoFacilitates "co_facilitates" "co-facilitates with" "yn cyd-hwyluso gyda";
        /// The first supervises or supports those who facilitate the second.
        Supervises "supervises" "gives supervision to" "yn rhoi goruchwyliaeth i";
        /// The second took over what the first did.
        SucceededBy "succeeded_by" "was succeeded by" "a olynwyd gan";
    }
}

values! {
    /// When and where in a person's time a kind of support stands.
    SupportLayer {
        /// At any hour.
        Now "now" "Now" "Nawr";
        /// Within days.
        ThisWeek "this_week" "This week" "Yr wythnos hon";
        /// People beside you.
        Alongside "alongside" "Alongside you" "Ochr yn ochr â chi";
        /// Treatment and advocacy.
        Specialist "specialist" "Specialist help" "Help arbenigol";
        /// Networks, places and things to do.
        Community "community" "In the community" "Yn y gymuned";
        /// For those around a person: carers, children, workers.
        AroundYou "around_you" "For those around you" "I'r rhai o'ch cwmpas";
    }
}

values! {
    /// How people meet.
    Format {
        /// In one place.
        InPerson "in_person" "In person" "Wyneb yn wyneb";
        /// Online, seeing or hearing one another.
        OnlineVideo "online_video" "Online video" "Fideo ar-lein";
        /// Online, in writing.
        OnlineText "online_text" "Online text or forum" "Testun neu fforwm ar-lein";
        /// By phone.
        Phone "phone" "Phone" "Ffôn";
        /// By text message.
        Text "text" "Text message" "Neges destun";
        /// In the open air.
        Outdoors "outdoors" "Outdoors" "Yn yr awyr agored";
        /// At the person's home.
        HomeVisit "home_visit" "Home visit" "Ymweliad cartref";
    }
}

values! {
    /// What it costs to come. Help with travel or childcare is stated beside it.
    Cost {
        /// Nothing.
        Free "free" "Free" "Am ddim";
        /// What people choose to give.
        Donation "donation" "By donation" "Drwy rodd";
        /// A price; concessions are stated beside it.
        Paid "paid" "Paid" "Rhaid talu";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use poem_openapi::types::ToJSON;

    use super::{Cost, Format, NetworkType, Relationship, SupportLayer};

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
        let lengths =
            [checked!(NetworkType), checked!(Relationship), checked!(SupportLayer), checked!(Format), checked!(Cost)];
        assert_eq!(lengths, [8, 11, 6, 7, 3]);
    }
}
