//! What people would expect to stand first.

use kith_index::{Document, Index, Near, Op, Query, Read, Relaxed, Role, Synonyms, Whereabouts, Words};

use crate::world::payload;

fn index(listings: &[(&str, &str, &str, f64)]) -> Index {
    let index = Index::in_memory(payload()).expect("an index");
    let put = |&(id, name, text, lat): &(&str, &str, &str, f64)| Op::Put {
        listing: id.to_owned(),
        documents: vec![Document {
            id: id.to_owned(),
            listing: id.to_owned(),
            name: name.to_owned(),
            text: text.to_owned(),
            terms: if name.contains("Circle") { vec!["suicide-loss".to_owned()] } else { Vec::new() },
            whereabouts: Whereabouts::Point { lat, lon: -1.5 },
            ..Document::default()
        }],
    };
    index.apply(&listings.iter().map(put).collect::<Vec<_>>(), 1, 1).expect("applied");
    index
}

fn found(index: &Index, query: &Query) -> (Vec<String>, Relaxed) {
    let hits = index.reader().search(&Query { limit: 10, ..query.clone() }).expect("an answer");
    (hits.results.hits.into_iter().map(|hit| hit.listing).collect(), hits.relaxed)
}

#[test]
fn a_word_in_the_name_stands_before_the_same_word_in_the_text() {
    let index = index(&[
        ("text", "Tuesday club", "We talk about grief over tea and go for walks.", 53.8),
        ("name", "Grief caf\u{e9}", "We talk over tea and go for walks in the park.", 53.8),
    ]);
    let query = Query { words: Words::parse("grieving GRIEF"), ..Query::default() };
    assert_eq!(found(&index, &Query { words: Words::parse("grief"), ..query }).0, ["name", "text"]);
    assert_eq!(found(&index, &Query { words: Words::parse("cafe"), ..Query::default() }).0, ["name"]);
}

#[test]
fn of_two_equal_ones_the_nearer_stands_first() {
    let index = index(&[("a", "Grief club", "", 53.95), ("b", "Grief club", "", 53.81)]);
    let near = Some(Near { lat: 53.8, lon: -1.5, km: 25.0 });
    assert_eq!(found(&index, &Query { words: Words::parse("grief"), near, ..Query::default() }).0, ["b", "a"]);
    assert_eq!(found(&index, &Query { words: Words::parse("grief"), ..Query::default() }).0, ["a", "b"]);
}

#[test]
fn a_phrase_people_type_finds_listings_with_its_term() {
    let index = index(&[("circle", "The Circle", "", 53.8), ("other", "Lost property", "someone else's", 53.8)]);
    let synonyms = Synonyms::new([("lost someone to suicide", ["suicide-loss"].as_slice())]);
    let words = Words::parse("lost someone to suicide").with_synonyms(&synonyms);
    assert_eq!(found(&index, &Query { words, ..Query::default() }), (vec!["circle".to_owned()], Relaxed::No));
}

#[test]
fn words_are_given_up_openly_and_those_found_are_named() {
    let index = index(&[("a", "Grief walk", "hills and tea", 53.8), ("b", "Chess", "tea", 53.8)]);
    let ask = |text: &str| Query { words: Words::parse(text), limit: 10, ..Query::default() };
    assert_eq!(found(&index, &ask("grief tea zebra")), (vec!["a".to_owned()], Relaxed::Most));
    let hits = index.reader().search(&ask("grief tea zebra")).expect("an answer");
    assert_eq!(hits.understood.words.iter().map(|word| word.found).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(found(&index, &ask("zebra tea")).1, Relaxed::Any);
    assert_eq!(found(&index, &ask("zebra quagga")), (vec![], Relaxed::No));
    assert_eq!(found(&index, &Query { all_words: true, ..ask("grief zebra") }).0, Vec::<String>::new());
}

#[test]
fn a_tombstone_says_that_its_listing_is_gone_and_is_never_found() {
    let index = index(&[("a", "Grief walk", "", 53.8)]);
    let gone = Document {
        id: "a".to_owned(),
        listing: "a".to_owned(),
        role: Role::Tombstone,
        name: "Grief walk".to_owned(),
        body: b"withdrawn".to_vec(),
        ..Document::default()
    };
    index.apply(&[Op::Put { listing: "a".to_owned(), documents: vec![gone] }], 2, 2).expect("applied");
    let reader = index.reader();
    assert_eq!(reader.get("a").expect("read"), Some(Read::Gone("withdrawn".into())));
    assert_eq!(reader.get("b").expect("read"), None);
    assert_eq!(reader.listings().expect("counted"), 0);
    assert_eq!(found(&index, &Query { words: Words::parse("grief"), ..Query::default() }).0, Vec::<String>::new());
}
