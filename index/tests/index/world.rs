//! Worlds made by seeded chance: documents, changes and queries, all small enough to check by looking at everything.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use kith_index::{
    Code, Document, FacetGroup, Near, Op, Payload, Query, Role, SCHEMA, Sort, Synonym, Synonyms, Whereabouts, Words,
};

/// A seeded source of numbers (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, below: usize) -> usize {
        (self.next() % below as u64) as usize
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// At most so many of them, some perhaps twice.
    pub fn some<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| from[self.below(from.len())].clone()).collect()
    }
}

/// Words that stemming leaves as they are, so that the oracle needs no stemmer.
pub const WORDS: [&str; 12] =
    ["fog", "kelp", "tarn", "moss", "oak", "elm", "rain", "wolf", "loch", "crag", "glen", "brook"];
/// A word, and what counts as it: terms, broader terms, and other phrases.
type Meaning = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);
const MEANINGS: [Meaning; 4] = [
    ("fog", &["term-1", "term-9"], &["term-2", "term-8"], &["rain", "loch the oak"]),
    ("moss", &["term-3"], &["term-4"], &[]),
    ("elm", &[], &[], &["wolf crag", "kelp", "kelp moss"]),
    ("glen", &["term-11"], &["term-5"], &[]),
];
const CENTRES: [(f64, f64); 5] = [(53.8, -1.55), (51.5, -0.1), (89.7, 20.0), (-16.8, 179.98), (-89.9, -70.0)];

/// Twelve terms, of which only the first six get a bit: 250 others come before them.
pub fn terms() -> Vec<String> {
    (0..12).map(|n| format!("term-{n}")).collect()
}

fn codes() -> Vec<String> {
    (0..6).map(|n| format!("E0{n}")).collect()
}

pub fn payload() -> Payload {
    let fillers = (0..250).map(|n| format!("filler-{n}"));
    Payload {
        directory: "test".to_owned(),
        epoch: "first".to_owned(),
        schema: SCHEMA,
        gazetteer: "none".to_owned(),
        sequence: 0,
        public_sequence: 0,
        terms: fillers.chain(terms().into_iter().take(6)).collect(),
    }
}

/// What the index should hold: documents by listing.
pub type World = BTreeMap<String, Vec<Document>>;

fn whereabouts(random: &mut Random) -> Whereabouts {
    let (lat, lon) = CENTRES[random.below(CENTRES.len())];
    let spread = [0.02, 0.5][random.below(2)];
    let lat = (lat + (random.unit() - 0.5) * spread).clamp(-90.0, 90.0);
    let wide = spread / lat.to_radians().cos().abs().max(0.005);
    let lon = lon + (random.unit() - 0.5) * wide.min(300.0);
    Whereabouts::Point { lat, lon: (lon + 540.0).rem_euclid(360.0) - 180.0 }
}

pub fn listing(random: &mut Random, listing: &str) -> Vec<Document> {
    let mode = random.below(6);
    let role = match random.below(12) {
        0 => Role::Tombstone,
        1 => Role::Record,
        _ => Role::Hit,
    };
    let number = if role == Role::Hit && mode < 4 { 1 + random.below(3) } else { 1 };
    let checked = random.below(50) as i64;
    let kind = ["group", "service", "organization"][random.below(3)].to_owned();
    let ended = random.one_in(8);
    let name = random.some(&WORDS, 2).join(" ");
    let text = random.some(&WORDS, 4).join(" ");
    let place_of = |random: &mut Random| match mode {
        0..=3 => whereabouts(random),
        4 => Whereabouts::Area,
        _ => [Whereabouts::Remote, Whereabouts::None][random.below(2)],
    };
    (0..number)
        .map(|n| Document {
            id: format!("{listing}/{n}"),
            listing: listing.to_owned(),
            role,
            kind: kind.clone(),
            organization: random.one_in(2).then(|| format!("org-{}", random.below(3))),
            name: name.clone(),
            names: random.some(&WORDS, 1).join(" "),
            text: text.clone(),
            terms: random.some(&terms(), 4),
            denied: random.some(&terms(), 4),
            ended,
            languages: random.some(&["en".to_owned(), "cy".to_owned()], 2),
            whereabouts: place_of(random),
            areas: random.some(&codes(), 3),
            minimum_age: random.one_in(2).then(|| random.below(30) as f32),
            maximum_age: random.one_in(3).then(|| random.below(60) as f32 + 0.5),
            when: if random.one_in(3) { 0 } else { [1, 6, 64, 1 << 27, 0xff][random.below(5)] },
            checked,
            body: format!("body of {listing}/{n}").into_bytes(),
            record: if n == 0 { format!("record of {listing}").into_bytes() } else { Vec::new() },
            ..Document::default()
        })
        .collect()
}

