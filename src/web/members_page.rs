//! The page of a network's members, one part after the other.

use askama::Template;

use super::{chrome::Chrome, facts, view::Value, words};
use crate::domain::{
    link::StatedBy,
    member::{Member, MemberPage},
    vocabulary::values::LinkState,
};

/// How many members a page holds.
pub const ON_PAGE: usize = 100;

/// A page of members.
#[derive(Template)]
#[template(path = "members.html")]
pub struct MembersPage {
    chrome: Chrome,
    network: Value,
    total: String,
    members: Vec<MemberView>,
    next: Option<String>,
}

/// A member, and how far that is agreed.
struct MemberView {
    target: Value,
    said: String,
}

impl MembersPage {
    /// The page of these members.
    pub fn new(page: MemberPage, sample: bool) -> Self {
        let next = page.next.map(|after| format!("{}/members?after={after}", page.network.page_url));
        Self {
            chrome: Chrome::new("Members of a network", sample),
            network: Value {
                text: page.network.name.clone(),
                href: Some(facts::own_page(&page.network.page_url)),
                note: None,
            },
            total: if page.total == 1 {
                "1 member".to_owned()
            } else {
                format!("{} members", words::number(page.total))
            },
            members: page.items.iter().map(member).collect(),
            next,
        }
    }
}

fn member(member: &Member) -> MemberView {
    let said = match (member.state, member.stated_by) {
        (LinkState::Agreed, _) => "both say so",
        (LinkState::Lapsed, _) => "no longer",
        (LinkState::Claimed, Some(StatedBy::This)) => "the network says so",
        (LinkState::Claimed, Some(StatedBy::Other)) => "the member says so",
        (LinkState::Claimed, _) => "one side says so",
    };
    let since = member.since.as_deref().map(|day| format!("; since {}", words::day(day))).unwrap_or_default();
    MemberView {
        target: Value {
            text: member.member.name.clone(),
            href: Some(facts::own_page(&member.member.page_url)),
            note: Some(words::kind(member.member.kind).to_lowercase()),
        },
        said: format!("{said}{since}"),
    }
}
