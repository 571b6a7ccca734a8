//! Journeys through the pages in a real browser: what was typed is afterwards in no address, title, referrer or store of
//! the page, nothing comes from elsewhere, Back shows nothing, and the browser has put nothing of it into its history, caches or
//! stores on the disk. What no page can prevent: to open its tabs again, Chromium keeps the form that led to an open page in a file
//! of its own (`Sessions`), which the footer of the pages says.

use serde_json::Value;

use crate::{
    canary::scan::{POSTCODE, ROOT, Scan},
    guard::table,
    pages::browser::Tab,
    support::sample_client,
};

/// What is typed; each has a mark or finds something.
const WORDS: [&str; 5] =
    ["grief Zqk7Canary", "Zqk7Canary", "zqk7canary men's walking group", "I want to die zqk7canary", "tea"];
const PLACES: [&str; 4] = [POSTCODE, "LS6 2", "Zqk7Canary, Leeds", "Newport"];
const PAGES: [&str; 3] = ["/", "/tonight", "/this-week"];

/// All that a page, and the next one, could read of what was typed.
const TOLD: &str = "JSON.stringify([location.href, document.title, document.referrer, document.cookie, window.name, history.state, \
    Object.entries(localStorage), Object.entries(sessionStorage)])";
/// Whether a worker or a cache stays behind; both need a secure context, which loopback is.
const STAYS: &str = "Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys(), indexedDB.databases()]).then(all => all.flat().length)";

/// The script that fills in the form and sends it.
fn sent(words: &str, near: &str) -> String {
    format!(
        "{{ const f = document.querySelector('form.search'); f.elements.q && (f.elements.q.value = {words:?}); \
         f.elements.near.value = {near:?}; f.requestSubmit() }}"
    )
}

#[test]
fn journeys_leave_nothing_in_addresses_histories_stores_or_files() {
    let Some(mut tab) = Tab::open("journeys", 400) else { return };
    let base = format!("http://{}", sample_client().address());
    let scan = Scan::of(&[ROOT, POSTCODE], &[]);
    let clean = |tab: &mut Tab, what: &str| {
        let told = tab.tell(TOLD);
        scan.clean(what, told.as_str().unwrap());
        let parts: Vec<Value> = serde_json::from_str(told.as_str().unwrap()).unwrap();
        assert_eq!(
            (&parts[2], &parts[3], &parts[6], &parts[7]),
            (&"".into(), &"".into(), &Value::Array(vec![]), &Value::Array(vec![])),
            "{what}"
        );
    };
    let (mut journeys, mut listings) = (0, 0);
    for (path, words, near) in PAGES.into_iter().flat_map(|path| {
        WORDS.into_iter().flat_map(move |words| PLACES.into_iter().map(move |near| (path, words, near)))
    }) {
        journeys += 1;
        let what = format!("{path} {words} {near}");
        tab.go(&format!("{base}{path}"));
        tab.act(&sent(words, near));
        clean(&mut tab, &what);
        assert_eq!(tab.tell("location.pathname + location.search + location.hash"), path, "{what}");
        if tab.tell("document.querySelector('main a[href^=\"/listing/\"]') != null") == true {
            listings += 1;
            tab.act("document.querySelector('main a[href^=\"/listing/\"]').click()");
            clean(&mut tab, &what);
            assert_eq!(tab.tell(STAYS), 0, "{what}");
            // Later, so that the browser has answered before it goes.
            tab.act("setTimeout(() => history.back(), 100)");
            let shown = tab.tell("document.documentElement.outerHTML");
            scan.clean(&format!("{what}, after Back"), shown.as_str().unwrap());
        }
    }
    assert!(journeys >= 50 && listings >= 20, "{journeys} {listings}");
    // What the browser shows when it may not show a page again has pictures of its own, which come from nowhere.
    let comes = |address: &&String| !address.starts_with(&base) && !address.starts_with("data:");
    let elsewhere: Vec<&String> = tab.requests.iter().filter(comes).collect();
    assert_eq!(elsewhere, [""; 0], "nothing comes from elsewhere");
    let kept: Vec<&(String, String)> = tab
        .answers
        .iter()
        .filter(|(address, kept)| {
            kept != "no-store"
                && !address.contains("/assets/")
                && address.starts_with("http")
                && !address.ends_with("/favicon.ico")
        })
        .collect();
    assert!(tab.answers.len() > 100 && kept.is_empty(), "{} {kept:?}", tab.answers.len());
    let profile = tab.quit().to_owned();
    let (found, files) = scan.files(&profile);
    let (reopened, found): (Vec<String>, Vec<String>) =
        found.into_iter().partition(|hit| hit.starts_with("Default/Sessions/"));
    println!("{} in what the browser opens its tabs with", reopened.len());
    let figure = format!(
        "0 in addresses, titles, referrers and stores, 0 other origins, {} in {files} files of the browser but those that it opens its tabs again with",
        found.len()
    );
    let what = "journeys through the pages in a browser, with what is typed found afterwards (P3, P4)";
    table::row("P2", what, journeys, &figure, found.is_empty());
    assert!(files > 20 && found.is_empty(), "{files} {found:#?}");
}
