//! Invented listings as the domain makes them, and what is asked of them: seeded, so that every run has the same.

use kith::{
    directory::{
        document::{self, Places},
        request::SearchRequest,
    },
    domain::{
        clock::Timestamp,
        entry::{Aggregate, Entry, Origin, ServiceFacts, Source, Standing},
        id::Id,
        listing::Joined,
        location::Location,
        organization::Organization,
        place::PlaceMode,
        read,
        service::Service,
        vocabulary::{Facet, Term, vocabulary},
    },
};
use kith_index::Op;
use serde_json::{Value, json};

use crate::support::Random;

/// Words that texts are made of, the common ones first.
const VOCABULARY: usize = 20_000;
/// Words of a description.
const WORDS: usize = 60;
/// Cities with their weights, so that listings crowd where people do.
const CITIES: [(f64, f64, f64); 16] = [
    (51.507, -0.128, 90.0),
    (52.486, -1.890, 28.0),
    (53.481, -2.243, 28.0),
    (53.801, -1.549, 19.0),
    (55.864, -4.252, 17.0),
    (53.383, -1.466, 14.0),
    (53.408, -2.992, 14.0),
    (55.953, -3.188, 13.0),
    (51.455, -2.588, 12.0),
    (54.978, -1.618, 11.0),
    (51.482, -3.179, 9.0),
    (52.955, -1.158, 9.0),
    (54.597, -5.930, 8.0),
    (50.905, -1.404, 7.0),
    (50.376, -4.143, 7.0),
    (52.630, 1.297, 6.0),
];

/// One thing asked, in a form for each server.
pub struct Question {
    /// Words, joined with spaces; empty for none. The beginning of one word where `begun`.
    pub words: String,
    /// Whether the words are the beginning of a name.
    pub begun: bool,
    /// Latitude, longitude, kilometres; without these it is left to the search how far to go.
    pub circle: Option<(f64, f64, Option<f64>)>,
    /// Terms, any of them, all of one facet.
    pub terms: Vec<String>,
}

impl Question {
    /// What Kith is asked, for who asks it without HTTP; a name begun is asked for in another way.
    pub fn request(&self) -> SearchRequest {
        let (latitude, longitude) = self.circle.map(|(latitude, longitude, _)| (latitude, longitude)).unzip();
        SearchRequest {
            q: Some(self.words.clone()).filter(|words| !words.is_empty()),
            latitude,
            longitude,
            within_km: self.circle.and_then(|(.., km)| km),
            facets: if self.terms.is_empty() { Vec::new() } else { vec![(Facet::Need, self.terms.clone())] },
            ..SearchRequest::default()
        }
    }

    /// The path that asks Kith.
    pub fn path(&self) -> String {
        if self.begun {
            return format!("/v1/suggest?q={}", self.words);
        }
        let mut parts = Vec::new();
        if !self.words.is_empty() {
            parts.push(format!("q={}", self.words.replace(' ', "+")));
        }
        if let Some((latitude, longitude, km)) = self.circle {
            parts.push(format!("latitude={latitude:.5}&longitude={longitude:.5}"));
            parts.extend(km.map(|km| format!("within_km={km}")));
        }
        parts.extend(self.terms.iter().map(|term| format!("need={term}")));
        format!("/v1/search?{}", parts.join("&"))
    }
}

/// Makes listings and questions.
pub struct World {
    words: Vec<String>,
    needs: Vec<&'static Term>,
    terms: Vec<&'static Term>,
    source: Source,
    organizations: Vec<Entry<Organization>>,
    now: Timestamp,
}

impl World {
    /// The same world each time, with an organisation for each twenty listings.
    pub fn new(listings: usize) -> Self {
        let mut random = Random(7);
        let syllables =
            ["ba", "do", "ku", "la", "mo", "na", "po", "ro", "ta", "vo", "zu", "ka", "lo", "du", "fa", "go"];
        let words = (0..VOCABULARY).map(|at| {
            let mut word: String = (0..2 + random.below(2)).map(|_| syllables[random.below(16)]).collect();
            // Each word once: its number, in syllables.
            word.extend([at % 16, at / 16 % 16, at / 256 % 16, at / 4096 % 16].map(|digit| syllables[digit]));
            word
        });
        let (now, source) = (Timestamp::from_millis(1_795_000_000_000).expect("in range"), Id::from_u128(1));
        let mut world = Self {
            words: words.collect(),
            needs: vocabulary().facet(Facet::Need).filter(|term| !term.at_risk).collect(),
            terms: vocabulary().terms.iter().filter(|term| !term.at_risk).collect(),
            source: Source {
                id: source,
                name: "bench".to_owned(),
                url: Some("https://bench.example".to_owned()),
                licence: Some("CC0-1.0".to_owned()),
                attribution: None,
            },
            organizations: Vec::new(),
            now,
        };
        world.organizations = (0..listings.div_ceil(20))
            .map(|number| {
                let name = world.some(&mut random, 3);
                world.entry(&json!({ "id": uuid(2, number), "name": name, "description": "" }))
            })
            .collect();
        world
    }

    /// The listing of a number, as what the follower would apply.
    pub fn listing(&self, number: usize) -> Op {
        document::put(&self.joined(number).public(&Places).expect("it is published"))
    }

