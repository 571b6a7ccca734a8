//! PostgreSQL with PostGIS over the same listings: a narrow row to search in, cards as stored bytes beside it, and one
//! statement a question that answers the total, all counts and twenty cards.

use std::{
    collections::HashMap,
    fs,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use kith_index::{Document, Whereabouts};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Row,
    postgres::{PgPool, PgPoolCopyExt, PgPoolOptions},
};

use crate::{
    listings::Question,
    load::Times,
    servers::{cpu_of, parent_of},
};

#[path = "../../tests/support/postgres.rs"]
mod cluster;

/// What is asked: `$1` words, `$2` longitude, `$3` latitude, `$4` metres, `$5` terms. What is not asked for is not in
/// the statement. Distances are on the sphere, as Kith's are.
const FOUND: &str = "
with q as (select plainto_tsquery('english', $1) as words, st_setsrid(st_makepoint($2, $3), 4326)::geography as here,
                  $4::float8 as metres, $5::int[] as terms),
found as materialized (
  select s.id, s.terms, RANK as rank from s, q where true WORDS CIRCLE TERMS)
select (select count(*) from found) as total,
       (select coalesce(array_agg(term || ':' || n), '{}') from
         (select unnest(terms) as term, count(*) as n from found group by 1) counted) as counts,
       (select coalesce(array_agg(body), '{}') from
         (select c.body from (select id from found order by rank desc, id limit 20) top join c using (id)) cards) as cards";

/// Names that have a word that begins so.
const BEGUN: &str =
    "select name from s where names @@ to_tsquery('simple', $1 || ':*') order by length(name), id limit 5";

/// A loaded database.
pub struct Postgres {
    pool: PgPool,
    url: String,
    numbers: HashMap<String, i32>,
    /// For how long it was loaded and indexed, in seconds.
    pub loading: f64,
    /// What it takes on disk, in MiB.
    pub disk: f64,
}

