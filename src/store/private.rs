//! Which services of an organization have a place that must stay private, and which organizations have others beside them.

use super::{Snapshot, entries::in_lists, error::Result, sql::Query};
use crate::domain::{
    id::{Id, Kind, kind},
    place::PlaceMode,
};

impl Snapshot {
    /// Those of these organizations that have a service whose place need not stay private, whatever its standing.
    pub async fn with_open_services(&mut self, of: &[Id<kind::Organization>]) -> Result<Vec<Id<kind::Organization>>> {
        self.of_services("SELECT DISTINCT organization_id AS id", "<>", of).await
    }

    /// The services of these organizations whose place must stay private.
    pub async fn private_services(&mut self, of: &[Id<kind::Organization>]) -> Result<Vec<Id<kind::Service>>> {
        self.of_services("SELECT id", "=", of).await
    }

    /// What stands in the rows of services of these organizations, private ones (`=`) or others (`<>`).
    async fn of_services<K: Kind>(
        &mut self,
        shown: &'static str,
        compared: &'static str,
        of: &[Id<kind::Organization>],
    ) -> Result<Vec<Id<K>>> {
        let mut ids = Vec::new();
        for values in in_lists(of.iter().map(ToString::to_string)) {
            let mut parts = vec![shown, " FROM service WHERE place_mode ", compared, " ? AND organization_id IN (?"];
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(")");
            let query = Query::joined(&parts).bind(PlaceMode::Area.as_str()).bind_all(values);
            for row in query.all(self.open.exec()).await? {
                ids.push(row.parsed("id")?);
            }
        }
        Ok(ids)
    }
}
