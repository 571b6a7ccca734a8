//! What is on when: next sessions on cards, evenings and days as filters, and the sessions near a place.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use crate::support::{NOW, names, sample_client};

fn get(path: &str) -> Value {
    let answer = sample_client().get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    answer.json()
}

fn sessions(query: &str) -> Value {
    get(&format!("/v1/sessions?{query}"))
}

fn items(block: &Value) -> Vec<Value> {
    let items = block["items"].as_array().unwrap().clone();
    assert!(items.len() as u64 <= block["total"].as_u64().unwrap());
    items
}

fn instant(value: &Value) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap()
}

fn listing_names(block: &Value) -> Vec<String> {
    items(block).iter().map(|item| item["listing"]["name"].as_str().unwrap().to_owned()).collect()
}

fn today() -> NaiveDate {
    NOW[..10].parse().unwrap()
}

#[test]
fn there_is_somewhere_to_go_on_each_of_the_next_seven_evenings() {
    for (near, within_km, least) in [("LS6+2", 5, 3), ("Hexham", 25, 1)] {
        for days in 0..7 {
            let date = today() + Days::new(days);
            let asked = format!("near={near}&within_km={within_km}&date={date}&starts_after=17:00&per_page=100");
            let answer = sessions(&asked);
            assert_eq!(answer["searched_within_km"].as_f64(), Some(f64::from(within_km)));
            let found = items(&answer["sessions"]);
            let open =
                found.iter().filter(|item| !matches!(item["listing"]["accepting"].as_str(), Some("full" | "paused")));
            let ids: BTreeSet<&str> = open.map(|item| item["listing"]["id"].as_str().unwrap()).collect();
            assert!(ids.len() >= least, "{near} {date}: {}", ids.len());
            for item in &found {
                let starts = instant(&item["starts_at"]);
                assert_eq!(
                    (starts.date_naive(), starts.time() >= NaiveTime::from_hms_opt(17, 0, 0).unwrap()),
                    (date, true)
                );
                assert!(item["listing"]["distance_km"].as_f64() <= answer["circle_km"].as_f64(), "{item}");
                assert!(item["listing"].get("next_session").is_none());
            }
        }
    }
}

#[test]
fn sessions_stand_in_order_and_are_those_that_the_listings_tell() {
    let answer = sessions("near=LS6+2&within_km=5&per_page=100");
    assert_eq!(
        (&answer["from"], &answer["to"]),
        (&json!("2026-11-23T09:00:00+00:00"), &json!("2026-11-30T09:00:00+00:00"))
    );
    let first = items(&answer["sessions"]);
    let mut all = first.clone();
    for page in 2..20 {
        all.extend(items(&sessions(&format!("near=LS6+2&within_km=5&per_page=100&page={page}"))["sessions"]));
    }
    assert_eq!(all.len() as u64, answer["sessions"]["total"].as_u64().unwrap());
    let key = |item: &Value| (instant(&item["starts_at"]), item["listing"]["distance_km"].as_f64().unwrap());
    assert!(all.windows(2).all(|pair| key(&pair[0]) <= key(&pair[1])));
    let (from, to) = (instant(&answer["from"]), instant(&answer["to"]));
    for item in &all {
        let ends = item.get("ends_at").map_or_else(|| instant(&item["starts_at"]), instant);
        assert!(instant(&item["starts_at"]) < to && ends > from, "{item}");
    }
    // The first session of each listing here is the one that a search calls the next.
    let mut next: BTreeMap<&str, &str> = BTreeMap::new();
    for item in &all {
        next.entry(item["listing"]["id"].as_str().unwrap()).or_insert(item["starts_at"].as_str().unwrap());
    }
    let (mut found, mut compared) = (get("/v1/search?near=LS6+2&within_km=5&per_page=100"), 0);
    for card in
        found["results"]["items"].as_array_mut().unwrap().iter().filter(|card| card.get("other_places").is_none())
    {
        let told = card.pointer("/next_session/starts_at").and_then(Value::as_str);
        let within = told.filter(|at| DateTime::parse_from_rfc3339(at).unwrap() < to);
        assert_eq!(next.get(card["id"].as_str().unwrap()).copied(), within, "{}", card["name"]);
        compared += usize::from(within.is_some());
    }
    assert!(compared >= 30, "{compared}");
}