/// A batch of changes, made to the world as well.
pub fn batch(random: &mut Random, world: &mut World) -> Vec<Op> {
    (0..25)
        .map(|_| {
            let id = format!("l{:02}", random.below(70));
            if random.one_in(5) {
                world.remove(&id);
                Op::Remove { listing: id }
            } else {
                let documents = listing(random, &id);
                world.insert(id.clone(), documents.clone());
                Op::Put { listing: id, documents }
            }
        })
        .collect()
}

/// One thing looked for, as the oracle understands it: a document has the word, a term, or all words of a phrase; or only
/// a broader term.
#[derive(Clone)]
pub struct Looked {
    pub word: String,
    pub terms: Vec<String>,
    pub broader: Vec<String>,
    pub phrases: Vec<Vec<String>>,
}

/// A query, with what it looks for.
pub struct Asked {
    pub query: Query,
    pub groups: Vec<Looked>,
}

fn looked(word: &str) -> Looked {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let meaning = MEANINGS.iter().find(|(of, ..)| *of == word).copied();
    let (_, terms, broader, phrases) = meaning.unwrap_or_default();
    let strong = |phrase: &&str| phrase.split(' ').filter(|word| *word != "the").map(str::to_owned).collect();
    let phrases = phrases.iter().map(strong).collect();
    Looked { word: word.to_owned(), terms: own(terms), broader: own(broader), phrases }
}

fn facet(random: &mut Random) -> FacetGroup {
    let any = random.some(&terms(), 3);
    let ask = if random.one_in(2) { random.some(&terms(), 3) } else { Vec::new() };
    FacetGroup { any, ask, unless_denied: random.one_in(3) }
}

/// Ids of some listings that may exist.
pub fn some_ids(random: &mut Random) -> HashSet<String> {
    (0..random.below(6)).map(|_| format!("l{:02}", random.below(70))).collect()
}

pub fn query(random: &mut Random) -> Asked {
    let synonyms = Synonyms::new(MEANINGS.into_iter().map(|(phrase, terms, broader, phrases)| Synonym {
        phrase,
        terms: terms.to_vec(),
        broader: broader.to_vec(),
        phrases: phrases.to_vec(),
    }));
    let mut words: Vec<&str> = random.some(&WORDS, 4);
    words.sort_unstable();
    words.dedup();
    let (lat, lon) = CENTRES[random.below(CENTRES.len())];
    let km = [0.7, 3.0, 20.0, 60.0, 400.0, 12_000.0][random.below(6)];
    let near = (!random.one_in(3)).then_some(Near { lat, lon, km });
    let areas: Vec<Code> = random.some(&codes(), 3).into_iter().map(Code::Owned).collect();
    let withdrawn = if random.one_in(2) { some_ids(random) } else { HashSet::new() };
    let query = Query {
        words: Words::parse(&words.join(" ")).with_synonyms(&synonyms),
        all_words: random.one_in(6),
        near,
        areas_here: areas.iter().take(1).cloned().collect(),
        areas,
        area_unstated: random.one_in(3).then(|| codes()[5].clone()),
        within_areas: if random.one_in(4) {
            random.some(&codes(), 2).into_iter().map(Code::Owned).collect()
        } else {
            Vec::new()
        },
        facets: (0..[0, 0, 1, 2][random.below(4)]).map(|_| facet(random)).collect(),
        age: random.one_in(4).then(|| random.below(60) as u8),
        when: if random.one_in(4) { [1, 2, 4, 64 | 1 << 27][random.below(4)] } else { 0 },
        when_stated: random.one_in(2),
        strict: random.one_in(4),
        kinds: if random.one_in(3) { vec!["group".to_owned(), "unheard-of".to_owned()] } else { Vec::new() },
        organization: random.one_in(5).then(|| "org-1".to_owned()),
        languages: if random.one_in(5) { vec!["cy".to_owned()] } else { Vec::new() },
        sort: [Sort::Best, Sort::Distance, Sort::RecentlyChecked][random.below(3)],
        limit: 1000,
        covers_limit: 1000,
        counts: true,
        count_all: random.one_in(2),
        withdrawn: Arc::new(withdrawn),
        tie_key: random.next(),
        ..Query::default()
    };
    Asked { query, groups: words.into_iter().map(looked).collect() }
}
