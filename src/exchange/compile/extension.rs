//! What our own extension says of a service or an organization, its links apart.

use crate::domain::{
    coming::Coming,
    entry::ServiceFacts,
    network::Network,
    place::PlaceMode,
    practice::Practice,
    read::{Read, Reader},
    resource::Resource,
};

/// Of a service.
#[derive(Default)]
pub struct OfService {
    coming: Coming,
    practice: Option<Practice>,
    resource: Option<Resource>,
}

impl OfService {
    /// As facts of a service whose places may be told so. One whose place is private is no resource, and keeps no free words.
    pub fn facts(mut self, mode: PlaceMode) -> ServiceFacts {
        if mode == PlaceMode::Area {
            self.resource = None;
            self.practice.iter_mut().for_each(Practice::silence);
        }
        let Self { coming, practice, resource } = self;
        ServiceFacts { coming, practice, resource, ..ServiceFacts::default() }
    }
}

impl Read for OfService {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        let (practice, resource) = (reader.object("practice"), reader.object("resource"));
        Self { coming: Coming::read(reader), practice, resource }
    }
}

/// Of an organization.
#[derive(Default)]
pub struct OfOrganization {
    /// What makes it a network.
    pub network: Option<Network>,
}

impl Read for OfOrganization {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self { network: reader.object("network") }
    }
}
