//! How many rows a second the exchange reads, both passes, without a store: one line a format.
//!
//! `cargo bench -p kith --bench exchange`. `KITH_BENCH_N` sets how many services the made sets have (20,000 is usual), and
//! `KITH_BENCH_ONLY` a part of the names of the sets that are read. Real sets are read too where they lie beside the project.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::{fmt::Write, path::PathBuf, time::Instant};

use kith::{
    domain::{clock::SeededChance, id::Id},
    exchange::{Format, Kept, Mapping, Package, Part, SourceIds, Survey, decide},
};

/// How often each set is read; the best time counts.
const TIMES: usize = 3;

fn main() {
    let services = std::env::var("KITH_BENCH_N").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let only = std::env::var("KITH_BENCH_ONLY").unwrap_or_default();
    println!("{:<34} {:>9} {:>9} {:>11} {:>11}", "set", "items", "MB", "items/s", "MB/s");
    for (name, files, format) in made(services).into_iter().chain(real()).filter(|(name, ..)| name.contains(&only)) {
        let parts: Vec<_> = files.iter().map(|(name, bytes)| Part { name, bytes }).collect();
        let size: usize = parts.iter().map(|part| part.bytes.len()).sum();
        let (mut best, mut items) = (f64::INFINITY, 0);
        for _ in 0..TIMES {
            let start = Instant::now();
            items = read(&parts, &format);
            best = best.min(start.elapsed().as_secs_f64());
        }
        let megabytes = size as f64 / 1e6;
        println!("{name:<34} {items:>9} {megabytes:>9.1} {:>11.0} {:>11.1}", items as f64 / best, megabytes / best);
    }
}

