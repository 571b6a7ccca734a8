//! Every type of page, looked at by axe in a browser, narrow and wide, and as it is printed.
//!
//! axe-core is not ours and not here: `KITH_TEST_NPM` names the folder that it is installed in (`.ci/run` does that).

use std::fs;

use serde_json::Value;

use super::browser::Tab;
use crate::{client::npm, support::sample_client};

/// What axe has to say of a page, in one line each; empty when it finds nothing.
const LOOK: &str = "axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
    .then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')))";

/// axe-core's text, or `None`, said aloud, where it is not installed.
fn axe() -> Option<String> {
    let file = npm("what axe says of the pages")?.join("node_modules/axe-core/axe.min.js");
    Some(fs::read_to_string(file).expect("axe-core is installed in KITH_TEST_NPM"))
}

/// The script that fills in the form and sends it.
fn sent(fields: &[(&str, &str)]) -> String {
    let set = fields.iter().map(|(name, value)| format!("f.elements['{name}'].value = '{value}';"));
    format!("{{ const f = document.querySelector('form.search'); {} f.requestSubmit() }}", set.collect::<String>())
}

/// Listings of every kind of place and record, by their pages.
fn listings() -> Vec<String> {
    let client = sample_client();
    let mut pages: Vec<(String, String)> = Vec::new();
    for path in ["/v1/services?per_page=100", "/v1/organizations?per_page=20", "/v1/networks?per_page=5"] {
        for item in client.get(path).json()["items"].as_array().into_iter().flatten() {
            let card = &item["card"];
            let many = item["places"].as_array().is_some_and(|places| places.len() > 1);
            let sort = format!("{} {} {many}", card["kind"], card["place"]["kind"]);
            if !pages.iter().any(|(known, _)| *known == sort) {
                pages.push((sort, card["page_url"].as_str().unwrap().to_owned()));
            }
        }
    }
    assert!(pages.len() >= 5, "{pages:?}");
    pages.into_iter().map(|(_, page)| page).collect()
}

/// The page of a listing from which others can be reached.
fn linked() -> String {
    let found = sample_client().get("/v1/search?q=armley+trauma+service").json();
    found["results"]["items"][0]["page_url"].as_str().unwrap().to_owned()
}

#[test]
fn axe_finds_nothing_on_any_type_of_page() {
    let Some(axe) = axe() else { return };
    let base = format!("http://{}", sample_client().address());
    for width in [320, 1280] {
        let Some(mut tab) = Tab::open("what axe says of the pages", width) else { return };
        let look = |tab: &mut Tab, what: &str| {
            tab.tell(&axe);
            assert!(tab.tell("typeof axe.run").as_str() == Some("function"), "axe is there");
            let found = tab.tell(LOOK);
            assert_eq!(found.as_array().map(Vec::as_slice), Some(&[] as &[Value]), "{what}, {width} wide");
            let wide = tab.tell("document.documentElement.scrollWidth").as_u64().unwrap();
            let over = format!(
                "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > {width}).map(e => e.outerHTML.slice(0, 160))"
            );
            assert!(wide <= width.into(), "{what} is {wide} wide on {width}: {}", tab.tell(&over));
        };
        let fixed = [
            "/",
            "/tonight",
            "/this-week",
            "/support-map",
            "/networks",
            "/resources",
            "/decisions",
            "/resilience",
            "/credits",
            "/nowhere",
        ];
        // Networks of the sample have a page of their members; what is no network has none.
        let networks = sample_client().get("/v1/networks").json();
        let members = networks["items"].as_array().into_iter().flatten().take(1);
        let members = members.map(|network| format!("/listing/{}/members", network["id"].as_str().unwrap()));
        for path in fixed.map(str::to_owned).into_iter().chain(members).chain(listings()) {
            tab.go(&format!("{base}{path}"));
            look(&mut tab, &path);
        }
        for (path, near) in
            [("/tonight", "LS6 2"), ("/this-week", "LS6 2"), ("/tonight", ""), ("/this-week", "Newport")]
        {
            tab.go(&format!("{base}{path}"));
            tab.act(&sent(&[("near", near), ("within_km", "5")]));
            tab.tell("for (const d of document.querySelectorAll('details')) d.open = true");
            look(&mut tab, &format!("{path} of {near}"));
        }
        for near in ["LS6 2", "Newport", ""] {
            tab.go(&format!("{base}/support-map"));
            tab.act(&sent(&[("near", near), ("need", "bereavement")]));
            tab.tell("for (const d of document.querySelectorAll('details')) d.open = true");
            look(&mut tab, &format!("a support map of {near}"));
        }
        tab.go(&format!("{base}{}/pathway", linked()));
        look(&mut tab, "where to");
        for layer in ["community", "around_you", ""] {
            tab.act(&format!("{{ const f = document.querySelector('form'); f.elements['to_layer'].value = '{layer}'; f.requestSubmit() }}"));
            look(&mut tab, &format!("ways to {layer}"));
        }
        tab.go(&format!("{base}{}/report", listings()[0]));
        look(&mut tab, "a report");
        tab.act("document.querySelector('form').requestSubmit()");
        look(&mut tab, "a report with a fault");
        for (what, fields) in [
            ("words of danger", &[("q", "I want to die"), ("near", "LS6 2")][..]),
            ("words about it", &[("q", "cutting"), ("near", "LS6 2")]),
            ("results", &[("q", "grief support"), ("near", "LS6 2"), ("audience", "men"), ("age", "34")]),
            ("nothing found", &[("q", "xqzzv"), ("near", "Leeds"), ("within_km", "5")]),
            ("places to choose from", &[("near", "Newport")]),
            ("faults", &[("near", ""), ("within_km", "5"), ("age", "old")]),
        ] {
            tab.go(&base);
            tab.act(&sent(fields));
            tab.tell("for (const d of document.querySelectorAll('details')) d.open = true");
            look(&mut tab, what);
        }
    }
}

#[test]
fn a_printed_page_leaves_out_what_paper_cannot_do() {
    let Some(mut tab) = Tab::open("a printed listing", 800) else { return };
    let shown = "s => [...document.querySelectorAll(s)].filter(e => e.getClientRects().length > 0).length";
    let base = format!("http://{}", sample_client().address());
    for page in listings() {
        tab.go(&format!("{base}{page}"));
        assert_eq!(tab.tell(&format!("({shown})('.print-only')")), 0);
        tab.as_printed();
        assert_eq!(tab.tell(&format!("({shown})('.leave, .skip, form, button, details')")), 0, "{page}");
        assert_eq!(tab.tell(&format!("({shown})('.print-only')")), 1, "{page}");
        assert!(tab.tell(&format!("({shown})('.crisis li')")).as_u64() >= Some(3), "{page}");
        assert!(tab.tell(&format!("({shown})('.facts dt')")).as_u64() >= Some(3), "{page}");
        tab.as_shown();
    }
}
