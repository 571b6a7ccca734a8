//! Invented listings round invented towns, and questions about them: the same for every benchmark of the index.

use std::path::Path;

use kith_index::{Document, FacetGroup, Index, Near, Op, Payload, Query, SCHEMA, Whereabouts, Words};

use crate::support::Random;

const TERMS: usize = 180;
const IMPORTED: usize = 600;
const VOCABULARY: usize = 20_000;

/// Centre and spread of an invented town, in degrees.
pub type Town = (f64, f64, f64);

/// Sixty towns, the first of which is the largest.
pub fn towns(random: &mut Random) -> Vec<Town> {
    (0..60).map(|_| (50.5 + random.unit() * 7.0, -5.0 + random.unit() * 6.0, 0.02 + random.unit() * 0.15)).collect()
}

/// An index without listings.
pub fn empty(folder: &Path) -> Index {
    let payload = Payload {
        directory: "bench".to_owned(),
        epoch: "1".to_owned(),
        schema: SCHEMA,
        gazetteer: "none".to_owned(),
        sequence: 0,
        public_sequence: 0,
        terms: (0..TERMS).map(|n| format!("term-{n}")).collect(),
    };
    Index::create(folder, payload).expect("an index")
}

/// A word by rank: common ones far more often, as in real text.
pub fn word(random: &mut Random, from: f64, to: usize) -> String {
    let rank = from * (to as f64 / from).powf(random.unit());
    format!("w{}", rank as usize)
}

/// A word of syllables, as names have them: 30,000 words, common ones far more often.
pub fn spelled(random: &mut Random) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "ca", "da", "ga", "ha", "la", "ma", "na", "be", "ce", "de", "fe", "le", "me", "ne", "re", "co", "do",
        "ho", "lo", "mo", "no", "ro", "so", "bi", "di", "fi", "hi", "li", "mi", "ni", "ti",
    ];
    let rank = 30_000_f64.powf(random.unit()) as u64;
    let mut mixed = (rank * 0x9e37_79b9) % 32_768;
    let mut out = String::new();
    for _ in 0..3 {
        out += SYLLABLES[(mixed % 32) as usize];
        mixed /= 32;
    }
    out
}

pub fn text(random: &mut Random, words: usize) -> String {
    (0..words).map(|_| word(random, 1.0, VOCABULARY) + " ").collect()
}

pub fn term(random: &mut Random) -> String {
    format!("term-{}", (TERMS as f64 * random.unit() * random.unit() * random.unit()) as usize)
}

/// A term of a source: the first few dozen get bits, the rest come too late for one.
pub fn imported(random: &mut Random) -> String {
    format!("imported-{}", random.below(IMPORTED))
}

/// A place in or about a town.
pub fn about((lat, lon, spread): Town, random: &mut Random) -> (f64, f64) {
    let mut bell = || (0..4).map(|_| random.unit()).sum::<f64>() - 2.0;
    (lat + bell() * spread, lon + bell() * spread * 1.6)
}

pub fn point(towns: &[Town], random: &mut Random) -> (f64, f64) {
    if random.below(10) == 0 {
        return (50.5 + random.unit() * 7.0, -5.0 + random.unit() * 6.0);
    }
    about(towns[(towns.len() as f64 * random.unit() * random.unit()) as usize], random)
}

pub fn put(n: usize, towns: &[Town], random: &mut Random) -> Op {
    let listing = format!("{:08x}-0000-7000-8000-{n:012x}", random.next() as u32);
    let mut terms: Vec<String> = (0..3 + random.below(5)).map(|_| term(random)).collect();
    terms.push(imported(random));
    let first = Document {
        listing: listing.clone(),
        kind: "group".to_owned(),
        name: format!("{}{} {}", text(random, 2), spelled(random), spelled(random)),
        names: text(random, 2),
        text: text(random, 80),
        terms,
        minimum_age: (random.below(3) == 0).then_some([0.0, 11.0, 18.0][random.below(3)]),
        languages: vec!["en".to_owned()],
        areas: vec!["nation".to_owned(), format!("region-{}", n % 12)],
        body: vec![b'x'; 900 + random.below(300)],
        ..Document::default()
    };
    let places = if random.below(10) == 0 { 1 + random.below(3) } else { 1 };
    let documents = (0..places).map(|place| {
        let (lat, lon) = point(towns, random);
        Document {
            id: if places == 1 { listing.clone() } else { format!("{listing}/{place}") },
            whereabouts: Whereabouts::Point { lat, lon },
            record: if place == 0 { vec![b'y'; 2000] } else { Vec::new() },
            ..first.clone()
        }
    });
    Op::Put { documents: documents.collect(), listing }
}

pub fn facets(random: &mut Random, groups: usize) -> Vec<FacetGroup> {
    (0..groups).map(|_| FacetGroup::from(vec![term(random)])).collect()
}

pub fn query(towns: &[Town], random: &mut Random, words: bool) -> Query {
    let (lat, lon) = point(towns, random);
    let typed: String =
        if words { (0..1 + random.below(3)).map(|_| word(random, 15.0, 5000) + " ").collect() } else { String::new() };
    Query {
        words: Words::parse(&typed),
        all_words: true,
        near: Some(Near { lat, lon, km: [1.0, 5.0, 25.0][random.below(3)] }),
        facets: {
            let groups = random.below(3);
            facets(random, groups)
        },
        limit: 20,
        counts: true,
        ..Query::default()
    }
}
