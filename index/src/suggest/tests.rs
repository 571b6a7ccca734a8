//! Every answer is what looking at all names gives: through deletes, withdrawals, several segments and merges.

use std::collections::{HashMap, HashSet};

use crate::analysis::name_words;
use crate::columns::TOMBSTONE;
use crate::suggest::{FEW, Typed};
use crate::test_support::{Random, payload};
use crate::{Document, Index, MOST_SUGGESTIONS, Op, Reader, Role, Suggestion};

/// Every name of every segment, and how many documents have each word.
struct Naive {
    names: Vec<(u64, Suggestion, Vec<String>, usize)>,
    found: HashMap<Vec<u8>, u32>,
    documents: f32,
}

impl Naive {
    fn new(reader: &Reader) -> Self {
        let documents = reader.snapshot.documents.max(2) as f32;
        let mut out = Self { names: Vec::new(), found: HashMap::new(), documents };
        for segment in &reader.snapshot.segments {
            let mut stream = segment.exact.terms().stream().expect("readable");
            while stream.advance() {
                *out.found.entry(stream.key().to_vec()).or_default() += stream.value().doc_freq;
            }
            for doc in segment.reader.doc_ids_alive() {
                let entry = segment.columns.entries.get(doc).expect("readable");
                let (words, letters) = name_words(entry.name);
                let (listing, name) = (entry.listing.to_owned(), entry.name.to_owned());
                let told = Suggestion { listing, name, kind: "group".to_owned() };
                if segment.columns.flags[doc as usize] & TOMBSTONE == 0 {
                    out.names.push((segment.columns.listings[doc as usize], told, words, letters));
                }
            }
        }
        out
    }

    /// The answer by looking at every name.
    fn suggest(&self, text: &str, limit: usize, withdrawn: &HashSet<String>) -> Vec<Suggestion> {
        let Some(typed) = Typed::new(text) else { return Vec::new() };
        let mut best: HashMap<u64, (f32, &Suggestion)> = HashMap::new();
        for (key, told, words, letters) in &self.names {
            if withdrawn.contains(&told.listing) || !typed.before.iter().all(|word| words.contains(word)) {
                continue;
            }
            let fits = |word: &&String| **word == typed.last || !typed.last_is_whole && word.starts_with(&typed.last);
            let scores = words.iter().filter(fits).map(|word| {
                let rarity = 1.0 - (self.found[word.as_bytes()].max(1) as f32).ln() / self.documents.ln();
                f32::from(u8::from(*word == typed.last)) + rarity.clamp(0.0, 1.0)
            });
            let Some(score) = scores.max_by(f32::total_cmp) else { continue };
            let score = score + (typed.letters as f32 / *letters.min(&255) as f32).min(1.0);
            best.entry(*key).or_insert((score, told));
        }
        let mut best: Vec<_> = best.into_iter().map(|(key, (score, told))| (score, key, told)).collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.into_iter().take(limit.min(MOST_SUGGESTIONS)).map(|(_, _, told)| told.clone()).collect()
    }
}

/// Words of few syllables: some in most names, many in one or two.
fn word(random: &mut Random) -> String {
    const SYLLABLES: [&str; 8] = ["ba", "be", "bo", "ca", "ce", "da", "e", "n\u{f4}"];
    let rare = random.unit() * random.unit() * random.unit();
    let mut number = (rare * 4096.0) as usize;
    (0..1 + number % 4).fold(String::new(), |mut word, _| {
        word += SYLLABLES[number % 8];
        number /= 8;
        word
    })
}

fn name(random: &mut Random) -> String {
    (0..1 + random.below(4)).map(|_| word(random) + ["", "", "", "'s"][random.below(4)] + " ").collect()
}

fn put(random: &mut Random, listing: usize) -> Op {
    let listing = format!("l{listing}");
    let name = name(random);
    let role = [Role::Hit, Role::Hit, Role::Record, Role::Tombstone][random.below(4)];
    let document = |number: usize| Document {
        id: format!("{listing}/{number}"),
        listing: listing.clone(),
        role,
        kind: "group".to_owned(),
        name: name.clone(),
        ..Document::default()
    };
    Op::Put { documents: (0..1 + random.below(3)).map(document).collect(), listing }
}

fn typed(random: &mut Random) -> String {
    let mut text: String = (0..[0, 0, 0, 1, 1, 2][random.below(6)]).map(|_| word(random) + " ").collect();
    let last = word(random);
    text.extend(last.chars().take(1 + random.below(last.len())));
    text + ["", "", " "][random.below(3)]
}

fn agree(index: &Index, random: &mut Random, listings: usize, rounds: usize) -> usize {
    let reader = index.reader();
    let every = Naive::new(&reader);
    let mut found = 0;
    for _ in 0..rounds {
        let text = typed(random);
        let withdrawn = (0..random.below(1 + listings / 8)).map(|_| format!("l{}", random.below(listings))).collect();
        let limit = [1, 3, 8, MOST_SUGGESTIONS][random.below(4)];
        let told = reader.suggest(&text, limit, &withdrawn).expect("readable");
        assert_eq!(told, every.suggest(&text, limit, &withdrawn), "{text:?}, {limit}");
        found += told.len();
    }
    found
}

#[test]
fn suggestions_are_those_of_looking_at_every_name_of_every_segment() {
    let mut found = 0;
    for seed in 0..4 {
        let mut random = Random::new(seed);
        let index = Index::in_memory(payload(&[])).expect("an index");
        for round in 0..6 {
            let ops: Vec<Op> = (0..[400, 40, 1][random.below(3)])
                .map(|_| match (random.below(600), random.below(6)) {
                    (listing, 0) => Op::Remove { listing: format!("l{listing}") },
                    (listing, _) => put(&mut random, listing),
                })
                .collect();
            index.apply(&ops, round, round).expect("applied");
            if random.below(4) == 0 {
                index.optimise().expect("merged");
            }
            found += agree(&index, &mut random, 600, 60);
        }
    }
    assert!(found > 3_000, "{found}");
}

/// Words that thousands of names have are found by the shortest of them, and by all where those do not do.
#[test]
fn words_of_very_many_names_are_looked_up_as_exactly_as_rare_ones() {
    let mut random = Random::new(9);
    let index = Index::in_memory(payload(&[])).expect("an index");
    let listings = 3 * FEW;
    let ops: Vec<Op> = (0..listings).map(|listing| put(&mut random, listing)).collect();
    index.apply(&ops, 1, 1).expect("applied");
    let few: Vec<Op> = (0..40).map(|listing| put(&mut random, listing)).collect();
    index.apply(&few, 2, 2).expect("applied");
    assert_eq!(index.segment_sizes().len(), 2);
    let reader = index.reader();
    let commonest = reader.snapshot.segments.iter().flat_map(|segment| &segment.names.found).max();
    assert!(commonest > Some(&(FEW as u32)), "{commonest:?}");
    assert!(agree(&index, &mut random, listings, 80) > 500);
    let every = Naive::new(&reader);
    // What is withdrawn is just what was shown: what comes after it must be found as well.
    let mut withdrawn: HashSet<String> = HashSet::new();
    for _ in 0..30 {
        for text in ["ba", "b", "ba e", "ba ba b", "ba ba ba ba ba ba ba "] {
            let told = reader.suggest(text, 8, &withdrawn).expect("readable");
            assert_eq!(told, every.suggest(text, 8, &withdrawn), "{text}");
            withdrawn.extend(told.into_iter().map(|told| told.listing));
        }
    }
    assert!(withdrawn.len() > 500, "{}", withdrawn.len());
}
