//! `kith resilience --for ID`: how an organisation's own listings are linked. For them and their connector, not for the public.

use std::process::ExitCode;

use anyhow::{Context, Result};

use super::open;
use crate::{config::Config, directory::resilience::Standing};

/// Tells how a listing, and all that an organisation offers, is linked.
pub async fn run(config: &Config, id: &str) -> Result<ExitCode> {
    let directory = open(config).await?;
    let standings = directory.standing_of(id).await.context("it cannot be told how this is linked")?;
    say!("Tell this to the organisation itself or its connector, and to nobody else.");
    for standing in &standings {
        say!("{} {}: {}", standing.id, standing.name, in_words(standing));
    }
    Ok(ExitCode::SUCCESS)
}

fn in_words(standing: &Standing) -> String {
    let links = match (standing.agreed, standing.other) {
        (0, 0) => "no link recorded".to_owned(),
        (0, other) => format!("no agreed link recorded, {other} not agreed"),
        (agreed, 0) => format!("{agreed} agreed"),
        (agreed, other) => format!("{agreed} agreed, {other} not agreed"),
    };
    match standing.pieces {
        None => links,
        Some(pieces) => {
            format!("{links}; others hang on it: without it those linked around it fall into {pieces} parts")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Standing, in_words};

    #[test]
    fn what_is_not_recorded_is_not_called_nothing() {
        let standing =
            |agreed, other, pieces| Standing { id: String::new(), name: String::new(), agreed, other, pieces };
        assert_eq!(in_words(&standing(0, 0, None)), "no link recorded");
        assert_eq!(in_words(&standing(0, 2, None)), "no agreed link recorded, 2 not agreed");
        assert!(in_words(&standing(3, 1, Some(2))).starts_with("3 agreed, 1 not agreed; others hang on it"));
    }
}
