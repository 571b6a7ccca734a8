//! `POST /v1/reports`, `GET /v1/reports/{code}`: anyone says that a listing is wrong, and asks what became of it.

use poem::Request;
use poem_openapi::{Object, OpenApi, param::Path, payload::Json};
use serde::Serialize;

use super::{
    Tag,
    payload::Private,
    problem::{Problem, Slug},
};
use crate::{
    directory::{
        Directory, Error,
        reports::{NewReport, sender},
    },
    domain::report::{Because, Report, State},
};

/// The operations on reports.
pub struct Reports(pub Directory);

/// What is wrong with a listing.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct ReportRequest {
    /// The listing's id, as cards carry it.
    listing_id: String,
    /// `wrong` (something it says), `closed`, `full`, `no_answer` or `unsafe`. From those who support somebody, also how it
    /// went, by code and without words: `not_eligible` with `barrier`, `waiting_since` with `since`, or `got_in`. It proposes
    /// corrections to those who keep the listing, and is published nowhere, not even counted.
    reason: String,
    /// Why somebody was not eligible, with `not_eligible` only: `age`, `area`, `need`, `referral`, `cost`, `access` or `other`.
    barrier: Option<String>,
    /// The month since which somebody is waiting, `YYYY-MM`, with `waiting_since` only.
    since: Option<String>,
    /// In your own words, at most 500 characters. For the keepers of this directory only: it is never published, and
    /// forgotten when the report is closed. Name nobody who could be harmed by it. Not with what is said by code.
    text: Option<String>,
}

/// What has become of a report.
#[derive(Debug, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ReportStatus {
    /// Ask with this what became of it. It is kept nowhere with anything about you, so nobody can find it again for you.
    pub code: String,
    /// How far it is.
    pub state: State,
    /// Why the listing was changed or not; absent until the report is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
}

#[OpenApi]
impl Reports {
    /// Report a listing
    ///
    /// Needs no account. The listing says `being_checked` within a minute, unless somebody only waits or got in. What is new here and is reported as `unsafe` may
    /// be taken away until a keeper has looked; no number of reports does that to anything else.
    #[oai(path = "/v1/reports", method = "post", tag = "Tag::Telling", operation_id = "report")]
    async fn send(&self, request: &Request, body: Json<ReportRequest>) -> Result<Private<ReportStatus>, Problem> {
        let ReportRequest { listing_id, reason, barrier, since, text } = body.0;
        let forwarded = request.headers().get_all("x-forwarded-for").into_iter().next_back();
        let from = request.remote_addr().as_socket_addr();
        let from = from.map(|peer| sender(peer.ip(), forwarded.map(|value| value.as_bytes())));
        let report = self.0.report(&NewReport { listing_id, reason, barrier, since, text }, from).await;
        answer(report)
    }

    /// What became of a report
    #[oai(path = "/v1/reports/:code", method = "get", tag = "Tag::Telling", operation_id = "reportStatus")]
    async fn status(
        &self,
        /// The code that was given for it.
        code: Path<String>,
    ) -> Result<Private<ReportStatus>, Problem> {
        answer(self.0.report_of(&code.0).await)
    }
}

fn answer(report: Result<Report, Error>) -> Result<Private<ReportStatus>, Problem> {
    let report = report.map_err(|error| match error {
        Error::Store(error) => {
            tracing::error!(%error, "reports are not to be had");
            Problem::new(Slug::NotReady).detail("Reports are not to be had at this moment.")
        }
        error => error.into(),
    })?;
    let status = ReportStatus { code: report.code, state: report.state, because: report.because };
    Ok(Private::new(serde_json::to_vec(&status).expect("a status has only words").into()))
}
