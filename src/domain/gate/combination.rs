//! Listed words that tell something together, in an order that honest sentences hardly ever have: how a house is called, what
//! one hears from it, that it is the oldest of its kind, how to read letters out of a text.

/// What a house, or what is in it, is called by.
const HOMES: &str =
    "house home place refuge building flat door hostel project street shelter tŷ lloches cartref adeilad";
const BEING: &str = "is are was were be live lives sleep meet meets stay stands";
/// Of whom something is said that one does not look for on a map.
const ANYBODY: &str = "you you're we they people men families survivors everyone everybody nobody no your our their i she he \
    everything to each all possible needed staff residents someone somebody anyone it's that and or workers";
const WHERES: &str = "school schools court courts hospital college bank prison town city garden building centre";
/// What one passes, in Welsh too.
const WHERES_TOO: &str = "dog train bus ysgol ysbyty llys tref dref dinas";
/// Behind these, what one stands at.
const BESIDE: &str = "by over off past around between towards up onto beyond against within uwchben ger wrth rhwng heibio dros uwch \
    dan draw agos below above";
/// What stands before what one names.
const ARTICLES: &str = "the a an our new local";
/// And with what else they run together.
const LEADING: &str = "in y yr i'r o'r to newydd 'r";
/// What one lives over, and what else somebody does something by.
const BELOW: &str =
    "nursery laundry office council dentist dentist's doctor's doctors optician hairdresser pharmacy reception";
const SEEN: &str = "hear hears heard see sees seen smell watch watching visible overlook overlooks sight sound sounds gweld weld \
    clywed";
const ORDINALS: &str = "first second third";
const MOST: &str =
    "first second third oldest largest biggest smallest longest newest highest only last youngest busiest";
const WHOLES: &str = "country region area uk world county kingdom nation city town wlad rhanbarth ardal byd";
/// What one meets in that has no name.
const MEETING: &str = "evening evenings morning mornings afternoon afternoons day daytime night nights week weekend weekends month \
    holidays beginning start end first same house refuge group home kitchen lounge office room meeting meetings \
    playroom community area region way language future past next last usual time times moment service court police \
    building right living meantime waiting school hospital ground most best order front safest";

/// Without one of these, three words are no sentence but may be an address that is made of three words.
const BINDING: &str = "a the and or of to for in on at by with is are be am we you they it our your their not no all can will do if as from who \
    y yr a'r ac yn i o ar am gan gyda mae ni chi neu ddim";

/// Whether words of a sentence, in small letters and as they are written, tell something with each other; `halts` says behind
/// which a comma stands.
pub fn tells(lower: &[String], written: &[String], halts: &[bool]) -> bool {
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    reads_letters(&words)
        || is_called(&words)
        || is_where(&words)
        || is_seen(&words)
        || is_the_most(&words)
        || is_numbered(&words)
        || is_reached(&words)
        || is_met_at(&words, written)
        || is_set_beside(&words, halts)
        || is_three_words(&words, written)
}

/// "To the last stop", "we are at one hundred and six", "the dentist on the ground floor".
fn is_reached(words: &[&str]) -> bool {
    const TRADES: &str = "vet vets chef chefs hairdressers beautician opticians locksmith locksmiths accountant accountants pharmacist \
        pharmacists dentists dietitian physiotherapist podiatrist chiropodist milfeddyg optegydd fferyllydd deintydd";
    let stops =
        |two: &[&str]| matches!(two, ["last" | "first" | "final" | "second" | "third" | "next", "stop" | "stops"]);
    let at_number = |three: &[&str]| matches!(three, ["at", _, "hundred"]);
    words.windows(2).any(stops)
        || words.windows(3).any(at_number)
        || (any(words, "floor floors") && (any(words, TRADES) || any(words, BELOW)))
}

