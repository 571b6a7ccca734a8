//! Whose words and facts the directory answers with, what their licences ask to say, and what has not been looked over.

use kith_index::gazetteer::{ATTRIBUTIONS, Gazetteer, postcodes::Postcodes};

use crate::domain::vocabulary::vocabulary;

/// Whose facts a part of the answers is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The words that the licence asks to show.
    pub text: String,
    /// The licence's name, where it is known.
    pub licence: Option<&'static str>,
    /// Where the licence is to be read.
    pub address: Option<&'static str>,
}

/// Everyone to be named for places: those whose facts are compiled in, then those of the operator's file of postcodes.
pub fn credits() -> Vec<Credit> {
    let mut credits: Vec<Credit> = ATTRIBUTIONS
        .iter()
        .map(|one| Credit { text: one.text.to_owned(), licence: Some(one.licence), address: Some(one.address) })
        .collect();
    if let Some(file) = Gazetteer::embedded().postcodes().map(Postcodes::about) {
        let released = if file.released.is_empty() { String::new() } else { format!(", {}", file.released) };
        let known = credits.iter().position(|credit| credit.text == file.attribution);
        let (licence, address) = known.map_or((None, None), |at| (credits[at].licence, credits[at].address));
        let text = format!("Full postcodes ({}{released}): {}", file.source, file.attribution);
        credits.push(Credit { text, licence, address });
    }
    credits
}

/// What a reader should know of how far the directory's own words and listings have been looked over.
pub fn standing(sample: bool) -> Vec<String> {
    let mut lines = vec![
        format!(
            "The words for needs and kinds of support (version {}) are proposed by the maintainers; people with lived \
             experience have not reviewed them yet.",
            vocabulary().version
        ),
        "Each listing names where it came from, on its own page; its source's licence is told there.".to_owned(),
    ];
    if sample {
        lines.push("The listings shown here are invented, to show how the directory works.".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_whose_facts_are_used_are_named_with_their_licences() {
        let all = credits();
        for who in ["Office for National Statistics", "OS data", "Royal Mail", "GeoNames"] {
            assert!(all.iter().any(|credit| credit.text.contains(who) && credit.address.is_some()), "{who}");
        }
        assert!(standing(true).len() > standing(false).len());
        assert!(standing(false)[0].contains("not reviewed"));
    }
}
