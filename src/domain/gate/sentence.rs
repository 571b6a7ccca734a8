//! Sentences and names: whether every word of them is on the list.

use std::borrow::Cow;

use super::{
    Allowed, combination, phrases, shapes,
    words::{Standing, words},
};
use crate::domain::{plain, telltale};

/// The most words of a name.
const LONGEST_NAME: usize = 10;
/// What may stand before a word, and behind it.
const OPENING: &str = "([\"'“‘«•·*";
const ENDING: &str = ")],.;:!?\"'”’»…";
/// Between words.
const STROKES: [&str; 6] = ["-", "–", "—", "&", "•", "·"];
/// Behind these a word that is also a place's name would be one: "in work" is left out for the sake of "in Work".
const PLACING: [&str; 15] =
    ["in", "at", "from", "of", "around", "by", "within", "through", "via", "towards", "yn", "o", "ym", "yng", "i"];
/// With a stop behind them they end no sentence.
const SHORTENED: [&str; 12] = ["st", "co", "ho", "nr", "no", "rd", "ave", "dr", "mr", "mrs", "ms", "sq"];
/// Of a place's name these are the first words: "little haven".
const QUALIFYING: [&str; 9] = ["little", "great", "old", "new", "high", "low", "playing", "long", "y"];
/// Words of sentences that are also names of places.
const NAMED: [&str; 2] = ["how", "more"];
/// Of these one says how old they are.
const AGED: [&str; 9] = ["age", "ages", "people", "women", "men", "girls", "boys", "children", "those"];

/// A text without the sentences that do not pass, as plain paragraphs; empty when none does. What was let through is kept
/// whole.
pub fn kept(text: &str, allowed: &Allowed<'_>) -> String {
    let plain = plain::paragraphs(text);
    let paragraphs = plain.split("\n\n").map(|paragraph| {
        let kept: Vec<&str> = sentences(paragraph).filter(|sentence| passes(sentence, allowed.areas)).collect();
        kept.join(" ")
    });
    let kept = paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n");
    // What tells in the whole although it does in no sentence.
    if telltale::tells_place(&kept) { String::new() } else { kept }
}

/// Whether every word of a name is on the list.
pub fn is_name(name: &str, areas: &[String]) -> bool {
    let words: Vec<Word> = name.split_whitespace().map(Word::of).collect();
    let cores: Vec<String> = words.iter().map(|word| word.core.clone()).collect();
    let mut at = 0;
    while at < words.len() {
        let many = self::words().written(&cores[at..]).max(area(&cores[at..], areas));
        if many > 0 {
            at += many;
            continue;
        }
        let plain = |part: &str| {
            let lower = part.to_lowercase();
            self::words().names(&lower) && !shapes::is_number(&lower) && (part == lower || is_capitalised(part))
        };
        let stroke = STROKES.contains(&cores[at].as_str()) && at > 0 && at + 1 < words.len();
        if !(stroke || parts(&cores[at]).all(|part| plain(&part))) {
            return false;
        }
        at += 1;
    }
    (1..=LONGEST_NAME).contains(&words.len()) && !telltale::tells_place(name)
}

/// The sentences of a paragraph, each with what ends it.
fn sentences(paragraph: &str) -> impl Iterator<Item = &str> {
    let mut rest = paragraph;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut ended = false;
        let end = rest.char_indices().find(|(at, c)| {
            if ended && c.is_whitespace() {
                return true;
            }
            // A bullet begins another.
            if *at > 0 && matches!(c, '•' | '·') {
                return true;
            }
            // What is cut short before a name: "St. Day".
            let cut = || {
                SHORTENED.iter().any(|word| {
                    rest[..*at]
                        .rsplit(|c: char| !c.is_alphanumeric())
                        .next()
                        .is_some_and(|last| last.eq_ignore_ascii_case(word))
                })
            };
            ended = matches!(c, '!' | '?' | '…')
                || (*c == '.' && !cut())
                || (ended && matches!(c, ')' | '"' | '”' | '’' | '\''));
            false
        });
        let (sentence, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(sentence.trim_end())
    })
}