impl Postgres {
    /// Starts a cluster and loads listings; `None` where PostgreSQL or PostGIS is not installed.
    pub async fn load(documents: impl Iterator<Item = Document>) -> Option<Self> {
        let url = cluster::database("bench")?;
        let pool = PgPoolOptions::new().max_connections(4).connect(&url).await.expect("the cluster takes connections");
        if sqlx::raw_sql("create extension postgis").execute(&pool).await.is_err() {
            println!("PostGIS is not installed");
            return None;
        }
        let began = Instant::now();
        let tables =
            "create unlogged table raw (id int, name text, text text, lon float8, lat float8, terms int[], body text)";
        sqlx::raw_sql(tables).execute(&pool).await.expect("a table");
        let mut numbers = HashMap::new();
        let mut copy = pool.copy_in_raw("copy raw from stdin").await.expect("copying");
        let mut rows = String::new();
        for (number, document) in documents.enumerate() {
            row(&mut rows, number, &document, &mut numbers);
            if rows.len() > 1 << 20 {
                copy.send(rows.as_bytes()).await.expect("copied");
                rows.clear();
            }
        }
        copy.send(rows.as_bytes()).await.expect("copied");
        copy.finish().await.expect("copied");
        for statement in [
            "create table s as select id, name, to_tsvector('english', text) as tsv, to_tsvector('simple', name) as names, \
             st_setsrid(st_makepoint(lon, lat), 4326)::geography as point, terms from raw",
            "create table c as select id, body::bytea as body from raw",
            "drop table raw",
            "alter table c add primary key (id)",
            "create index on s using gin (tsv)",
            "create index on s using gin (names)",
            "create index on s using gin (terms)",
            "create index on s using gist (point)",
            "vacuum analyze s",
            "vacuum analyze c",
        ] {
            sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&pool).await.expect("a statement");
        }
        let loading = began.elapsed().as_secs_f64();
        let size = "select (pg_total_relation_size('s') + pg_total_relation_size('c'))::bigint";
        let disk: i64 = sqlx::query_scalar(size).fetch_one(&pool).await.expect("a size");
        Some(Self { pool, url, numbers, loading, disk: disk as f64 / 1024.0 / 1024.0 })
    }

    /// How many listings a question finds.
    pub async fn total(&self, question: &Question) -> u64 {
        let mut connection = self.pool.acquire().await.expect("a connection");
        self.ask(&mut connection, question).await
    }

    async fn ask(&self, connection: &mut PgConnection, question: &Question) -> u64 {
        if question.begun {
            let rows = sqlx::query(BEGUN).bind(&question.words).fetch_all(connection).await.expect("an answer");
            return rows.len() as u64;
        }
        let part = |wanted: bool, text: &'static str| if wanted { text } else { "" };
        let words = !question.words.is_empty();
        let statement = FOUND
            .replace("RANK", if words { "ts_rank(s.tsv, q.words)" } else { "-st_distance(s.point, q.here, false)" })
            .replace("WORDS", part(words, "and s.tsv @@ q.words"))
            .replace("CIRCLE", part(question.circle.is_some(), "and st_dwithin(s.point, q.here, q.metres, false)"))
            .replace("TERMS", part(!question.terms.is_empty(), "and s.terms && q.terms"));
        let (latitude, longitude, km) = question.circle.unwrap_or_default();
        let terms: Vec<i32> = question.terms.iter().map(|term| self.numbers.get(term).copied().unwrap_or(-1)).collect();
        let row = sqlx::query(AssertSqlSafe(statement))
            .bind(&question.words)
            .bind(longitude)
            .bind(latitude)
            .bind(km.unwrap_or_default() * 1e3)
            .bind(&terms)
            .fetch_one(connection)
            .await
            .expect("an answer");
        let (total, cards): (i64, Vec<Vec<u8>>) = (row.get("total"), row.get("cards"));
        assert_eq!(cards.len() as i64, total.min(20));
        total as u64
    }

    /// Asks on so many connections for so long; answers the times, and the server's processor time in microseconds.
    pub async fn closed(&self, connections: usize, questions: &[Question], time: Duration) -> (Times, f64) {
        let next = AtomicUsize::new(0);
        let mut open = Vec::new();
        for _ in 0..connections {
            let mut connection = PgConnection::connect(&self.url).await.expect("a connection");
            let settings = "set max_parallel_workers_per_gather = 0; set jit = off; set work_mem = '64MB'";
            sqlx::raw_sql(settings).execute(&mut connection).await.expect("set");
            let process: i32 =
                sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await.expect("a process");
            open.push((connection, process as u32));
        }
        let processes: Vec<u32> = open.iter().map(|(_, process)| *process).collect();
        let cpu = || processes.iter().map(|process| cpu_of(*process)).sum::<f64>();
        let (began, before) = (Instant::now(), cpu());
        let asking = open.iter_mut().map(|(connection, _)| {
            let next = &next;
            async move {
                let mut micros = Vec::new();
                while began.elapsed() < time {
                    let question = &questions[next.fetch_add(1, Ordering::Relaxed) % questions.len()];
                    let sent = Instant::now();
                    self.ask(connection, question).await;
                    micros.push(sent.elapsed().as_secs_f64() * 1e6);
                }
                micros
            }
        });
        let micros = join_all(asking.collect()).await.into_iter().flatten().collect();
        (Times::new(micros, began.elapsed().as_secs_f64()), cpu() - before)
    }

    /// Memory of all its processes, each shared page counted once, in MiB.
    pub async fn memory(&self) -> f64 {
        let own: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&self.pool).await.expect("a process");
        let Some(parent) = parent_of(own as u32) else { return 0.0 };
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        processes.filter(|process| *process == parent || parent_of(*process) == Some(parent)).map(proportional).sum()
    }
}

/// A process's share of the memory that it is in, in MiB.
fn proportional(process: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// A row as `copy` reads it. The texts are those that Kith's index gets; there is no tab and no backslash in them but in cards.
fn row(rows: &mut String, number: usize, document: &Document, numbers: &mut HashMap<String, i32>) {
    let Whereabouts::Point { lat, lon } = document.whereabouts else { panic!("every listing has a point") };
    let terms: Vec<String> = (document.terms.iter())
        .map(|term| {
            let next = numbers.len() as i32;
            numbers.entry(term.clone()).or_insert(next).to_string()
        })
        .collect();
    let (card, _) = kith::directory::body::split(&document.body);
    let card = String::from_utf8_lossy(card).replace('\\', "\\\\");
    let Document { name, names, term_words, text, .. } = document;
    rows.push_str(&format!(
        "{number}\t{name}\t{name} {names} {term_words} {text}\t{lon}\t{lat}\t{{{}}}\t{card}\n",
        terms.join(",")
    ));
}

/// Waits for all, on this thread.
async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in waiting.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if waiting.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}
