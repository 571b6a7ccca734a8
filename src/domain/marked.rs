//! What networks and resources are filtered by beside the terms of the vocabulary: words of closed lists, indexed as marks.

use super::{
    coming::NOT_STATED,
    crisis::Nation,
    vocabulary::values::{DialoguePrinciple, NetworkType, PracticeLevel, ResourceFor, ResourceType},
};

/// The word of a resource that is for all four nations.
pub const EVERYWHERE: &str = "everywhere";

/// A field whose words are marks. What does not state it has the mark `field:not_stated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// What kind of network it is.
    NetworkType,
    /// What a resource is about.
    ResourceType,
    /// How far a resource reaches.
    Level,
    /// For which role a resource is.
    ForRole,
    /// For which nation a resource is.
    Nation,
    /// Whether peer workers' places are paid for.
    PeersPaidFor,
    /// Which principles of Open Dialogue are claimed of a listing and count now. What claims none has no mark.
    Dialogue,
}

impl Marked {
    /// The name of the parameter that filters by it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NetworkType => "network_type",
            Self::ResourceType => "resource_type",
            Self::Level => "level",
            Self::ForRole => "for_role",
            Self::Nation => "nation",
            Self::PeersPaidFor => "peers_paid_for",
            Self::Dialogue => "dialogue",
        }
    }

    /// The words that can be filtered by.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::NetworkType => NetworkType::ALL.iter().map(|value| value.as_str()).collect(),
            Self::ResourceType => ResourceType::ALL.iter().map(|value| value.as_str()).collect(),
            Self::Level => PracticeLevel::ALL.iter().map(|value| value.as_str()).collect(),
            Self::ForRole => ResourceFor::ALL.iter().map(|value| value.as_str()).collect(),
            Self::Nation => Nation::ALL.iter().map(|value| value.as_str()).collect(),
            Self::PeersPaidFor => vec!["yes", "no"],
            Self::Dialogue => DialoguePrinciple::ALL.iter().map(|value| value.as_str()).collect(),
        }
    }

    /// The mark of a word.
    pub fn mark(self, word: &str) -> String {
        format!("{}:{word}", self.as_str())
    }

    /// The marks of something that states these words, or none.
    pub fn marks<'a>(self, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut marks: Vec<String> = words.into_iter().map(|word| self.mark(word)).collect();
        if marks.is_empty() {
            marks.push(self.mark(NOT_STATED));
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::Marked;

    #[test]
    fn what_is_not_stated_has_a_mark_of_its_own() {
        assert_eq!(Marked::Level.marks(["skilled"]), ["level:skilled"]);
        assert_eq!(Marked::ForRole.marks([]), ["for_role:not_stated"]);
        assert!(Marked::Nation.words().contains(&"northern_ireland") && Marked::NetworkType.words().len() == 8);
    }
}
