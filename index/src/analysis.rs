//! The one analysis that documents and what people type go through: text is cut at everything that is not a letter or
//! digit, lower-cased, freed of accents and possessives and, but for names begun, stemmed.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// Name under which the analysis is known to the engine.
pub(crate) const ANALYSER: &str = "kith";
/// Longer runs of letters are cut: nobody means them as a word.
pub(crate) const LONGEST_WORD: usize = 40;

/// The analysis of documents and of what people type.
pub(crate) fn analyser() -> TextAnalyzer {
    TextAnalyzer::builder(Cutter { possessives: false })
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// The same without stems: words as a person would recognise them.
pub(crate) fn plain_analyser() -> TextAnalyzer {
    TextAnalyzer::builder(Cutter { possessives: false }).filter(LowerCaser).filter(AsciiFoldingFilter).build()
}

/// The words of a name, sorted, each once, and how many letters they have together.
///
/// A possessive stands both ways, as "men" and as "mens", because people type it both ways; it counts in its long form.
pub(crate) fn name_words(name: &str) -> (Vec<String>, usize) {
    let mut closed =
        TextAnalyzer::builder(Cutter { possessives: true }).filter(LowerCaser).filter(AsciiFoldingFilter).build();
    let mut words = tokens(&mut closed, name);
    let letters = words.iter().map(|word| word.chars().count()).sum();
    if name.contains(is_apostrophe) {
        words.extend(tokens(&mut plain_analyser(), name));
    }
    words.sort_unstable();
    words.dedup();
    (words, letters)
}

/// The words an analyser makes of a text, in order.
pub(crate) fn tokens(analyser: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    analyser.token_stream(text).process(&mut |token| out.push(token.text.clone()));
    out
}

/// Cuts text into words: runs of letters and digits, with apostrophes inside closed.
#[derive(Clone)]
struct Cutter {
    /// Whether a final `'s` is kept.
    possessives: bool,
}

struct Cut<'a> {
    text: &'a str,
    possessives: bool,
    at: usize,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Cut<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut<'a> {
        Cut { text, possessives: self.possessives, at: 0, token: Token::default() }
    }
}

impl TokenStream for Cut<'_> {
    fn advance(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let Some(start) = rest.find(char::is_alphanumeric) else {
            return false;
        };
        let word = &rest[start..];
        let end = word.find(|c: char| !belongs(c)).unwrap_or(word.len());
        self.token.offset_from = self.at + start;
        self.at += start + end;
        self.token.offset_to = self.at;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        let word = if self.possessives { &word[..end] } else { without_possessive(&word[..end]) };
        self.token.text.extend(word.chars().filter(|c| c.is_alphanumeric()).take(LONGEST_WORD));
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Letters, digits, apostrophes and the accents that follow a letter as characters of their own.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_apostrophe(c) || ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

fn without_possessive(word: &str) -> &str {
    let word = word.trim_end_matches(is_apostrophe);
    match word.strip_suffix(['s', 'S']) {
        Some(stem) if stem.ends_with(is_apostrophe) => stem.trim_end_matches(is_apostrophe),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        tokens(&mut analyser(), text)
    }

    #[test]
    fn case_accents_possessives_and_endings_do_not_matter() {
        assert_eq!(stems("Women's GROUPS, women\u{2019}s group"), ["women", "group", "women", "group"]);
        assert_eq!(stems("Caf\u{e9} Cafe\u{301} na\u{ef}ve"), ["cafe", "cafe", "naiv"]);
        assert_eq!(stems("bereaved bereaving"), ["bereav", "bereav"]);
        assert_eq!(stems("O'Brien don't"), ["obrien", "dont"]);
        assert_eq!(stems(" -- ' \u{1f642} !"), Vec::<String>::new());
    }

    #[test]
    fn a_possessive_in_a_name_is_known_both_ways() {
        assert_eq!(
            name_words("Men\u{2019}s Caf\u{e9}, men"),
            (["cafe", "men", "mens"].map(str::to_owned).to_vec(), 11)
        );
        assert_eq!(name_words(" - "), (Vec::new(), 0));
    }
}
