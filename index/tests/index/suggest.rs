//! Names begun: what is suggested, in which order, and that every name is what looking at all names would give.

use std::collections::{BTreeMap, HashSet};

use kith_index::{Document, Index, MOST_SUGGESTIONS, Op, Role, Suggestion};

use crate::world::{Random, payload};

fn put(listing: &str, name: &str, role: Role, documents: usize) -> Op {
    let document = |number: usize| Document {
        id: format!("{listing}/{number}"),
        listing: listing.to_owned(),
        role,
        kind: "group".to_owned(),
        name: name.to_owned(),
        ..Document::default()
    };
    Op::Put { listing: listing.to_owned(), documents: (0..documents).map(document).collect() }
}

fn names(index: &Index, text: &str) -> Vec<String> {
    let found = index.reader().suggest(text, 10, &HashSet::new()).expect("suggestions");
    found.into_iter().map(|suggestion| suggestion.name).collect()
}

#[test]
fn words_of_a_name_are_found_by_their_beginning_however_they_are_written() {
    let index = Index::in_memory(payload()).expect("an index");
    let name = "Men\u{2019}s Caf\u{e9} (Hebden)";
    index.apply(&[put("a", name, Role::Hit, 2), put("b", "Gone", Role::Tombstone, 1)], 1, 1).expect("applied");
    for typed in ["m", "men", "Mens", "men's", "CAFE", "caf\u{e9} heb", "hebden m", "hebden men's c", "(heb", "cafe "] {
        assert_eq!(names(&index, typed), [name], "{typed}");
    }
    for typed in ["", " ", "?!", "caf ", "hebd cafe", "cafes", "o", "gone", "\u{1f642}"] {
        assert_eq!(names(&index, typed), [""; 0], "{typed}");
    }
    let found = index.reader().suggest("men", 10, &HashSet::new()).expect("suggestions");
    assert_eq!(found, [Suggestion { listing: "a".to_owned(), name: name.to_owned(), kind: "group".to_owned() }]);
    let withdrawn = HashSet::from(["a".to_owned()]);
    assert_eq!(index.reader().suggest("men", 10, &withdrawn).expect("suggestions"), []);
}

#[test]
fn the_word_itself_then_rare_words_then_short_names_stand_first() {
    let index = Index::in_memory(payload()).expect("an index");
    let names_put = ["Mindful Mornings", "Mindful Walks in the Park", "Mind in Leeds", "Mind", "Mindspace", "Mindful"];
    let ops: Vec<Op> = names_put.iter().map(|name| put(name, name, Role::Record, 1)).collect();
    index.apply(&ops, 1, 1).expect("applied");
    let order = ["Mind", "Mind in Leeds", "Mindspace", "Mindful", "Mindful Mornings", "Mindful Walks in the Park"];
    assert_eq!(names(&index, "mind"), order);
}

#[test]
fn hostile_input_is_bounded() {
    let index = Index::in_memory(payload()).expect("an index");
    let ops: Vec<Op> = (0..300).map(|n| put(&format!("l{n}"), &format!("a{n} b c d"), Role::Hit, 1)).collect();
    index.apply(&ops, 1, 1).expect("applied");
    let reader = index.reader();
    let suggest = |text: &str, limit| reader.suggest(text, limit, &HashSet::new()).expect("suggestions").len();
    assert_eq!(suggest("a", usize::MAX), MOST_SUGGESTIONS);
    assert_eq!(suggest("a", 0), 0);
    assert_eq!(suggest(&"a ".repeat(100_000), 5), 0);
    assert_eq!(suggest(&"a".repeat(100_000), 5), 0);
    assert_eq!(suggest(&("b c d ".repeat(2) + "a"), 5), 5);
}

/// The score of a name as the documentation of the module has it; `None` when it does not match.
fn score(name: &str, typed: &str, with: &BTreeMap<String, usize>, documents: usize) -> Option<f32> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let (last, before) = words.split_last()?;
    let of_name: Vec<&str> = name.split(' ').collect();
    if !before.iter().all(|word| of_name.contains(word)) {
        return None;
    }
    let letters = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>() as f32;
    let share = (letters(&words) / letters(&of_name)).min(1.0);
    let fits = |word: &&&str| if typed.ends_with(' ') { *word == last } else { word.starts_with(last) };
    let scores = of_name.iter().filter(fits).map(|word| {
        let rarity = 1.0 - (with[*word] as f32).ln() / (documents.max(2) as f32).ln();
        f32::from(u8::from(word == last)) + rarity + share
    });
    scores.max_by(f32::total_cmp)
}

#[test]
fn suggestions_are_those_of_looking_at_every_name() {
    let mut found = 0;
    for seed in 0..6 {
        let mut random = Random(seed);
        let word = |random: &mut Random| (0..1 + random.below(4)).map(|_| ['a', 'b'][random.below(2)]).collect();
        let name = |random: &mut Random| {
            let words: Vec<String> = (0..1 + random.below(3)).map(|_| word(random)).collect();
            words.join(" ")
        };
        let index = Index::in_memory(payload()).expect("an index");
        let mut listings: BTreeMap<String, (String, usize)> = BTreeMap::new();
        for round in 0..4 {
            for _ in 0..random.below(8) {
                let mut ops = Vec::new();
                for _ in 0..5 {
                    let (id, name, number) = (format!("l{}", random.below(60)), name(&mut random), 1 + random.below(2));
                    ops.push(put(&id, &name, [Role::Hit, Role::Record][random.below(2)], number));
                    listings.insert(id, (name, number));
                }
                index.apply(&ops, round, round).expect("applied");
            }
            let merged = random.one_in(2);
            if merged {
                // Rarity counts documents deleted and not yet merged away.
                index.optimise().expect("merged");
            }
            let documents = listings.values().map(|(_, number)| number).sum();
            let mut with: BTreeMap<String, usize> = BTreeMap::new();
            for (name, number) in listings.values() {
                let words: HashSet<&str> = name.split(' ').collect();
                words.into_iter().for_each(|word| *with.entry(word.to_owned()).or_default() += number);
            }
            for _ in 0..30 {
                let typed = name(&mut random) + if random.one_in(4) { " " } else { "" };
                let withdrawn: HashSet<String> = (0..4).map(|_| format!("l{}", random.below(60))).collect();
                let limit = [3, MOST_SUGGESTIONS][random.below(2)];
                let told = index.reader().suggest(&typed, limit, &withdrawn).expect("suggestions");
                let mut expected: BTreeMap<&str, f32> = BTreeMap::new();
                for (id, (name, _)) in listings.iter().filter(|(id, _)| !withdrawn.contains(*id)) {
                    expected.extend(score(name, &typed, &with, documents).map(|score| (id.as_str(), score)));
                }
                let ids: HashSet<&str> = told.iter().map(|suggestion| suggestion.listing.as_str()).collect();
                assert_eq!((ids.len(), told.len()), (told.len(), expected.len().min(limit)), "{typed:?}");
                assert!(told.iter().all(|told| listings[&told.listing].0 == told.name && told.kind == "group"));
                found += told.len();
                if merged {
                    let scores: Vec<f32> = told.iter().map(|told| expected[told.listing.as_str()]).collect();
                    let mut best: Vec<f32> = expected.into_values().collect();
                    best.sort_by(|a, b| b.total_cmp(a));
                    best.truncate(limit);
                    let close = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-4;
                    assert!(scores.iter().zip(&best).all(close), "{typed:?}: {scores:?} instead of {best:?}");
                }
            }
        }
    }
    assert!(found > 500, "{found}");
}