/// Opens, sketches, decides and reads; how many items there were.
fn read(parts: &[Part<'_>], format: &Format) -> usize {
    let package = Package::of_parts(parts, format).expect("the set opens");
    let sketches = package.sketches().expect("the set is sketched");
    let survey = Survey::of(sketches, &|about| about.name.contains("refuge").then(String::new))
        .expect("the set is sketched whole");
    let decisions = decide(&survey, &Kept::default());
    let chance = SeededChance::new(1);
    let mut ids = SourceIds::new(Id::from_u128(1), &chance);
    package.records(&decisions, &mut ids).expect("the set is read").map(|item| assert!(item.is_ok())).count()
}

type Set = (String, Vec<(String, Vec<u8>)>, Format);

/// The same services in each format of the standards.
fn made(services: usize) -> Vec<Set> {
    let id = |kind: u64, number: usize| format!("{kind:08x}-0000-4000-8000-{number:012x}");
    let mut lines = String::new();
    let mut old = Vec::new();
    let mut tables = [
        ("organizations.csv", "id,name,description,website\n".to_owned()),
        ("services.csv", "id,organization_id,name,description,status,minimum_age\n".to_owned()),
        ("service_at_location.csv", "id,service_id,location_id\n".to_owned()),
        ("locations.csv", "id,location_type,name,latitude,longitude\n".to_owned()),
        ("addresses.csv", "id,location_id,address_1,city,state_province,postal_code,country,address_type\n".to_owned()),
        ("phones.csv", "id,service_id,number\n".to_owned()),
        ("schedules.csv", "id,service_id,freq,byday,opens_at,closes_at\n".to_owned()),
        ("attributes.csv", "id,link_id,taxonomy_term_id\n".to_owned()),
        ("taxonomy_terms.csv", "id,code,name,taxonomy\nt-1,1,Bereavement,county\n".to_owned()),
    ];
    let text =
        "A circle of eight chairs and a kettle, every week but the last in December. You may talk or only listen. "
            .repeat(4);
    for n in 0..services {
        let [service, organization, location, phone, schedule] = [1, 2, 3, 4, 5].map(|kind| id(kind, n));
        let mut row = |table: usize, cells: &str| {
            let _ = writeln!(tables[table].1, "{cells}");
        };
        row(0, &format!("{organization},Hall {n},Neighbours who keep a hall open.,https://hall-{n}.example"));
        row(1, &format!("{service},{organization},Circle {n},\"{text}\",active,18"));
        row(2, &format!("sal-{n},{service},{location}"));
        row(3, &format!("{location},physical,Hall {n},53.8,-1.5"));
        row(4, &format!("a-{n},{location},Mill Lane,Leeds,West Yorkshire,LS6 2AA,GB,physical"));
        row(5, &format!("{phone},{service},01632 960101"));
        row(6, &format!("{schedule},{service},WEEKLY,TU,19:00,20:30"));
        row(7, &format!("x-{n},{service},t-1"));
        let _ = writeln!(
            lines,
            r#"{{"id":"{service}","name":"Circle {n}","status":"active","description":"{text}","minimum_age":18,"organization":{{"id":"{organization}","name":"Hall {n}","description":"Neighbours who keep a hall open.","website":"https://hall-{n}.example"}},"phones":[{{"id":"{phone}","number":"01632 960101"}}],"schedules":[{{"id":"{schedule}","freq":"WEEKLY","byday":"TU","opens_at":"19:00","closes_at":"20:30"}}],"attributes":[{{"id":"x-{n}","taxonomy_term":{{"id":"t-1","code":"1","name":"Bereavement","taxonomy":"county"}}}}],"service_at_locations":[{{"id":"sal-{n}","location":{{"id":"{location}","location_type":"physical","name":"Hall {n}","latitude":53.8,"longitude":-1.5,"addresses":[{{"id":"a-{n}","address_1":"Mill Lane","city":"Leeds","state_province":"West Yorkshire","postal_code":"LS6 2AA","country":"GB","address_type":"physical"}}]}}}}]}}"#
        );
        old.push(format!(
            r#"{{"id":"{service}","name":"Circle {n}","status":"active","description":"{text}","organization":{{"id":"{organization}","name":"Hall {n}","description":"Neighbours who keep a hall open.","url":"https://hall-{n}.example"}},"contacts":[{{"id":"c-{n}","name":"","phones":[{{"id":"{phone}","number":"01632 960101"}}]}}],"eligibilitys":[{{"minimum_age":18}}],"regular_schedules":[{{"id":"{schedule}","freq":"WEEKLY","byday":"TU","opens_at":"19:00","closes_at":"20:30"}}],"service_taxonomys":[{{"id":"x-{n}","taxonomy":{{"id":"t:1","name":"Bereavement","vocabulary":"county"}}}}],"service_at_locations":[{{"id":"sal-{n}","location":{{"id":"{location}","name":"Hall {n}","latitude":53.8,"longitude":-1.5,"physical_addresses":[{{"id":"a-{n}","address_1":"Mill Lane","city":"Leeds","state_province":"West Yorkshire","postal_code":"LS6 2AA","country":"GB"}}]}}}}]}}"#
        ));
    }
    let one = |name: &str, text: String| vec![(name.to_owned(), text.into_bytes())];
    let page = format!(r#"{{"total_items":{services},"contents":[{}]}}"#, lines.trim_end().replace('\n', ","));
    let old = format!(r#"{{"totalElements":{services},"content":[{}]}}"#, old.join(","));
    let tables = tables.into_iter().map(|(name, table)| (name.to_owned(), table.into_bytes())).collect();
    vec![
        ("HSDS 3 page".to_owned(), one("page.json", page), Format::Hsds),
        ("HSDS 3 lines".to_owned(), one("lines.ndjson", lines), Format::HsdsLines),
        ("Open Referral UK 1.0 page".to_owned(), one("page.json", old), Format::Oruk1),
        ("HSDS tabular".to_owned(), tables, Format::HsdsTabular),
    ]
}

/// Real sets that are read by a mapping, where they are there.
fn real() -> Vec<Set> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mappings = [
        ("uk-charities", "uk-charities.toml"),
        ("uk-nhs-2014", "uk-nhs-2014/trusts.toml"),
        ("uk-nhs-2014", "uk-nhs-2014/clinics.toml"),
        ("uk-nhs-2014", "uk-nhs-2014/hospitals.toml"),
        ("uk-nhs-2014", "uk-nhs-2014/gps.toml"),
        ("uk-nhs-2014", "uk-nhs-2014/pharmacies.toml"),
    ];
    let set = |(folder, file): (&str, &str)| {
        let text = std::fs::read_to_string(root.join("tests/fixtures").join(file)).ok()?;
        let mapping = Mapping::parse(&text).ok()?;
        let names = mapping.source.file.iter().chain(mapping.join.iter().map(|further| &further.file));
        let files = names
            .map(|name| {
                Some((name.clone(), std::fs::read(root.join("../shared/datasets").join(folder).join(name)).ok()?))
            })
            .collect::<Option<Vec<_>>>()?;
        Some((file.to_owned(), files, Format::Table(Box::new(mapping))))
    };
    mappings.into_iter().filter_map(set).collect()
}
