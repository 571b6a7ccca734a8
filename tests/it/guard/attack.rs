//! C2: an attacker who knows the program, has all public listings and may ask for ever does no better than somebody
//! who only read the published area.

use super::{
    strategies::{Attacker, STRATEGIES},
    table,
    worlds::{DECOY, Secret, TARGET, World},
};

/// A place on the globe, in degrees north and east.
pub type Point = (f64, f64);

/// The middle of what a house of these worlds can be: where one looks who knows nothing.
pub const MIDDLE: Point = (53.85, -1.15);

/// What a strategy found out.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// Where the house is thought to be.
    pub at: Option<Point>,
    /// What else tells one house from another.
    pub signs: Vec<String>,
}

/// One strategy against one house.
#[derive(Debug)]
pub struct Outcome {
    pub strategy: &'static str,
    pub signs: Vec<String>,
    /// How far off the guess is, and how far off one without any question is; kilometres.
    pub error: f64,
    pub blind: f64,
}

impl Outcome {
    pub fn is_better(&self) -> bool {
        !self.signs.is_empty() || self.error < self.blind
    }
}

/// Great-circle distance in kilometres.
pub fn km(a: Point, b: Point) -> f64 {
    let (north, east) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let h = (north / 2.0).sin().powi(2) + a.0.to_radians().cos() * b.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * 6_371.0 * h.sqrt().asin()
}

/// All strategies, or the one that is named, against the house of that number.
pub fn attack(number: u64, only: Option<&str>) -> Vec<Outcome> {
    let (secret, guess) = (Secret::number(number), Secret::number(number + 500));
    let mut world = World::small(&secret);
    // The program is open: whoever guesses can build the directory that there would be.
    let own = World::small(&guess);
    let house = (secret.latitude, secret.longitude);
    let listings = world.client.get("/v1/services?per_page=100").json();
    let id_of = |name: &str| {
        let mut items = listings["items"].as_array().unwrap().iter();
        items.find(|item| item["card"]["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let attacker = Attacker {
        client: world.client.clone(),
        target: id_of(TARGET),
        decoy: id_of(DECOY),
        own: own.client.clone(),
        houses: vec![guess.clone(), secret.clone(), Secret::number(number + 501)],
    };
    let mut outcomes = Vec::new();
    assert!(only.is_none_or(|only| STRATEGIES.iter().any(|(strategy, _)| *strategy == only)), "{only:?}");
    for (strategy, run) in STRATEGIES.into_iter().filter(|(strategy, _)| only.is_none_or(|only| only == *strategy)) {
        let finding = run(&attacker, &mut world, &secret);
        let guess = finding.at.unwrap_or(MIDDLE);
        outcomes.push(Outcome { strategy, signs: finding.signs, error: km(guess, house), blind: km(MIDDLE, house) });
    }
    outcomes
}

#[test]
fn no_strategy_does_better_than_the_published_area() {
    let houses: u64 = if std::env::var_os("KITH_RELEASE").is_some() { 200 } else { 4 };
    let outcomes: Vec<Outcome> = (10..10 + houses).flat_map(|number| attack(number, None)).collect();
    for (strategy, _) in STRATEGIES {
        let of: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.strategy == strategy).collect();
        let ratio = of.iter().map(|outcome| outcome.error / outcome.blind).sum::<f64>() / of.len() as f64;
        let better = of.iter().filter(|outcome| outcome.is_better()).count();
        let figure = format!("error {ratio:.3} of a blind guess's, better in {better}");
        table::row("C2", strategy, of.len(), &figure, better == 0);
    }
    let better: Vec<_> = outcomes.iter().filter(|outcome| outcome.is_better()).collect();
    assert!(better.is_empty(), "{better:#?}");
    assert!(STRATEGIES.len() >= 12);
}
