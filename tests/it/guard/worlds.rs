//! Directories that differ in nothing but what must stay secret.

use kith::{
    directory::{
        Directory,
        import::{Report, Shipment, source_id},
    },
    domain::entry::Source,
    exchange::{Format, Mapping, Part},
};
use serde_json::{Value, json};

use crate::support::{Client, directory_in, runtime, serve_in_process};

/// Streets of which one is that of the secret house; an attacker has the list.
pub const STREETS: [&str; 12] = [
    "Quernmore",
    "Thistlegarth",
    "Ravensworth",
    "Oxspring",
    "Bellwether",
    "Millstone",
    "Fennimore",
    "Larkrise",
    "Whinmoor",
    "Harrowgap",
    "Copperbeech",
    "Stonegrave",
];
/// The area that every protected listing of these worlds publishes.
pub const AREA: (&str, &str) = ("E12000003", "Yorkshire and The Humber");
/// What the hidden listing of [`World::small`] is called.
pub const TARGET: &str = "Quiet Home";
/// A listing of the attacker's own that publishes the same area.
pub const DECOY: &str = "Kind Home";

/// Where one house is, in all the words that a source may have for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    pub latitude: f64,
    pub longitude: f64,
    pub street: &'static str,
    pub postcode: String,
    pub phone: String,
    /// A number that no other secret has; stands in ids and in what is not known to any standard.
    pub mark: u64,
}

impl Secret {
    /// The house of that number, somewhere in Yorkshire.
    pub fn number(number: u64) -> Self {
        let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (north, east) = (next(900_000) as f64 / 1e6, next(1_500_000) as f64 / 1e6);
        let letters = b"ABDEFGHJLNPQRSTUWXYZ";
        let mut letter = || char::from(letters[next(20) as usize]);
        let inward = format!("{}{}", letter(), letter());
        Self {
            latitude: 53.4 + north,
            longitude: -1.9 + east,
            street: STREETS[next(STREETS.len() as u64) as usize],
            postcode: format!("LS{} {}{inward}", 1 + next(9), 1 + next(9)),
            phone: format!("0113 496 {:04}", next(1_000)),
            mark: 10_000 + number,
        }
    }

    /// How the address begins, as somebody would type it.
    pub fn address_begun(&self) -> String {
        format!("{} La", self.street)
    }

    fn address(&self) -> String {
        format!("{} {} Lane", 1 + self.mark % 89, self.street)
    }

    /// A place with every member that could tell where it is.
    fn location(&self, id: &str) -> Value {
        json!({
            "id": self.id(id), "location_type": "physical", "name": format!("{} Lodge", self.street), "url": format!("https://maps.app.goo.gl/{}", self.mark),
            "latitude": self.latitude, "longitude": self.longitude, "transportation": format!("Bus {}", self.mark),
            "external_identifier": format!("1000{}", self.mark), "external_identifier_type": "UPRN", "description": format!("Behind {}", self.street),
            "addresses": [{ "address_1": self.address(), "city": "Leeds", "state_province": "West Yorkshire", "postal_code": self.postcode, "country": "GB",
                "address_type": "physical", "what3words": format!("filled.count.{}", self.street) }],
            "phones": [{ "number": self.phone }], "schedules": [{ "notes": format!("Ring at {}", self.street) }],
            "geometry": { "coordinates": [self.longitude, self.latitude] }
        })
    }

    /// What our extension says of a refuge there: links, a first visit, roles, each with the place in it.
    fn own(&self, is_resource: bool) -> Value {
        let at = format!("{}, {}", self.address(), self.postcode);
        let mut own = json!({
            "links": [{ "relationship": "member_of", "to": { "network_id": "west" }, "note": at, "does": at, "does_not": at, "handover": ["warm_call"],
                "handover_note": at, "information": at, "consent": at, "escalation": at, "supervision": at }],
            "practice": { "led": "peer", "does": at, "does_not": at, "training": at, "supervision": at, "complaints": at, "place_of_worship": self.mark.is_multiple_of(2),
                "first_visit": { "who_opens": at, "access": at, "confidentiality": at },
                "markers": [{ "marker": "quiet-space", "level": "stated", "source": at, "on": "2026-01-01" }] },
        });
        if is_resource {
            own["resource"] = json!({ "resource_type": "training" });
        }
        own
    }

