//! C3: somebody who has both directories cannot tell which of the two it is that answers.

use super::{
    table,
    twins::{send, whole},
    walk::Request,
    worlds::{Secret, World},
};
use crate::support::encoded;

/// Games played, and questions in each.
const GAMES: (usize, usize) = (1_000, 3);

/// A question that the attacker may choose.
fn question(choice: u64, secrets: &[Secret; 2]) -> Request {
    let secret = &secrets[(choice % 2) as usize];
    let point = format!("latitude={}&longitude={}", secret.latitude, secret.longitude);
    let paths = [
        format!("/v1/search?{point}&within_km={}", 1 + choice % 97),
        format!("/v1/search?near={}&sort=distance", encoded(&secret.postcode)),
        format!("/v1/search?q={}", secret.street),
        format!("/v1/suggest?q={}", &secret.street[..4]),
        format!("/v1/sessions?{point}&within_km=200"),
        "/v1/services?per_page=100".to_owned(),
        "/hsds/services?per_page=100".to_owned(),
        "/hsds/service_at_locations?per_page=100".to_owned(),
        format!("/v1/search?near=Leeds&q=refuge&page={}", 1 + choice % 2),
        format!("/v1/places?q={}", encoded(&secret.postcode)),
    ];
    Request::get(paths[(choice / 2 % 10) as usize].clone())
}

/// How many of so many games the attacker wins, who knows both worlds and guesses by a coin where they answer alike.
pub fn won(worlds: &[World; 2], secrets: &[Secret; 2], games: usize) -> usize {
    let mut state = 99_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut won = 0;
    for _ in 0..games {
        let hidden = (next() % 2) as usize;
        let mut guess = None;
        for _ in 0..GAMES.1 {
            let request = question(next(), secrets);
            let answers = worlds.each_ref().map(|world| send(&world.client, &request));
            // What the judge's directory says, held against what each of the attacker's own says.
            if whole(&answers[0]) != whole(&answers[1]) {
                let judged = send(&worlds[hidden].client, &request);
                guess = answers.iter().position(|answer| whole(answer) == whole(&judged));
                break;
            }
        }
        let guess = guess.unwrap_or((next() % 2) as usize);
        won += usize::from(guess == hidden);
    }
    won
}

#[test]
fn which_of_two_houses_it_is_cannot_be_told_better_than_by_a_coin() {
    let secrets = [Secret::number(21), Secret::number(22)];
    let worlds = secrets.each_ref().map(World::small);
    let games = if std::env::var_os("KITH_RELEASE").is_some() { 10_000 } else { GAMES.0 };
    let won = won(&worlds, &secrets, games);
    let rate = won as f64 / games as f64;
    // Hoeffding: a coin leaves this with less than one chance in 200.
    let most = (200_f64.ln() / (2.0 * games as f64)).sqrt();
    let fair = (rate - 0.5).abs() <= most;
    table::row("C3", "two-point game, share won", games, &format!("{rate:.3}"), fair);
    assert!(fair, "{rate}");
}
