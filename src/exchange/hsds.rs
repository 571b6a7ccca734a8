//! HSDS JSON: compiled services, and organizations, in the words of version 3 or of Open Referral UK 1.0.

use super::{
    Error,
    allow::{self, Lists},
    compile::{Compiler, Input, Subject},
    decide::{Decisions, RowKind},
    drafts::Item,
    items::{Items, Raw},
    legacy,
    shape::{Shape, decode},
    sketch::{Sketch, SketchService},
};
use crate::domain::{
    place::PlaceMode,
    read::{Code, Violation},
};
use serde_json::Value;

/// Whose words the items are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// HSDS 3 and Open Referral UK 3.0.
    Hsds3,
    /// Open Referral UK 1.0.
    Oruk1,
}

impl Dialect {
    fn lists(self) -> Lists {
        match self {
            Self::Hsds3 => allow::HSDS3,
            Self::Oruk1 => allow::LEGACY,
        }
    }
}

/// Pass 1.
pub fn sketches(items: Items<'_>) -> impl Iterator<Item = Result<Sketch, Error>> {
    items.map(|raw| raw.map(|raw| sketch(&raw, true)))
}

fn sketch(raw: &Raw<'_>, hears: bool) -> Sketch {
    Sketch::of_json(raw.row, raw.bytes, hears)
        .unwrap_or_else(|error| Sketch::unreadable_json(raw.row, broken(raw, &error), raw.bytes, hears))
}

/// Pass 2, over the files of a package in order.
pub fn records<'s>(
    files: &'s [Items<'s>],
    mut compiler: Compiler<'s>,
    dialect: Dialect,
) -> impl Iterator<Item = Result<Item, Error>> + 's {
    let raws = files.iter().enumerate().flat_map(|(part, items)| items.clone().map(move |raw| (part, raw)));
    raws.enumerate().map(move |(index, (part, raw))| {
        let raw = raw?;
        let decisions = compiler.decisions();
        let sketch = sketch(&raw, false);
        let lists = dialect.lists();
        let (subject, read) = match decisions.plan(index, raw.row)? {
            RowKind::Refused(fault) => return Ok(Item::refused(part, raw.row, vec![fault.clone()])),
            RowKind::Service(own) => {
                let service = sketch.service.as_ref().ok_or(Error::Changed { row: raw.row })?;
                let mode = service.foreign_id.as_deref().map_or(*own, |id| decisions.mode(id));
                let read = with_service_shape(lists, decisions, &sketch, mode, |shape| decode(raw.bytes, shape));
                (Subject::Service(mode), read)
            }
            RowKind::Organization => {
                let read = with_services_shape(lists, decisions, &sketch, |services| {
                    with_organization_shape(lists, decisions, &sketch, services, |shape| decode(raw.bytes, shape))
                });
                (Subject::Organization, read)
            }
        };
        Ok(match read {
            Ok((Value::Object(record), withheld)) => {
                let mut input = Input { part, row: raw.row, subject, record, withheld, notices: Vec::new() };
                if dialect == Dialect::Oruk1 {
                    legacy::renew(&mut input, decisions);
                }
                compiler.item(input)
            }
            Ok(_) => Item::refused(part, raw.row, vec![Violation::new("", Code::NotAnObject)]),
            Err(error) => Item::refused(part, raw.row, vec![broken(&raw, &error)]),
        })
    })
}

/// What may be read of a service: for `area` the short list, else all but what is withheld.
pub fn with_service_shape<T>(
    lists: Lists,
    decisions: &Decisions,
    sketch: &Sketch,
    mode: PlaceMode,
    then: impl FnOnce(Shape<'_>) -> T,
) -> T {
    #[cfg(debug_assertions)]
    if mode == PlaceMode::Area && crate::domain::sabotage::keeps_places() {
        return then(Shape::Only(&[lists.service, &[("service_at_locations", Shape::Whole)]].concat()));
    }
    if mode == PlaceMode::Area {
        return then(Shape::Only(lists.service));
    }
    // Services inside the organization of a service have items of their own, or stay unread.
    with_organization_shape(lists, decisions, sketch, Shape::Nothing, |organization| {
        let locations = sketch.service.iter().flat_map(|service| &service.locations);
        let places = places(decisions, locations);
        let places = if mode == PlaceMode::Remote { Shape::Nothing } else { Shape::Nth(&places) };
        let members = [&[("organization", organization), ("service_at_locations", places)], lists.never].concat();
        then(Shape::But(&members))
    })
}

/// What may be read of the services inside an organization: of each as of a service by itself.
fn with_services_shape<T>(
    lists: Lists,
    decisions: &Decisions,
    sketch: &Sketch,
    then: impl FnOnce(Shape<'_>) -> T,
) -> T {
    let mode = |service: &SketchService| service.foreign_id.as_deref().map(|id| decisions.mode(id));
    let places: Vec<_> = sketch.services.iter().map(|service| places(decisions, service.locations.iter())).collect();
    let members: Vec<_> = std::iter::zip(&sketch.services, &places)
        .map(|(service, places)| {
            let places = if mode(service) == Some(PlaceMode::Exact) { Shape::Nth(places) } else { Shape::Nothing };
            [&[("organization", Shape::Nothing), ("service_at_locations", places)], lists.never].concat()
        })
        .collect();
    let shapes: Vec<_> = std::iter::zip(&sketch.services, &members)
        // What has no id will be refused; until then it may be anything.
        .map(|(service, members)| match mode(service) {
            Some(PlaceMode::Exact | PlaceMode::Remote) => Shape::But(members),
            Some(PlaceMode::Area) | None => Shape::Only(lists.service),
        })
        .collect();
    then(Shape::Nth(&shapes))
}

/// What may be read of an organization, nested or by itself.
pub fn with_organization_shape<T>(
    lists: Lists,
    decisions: &Decisions,
    sketch: &Sketch,
    services: Shape<'_>,
    then: impl FnOnce(Shape<'_>) -> T,
) -> T {
    let Some(organization) = &sketch.organization else { return then(Shape::Nothing) };
    if organization.foreign_id.as_deref().is_some_and(|id| decisions.withholds_organization(id)) {
        let members: Vec<_> = lists.organization.iter().copied().chain([("services", services)]).collect();
        return then(Shape::Only(&members));
    }
    let places = places(decisions, organization.locations.iter());
    let members = [&[("locations", Shape::Nth(&places)), ("services", services)], lists.never].concat();
    then(Shape::But(&members))
}

fn places<'l>(decisions: &Decisions, locations: impl Iterator<Item = &'l String>) -> Vec<Shape<'static>> {
    locations.map(|id| if decisions.withholds_location(id) { Shape::Nothing } else { Shape::Whole }).collect()
}

/// The fault of an item that is no JSON: its line and column in the file, and no more.
fn broken(raw: &Raw<'_>, error: &serde_json::Error) -> Violation {
    let start = raw.start;
    let line = start.line + error.line().saturating_sub(1);
    let column = if error.line() <= 1 { start.column + error.column().saturating_sub(1) } else { error.column() };
    Violation {
        pointer: String::new(),
        code: Code::NotReadable,
        reason: format!("is not JSON that can be read, at line {line}, column {column}"),
    }
}