    /// The listing of a number, as it comes from the store.
    pub fn joined(&self, number: usize) -> Joined {
        let mut random = Random(number as u64 ^ 0x5eed_0000_0000);
        let (latitude, longitude) = point(&mut random);
        let terms = 3 + random.below(6);
        let attributes: Vec<Value> = (0..terms)
            .map(|nth| {
                let term = self.terms[skewed(&mut random, self.terms.len())];
                json!({ "id": uuid(6 + nth, number), "taxonomy_term": {
                    "id": term.hsds_id().to_string(), "code": term.id, "name": term.label, "description": "", "taxonomy": "kith" } })
            })
            .collect();
        let day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][random.below(7)];
        let words = WORDS / 2 + random.below(WORDS);
        let mut service: Entry<Service> = self.entry(&json!({
            "id": uuid(3, number), "name": self.some(&mut random, 3), "status": "active",
            "description": self.some(&mut random, words), "attributes": attributes,
            "phones": [{ "id": uuid(4, number), "number": format!("01632 {:06}", number % 1_000_000), "type": "voice" }],
            "languages": [{ "id": uuid(14, number), "code": "en", "name": "English" }],
            "fees_description": "Free.",
            "schedules": [{ "id": uuid(15, number), "freq": "WEEKLY", "byday": day, "dtstart": "2026-01-05",
                "opens_at": "18:30", "closes_at": "20:00" }],
        }));
        service.facts = ServiceFacts { mode: PlaceMode::Exact, ..ServiceFacts::default() };
        let location: Entry<Location> = self.entry(&json!({
            "id": uuid(5, number), "location_type": "physical", "name": self.some(&mut random, 2),
            "latitude": latitude, "longitude": longitude,
        }));
        Joined {
            organization: Some(self.organizations[number / 20].clone()),
            service: Some(service),
            places: vec![(None, location)],
            services: Vec::new(),
            has_open_services: false,
            leads_to_open: false,
            linked: None,
            reported: false,
            held: None,
            source: self.source.clone(),
        }
    }

    /// A question of the mix: text 20 %, circle 20 %, both 35 %, both with one or two terms 20 %, a name begun 5 %.
    pub fn question(&self, random: &mut Random) -> Question {
        match random.below(100) {
            0..20 => self.ask(random, true, false, 0),
            20..40 => self.ask(random, false, true, 0),
            40..75 => self.ask(random, true, true, 0),
            75..95 => {
                let terms = 1 + random.below(2);
                self.ask(random, true, true, terms)
            }
            _ => self.begun(random),
        }
    }

    /// One to three words, a circle of 1, 5 or 25 kilometres round where people live, and so many terms.
    pub fn ask(&self, random: &mut Random, words: bool, circle: bool, terms: usize) -> Question {
        let circle = circle.then(|| {
            let (latitude, longitude) = point(random);
            (round(latitude), round(longitude), Some([1.0, 5.0, 25.0][random.below(3)]))
        });
        let words = if words { 1 + random.below(3) } else { 0 };
        let words: Vec<&str> = (0..words).map(|_| self.word(random)).collect();
        let terms = (0..terms).map(|_| self.needs[skewed(random, self.needs.len())].id.clone()).collect();
        Question { words: words.join(" "), begun: false, circle, terms }
    }

    fn begun(&self, random: &mut Random) -> Question {
        let word = self.word(random);
        let words = word[..2 + random.below(4)].to_owned();
        Question { words, begun: true, circle: None, terms: Vec::new() }
    }

    fn word(&self, random: &mut Random) -> &str {
        &self.words[skewed(random, VOCABULARY)]
    }

    fn some(&self, random: &mut Random, number: usize) -> String {
        (0..number).map(|_| self.word(random)).collect::<Vec<_>>().join(" ")
    }

    fn entry<T: Aggregate + read::Read>(&self, record: &Value) -> Entry<T> {
        let (record, faults) = read::read(record.as_object().expect("an object"));
        Entry {
            record: record.unwrap_or_else(|| panic!("{faults:?}")),
            facts: T::Facts::default(),
            extra: read::Record::new(),
            standing: Standing::Published,
            origin: Origin { source: self.source.id, foreign_id: String::new() },
            revision: 1,
            created: self.now,
            changed: self.now,
        }
    }
}

/// Ids of one kind of record, by number; spread over all ids as random ones are.
pub fn uuid(kind: usize, number: usize) -> String {
    let mut random = Random((kind as u64) << 40 | number as u64);
    let bits = u128::from(random.next()) << 64 | u128::from(random.next());
    // Version 4, the variant of the standard.
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    Id::<()>::from_u128(bits).to_string()
}

/// Below a number, small ones more often: the logarithm of the rank is even.
fn skewed(random: &mut Random, below: usize) -> usize {
    (((below as f64 + 1.0).powf(random.unit()) - 1.0) as usize).min(below - 1)
}

/// Round a city, the nearer the denser, or in one of ten cases anywhere about.
fn point(random: &mut Random) -> (f64, f64) {
    if random.below(10) == 0 {
        return (50.5 + random.unit() * 7.0, -5.0 + random.unit() * 6.0);
    }
    let mut at = random.unit() * CITIES.iter().map(|city| city.2).sum::<f64>();
    let city = CITIES.iter().find(|city| {
        at -= city.2;
        at <= 0.0
    });
    let (latitude, longitude, weight) = city.unwrap_or(&CITIES[0]);
    let (far, turn) =
        ((-random.unit().max(1e-9).ln()).sqrt() * 0.02 * weight.sqrt(), random.unit() * std::f64::consts::TAU);
    (latitude + far * turn.sin(), longitude + 1.6 * far * turn.cos())
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}