    /// The source's own id of something. It is kept, as the next import must find its own, and shown to nobody.
    pub fn id(&self, of: &str) -> String {
        format!("{of}-{}", self.mark)
    }
}

/// A served directory.
pub struct World {
    pub client: Client,
    pub directory: Directory,
    /// What the imports reported, in order.
    pub reports: Vec<Report>,
    folder: tempfile::TempDir,
}

impl World {
    /// Nothing.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = runtime().block_on(directory_in(folder.path()));
        Self { client: serve_in_process(&directory, runtime()), directory, reports: Vec::new(), folder }
    }

    /// One hidden listing, one like it of the attacker's own, and open groups all over the area.
    pub fn small(secret: &Secret) -> Self {
        let mut world = Self::empty();
        world.import("county", &Format::Hsds, &[("county.json", Self::small_file(secret))]);
        world
    }

    /// The file that it is made of.
    pub fn small_file(secret: &Secret) -> String {
        let groups = (0..16).map(|number| {
            let (row, column) = (f64::from(number / 4), f64::from(number % 4));
            open_group(number, 53.45 + 0.27 * row, -1.85 + 0.45 * column)
        });
        let decoy = Secret { mark: 1, ..Secret::number(0) };
        let items: Vec<Value> =
            groups.chain([refuge(secret, "rowan", TARGET), refuge(&decoy, "alder", DECOY)]).collect();
        Value::from(items).to_string()
    }

    /// The keeper's file again, with the house of the hidden listing elsewhere.
    pub fn move_house(&mut self, from: &Secret, to: &Secret) {
        let mut item = refuge(to, "rowan", TARGET);
        item["id"] = from.id("rowan").into();
        item["organization"]["id"] = from.id("harbour").into();
        self.import("county", &Format::Hsds, &[("county.json", json!([item]).to_string())]);
    }

    /// The keeper's file with a refuge in that house that serves these areas.
    pub fn say_areas(&mut self, secret: &Secret, id: &str, name: &str, areas: &[(&str, &str)]) {
        let mut item = refuge(secret, id, name);
        item["service_areas"] = areas.iter().map(|(code, name)| json!({ "name": name, "extent": code })).collect();
        self.import("county", &Format::Hsds, &[("county.json", json!([item]).to_string())]);
    }

    /// Refuges in every format that can be brought in, with open groups that share their houses.
    pub fn whole(secret: &Secret) -> Self {
        let mut world = Self::empty();
        let mut shares = open_group(90, 53.8, -1.55);
        shares["name"] = json!("Harbour choir");
        let there = shares["service_at_locations"].as_array_mut().unwrap();
        there.push(
            json!({ "id": "choir-there", "location": secret.location("rowan-house"), "description": secret.address() }),
        );
        let mut by_name = refuge(secret, "elm", "Elm women's refuge");
        by_name.as_object_mut().unwrap().remove("attributes");
        let mut rowan = refuge(secret, "rowan", TARGET);
        rowan["kith"] = secret.own(true);
        by_name["kith"] = secret.own(false);
        let west = json!({ "id": "west", "name": "West Circle", "description": "Neighbours.", "kith": {
            "network": { "network_type": "place", "purpose": "Nobody is sent on alone.", "areas": ["E08000035"] },
            "links": [{ "relationship": "member_of", "from": { "service_id": secret.id("rowan") }, "does": secret.address() },
                { "relationship": "member_of", "from": { "service_id": "open-91" }, "does": "Tea." }] } });
        let course = json!({ "id": "course", "name": "Holding a group", "status": "active", "description": "Two days.",
            "organization": { "id": "oak", "name": "Oak", "description": "Neighbours." },
            "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }],
            "kith": { "resource": { "resource_type": "training", "level": "skilled" } } });
        let json = json!([shares, rowan, by_name, open_group(91, 53.9, -1.6), west, course]);
        world.import("county", &Format::Hsds, &[("county.json", json.to_string())]);
        let lines = [open_group(92, 53.7, -1.4), refuge(secret, "lines", "Birch House")].map(|item| item.to_string());
        world.import("lines", &Format::HsdsLines, &[("lines.ndjson", lines.join("\n"))]);
        let older = json!({ "totalElements": 2, "content": [older(refuge(secret, "older", "Willow House")), older(open_group(93, 53.6, -1.3))] });
        world.import("older", &Format::Oruk1, &[("older.json", older.to_string())]);
        let mapping = Mapping::parse(MAPPING).expect("the mapping has no fault");
        world.import("table", &Format::Table(Box::new(mapping)), &[("table.csv", table(secret))]);
        world.import("tables", &Format::HsdsTabular, &tables(secret));
        world
    }

    /// Brings files in and waits until readers see them.
    pub fn import(&mut self, name: &str, format: &Format, files: &[(&str, String)]) -> Report {
        let source = Source { id: source_id(name), name: name.to_owned(), url: None, licence: None, attribution: None };
        self.import_from(&source, format, files)
    }

    /// The same from a source of which more is known.
    pub fn import_from(&mut self, source: &Source, format: &Format, files: &[(&str, String)]) -> Report {
        let files: Vec<Part<'_>> = files.iter().map(|(name, text)| Part { name, bytes: text.as_bytes() }).collect();
        let shipment = Shipment { source, files: &files, format, dry_run: false, actor: "a keeper" };
        let report = runtime().block_on(async {
            let report = self.directory.import(shipment, &mut |_, _| {}).await.unwrap();
            self.directory.bring_up_to_date().await.unwrap();
            report
        });
        self.reports.push(report.clone());
        report
    }

    /// Where everything is kept.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// A group whose place is public.
