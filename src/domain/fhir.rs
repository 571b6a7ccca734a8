//! Memberships of a network in the words of FHIR R4: an `OrganizationAffiliation` each, in a `Bundle`.
//!
//! Made of what readers may see and of nothing else. Organizations and services are named by their ids and names here;
//! there is no FHIR server behind these references, so they are logical ones (`identifier`, not `reference`).

use serde_json::{Value, json};

use super::{
    card::ListingKind,
    id::Id,
    link::LinkTarget,
    member::{Member, MemberPage},
    vocabulary::values::LinkState,
};

/// The system of ids of this directory, for identifiers: the ids are UUIDs.
const UUIDS: &str = "urn:ietf:rfc:3986";
/// The system of what one member is to a network: words of this directory.
const RELATIONSHIPS: &str = "urn:kith:relationship";
/// The system of how far a membership is agreed.
const STATES: &str = "urn:kith:link-state";

/// The memberships of a page as a bundle, with the address of the next page.
pub fn bundle(page: &MemberPage) -> Value {
    let entries: Vec<Value> = page
        .items
        .iter()
        .map(|member| {
            let resource = affiliation(&page.network, member);
            json!({ "fullUrl": format!("urn:uuid:{}", resource["id"].as_str().unwrap_or_default()), "resource": resource })
        })
        .collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": page.total });
    if let Some(next) = &page.next {
        bundle["link"] = json!([{ "relation": "next", "url": next }]);
    }
    // An empty list is no FHIR.
    if !entries.is_empty() {
        bundle["entry"] = entries.into();
    }
    bundle
}

/// One membership. It is active only where both sides say so: what one side claims is told with its state, and is not active.
pub fn affiliation(network: &LinkTarget, member: &Member) -> Value {
    let own: Id<()> = network.id.parse().unwrap_or_else(|_| Id::from_u128(0));
    let id: Id<()> = Id::named(own, &format!("{}/{}", member.relationship.as_str(), member.member.id));
    let state = json!({ "system": STATES, "code": member.state.as_str(), "display": member.state.label() });
    let relationship = json!({ "system": RELATIONSHIPS, "code": member.relationship.as_str(), "display": member.relationship.label() });
    let mut resource = json!({
        "resourceType": "OrganizationAffiliation",
        "id": id,
        "meta": { "tag": [state] },
        "active": member.state == LinkState::Agreed,
        "organization": named("Organization", &network.id, &network.name),
        "network": [named("Organization", &network.id, &network.name)],
        "code": [{ "coding": [relationship], "text": member.relationship.label() }],
    });
    match member.member.kind {
        ListingKind::Organization | ListingKind::Network => {
            resource["participatingOrganization"] = named("Organization", &member.member.id, &member.member.name);
        }
        _ => {
            resource["healthcareService"] = json!([named("HealthcareService", &member.member.id, &member.member.name)]);
            if let Some((id, name)) = &member.organization {
                resource["participatingOrganization"] = named("Organization", id, name);
            }
        }
    }
    if let Some(since) = &member.since {
        resource["period"] = json!({ "start": since });
    }
    resource
}

fn named(kind: &str, id: &str, name: &str) -> Value {
    json!({ "type": kind, "identifier": { "system": UUIDS, "value": format!("urn:uuid:{id}") }, "display": name })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{LinkState, LinkTarget, ListingKind, Member, MemberPage, affiliation, bundle};
    use crate::domain::{answer::AsOf, vocabulary::values::Relationship};

    fn target(n: u8, kind: ListingKind, name: &str) -> LinkTarget {
        let id = format!("00000000-0000-4000-8000-0000000000{n:02}");
        LinkTarget { page_url: format!("/listing/{id}"), id, kind, name: name.to_owned() }
    }

    fn choir(state: LinkState) -> Member {
        Member {
            member: target(2, ListingKind::Group, "Canal Choir"),
            relationship: Relationship::MemberOf,
            state,
            stated_by: None,
            since: Some("2024-05-01".to_owned()),
            review_on: None,
            organization: Some(("00000000-0000-4000-8000-000000000003".to_owned(), "Canal Arts".to_owned())),
        }
    }

    #[test]
    fn a_service_takes_part_through_who_runs_it_and_only_what_both_say_is_active() {
        let network = target(1, ListingKind::Network, "West Circle");
        let said = affiliation(&network, &choir(LinkState::Agreed));
        assert_eq!((&said["resourceType"], &said["active"]), (&json!("OrganizationAffiliation"), &json!(true)));
        assert_eq!(said["organization"]["identifier"]["value"], "urn:uuid:00000000-0000-4000-8000-000000000001");
        assert_eq!(said["participatingOrganization"]["display"], "Canal Arts");
        assert_eq!(said["healthcareService"][0]["display"], "Canal Choir");
        assert_eq!(
            (&said["period"]["start"], &said["code"][0]["coding"][0]["code"]),
            (&json!("2024-05-01"), &json!("member_of"))
        );
        assert_eq!(said["id"], affiliation(&network, &choir(LinkState::Claimed))["id"], "for ever the same");
        for state in [LinkState::Claimed, LinkState::Lapsed] {
            let said = affiliation(&network, &choir(state));
            assert_eq!((&said["active"], &said["meta"]["tag"][0]["code"]), (&json!(false), &json!(state.as_str())));
        }
    }

    #[test]
    fn an_organization_takes_part_itself_and_nothing_is_empty() {
        let network = target(1, ListingKind::Network, "West Circle");
        let mut member = choir(LinkState::Agreed);
        member.member = target(4, ListingKind::Organization, "Neighbours");
        (member.organization, member.since) = (None, None);
        let said = affiliation(&network, &member);
        assert_eq!(said["participatingOrganization"]["display"], "Neighbours");
        assert!(said.get("healthcareService").is_none() && said.get("period").is_none());
        let as_of = AsOf { epoch: "e".to_owned(), sequence: 1 };
        let mut page = MemberPage { network, total: 1, items: vec![member], next: Some("/next".to_owned()), as_of };
        let told = bundle(&page);
        assert_eq!((told["entry"].as_array().map(Vec::len), &told["link"][0]["url"]), (Some(1), &json!("/next")));
        (page.items, page.next) = (Vec::new(), None);
        assert!(bundle(&page).get("entry").is_none() && bundle(&page).get("link").is_none());
    }
}
