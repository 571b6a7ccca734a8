//! `GET /v1/resilience`: which layers of support are within reach of how many addresses, as JSON or as a table.

use poem::{Request, http::header::ACCEPT};
use poem_openapi::{OpenApi, param::Query};

use super::{Tag, payload::Tabled, problem::Problem};
use crate::{
    directory::{
        Directory,
        resilience::{ResilienceRequest, csv},
    },
    domain::resilience::{Form, ResilienceAnswer},
};

/// The operation on resilience.
pub struct Resilience(pub Directory);

#[OpenApi]
impl Resilience {
    /// Resilience
    ///
    /// For those who commission and connect: for each authority of an area, which layers of support are within reach, for
    /// about how many addresses, and how many agreed links are recorded. Made of published listings and of nothing that readers do.
    #[oai(path = "/v1/resilience", method = "get", tag = "Tag::Knowing", operation_id = "resilience")]
    async fn get(
        &self,
        request: &Request,
        /// The code or the name of an authority or a wider area: `E08000035`, `Leeds`, `West Yorkshire`.
        area: Query<String>,
        /// A term of the facet `need`. Without it all needs are counted together, and of a single authority each as well.
        need: Query<Option<String>>,
        /// What counts as within reach, in kilometres: 5, 10 or 25; 10 unless said otherwise.
        within_km: Query<Option<u32>>,
        /// `json` or `csv`; when absent, CSV where `Accept` names `text/csv` and not JSON.
        format: Query<Option<Form>>,
    ) -> Result<Tabled<ResilienceAnswer>, Problem> {
        let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let form = format.0.unwrap_or_else(|| preferred(accepts));
        let asked = ResilienceRequest { area: area.0, need: need.0, within_km: within_km.0 };
        let answer = self.0.resilience(asked).await?;
        Ok(match form {
            Form::Csv => Tabled::csv(csv(&answer)),
            Form::Json => Tabled::json(serde_json::to_vec(&answer).expect("an answer has only text keys").into()),
        })
    }
}

fn preferred(accepts: &str) -> Form {
    let names = |wanted: &str| {
        accepts.split(',').any(|one| one.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted)))
    };
    if names("text/csv") && !names("application/json") { Form::Csv } else { Form::Json }
}

#[cfg(test)]
mod tests {
    use super::{Form, preferred};

    #[test]
    fn a_table_is_given_to_who_asks_for_nothing_else() {
        assert_eq!(preferred("text/csv;q=0.9, */*;q=0.1"), Form::Csv);
        for accepts in ["", "*/*", "application/json", "text/csv, application/json", "text/html"] {
            assert_eq!(preferred(accepts), Form::Json, "{accepts}");
        }
    }
}
