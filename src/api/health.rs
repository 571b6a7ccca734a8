//! `GET /healthz`, `/readyz`: whether the process lives, and whether it can answer.

use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};

use super::{Tag, problem::Problem};
use crate::{directory::Directory, domain::crisis};

/// The probes.
pub struct Health(pub Directory);

/// The process lives.
#[derive(Debug, Object)]
pub struct Alive {
    /// Always `alive`.
    pub status: String,
}

/// The directory answers.
#[derive(Debug, Object)]
pub struct Ready {
    /// Always `ready`; while it is not, the answer is a problem with status 503.
    pub status: String,
    /// Documents in the view: listings at their places, and what is left of withdrawn ones.
    pub documents: u64,
    /// The last change that readers can see.
    pub sequence: u64,
    /// The ids of crisis lines that no person has rung for 45 days, or ever. They are offered all the same.
    pub crisis_lines_to_check: Vec<String>,
}

#[derive(ApiResponse)]
enum AliveAnswer {
    /// It lives.
    #[oai(status = 200)]
    Ok(Json<Alive>),
}

#[derive(ApiResponse)]
enum ReadyAnswer {
    /// It answers.
    #[oai(status = 200)]
    Ok(Json<Ready>),
}

#[OpenApi]
impl Health {
    /// Whether the process lives
    #[oai(path = "/healthz", method = "get", tag = "Tag::Running", operation_id = "health")]
    async fn alive(&self) -> Result<AliveAnswer, Problem> {
        Ok(AliveAnswer::Ok(Json(Alive { status: "alive".to_owned() })))
    }

    /// Whether the directory answers
    #[oai(path = "/readyz", method = "get", tag = "Tag::Running", operation_id = "readiness")]
    async fn ready(&self) -> Result<ReadyAnswer, Problem> {
        let documents = self.0.view.reader()?.documents();
        let to_check = crisis::to_check(self.0.clock.now().london_date());
        Ok(ReadyAnswer::Ok(Json(Ready {
            status: "ready".to_owned(),
            documents,
            sequence: self.0.as_of().sequence,
            crisis_lines_to_check: to_check.into_iter().map(str::to_owned).collect(),
        })))
    }
}