/// Whether a word is on a list.
fn on(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

fn any(words: &[&str], list: &str) -> bool {
    words.iter().any(|word| on(list, word))
}

/// Whether a house, or what is in it, is spoken of.
fn is_of_home(words: &[&str]) -> bool {
    any(words, HOMES) || words.contains(&"it")
}

/// "Put the first letters together", "the last of every word".
fn reads_letters(words: &[&str]) -> bool {
    const ORDER: &str = "first second third last each every cyntaf gyntaf olaf pob";
    const JOINED: &str = "together begin begins start starts end ends put take add order spell spelled";
    let letters = ["letter", "letters", "initial", "initials", "llythyren", "llythrennau", "lythrennau"];
    let near = |at: usize| &words[at.saturating_sub(3)..words.len().min(at + 3)];
    words.iter().enumerate().any(|(at, word)| {
        (letters.contains(word) && (any(near(at), ORDER) || any(words, JOINED)))
            || (["word", "words", "gair", "geiriau"].contains(word) && any(near(at), ORDER))
            || word.starts_with("backward")
            || word.starts_with("rhyme")
    })
}

/// "The house is called", "it was once", "it used to be".
fn is_called(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let before = &words[at.saturating_sub(4)..at];
        let once = (["once", "formerly", "unwaith"].contains(word) && any(before, "was were arfer"))
            || (*word == "used" && words.get(at + 1..at + 3) == Some(&["to", "be"]));
        (once || ["called", "named", "enw", "enwir"].contains(word)) && is_of_home(before)
    }) || words
        .windows(3)
        .any(|three| matches!(three, ["name", "is" | "on", _] | ["known", "as", _]) && is_of_home(words))
}

/// "We live where three sisters wrote".
fn is_where(words: &[&str]) -> bool {
    const DONE: &str = "wrote written born began fought died sang sold built made ended lived";
    words.windows(3).enumerate().any(|(at, three)| {
        on(BEING, three[0])
            && three[1] == "where"
            && (!(on(ANYBODY, three[2]) || ["women", "children"].contains(&three[2])) || any(&words[at + 2..], DONE))
    }) || (words.first() == Some(&"where")
        && (any(words, DONE)
            || words.get(1).is_none_or(|next| !["there", "this", "it"].contains(next) && !on(ANYBODY, next))
            || words.get(1) == Some(&"people")))
}

/// "You hear the school", "over a new school", "ten minutes from".
fn is_seen(words: &[&str]) -> bool {
    let beside = words.iter().enumerate().any(|(at, word)| {
        let before = words[..at].iter().rev().find(|word| !(on(ARTICLES, word) || on(LEADING, word)));
        // "Our house is a new school."
        let named = words[..at].iter().rev().find(|word| !on(ARTICLES, word));
        let is_one = named.is_some_and(|word| ["is", "are", "was", "were", "be"].contains(word)) && is_of_home(words);
        (on(WHERES, word)
            || on(WHERES_TOO, word)
            || (on(BELOW, word) && before != Some(&"by") && before != Some(&"within")))
            && (is_one || before.is_some_and(|before| on(BESIDE, before)))
    });
    let away = words.windows(2).any(|two| {
        ["minutes", "minute", "munud", "hour", "hours"].contains(&two[0])
            && ["from", "away", "walk", "drive", "by", "oddi", "o'r"].contains(&two[1])
    });
    let shared = any(words, "share shares shared sharing")
        && any(words, "building house wall garden kitchen")
        && (any(words, BELOW) || any(words, WHERES) || any(words, WHERES_TOO));
    let sought = words.windows(4).any(|four| {
        four[0].starts_with("look")
            && four[1..3] == ["for", "the"]
            && ["one", "house", "door", "name", "sign", "number", "bell", "light", "lights"].contains(&four[3])
    });
    let fair = words.windows(2).enumerate().any(|(at, two)| {
        two == ["the", "fair"]
            && words.get(at + 2).is_none_or(|next| ["at", "in", "on", "and", "is", "by"].contains(next))
    });
    beside || away || shared || sought || fair || (any(words, SEEN) && any(words, WHERES))
}

/// "The oldest refuge in the country".
fn is_the_most(words: &[&str]) -> bool {
    let Some(at) = words.windows(2).position(|two| ["the", "y", "yr"].contains(&two[0]) && on(MOST, two[1])) else {
        return false;
    };
    let rest = &words[at + 2..];
    rest.iter().position(|word| ["in", "of", "yn"].contains(word)).is_some_and(|from| any(&rest[from..], WHOLES))
}

/// "We are forty one", "the house is white", "we live at nine", "the third home".
fn is_numbered(words: &[&str]) -> bool {
    let number = |word: &&&str| super::shapes::is_number(word) || **word == "one";
    let Some(last) = words.last() else { return false };
    let from = words.len() - words.iter().rev().take_while(number).count();
    let said = words[from..].iter().any(|word| super::shapes::is_number(word)) && from > 0 && {
        let before = words[from - 1];
        ["is", "are", "it's", "we're", "yw", "ydy"].contains(&before)
            || (["at", "yn"].contains(&before) && any(words, "live lives us house home door byw"))
    };
    let counted = any(words, "count counts counting add") && words.iter().any(|word| super::shapes::is_number(word));
    // "Our number is six, six and six": telephones are not told in words.
    let told = words.windows(3).any(|three| {
        ["number", "numbers", "code", "rhif", "cod"].contains(&three[0])
            && ["is", "are", "yw"].contains(&three[1])
            && number(&&three[2])
    });
    let coloured = ["white", "black", "wen", "gwyn", "du"].contains(last) && any(words, "house door building tŷ drws");
    let ordinal = words.windows(4).any(|four| {
        on(BEING, four[0])
            && four[1] == "the"
            && on(ORDINALS, four[2])
            && ["home", "house", "one", "building", "flat", "door"].contains(&four[3])
    });
    said || counted || told || coloured || ordinal
}