#[test]
fn a_post_asks_the_same_as_a_get_and_nothing_else() {
    let body = json!({"near": "LS6 2", "within_km": 5.0, "date": "2026-11-24", "starts_after": "17:00", "need": ["bereavement"], "q": "circle"});
    let twin = sample_client().post_json("/v1/sessions", &body.to_string());
    let asked = "near=LS6+2&within_km=5&date=2026-11-24&starts_after=17:00&need=bereavement&q=circle";
    assert_eq!(twin.json(), sessions(asked));
    assert_eq!(listing_names(&twin.json()["sessions"]), ["Tuesday Grief Circle"]);
    assert_eq!(twin.header("cache-control"), "no-store");
    assert_eq!(sample_client().post_json("/v1/sessions", r#"{"near": "LS6 2", "colour": "red"}"#).status, 400);
}

#[test]
fn every_fault_is_told_at_once_and_a_place_is_needed() {
    let faults = |query: &str| sample_client().get(&format!("/v1/sessions?{query}")).faults();
    assert_eq!(faults(""), ["/near required"]);
    assert_eq!(
        faults("need=zebra&date=tomorrow&starts_before=half+six&per_page=0"),
        [
            "/need/0 unknown_term",
            "/per_page out_of_range",
            "/near required",
            "/starts_before not_a_time",
            "/date not_a_date"
        ]
    );
    assert_eq!(faults("near=LS6+2&from=2026-11-23T09:00:00Z&to=2027-01-23T09:00:00Z"), ["/to out_of_range"]);
    assert_eq!(sample_client().get("/v1/sessions?near=Newport").status, 400);
}

#[test]
fn what_is_cancelled_is_not_on_and_says_so_and_what_has_moved_says_where() {
    let day = |date: &str| sessions(&format!("near=LS6+2&within_km=5&date={date}&starts_after=17:00&per_page=100"));
    let this_week = day("2026-11-26");
    assert!(!listing_names(&this_week["sessions"]).contains(&"Second Plate".to_owned()));
    let said = items(&this_week["not_on"]);
    let cancelled = said.iter().find(|card| card["name"] == "Second Plate").expect("what it says is shown");
    assert!(cancelled["alert"].as_str().unwrap().starts_with("No meeting on Thursday 26 November"));
    assert_eq!(cancelled["next_session"]["starts_at"], "2026-12-03T18:00:00+00:00");
    let next_week = day("2026-12-03");
    assert!(listing_names(&next_week["sessions"]).contains(&"Second Plate".to_owned()));
    assert!(!names(&next_week["not_on"]).contains(&"Second Plate".to_owned()));

    let tuesday = items(&day("2026-11-24")["sessions"]);
    let moved = tuesday
        .iter()
        .filter(|item| item["listing"]["alert"].as_str().is_some_and(|alert| alert.starts_with("Moved this week")));
    assert_eq!(moved.count(), 1);
}

#[test]
fn only_sessions_of_the_days_and_parts_asked_for_are_there() {
    let asked = "near=LS6+2&within_km=5&per_page=100&day=tue&day=thu&time_of_day=evening";
    let evenings = items(&sessions(asked)["sessions"]);
    assert!(evenings.len() >= 6);
    for item in &evenings {
        let starts = instant(&item["starts_at"]);
        assert!(["Tue", "Thu"].contains(&starts.format("%a").to_string().as_str()), "{starts}");
        assert!(instant(&item["ends_at"]).time() > NaiveTime::from_hms_opt(17, 0, 0).unwrap(), "{item}");
    }
    assert_eq!(sessions("near=LS6+2&date=2026-11-24&day=fri")["sessions"]["total"], 0);
    let page = sample_client().post_form("/tonight", "near=LS6+2&within_km=5&day=fri").text();
    assert!(page.contains("No sessions found tonight"));
}

#[test]
fn each_place_of_a_service_has_its_own_days() {
    let answer = sessions("near=Hexham&within_km=50&q=minibus&per_page=100");
    let of_bus: Vec<Value> = items(&answer["sessions"])
        .into_iter()
        .filter(|item| item["listing"]["name"].as_str().unwrap().starts_with("Fell Minibus"))
        .collect();
    let days = |place: &str| -> BTreeSet<String> {
        let there = of_bus.iter().filter(|item| item["listing"]["place"]["label"].as_str().unwrap().contains(place));
        there.map(|item| instant(&item["starts_at"]).format("%a").to_string()).collect()
    };
    let set = |days: &[&str]| days.iter().map(|day| (*day).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!((days("Bellingham"), days("Allendale")), (set(&["Tue", "Thu"]), set(&["Mon", "Wed"])));
}

#[test]
fn lines_and_groups_online_stand_apart_and_nothing_private_is_there() {
    let answer = sessions("near=LS6+2&per_page=100");
    let online = items(&answer["online"]);
    assert!(online.len() >= 10, "{}", online.len());
    for item in &online {
        assert_eq!(item["listing"]["place"]["kind"], "remote");
        assert!(item["listing"].get("distance_km").is_none());
    }
    assert!(items(&answer["sessions"]).iter().all(|item| item["listing"]["place"]["kind"] == "exact"));
    assert_eq!((&answer["sample"], &answer["crisis"][0]["id"]), (&json!(true), &json!("999")));
}

#[test]
fn a_man_of_34_who_grieves_gets_the_next_evening_a_number_and_the_way_in() {
    let answer = get("/v1/search?audience=men&age=34&q=grief&near=LS6+2&time_of_day=evening");
    let first = &answer["results"]["items"][0];
    assert_eq!(
        first["next_session"],
        json!({"starts_at": "2026-11-24T18:30:00+00:00", "ends_at": "2026-11-24T20:00:00+00:00"})
    );
    assert!(first["phones"][0]["number"].is_string() && first["how_to_come"]["routes"][0].is_string(), "{first:#}");
    assert!(answer["covers_area"]["total"].as_u64().unwrap() >= 1, "an online second choice");
    for card in answer["results"]["items"].as_array().unwrap() {
        let asks = card["ask"].as_array().is_some_and(|ask| ask.contains(&json!("time_of_day")));
        assert!(asks != card["schedule_text"].is_string(), "{card:#}");
    }
}

#[test]
fn days_and_times_of_day_filter_and_what_says_neither_is_to_be_asked() {
    let cards =
        |query: &str| items(&get(&format!("/v1/search?near=LS6+2&within_km=5&per_page=100&{query}"))["results"]);
    let asks = |card: &Value, name: &str| card["ask"].as_array().is_some_and(|ask| ask.contains(&json!(name)));
    let (mut stated, mut to_ask) = (0, 0);
    for card in cards("day=tue&time_of_day=evening") {
        let text = card["schedule_text"].as_str().unwrap_or_default();
        assert!(asks(&card, "day") == asks(&card, "time_of_day"));
        assert!(asks(&card, "day") || text.contains("Tuesday") || text.contains("day"), "{text}");
        assert!(!asks(&card, "day") || text.is_empty(), "{text}");
        (stated, to_ask) = (stated + usize::from(!asks(&card, "day")), to_ask + usize::from(asks(&card, "day")));
    }
    assert!(stated >= 3 && to_ask >= 1, "{stated} {to_ask}");
    assert_eq!(cards("day=tue&time_of_day=evening&strict=true").len(), stated);
    assert!(cards("day=tue&day=wed&time_of_day=evening&strict=true").len() > stated);
    assert!(cards("day=tue&strict=true").len() > stated);
    let post =
        sample_client().post_json("/v1/search", r#"{"near": "LS6 2", "day": ["tue"], "time_of_day": ["evening"]}"#);
    assert_eq!(post.json()["results"], get("/v1/search?near=LS6+2&day=tue&time_of_day=evening")["results"]);
    assert_eq!(
        sample_client().get("/v1/search?day=tuesday&time_of_day=dusk").faults(),
        ["/day/0 not_in_list", "/time_of_day/0 not_in_list"]
    );
}

#[test]
fn soonest_first_is_by_the_next_session_on_every_page() {
    let key = |card: &Value| card.pointer("/next_session/starts_at").map(instant);
    let mut cards = Vec::new();
    for page in 1..=40 {
        cards.extend(items(
            &get(&format!("/v1/search?near=LS6+2&within_km=10&sort=soonest&per_page=7&page={page}"))["results"],
        ));
    }
    let ids: BTreeSet<&str> = cards.iter().map(|card| card["id"].as_str().unwrap()).collect();
    let total = get("/v1/search?near=LS6+2&within_km=10&per_page=1")["results"]["total"].as_u64().unwrap();
    assert_eq!((ids.len(), ids.len() as u64), (cards.len(), total));
    let told = cards.iter().take_while(|card| key(card).is_some()).count();
    assert!(told >= 30 && cards[told..].iter().all(|card| key(card).is_none()));
    assert!(cards[..told].windows(2).all(|pair| key(&pair[0]) <= key(&pair[1])));
}

#[test]
fn what_is_read_by_id_holds_no_next_session_so_its_tag_stays_true() {
    let card = &get("/v1/search?q=tuesday+grief+circle&day=tue&strict=true")["results"]["items"][0];
    assert!(card["next_session"].is_object());
    let one = sample_client().get(&format!("/v1/services/{}", card["id"].as_str().unwrap()));
    assert!(!one.header("etag").is_empty() && one.json()["card"].get("next_session").is_none());
    assert_eq!(one.json()["service"]["schedules"][0]["byday"], "TU");
}

#[test]
fn the_pages_of_tonight_and_this_week_show_what_the_api_answers() {
    let client = sample_client();
    let near = "near=LS6+2&within_km=5";
    let page = client.post_form("/tonight", near).text();
    let answer = sessions(&format!("{near}&to=2026-11-24T04:00:00Z&per_page=50"));
    let total = answer["sessions"]["total"].as_u64().unwrap();
    assert!(total >= 3 && page.contains(&format!("<h1>{total} sessions tonight within 5 km of LS6 2</h1>")), "{page}");
    let shown =
        |page: &str| page.split("href=\"/listing/").skip(1).map(|rest| rest[..36].to_owned()).collect::<Vec<_>>();
    let told = |block: &Value| {
        items(block).iter().map(|item| item["listing"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let not_on: Vec<String> = crate::support::ids(&answer["not_on"]);
    // On a page those that take nobody new stand last in their day.
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let expected = [told(&answer["sessions"]), not_on, told(&answer["online"])].concat();
    assert_eq!(sorted(shown(&page)), sorted(expected));
    let (_, behind) = page.split_once("Taking nobody new at present: ").unwrap();
    assert!(behind.split_once("</details>").unwrap().0.contains("There is a waiting list"));
    assert!(page.contains("Monday 23 November"));

    let week = client.post_form("/this-week", &format!("{near}&page=1")).text();
    assert!(week.contains("Page 1 of ") && week.contains("<h2>Monday 23 November</h2>"));
    let pages: String =
        (1..9).map(|page| client.post_form("/this-week", &format!("{near}&page={page}")).text()).collect();
    for day in ["Tuesday 24", "Wednesday 25", "Thursday 26", "Friday 27", "Saturday 28", "Sunday 29"] {
        assert!(pages.contains(&format!("{day} November")), "{day}");
    }
    assert!(pages.contains("Moved this week only") && pages.contains("18:30 to 20:00"));

    let nothing = client.post_form("/tonight", "near=Lerwick").text();
    assert!(
        nothing.contains("No sessions found tonight within 50 km of Lerwick")
            && nothing.contains("action=\"/this-week\"")
    );
    let home = client.get("/").text();
    assert!(home.contains("href=\"/tonight\"") && home.contains("href=\"/this-week\""));
    let card = client.post_form("/", "q=tuesday+grief+circle").text();
    assert!(card.contains("Next: Tuesday 24 November, 18:30 to 20:00"));
}
