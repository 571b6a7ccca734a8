//! What people would expect to stand first.

use kith_index::{
    Document, FacetGroup, Index, Near, Op, Query, Read, Relaxed, Role, Sort, Synonym, Synonyms, Whereabouts, Words,
};

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
    let synonyms = Synonyms::new([Synonym {
        phrase: "lost someone to suicide",
        terms: vec!["suicide-loss"],
        ..Synonym::default()
    }]);
    let words = Words::parse("lost someone to suicide").with_synonyms(&synonyms);
    assert_eq!(found(&index, &Query { words, ..Query::default() }), (vec!["circle".to_owned()], Relaxed::No));
}

#[test]
fn other_words_for_what_was_typed_find_too_and_stand_after_it() {
    let index = index(&[
        ("other", "Bereavement caf\u{e9}", "", 53.8),
        ("typed", "Grief caf\u{e9}", "", 53.8),
        ("half", "Loss adjusters", "", 53.8),
        ("phrase", "Walks", "for those living with the loss of a child", 53.8),
    ]);
    let phrases = vec!["bereavement support", "loss of a child"];
    let synonyms = Synonyms::new([Synonym { phrase: "grief", phrases, ..Synonym::default() }]);
    let query = |text: &str| Query { words: Words::parse(text).with_synonyms(&synonyms), ..Query::default() };
    let (listings, relaxed) = found(&index, &query("grief"));
    assert_eq!((listings[0].as_str(), listings.len(), relaxed), ("typed", 3, Relaxed::No));
    assert!(!listings.contains(&"half".to_owned()));
    assert_eq!(found(&index, &query("grief cafe")), (vec!["typed".to_owned(), "other".to_owned()], Relaxed::No));
}

#[test]
fn another_word_scores_seven_tenths_of_the_one_typed() {
    let index = index(&[("a", "Grief caf\u{e9}", "", 53.8), ("b", "Moss caf\u{e9}", "", 53.8)]);
    let synonyms = Synonyms::new([Synonym { phrase: "grief", phrases: vec!["moss"], ..Synonym::default() }]);
    let words = Words::parse("grief").with_synonyms(&synonyms);
    let hits = index.reader().search(&Query { words, limit: 10, ..Query::default() }).expect("an answer").results.hits;
    assert_eq!(hits.iter().map(|hit| hit.listing.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!((hits[1].score / hits[0].score - 0.7).abs() < 1e-5);
}

#[test]
fn what_is_stated_stands_before_what_has_to_be_asked() {
    let index = Index::in_memory(payload()).expect("an index");
    let put = |id: &str, term: &str, lat: f64| Op::Put {
        listing: id.to_owned(),
        documents: vec![Document {
            id: id.to_owned(),
            listing: id.to_owned(),
            terms: vec![term.to_owned()],
            whereabouts: Whereabouts::Point { lat, lon: -1.5 },
            ..Document::default()
        }],
    };
    let far = put("far", "free", 53.9);
    let ops = [put("near", "cost:not-stated", 53.81), far, put("paid", "fee", 53.82)];
    index.apply(&ops, 1, 1).expect("applied");
    let free =
        FacetGroup { any: vec!["free".to_owned()], ask: vec!["cost:not-stated".to_owned()], ..FacetGroup::default() };
    let near = Some(Near { lat: 53.8, lon: -1.5, km: 25.0 });
    let query = Query { facets: vec![free], near, ..Query::default() };
    assert_eq!(found(&index, &query).0, ["far", "near"]);
    assert_eq!(found(&index, &Query { sort: Sort::Distance, ..query.clone() }).0, ["near", "far"]);
    assert_eq!(found(&index, &Query { strict: true, ..query }).0, ["far"]);
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

#[test]
fn documents_of_equal_words_score_the_same_wherever_they_stand() {
    let index = Index::in_memory(payload()).expect("an index");
    let put = |n: usize| {
        let listing = format!("l{n:03}");
        let document = |place: usize| Document {
            id: format!("{listing}/{place}"),
            listing: listing.clone(),
            name: if n.is_multiple_of(3) { "tarn club" } else { "moss club" }.to_owned(),
            text: "tarn moss".to_owned(),
            whereabouts: Whereabouts::Point { lat: 53.8 + n as f64 * 1e-4, lon: -1.5 + place as f64 * 1e-3 },
            ..Document::default()
        };
        Op::Put {
            documents: (0..1 + usize::from(n.is_multiple_of(5))).map(document).collect(),
            listing: listing.clone(),
        }
    };
    index.apply(&(0..400).map(put).collect::<Vec<_>>(), 1, 1).expect("applied");
    let near = Some(Near { lat: 53.8, lon: -1.5, km: 50.0 });
    for (near, typed) in [(near, "tarn"), (None, "tarn"), (near, "club tarn")] {
        let query = Query { near, words: Words::parse(typed), sort: Sort::Distance, limit: 1000, ..Query::default() };
        let hits = index.reader().search(&query).expect("an answer").results.hits;
        let score = |n: usize| hits.iter().find(|hit| hit.listing == format!("l{n:03}")).expect("found").score;
        assert!(hits.len() == 400 && score(0) > score(1));
        assert!((0..400).all(|n| score(n) == score(usize::from(!n.is_multiple_of(3)))), "{typed}");
    }
}