pub fn open_group(number: u32, latitude: f64, longitude: f64) -> Value {
    json!({ "id": format!("open-{number}"), "name": format!("Circle {number}"), "status": "active", "description": "Tea and talk.",
        "organization": { "id": "oak", "name": "Oak", "description": "Neighbours." }, "schedules": [{ "freq": "WEEKLY", "byday": "TU", "opens_at": "19:00", "closes_at": "20:00" }],
        "service_at_locations": [{ "id": format!("open-{number}-at"), "location": { "id": format!("hall-{number}"), "location_type": "physical", "name": "Mill Hall",
            "latitude": latitude, "longitude": longitude, "addresses": [{ "address_1": "Mill Hall", "city": "Leeds", "state_province": "West Yorkshire", "postal_code": "LS6 2AA", "country": "GB", "address_type": "physical" }] } }] })
}

/// A refuge that says in every place that could where it is; `id` and `name` are all that differs among those of one house.
fn refuge(secret: &Secret, id: &str, name: &str) -> Value {
    let at = format!("We are at {}, {}.", secret.address(), secret.postcode);
    json!({ "id": secret.id(id), "name": name, "status": "active", "description": at, "url": format!("https://maps.app.goo.gl/{}", secret.mark),
        "application_process": format!("Come to {:.5}, {:.5}.", secret.latitude, secret.longitude), "fees_description": "Free of charge.",
        "alert": format!("UPRN 1000{}", secret.mark), "eligibility_description": "Women and their children.",
        "interpretation_services": format!("By arrangement. The last of {}.", secret.street),
        "attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }, { "link_type": "note", "value": secret.street }],
        "phones": [{ "number": "0808 157 0001", "description": at, "location_id": secret.id("house") }, { "number": secret.phone }],
        "service_areas": [{ "name": AREA.1, "extent": AREA.0 }, { "name": secret.street, "extent": secret.postcode }],
        "schedules": [{ "freq": "WEEKLY", "byday": "TU", "opens_at": format!("{:02}:00", 8 + secret.mark % 8), "notes": secret.street }],
        "contacts": [{ "name": format!("Ann of {}", secret.street), "phones": [{ "number": secret.phone }] }],
        "latitude": secret.latitude, "longitude": secret.longitude, "postcode": secret.postcode, "uprn": format!("1000{}", secret.mark), "unknown": { "deep": [secret.address()] },
        "organization": { "id": secret.id("harbour"), "name": "Calm", "description": at, "website": format!("https://maps.app.goo.gl/{}", secret.mark),
            "locations": [secret.location("office")], "phones": [{ "number": secret.phone }], "head_office": secret.address() },
        "service_at_locations": [{ "id": secret.id(&format!("{id}-at")), "location": secret.location(&format!("{id}-house")), "description": at, "phones": [{ "number": secret.phone }] }] })
}

