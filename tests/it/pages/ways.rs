//! The pages of the support map and of ways from a listing: all layers in an order to read aloud, each hand-over in words.

use serde_json::Value;

use super::{attributes, form, listed, loads_nothing};
use crate::support::{Client, sample_client};

fn id_of(client: &Client, name: &str) -> String {
    let found = client.get(&format!("/v1/search?q={}&per_page=50", name.replace(' ', "+"))).json();
    let cards = found["results"]["items"].as_array().unwrap();
    let card = cards.iter().find(|card| card["name"] == name).unwrap_or_else(|| panic!("{name}: {found:#}"));
    card["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_support_map_has_every_layer_in_order_and_what_the_api_says() {
    let client = sample_client();
    let page = client.post_form("/support-map", &form(&[("need", "bereavement"), ("near", "LS6 2"), ("age", "34")]));
    assert_eq!(page.status, 200);
    loads_nothing(&page, "a support map");
    let html = page.text();
    let titles = [
        "Right now",
        "This week",
        "People who have been there",
        "Specialist help",
        "In the community",
        "For family, friends and workers",
    ];
    let at: Vec<usize> =
        titles.iter().map(|title| html.find(&format!(">{title}</h2>")).expect("it is there")).collect();
    assert!(at.is_sorted(), "{at:?}");
    assert!(html.contains("tel:116123") && html[at[0]..at[1]].contains("999"));
    let map = client.get("/v1/support-map?need=bereavement&near=LS6+2&age=34").json();
    let layers = map["layers"].as_array().unwrap();
    let of = |layer: &Value| {
        let items = layer["items"].as_array().unwrap().iter().map(|item| &item["listing"]["id"]);
        let nearest = layer["gap"]["nearest"].as_array().into_iter().flatten().map(|card| &card["id"]);
        items.chain(nearest).map(|id| id.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut expected: Vec<String> = layers.iter().flat_map(of).collect();
    expected.dedup();
    let mut shown = listed(&html);
    shown.retain(|id| expected.contains(id));
    shown.dedup();
    assert_eq!(shown, expected);
    // What was asked stands in no title.
    assert!(!html.split_once("</title>").unwrap().0.contains("ereavement"));
}

#[test]
fn the_form_of_the_support_map_says_what_to_put_right() {
    let client = sample_client();
    let asking = client.get("/support-map");
    loads_nothing(&asking, "the form of a support map");
    assert!(client.get("/").text().contains("href=\"/support-map\""));
    let wrong = client.post_form("/support-map", &form(&[("need", "moon"), ("age", "old")]));
    assert_eq!(wrong.status, 400);
    let html = wrong.text();
    for field in ["need", "near", "age"] {
        assert!(
            html.contains(&format!("href=\"#{field}\"")) && html.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
    }
    let two = client.post_form("/support-map", &form(&[("near", "Newport")]));
    assert!(two.status == 400 && two.text().matches("name=\"near\" value=\"Newport").count() > 1);
}

#[test]
fn from_a_listing_one_click_leads_to_the_ways_and_each_hand_over_is_in_words() {
    let client = sample_client();
    let id = id_of(&client, "Armley Trauma Service");
    let listing = client.get(&format!("/listing/{id}")).text();
    let path = format!("/listing/{id}/pathway");
    assert!(attributes(&listing, "href").contains(&path));
    let asking = client.get(&path);
    assert_eq!(asking.status, 200);
    loads_nothing(&asking, "where to");
    let ways = client.post_form(&path, &form(&[("to_layer", "community"), ("age", "34")]));
    assert_eq!(ways.status, 200);
    loads_nothing(&ways, "ways");
    let answer = client.get(&format!("/v1/pathways?from={id}&to_layer=community&age=34")).json();
    let steps = answer["pathways"].as_array().unwrap().iter().flat_map(|way| way["steps"].as_array().unwrap());
    let html = super::read(&ways.text());
    let mut told = 0;
    for step in steps {
        assert!(html.contains(step["in_words"].as_str().unwrap()), "{step:#}");
        for limit in step["limits"].as_array().into_iter().flatten() {
            assert!(html.contains(limit["in_words"].as_str().unwrap()), "{limit:#}");
        }
        told += 1;
    }
    assert!(told > 0);
    let wrong = client.post_form(&path, &form(&[("to_layer", ""), ("age", "old")]));
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("href=\"#to_layer\"") && wrong.text().contains("href=\"#age\""));
    assert_eq!(client.get("/listing/00000000-0000-4000-8000-000000000000/pathway").status, 404);
}

#[test]
fn maps_ways_networks_and_resources_say_their_own_words_in_welsh_where_that_is_asked() {
    let client = sample_client();
    let asked = [("need", "bereavement"), ("near", "Treherbert"), ("lang", "cy")];
    let map = client.post_form("/support-map", &form(&asked));
    loads_nothing(&map, "a support map in Welsh");
    let html = map.text();
    for words in [
        ">Cymorth o gwmpas Treherbert: Profedigaeth a galar</h1>",
        ">Pobl sydd wedi bod yno</h2>",
        ">I deulu, ffrindiau a gweithwyr</h2>",
        "Mewn perygl nawr, neu angen siarad?",
        "name=\"lang\" value=\"cy\" checked",
        "Bob dydd Mercher, 18:30 i 20:00",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    // What is in Welsh is marked so, for whoever has it read aloud.
    for heading in html.split("<h2 id=\"").skip(1).filter(|heading| heading.contains("-title\"")) {
        let tag = heading.split('>').next().unwrap();
        assert!(tag.contains("lang=\"cy\"") || tag.starts_with("crisis"), "{tag}");
    }
    let english = client.post_form("/support-map", &form(&asked[..2])).text();
    assert!(english.contains(">Right now</h2>") && !english.contains("<h1 lang"), "{english}");

    let id = id_of(&client, "Armley Trauma Service");
    let way = form(&[("to_layer", "community"), ("lang", "cy")]);
    let html = client.post_form(&format!("/listing/{id}/pathway"), &way).text();
    for words in ["Ffordd 1: i ", "lang=\"cy\">Armley Trauma Service yn ", "Gofynnwch yn gyntaf:", " checked"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    for (path, asked, words) in [
        (
            "/networks",
            "near=Treherbert&lang=cy",
            ["<h1 lang=\"cy\">Rhwydweithiau</h1>", " rhwydwaith ar gyfer Treherbert</h2>"],
        ),
        ("/resources", "nation=wales&lang=cy", ["Ble rydych chi’n gweithio?", " adnodd</h2>"]),
    ] {
        let html = client.post_form(path, asked).text();
        assert!(html.contains("Mewn perygl nawr") && html.contains("value=\"cy\" checked"), "{path}: {html}");
        assert!(words.iter().all(|words| html.contains(words)), "{path}: {html}");
        let again = client.post_form(path, &format!("{asked}&page=2"));
        assert_eq!(again.status, 200);
    }
}