/// One word of a sentence.
struct Word {
    /// Without what stands around it, with straight apostrophes.
    core: String,
    /// Whether what stands before or behind it is what may stand there.
    is_clean: bool,
    /// Whether it ends what was begun, so that a capital may follow.
    ends: bool,
    /// Whether a comma stands behind it.
    halts: bool,
}

impl Word {
    fn of(token: &str) -> Self {
        let core = token.trim_start_matches(|c| OPENING.contains(c)).trim_end_matches(|c| ENDING.contains(c));
        if core.is_empty() {
            return Self { core: token.to_owned(), is_clean: STROKES.contains(&token), ends: true, halts: false };
        }
        let from = token.find(core).unwrap_or_default();
        let (before, behind) = (&token[..from], &token[from + core.len()..]);
        // "residents'": the apostrophe is the word's.
        let owned = behind.starts_with(['\'', '’']) && core.ends_with('s');
        let core = core.replace('’', "'");
        Self {
            core: if owned && self::words().standing(&format!("{}'", core.to_lowercase())).is_some() {
                format!("{core}'")
            } else {
                core
            },
            is_clean: before.chars().count() <= 2 && behind.chars().count() <= 3,
            ends: behind.contains([':', '.', '!', '?', ';']),
            halts: behind.contains(','),
        }
    }
}

/// Whether a sentence has nothing in it that is not on the list.
fn passes(sentence: &str, areas: &[String]) -> bool {
    let tokens: Vec<Word> = sentence.split_whitespace().map(Word::of).collect();
    if tokens.iter().any(|word| !word.is_clean) || tokens.iter().all(|word| STROKES.contains(&word.core.as_str())) {
        return false;
    }
    let cores: Vec<String> = tokens.iter().map(|word| word.core.clone()).collect();
    let lower: Vec<String> = cores.iter().map(|core| core.to_lowercase()).collect();
    let (mut at, mut numbers, mut together, mut begins) = (0, 0, 0, true);
    while at < cores.len() {
        let core = &cores[at];
        let before = at.checked_sub(1).map(|before| cores[before].to_lowercase());
        if STROKES.contains(&core.as_str()) {
            if before.is_some_and(|before| STROKES.contains(&before.as_str())) {
                return false;
            }
            (at, together, begins) = (at + 1, 0, true);
            continue;
        }
        let many = self::words().written(&cores[at..]).max(area(&cores[at..], areas));
        if many > 0 {
            at += many;
            (together, begins) = (0, tokens[at - 1].ends);
            continue;
        }
        let many = phrases::phrase(&cores[at..], begins);
        if many > 0 && (at..at + many - 1).all(|at| !tokens[at].ends) {
            at += many;
            (together, begins) = (0, tokens[at - 1].ends);
            continue;
        }
        // "the age of 16", "young people of 16"
        let of_age = before.as_deref() == Some("of") && at > 1 && AGED.contains(&lower[at - 2].as_str());
        let many = shapes::figures(if of_age { Some("age") } else { before.as_deref() }, &cores[at..]);
        if many > 0 {
            if before.as_deref().is_some_and(shapes::numbers) && many == 1 && core.len() < 3 {
                return false;
            }
            at += many;
            numbers += many.div_ceil(2);
            (together, begins) = (0, tokens[at - 1].ends);
            continue;
        }
        let mut previous = before;
        for (number, part) in parts(core).enumerate() {
            let lower = part.to_lowercase();
            let Some(standing) = self::words().standing(&lower) else { return false };
            let capital = part != lower;
            let may = begins && number == 0 && standing == Standing::Anywhere && is_capitalised(&part);
            if capital && !may {
                return false;
            }
            let placed = previous.as_deref().is_none_or(|before| {
                PLACING.contains(&before) || QUALIFYING.contains(&before) || before.ends_with("'n")
            });
            if NAMED.contains(&lower.as_str()) && at + 1 == cores.len() && placed && at > 0 {
                return false;
            }
            if standing == Standing::Small && placed {
                return false;
            }
            // "One four zero five": what is told one by one may be the code of a town.
            if shapes::is_number(&lower) || (together > 0 && shapes::runs_on(&lower)) {
                (numbers, together) = (numbers + 1, together + 1);
                if together > 1 && previous.as_deref().is_none_or(|first| !shapes::is_one_number(first, &lower)) {
                    return false;
                }
                if previous.as_deref().is_some_and(shapes::numbers) {
                    return false;
                }
            } else {
                together = 0;
            }
            if together > shapes::MOST_TOGETHER || numbers > shapes::MOST {
                return false;
            }
            previous = Some(lower);
        }
        begins = tokens[at].ends;
        at += 1;
    }
    let halts: Vec<bool> = tokens.iter().map(|word| word.halts).collect();
    numbers <= shapes::MOST && !combination::tells(&lower, &cores, &halts) && !telltale::tells_place(sentence)
}

