//! Decisions of the safeguarding role about records of sources. No import changes them.

use std::{borrow::Cow, collections::HashMap};

use super::{
    Snapshot, Tx,
    entries::in_lists,
    error::{Error, Result},
    sql::{Query, Row, query},
};
use crate::domain::{
    clock::Timestamp,
    entry::Origin,
    id::{Id, kind},
};

/// What can be decided of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Its place may be told, although its kind puts people at risk.
    Place,
    /// It is an organisation that is of no kind that puts people at risk, although its words speak of one.
    Organization,
    /// Its place may not be told, although nothing in its record says so.
    Hide,
    /// A local number may be shown, although it is finer than the areas.
    Number,
    /// A text may be published, although it has words that are not on the list: the one with this fingerprint and no other.
    Text(String),
}

/// Before the fingerprint in the database.
const TEXT: &str = "text ";

impl Decision {
    /// The word kept in the database.
    pub fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Place => "place".into(),
            Self::Organization => "organization".into(),
            Self::Hide => "hide".into(),
            Self::Number => "number".into(),
            Self::Text(fingerprint) => format!("{TEXT}{fingerprint}").into(),
        }
    }

    fn of(word: &str) -> Result<Self> {
        let all = [Self::Place, Self::Organization, Self::Hide, Self::Number];
        let text = word.strip_prefix(TEXT).map(|fingerprint| Self::Text(fingerprint.to_owned()));
        all.into_iter().find(|decision| decision.word() == word).or(text).ok_or(Error::Corrupt { column: "decision" })
    }
}

/// A decision, why and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// Why, in the words of who decided.
    pub because: String,
    /// In which role.
    pub role: String,
    /// When.
    pub at: Timestamp,
}

const SELECT: &str = "SELECT foreign_id, decision, because, role, at FROM safeguard WHERE source_id = ?";

impl Snapshot {
    /// The decisions about those of these records, by the source's ids.
    pub async fn decided(
        &mut self,
        source: Id<kind::Source>,
        names: &[String],
    ) -> Result<HashMap<String, Vec<Decided>>> {
        let mut found: HashMap<String, Vec<Decided>> = HashMap::new();
        for names in in_lists(names.iter().cloned()) {
            let mut parts = vec![SELECT, " AND foreign_id IN (?"];
            parts.extend(std::iter::repeat_n(", ?", names.len() - 1));
            parts.push(") ORDER BY foreign_id, decision");
            let query = Query::joined(&parts).bind(source).bind_all(names);
            for row in query.all(self.open.exec()).await? {
                found.entry(row.get("foreign_id")?).or_default().push(decided(&row)?);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Writes a decision; an earlier one of the same kind is replaced.
    pub async fn decide(&mut self, of: &Origin, decided: &Decided) -> Result<()> {
        query(
            "INSERT INTO safeguard (source_id, foreign_id, decision, because, role, at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (source_id, foreign_id, decision) DO UPDATE SET because = excluded.because,
             role = excluded.role, at = excluded.at",
        )
        .bind(of.source)
        .bind(of.foreign_id.as_str())
        .bind(&*decided.decision.word())
        .bind(decided.because.as_str())
        .bind(decided.role.as_str())
        .bind(decided.at)
        .about("safeguard")
        .execute(self.open.exec())
        .await?;
        Ok(())
    }

    /// Takes a decision back, if there is one.
    pub async fn undecide(&mut self, of: &Origin, decision: &Decision) -> Result<()> {
        query("DELETE FROM safeguard WHERE source_id = ? AND foreign_id = ? AND decision = ?")
            .bind(of.source)
            .bind(of.foreign_id.as_str())
            .bind(&*decision.word())
            .execute(self.open.exec())
            .await?;
        Ok(())
    }
}

fn decided(row: &Row) -> Result<Decided> {
    Ok(Decided {
        decision: Decision::of(&row.get::<String>("decision")?)?,
        because: row.get("because")?,
        role: row.get("role")?,
        at: row.parsed("at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Decided, Decision};
    use crate::{
        domain::entry::Origin,
        store::{Store, testing::*},
    };

    #[tokio::test]
    async fn a_decision_is_kept_until_it_is_taken_back() {
        async fn check(store: Store, _: String) {
            let of = |name: &str| Origin { source: source().id, foreign_id: name.to_owned() };
            let decided = |decision, because: &str| Decided {
                decision,
                because: because.into(),
                role: "safeguarding lead".into(),
                at: now(),
            };
            let mut tx = store.begin().await.unwrap();
            tx.decide(&of("a"), &decided(Decision::Place, "first")).await.unwrap();
            tx.decide(&of("a"), &decided(Decision::Place, "A public office")).await.unwrap();
            tx.decide(&of("a"), &decided(Decision::Number, "No other")).await.unwrap();
            // An organisation may be called as a service is.
            tx.decide(&of("c"), &decided(Decision::Organization, "A shop")).await.unwrap();
            let text = |fingerprint: &str| Decision::Text(fingerprint.to_owned());
            tx.decide(&of("d"), &decided(text("1f"), "Read")).await.unwrap();
            tx.decide(&of("d"), &decided(text("2e"), "Read")).await.unwrap();
            tx.undecide(&of("d"), &text("2e")).await.unwrap();
            tx.decide(&of("b"), &decided(Decision::Hide, "She has been followed")).await.unwrap();
            tx.undecide(&of("a"), &Decision::Number).await.unwrap();
            tx.undecide(&of("c"), &Decision::Place).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let names = ["a", "b", "c", "d"].map(str::to_owned);
            let found = store.snapshot().await.unwrap().decided(source().id, &names).await.unwrap();
            assert_eq!((found.len(), &found["d"][..]), (4, &[decided(text("1f"), "Read")][..]));
            assert_eq!(found["c"], [decided(Decision::Organization, "A shop")]);
            assert_eq!(found["a"], [decided(Decision::Place, "A public office")]);
            assert_eq!(found["b"], [decided(Decision::Hide, "She has been followed")]);
        }
        on_both("a_decision_is_kept_until_it_is_taken_back", check).await;
    }
}