/// "Meet us in the welcome home", "at the Traveller".
fn is_met_at(words: &[&str], written: &[String]) -> bool {
    let at = |word: &str| ["at", "in", "over", "above", "outside", "by"].contains(&word);
    let entered = words.windows(4).any(|four| {
        ["go", "goes", "come", "comes", "step", "walk"].contains(&four[0])
            && ["into", "inside"].contains(&four[1])
            && four[2] == "the"
            && !on(MEETING, four[3])
    });
    // "The black cat"; of people it is written with a capital.
    let coloured = words.windows(3).enumerate().any(|(from, three)| {
        ["the", "a"].contains(&three[0])
            && ["black", "white"].contains(&three[1])
            && written[from + 1] == three[1]
            && !["women", "people", "men", "community", "communities", "african", "british", "woman", "person"]
                .contains(&three[2])
    });
    let met = words.iter().enumerate().any(|(from, word)| {
        let rest = &words[from + 1..words.len().min(from + 6)];
        (["meet", "meets", "met", "wait", "waits", "sit", "sits"].contains(word)
            || (*word == "find" && rest.first() == Some(&"us")))
            && rest.windows(3).any(|three| at(three[0]) && three[1] == "the" && !on(MEETING, three[2]))
    });
    let named = words.windows(2).enumerate().any(|(from, two)| {
        // "in the UK" has no small letter.
        let capital = written
            .get(from + 2)
            .is_some_and(|word| word.starts_with(char::is_uppercase) && word.chars().any(char::is_lowercase));
        let goes_on = written.get(from + 3).is_some_and(|word| word.chars().all(char::is_alphanumeric));
        at(two[0]) && two[1] == "the" && capital && !goes_on
    });
    met || entered || coloured || named
}

/// "Our office, seven sisters, is open".
fn is_set_beside(words: &[&str], halts: &[bool]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let next = halts.get(at + 1..).unwrap_or_default().iter().take(3).position(|halts| *halts);
        let between = next.map(|next| &words[at + 1..at + 2 + next]);
        halts[at]
            && (on(HOMES, word) || ["office", "swyddfa", "we", "us"].contains(word))
            && between.is_some_and(|between| {
                !between.iter().any(|word| on(BINDING, word))
                    && !["however", "too", "please", "therefore", "though", "also"].contains(&between[0])
            })
    })
}

/// "filled count soap".
fn is_three_words(words: &[&str], written: &[String]) -> bool {
    words.len() == 3 && written[0].starts_with(char::is_lowercase) && !words.iter().any(|word| on(BINDING, word))
}

#[cfg(test)]
mod tests {
    use crate::domain::gate::{Allowed, kept};

    #[test]
    fn listed_words_that_tell_together_do_not_pass() {
        for text in [
            "Put the first letters together: help every young soul.",
            "Our house is called freedom.",
            "The refuge is known as safe return.",
            "We live where three sisters wrote books.",
            "Our refuge is where women began to write.",
            "We are ten minutes from school.",
            "You can hear children at school.",
            "We are the oldest refuge in the country.",
            "We are forty one.",
            "The house is white.",
            "We live at nine.",
            "The house is the third one.",
            "Meet us in the welcome home.",
            "Come and sit in the Traveller.",
            "The house was once a shelter.",
            "Our building is shared with the council.",
            "Look for the one with eleven.",
            "Where the queen slept.",
            "Go into the welcome home.",
            "Ask for us in the black cat.",
            "Our number is six and six.",
            "Our office, seven sisters, is open.",
        ] {
            assert_eq!(kept(text, &Allowed::default()), "", "{text}");
        }
        for text in [
            "This is where you can rest.",
            "We will write a letter for you.",
            "We meet in the evening.",
            "The form takes ten minutes to fill in.",
            "We open at nine.",
            "You will be called back.",
            "Look after yourself first.",
            "Where possible, bring your papers.",
        ] {
            assert_eq!(kept(text, &Allowed::default()), text);
        }
    }
}
