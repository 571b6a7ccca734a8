//! HSDS 3 JSON: compiled services, and organizations.

use super::{
    Error, allow,
    compile::{Compiler, Input, Subject},
    decide::{Decisions, RowKind},
    drafts::Item,
    items::{Items, Raw},
    shape::{Members, Shape, decode},
    sketch::Sketch,
};
use crate::domain::{
    place::PlaceMode,
    read::{Code, Violation},
};

/// Pass 1.
pub fn sketches(items: Items<'_>) -> impl Iterator<Item = Result<Sketch, Error>> {
    items.map(|raw| raw.map(|raw| sketch(&raw)))
}

fn sketch(raw: &Raw<'_>) -> Sketch {
    Sketch::of_json(raw.row, raw.bytes).unwrap_or_else(|error| Sketch::unreadable(raw.row, broken(raw, &error)))
}

/// Pass 2.
pub fn records<'s>(items: Items<'s>, mut compiler: Compiler<'s>) -> impl Iterator<Item = Result<Item, Error>> + 's {
    items.enumerate().map(move |(index, raw)| {
        let raw = raw?;
        let decisions = compiler.decisions();
        let sketch = sketch(&raw);
        Ok(match decisions.plan(index, raw.row)? {
            RowKind::Refused(fault) => Item::refused(raw.row, vec![fault.clone()]),
            RowKind::Service(own) => {
                let service = sketch.service.as_ref().ok_or(Error::Changed { row: raw.row })?;
                let mode = service.foreign_id.as_deref().map_or(*own, |id| decisions.mode(id));
                let read = with_service_shape(decisions, &sketch, mode, |shape| decode(raw.bytes, shape));
                item(&mut compiler, &raw, Subject::Service(mode), read)
            }
            RowKind::Organization => {
                let read = with_services_shape(decisions, &sketch, |services| {
                    with_organization_shape(decisions, &sketch, services, |shape| decode(raw.bytes, shape))
                });
                item(&mut compiler, &raw, Subject::Organization, read)
            }
        })
    })
}

fn item(
    compiler: &mut Compiler<'_>,
    raw: &Raw<'_>,
    subject: Subject,
    read: serde_json::Result<(serde_json::Value, u32)>,
) -> Item {
    match read {
        Ok((serde_json::Value::Object(record), withheld)) => {
            compiler.item(Input { row: raw.row, subject, record, withheld, notices: Vec::new() })
        }
        Ok(_) => Item::refused(raw.row, vec![Violation::new("", Code::NotAnObject)]),
        Err(error) => Item::refused(raw.row, vec![broken(raw, &error)]),
    }
}

/// What may be read of a service: for `area` the short list, else all but what is withheld.
fn with_service_shape<T>(
    decisions: &Decisions,
    sketch: &Sketch,
    mode: PlaceMode,
    then: impl FnOnce(Shape<'_>) -> T,
) -> T {
    if mode == PlaceMode::Area {
        return then(Shape::Only(allow::SERVICE));
    }
    // Services inside the organization of a service have items of their own, or stay unread.
    with_organization_shape(decisions, sketch, Shape::Nothing, |organization| {
        let locations = sketch.service.iter().flat_map(|service| &service.locations);
        let places = places(decisions, locations);
        let places = if mode == PlaceMode::Remote { Shape::Nothing } else { Shape::Nth(&places) };
        then(Shape::But(&[("organization", organization), ("service_at_locations", places)]))
    })
}

/// What may be read of the services inside an organization: of each as of a service by itself.
fn with_services_shape<T>(decisions: &Decisions, sketch: &Sketch, then: impl FnOnce(Shape<'_>) -> T) -> T {
    let places: Vec<_> = sketch.services.iter().map(|service| places(decisions, service.locations.iter())).collect();
    let members: Vec<[_; 2]> = places
        .iter()
        .map(|places| [("organization", Shape::Nothing), ("service_at_locations", Shape::Nth(places))])
        .collect();
    let shapes: Vec<_> = std::iter::zip(&sketch.services, &members)
        // What has no id will be refused; until then it may be anything.
        .map(|(service, members)| match service.foreign_id.as_deref().map(|id| decisions.mode(id)) {
            Some(PlaceMode::Exact) => Shape::But(members),
            Some(PlaceMode::Remote) => Shape::But(REMOTE),
            Some(PlaceMode::Area) | None => Shape::Only(allow::SERVICE),
        })
        .collect();
    then(Shape::Nth(&shapes))
}

const REMOTE: Members<'static> = &[("organization", Shape::Nothing), ("service_at_locations", Shape::Nothing)];

/// What may be read of an organization, nested or by itself.
fn with_organization_shape<T>(
    decisions: &Decisions,
    sketch: &Sketch,
    services: Shape<'_>,
    then: impl FnOnce(Shape<'_>) -> T,
) -> T {
    let Some(organization) = &sketch.organization else { return then(Shape::Nothing) };
    if organization.foreign_id.as_deref().is_some_and(|id| decisions.withholds_organization(id)) {
        let members: Vec<_> = allow::ORGANIZATION.iter().copied().chain([("services", services)]).collect();
        return then(Shape::Only(&members));
    }
    let places = places(decisions, organization.locations.iter());
    then(Shape::But(&[("locations", Shape::Nth(&places)), ("services", services)]))
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