/// How many words are the name of one of these areas.
fn area(words: &[String], areas: &[String]) -> usize {
    let is = |area: &&String| {
        let mut names = area.split_whitespace();
        let many = area.split_whitespace().count();
        words.len() >= many && many > 0 && words.iter().zip(names.by_ref()).take(many).all(|(word, name)| word == name)
    };
    areas.iter().filter(is).map(|area| area.split_whitespace().count()).max().unwrap_or_default()
}

/// What is written together with a stroke, each by itself; the whole where that is a word. Single letters are none: they
/// would spell.
fn parts(core: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let whole = self::words().standing(&core.to_lowercase()).is_some() || !core.contains(['-', '/', '–']);
    let split = core.split(['-', '/', '–']).map(|part| {
        // What is no word is on no list.
        if part.chars().count() < 2 { Cow::Borrowed("?") } else { Cow::Borrowed(part) }
    });
    let once = whole.then_some(Cow::Borrowed(core));
    once.into_iter().chain(split.filter(move |_| !whole))
}

/// Whether the first letter alone is a capital.
pub fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.chars().skip(1).all(|c| !c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{Allowed, is_name, kept};

    fn of(text: &str) -> String {
        kept(text, &Allowed::default())
    }

    #[test]
    fn a_sentence_goes_and_its_neighbours_stay() {
        assert_eq!(of("We listen. We are at 7 Belle Vue. Ring at any hour!"), "We listen. Ring at any hour!");
        assert_eq!(of("<p>We listen.</p><p>In Otley.</p>"), "We listen.");
        assert_eq!(of("Open 9.30am to 5pm, Monday to Friday."), "Open 9.30am to 5pm, Monday to Friday.");
        let once = of("We listen. In Otley. You decide what happens (and when).\nNot in Bath.");
        assert_eq!((once.as_str(), of(&once)), ("We listen. You decide what happens (and when).", once.clone()));
    }

    #[test]
    fn capitals_letters_and_numbers_spell_nothing() {
        for text in [
            "We are in Safe.",
            "O t l e y",
            "o-t-l-e-y",
            "RING FIRST",
            "fifty three, fifty four, one, forty one",
            "We are number nine.",
            "Ring one four zero five.",
            "Ring nine one five.",
            "Ring nineteen sixty.",
            "women in worth",
            "Over is quiet.",
            "- - -",
            "We, , listen ((( now.",
            "refuge.example",
            "women #safe",
        ] {
            assert_eq!(of(text), "", "{text}");
        }
    }

    #[test]
    fn the_areas_that_are_told_pass() {
        let areas = ["West Yorkshire".to_owned(), "England".to_owned()];
        let allowed = Allowed { areas: &areas, let_through: &[] };
        assert_eq!(kept("For women in West Yorkshire.", &allowed), "For women in West Yorkshire.");
        assert_eq!(kept("For women in North Yorkshire. For West women.", &allowed), "");
        assert!(is_name("West Yorkshire Women's Aid", &areas) && !is_name("West Yorkshire Women's Aid", &[]));
    }

    #[test]
    fn names_pass_whole_or_not_at_all() {
        for name in [
            "Women's Aid",
            "Safe Families Together",
            "Refuge (name withheld)",
            "Organisation (name withheld)",
            "LGBT+ Safe Housing",
        ] {
            assert!(is_name(name, &[]), "{name}");
        }
        for name in [
            "Rowan House",
            "Rowan",
            "Seven Sisters",
            "Safe LS29",
            "",
            "Over Refuge",
            "OTLEY",
            "A - Refuge -",
            "Women / Otley",
        ] {
            assert!(!is_name(name, &[]), "{name}");
        }
    }
}
