//! Words that tell the way to a place: "opposite the station", "on Mill Lane", "ger yr eglwys".

/// What is said of a place beside something, in English and Welsh; what follows may be any name.
const BESIDE: [&str; 34] = [
    "opposite",
    "next to",
    "next door to",
    "next door but one to",
    "across from",
    "across the road from",
    "across the street from",
    "around the corner from",
    "round the corner from",
    "the corner of",
    "just off",
    "adjacent to",
    "walk from",
    "minutes from",
    "a stone's throw from",
    "in front of",
    "along from",
    "up the road from",
    "down the road from",
    "backs onto",
    "backs on to",
    "behind",
    "at the back of",
    "at the rear of",
    "gyferbyn â",
    "gyferbyn ag",
    "wrth ymyl",
    "tu ôl i",
    "drws nesaf i",
    "o flaen",
    "ar bwys",
    "ger",
    "rownd y gornel o",
    "gerllaw",
];
/// What is said of other things too; only what one can stand beside may follow.
const NEAR: [&str; 12] = [
    "by",
    "near",
    "near to",
    "beside",
    "close to",
    "above",
    "over",
    "facing",
    "wrth",
    "yn agos at",
    "yn agos i",
    "uwchben",
];
/// What one can stand beside, in English and, also mutated, in Welsh.
const LANDMARKS: [&str; 116] = [
    "church",
    "chapel",
    "cathedral",
    "mosque",
    "temple",
    "station",
    "school",
    "college",
    "university",
    "library",
    "park",
    "hospital",
    "surgery",
    "pharmacy",
    "chemist",
    "supermarket",
    "tesco",
    "asda",
    "aldi",
    "lidl",
    "sainsbury",
    "sainsburys",
    "morrisons",
    "co-op",
    "shop",
    "shops",
    "bakery",
    "butcher",
    "bank",
    "pub",
    "inn",
    "cafe",
    "café",
    "takeaway",
    "post",
    "police",
    "fire",
    "bus",
    "railway",
    "town",
    "village",
    "market",
    "roundabout",
    "crossroads",
    "canal",
    "river",
    "bridge",
    "harbour",
    "pier",
    "beach",
    "stadium",
    "cinema",
    "theatre",
    "museum",
    "castle",
    "cemetery",
    "graveyard",
    "mill",
    "green",
    "playground",
    "garage",
    "clock",
    "war",
    "leisure",
    "community",
    "shopping",
    "retail",
    "car",
    "traffic",
    "football",
    "cricket",
    "golf",
    "swimming",
    "primary",
    "health",
    "medical",
    "old",
    "eglwys",
    "heglwys",
    "capel",
    "gapel",
    "chapel",
    "gorsaf",
    "orsaf",
    "ysgol",
    "llyfrgell",
    "parc",
    "barc",
    "ysbyty",
    "archfarchnad",
    "tafarn",
    "dafarn",
    "swyddfa",
    "neuadd",
    "marchnad",
    "farchnad",
    "siop",
    "pont",
    "bont",
    "afon",
    "meddygfa",
    "feddygfa",
    "coleg",
    "goleg",
    "mosg",
    "castell",
    "gastell",
    "sgwâr",
    "maes",
    "canolfan",
    "ganolfan",
    "traeth",
    "draeth",
    "cae",
    "gae",
    "cofeb",
];
/// What may stand before the name of a place.
const ARTICLES: [&str; 8] = ["the", "a", "an", "our", "st", "y", "yr", "r"];
/// What comes before a doer, not before a place: "run by the church".
const DONE: [&str; 16] = [
    "run", "led", "given", "held", "taken", "made", "paid", "sent", "written", "known", "set", "up", "overseen",
    "chosen", "seen", "rhedeg",
];
/// Words with a capital that name no place.
const NO_NAMES: [&str; 24] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "I",
    "Closed",
    "Christmas",
    "Easter",
    "Bars",
];
/// The last word of a street's name.
const STREETS: [&str; 15] = [
    "Street", "Road", "Lane", "Avenue", "Crescent", "Terrace", "Gardens", "Grove", "Square", "Mews", "Parade", "Close",
    "Drive", "Hill", "Row",
];
/// The first word of a street's name in Welsh.
const WELSH_STREETS: [&str; 6] = ["Heol", "Stryd", "Ffordd", "Lôn", "Rhodfa", "Maes-y"];

/// Whether a text tells the way.
pub fn tells_way(text: &str) -> bool {
    // A sentence at a time: what ends one is not the place that the next begins with.
    text.split(['.', ';', '!', '?', '\n']).any(|sentence| {
        let words: Vec<&str> = sentence
            .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '’' || c == '\''))
            .flat_map(apart)
            .filter(|word| !word.is_empty())
            .collect();
        beside(&words) || street(&words)
    })
}

/// Welsh runs an article into the word before it: `i'r`.
fn apart(word: &str) -> [&str; 2] {
    match word.rsplit_once(['\'', '’']) {
        Some((before, "r")) => [before, "r"],
        _ => [word, ""],
    }
}

fn beside(words: &[&str]) -> bool {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let follows = |at: usize, phrase: &str| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        lower[at..].len() > phrase.len() && phrase.iter().zip(&lower[at..]).all(|(a, b)| a == b)
    };
    let landmark = |from: usize| {
        let from = from + usize::from(lower.get(from).is_some_and(|word| ARTICLES.contains(&word.as_str())));
        // Up to two words may say more of it: "the old Methodist church".
        (from..from + 3)
            .filter_map(|at| lower.get(at))
            .any(|word| LANDMARKS.contains(&word.trim_end_matches("'s").trim_end_matches("’s")))
    };
    let name = |from: usize| {
        let from = from + usize::from(lower.get(from).is_some_and(|word| ARTICLES.contains(&word.as_str())));
        words.get(from).is_some_and(|word| word.starts_with(char::is_uppercase) && !NO_NAMES.contains(word))
    };
    (0..words.len()).any(|at| {
        let after = |phrases: &[&str]| {
            phrases.iter().filter(|phrase| follows(at, phrase)).map(|phrase| at + phrase.split(' ').count()).max()
        };
        if after(&BESIDE).is_some_and(|from| landmark(from) || name(from)) {
            return true;
        }
        let done = at > 0 && (lower[at - 1].ends_with("ed") || DONE.contains(&lower[at - 1].as_str()));
        after(&NEAR).is_some_and(|from| !done && landmark(from))
    })
}

/// `on Mill Lane`, `Heol y Bont`.
fn street(words: &[&str]) -> bool {
    let capital = |word: &&str| word.starts_with(char::is_uppercase);
    words.iter().enumerate().any(|(at, word)| {
        let next = &words[at + 1..];
        if WELSH_STREETS.contains(word) {
            return next.iter().take(2).any(capital);
        }
        let before = ["on", "in", "off", "at", "along", "down", "up"].contains(&word.to_lowercase().as_str());
        let names = next.iter().take(4).take_while(|word| capital(word)).count();
        before && next[..names].iter().skip(1).any(|word| STREETS.contains(word))
    })
}