/// The same in the words of Open Referral UK 1.0.
fn older(mut service: Value) -> Value {
    let rename = |object: &mut Value, old: &str, new: &str| {
        if let Some(value) = object.as_object_mut().and_then(|members| members.remove(old)) {
            object[new] = value;
        }
    };
    if service["attributes"].is_array() {
        service["service_taxonomys"] =
            json!([{ "taxonomy": { "id": "topic:refuge", "name": "Refuge", "vocabulary": "topic" } }]);
    }
    // There a number stands with a contact.
    if service["contacts"].is_array() {
        service["contacts"][0]["phones"] = service["phones"].take();
    }
    for name in ["attributes", "phones"] {
        service.as_object_mut().unwrap().remove(name);
    }
    rename(&mut service, "schedules", "regular_schedules");
    rename(&mut service["organization"], "website", "url");
    for at in service["service_at_locations"].as_array_mut().unwrap() {
        rename(&mut at["location"], "addresses", "physical_addresses");
    }
    service
}

const MAPPING: &str = r#"
[source]
name = "table"
[entity]
kind = "service"
id = "ref"
[fields]
name = "title"
description = "about"
status = { value = "active" }
phone = "phone"
[organization]
id = "org"
name = "by"
[place]
address_1 = "street"
postcode = "post"
latitude = "lat"
longitude = "lon"
[[terms]]
column = "topics"
taxonomy = "local"
lookup = { RF = "Refuge accommodation" }
"#;

fn table(secret: &Secret) -> String {
    format!(
        "ref,title,about,phone,by,org,street,post,lat,lon,topics,note\n\
         {id},Cedar House,\"Rooms at {post}\",0808 157 0002,Calm,h,{street},{post},{lat},{lon},RF,{note}\n\
         open,Friday circle,Cake,0808 157 0003,Oak,o,Mill Hall,LS6 2AA,53.81,-1.56,,\n",
        id = secret.id("cedar"),
        post = secret.postcode,
        street = secret.address(),
        lat = secret.latitude,
        lon = secret.longitude,
        note = secret.street,
    )
}

fn tables(secret: &Secret) -> Vec<(&'static str, String)> {
    let (house, street, post) = (secret.id("yew-house"), secret.address(), &secret.postcode);
    let id = secret.id("yew");
    vec![
        ("organizations.csv", format!("id,name,description\nyew,Yew Trust,At {post}.\n")),
        (
            "services.csv",
            format!(
                "id,organization_id,name,description,status\n{id},yew,Yew House,At {street}.,active\nsong,,Song circle,Singing.,active\n"
            ),
        ),
        (
            "service_at_location.csv",
            format!(
                "id,service_id,location_id,description\na,{id},{house},{street}\nb,song,{house},{street}\nc,song,barn,\n"
            ),
        ),
        (
            "locations.csv",
            format!(
                "id,location_type,name,latitude,longitude,external_identifier\n{house},physical,{},{},{},{}\nbarn,physical,Barn,53.85,-1.7,\n",
                secret.street, secret.latitude, secret.longitude, secret.mark
            ),
        ),
        (
            "addresses.csv",
            format!(
                "id,location_id,address_1,city,postal_code,country,address_type\n1,{house},{street},Leeds,{post},GB,physical\n2,barn,Barn,Leeds,LS6 2AA,GB,physical\n"
            ),
        ),
        (
            "phones.csv",
            format!(
                "id,service_id,location_id,number,description\n1,{id},,0808 157 0004,\n2,,{house},{},{street}\n",
                secret.phone
            ),
        ),
        ("attributes.csv", format!("id,link_id,link_entity,taxonomy_term_id\n1,{id},service,t\n")),
        ("taxonomy_terms.csv", "id,code,name,taxonomy\nt,refuge,Refuge,kith\n".to_owned()),
        ("service_areas.csv", format!("id,service_id,name,extent\n1,{id},{},{}\n", AREA.1, AREA.0)),
    ]
}
