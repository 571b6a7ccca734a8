//! The questions of the form: they ask what the API would be asked, and are kept from page to page.

use super::{attributes, form, listed};
use crate::support::{ids, sample_client};

#[test]
fn the_questions_ask_what_the_parameters_of_their_names_ask() {
    let client = sample_client();
    for (fields, query) in [
        (
            &[("q", "grief"), ("near", "LS6 2"), ("audience", "men"), ("age", "34")][..],
            "q=grief&near=LS6+2&audience=men&age=34",
        ),
        (
            &[("near", "Hexham"), ("access", "step-free"), ("access", "hearing-loop"), ("strict", "true")],
            "near=Hexham&access=step-free&access=hearing-loop&strict=true",
        ),
        (&[("language", "pl"), ("kind", ""), ("cost", "free")], "language=pl&language=Polish&cost=free"),
        (&[("attending_type", "online_video"), ("kind", "group")], "attending_type=online_video&kind=group"),
    ] {
        let page = client.post_form("/", &form(fields));
        assert_eq!(page.status, 200, "{query}");
        let answer = client.get(&format!("/v1/search?{query}")).json();
        let expected = [ids(&answer["results"]), ids(&answer["covers_area"])].concat();
        assert!(!expected.is_empty(), "{query}");
        let html = page.text();
        let found: Vec<String> = listed(&html).into_iter().filter(|id| expected.contains(id)).collect();
        assert_eq!(found, expected, "{query}");
        assert!(html.contains("Narrowed to: "), "{query}");
    }
}

#[test]
fn what_narrows_a_search_goes_with_it_to_the_next_page() {
    let client = sample_client();
    let page = client.post_form("/", &form(&[("attending_type", "in_person"), ("age", "30")])).text();
    let (_, paging) = page.split_once("class=\"paging\"").expect("there are several pages");
    let paging = paging.split_once("</nav>").unwrap().0;
    let sent: Vec<(String, String)> = attributes(paging, "name").into_iter().zip(attributes(paging, "value")).collect();
    for pair in [("attending_type", "in_person"), ("age", "30"), ("page", "2")] {
        assert!(sent.contains(&(pair.0.to_owned(), pair.1.to_owned())), "{sent:?}");
    }
}

#[test]
fn an_answer_that_no_list_offers_is_put_right_beside_its_question() {
    let client = sample_client();
    for (name, value) in [("audience", "everyone"), ("age", "thirty"), ("access", "lift"), ("kind", "shop")] {
        let page = client.post_form("/", &form(&[("q", "grief"), (name, value)]));
        let html = page.text();
        assert_eq!(page.status, 400, "{name}");
        assert!(
            html.contains(&format!("href=\"#{name}\"")) && html.contains(&format!("id=\"{name}-error\"")),
            "{name}"
        );
        assert!(attributes(&html, "id").contains(&name.to_owned()), "{name}");
    }
}

#[test]
fn the_page_of_a_place_leads_to_a_map_and_that_of_a_private_one_does_not() {
    let client = sample_client();
    let (mut led, mut private) = (0, 0);
    let found = ["/v1/search?q=refuge", "/v1/search?per_page=60"].map(|path| client.get(path).json());
    for card in found.iter().flat_map(|found| found["results"]["items"].as_array().unwrap()) {
        let exact = card["place"]["kind"] == "exact";
        let html = client.get(card["page_url"].as_str().unwrap()).text();
        let maps = html.matches("Open in a map (leaves this site)").count();
        if exact {
            led += 1;
            assert!(maps >= 1, "{}", card["name"]);
        } else {
            private += usize::from(card["place"]["kind"] == "area");
            assert_eq!(maps, 0, "{}", card["name"]);
            assert!(!html.contains("openstreetmap"), "{}", card["name"]);
        }
    }
    assert!(led > 20 && private > 0);
}
