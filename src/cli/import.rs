//! `kith import`: files, folders and archives into the directory, with a bar while it goes and a report that adds up.

mod files;

use std::{
    fs,
    mem::discriminant,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use files::Files;

use super::{keep, open, publish};
use crate::{
    config::Config,
    directory::{
        Directory,
        import::{Refusal, Report, Shipment, source_id},
    },
    domain::entry::Source,
    exchange::{Format, Mapping, Package, Part},
};

/// The source of files that say nothing of where they come from.
const DEFAULT_SOURCE: &str = "import";
/// How many refusals are printed; the report of `--report` has more.
const MOST_PRINTED: usize = 20;

/// What to import, and how.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How the columns of a table become fields: a TOML file; several where a folder holds several tables
    #[arg(long, value_name = "FILE")]
    mapping: Vec<PathBuf>,
    /// The files' format, where they do not tell it themselves
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatName>,
    /// A short stable name for where the files come from [default: the mapping's, or `import`]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Where the data was published
    #[arg(long, value_name = "URL")]
    source_url: Option<String>,
    /// The licence of the data
    #[arg(long, value_name = "NAME")]
    licence: Option<String>,
    /// The words that the licence asks to show
    #[arg(long, value_name = "TEXT")]
    attribution: Option<String>,
    /// Say what would happen and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the whole report to a file, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The files; those of one format that stand together, a folder and a zip archive are each imported as one
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// HSDS 3 or Open Referral UK 3.0 JSON: one object, a list, or a page
    Hsds,
    /// HSDS 3 JSON objects, one a line
    Ndjson,
    /// A table, by a mapping
    Csv,
    /// Open Referral UK 1.0 JSON: one object, a list, or a page
    Oruk1,
    /// HSDS tabular, 3.x or 1.x: a CSV file a table
    HsdsTabular,
}

/// Imports what the paths hold, one after the other.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let mut mappings = Vec::new();
    for path in &arguments.mapping {
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        mappings.push(Mapping::parse(&text).with_context(|| path.display().to_string())?);
    }
    let directory = open(config).await?;
    let mut reports = Vec::new();
    let ended = each(&directory, &arguments, &mappings, &mut reports).await;
    // Whatever was kept before a fault is shown.
    let published = if arguments.dry_run { Ok(()) } else { publish(&directory).await };
    ended?;
    if let Some(path) = &arguments.report {
        fs::write(path, serde_json::to_vec_pretty(&reports)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    published.context("all is kept, but the published view could not be brought up to date")?;
    Ok(if reports.iter().all(Report::adds_up) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Imports what each path holds and says what became of it; ends with the first that cannot be read.
async fn each(
    directory: &Directory,
    arguments: &Arguments,
    mappings: &[Mapping],
    reports: &mut Vec<Report>,
) -> Result<()> {
    // A table is imported by each mapping; anything else once.
    let by = if mappings.is_empty() { vec![None] } else { mappings.iter().map(Some).collect() };
    let mut paths = arguments.files.iter().peekable();
    while let Some(path) = paths.next() {
        for mapping in &by {
            let mut files = Files::at(path, *mapping)?;
            let format = format(arguments, *mapping, &files.parts()).with_context(|| path.display().to_string())?;
            let mut heading = heading(path, *mapping);
            let mut more = 0;
            while mapping.is_none()
                && paths.next_if(|next| files.take_in(next, |part| is_of(arguments, &format, part))).is_some()
            {
                more += 1;
            }
            if more > 0 {
                heading = format!("{heading} and {more} more, as one");
            }
            let shipped = Shipped { format: &format, parts: fitting(files.parts(), &format), heading };
            reports.push(one(directory, arguments, shipped).await?);
        }
    }
    Ok(())
}

/// What is imported as one.
struct Shipped<'a> {
    format: &'a Format,
    parts: Vec<Part<'a>>,
    heading: String,
}

/// Imports what belongs together and says what became of it.
async fn one(directory: &Directory, arguments: &Arguments, shipped: Shipped<'_>) -> Result<Report> {
    let Shipped { format, parts, heading } = shipped;
    let source = source(arguments, format)?;
    let shipment = Shipment { source: &source, files: &parts, format, dry_run: arguments.dry_run, actor: keep::ACTOR };
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{bar:30} {pos} of {len} rows, {per_sec}, {eta} left")
            .expect("the template is written here"),
    );
    let mut progress = |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let began = Instant::now();
    let report = directory.import(shipment, &mut progress).await.with_context(|| heading.clone());
    let took = began.elapsed();
    bar.finish_and_clear();
    let report = report?;
    print(&heading, &report, arguments.dry_run);
    tracing::info!(rows = report.read, seconds = took.as_secs_f64(), "read and kept, before publishing");
    Ok(report)
}

/// What a report is headed by: the path, and the table's files where a mapping says which of several it reads.
fn heading(path: &Path, mapping: Option<&Mapping>) -> String {
    let tables = mapping.map(|mapping| mapping.source.file.join(", ")).filter(|tables| !tables.is_empty());
    let path = path.display();
    tables.map_or_else(|| path.to_string(), |tables| format!("{path}: {tables}"))
}

/// Whether a file by itself is of a format, and can be read as such.
fn is_of(arguments: &Arguments, format: &Format, part: Part<'_>) -> bool {
    let told = arguments.format.is_some()
        || Format::detect(&[part]).is_ok_and(|found| discriminant(&found) == discriminant(format));
    match format {
        // Most tables of a package are nothing by themselves.
        Format::HsdsTabular => told || part.name.to_ascii_lowercase().ends_with(".csv"),
        _ => told && Package::of_parts(&[part], format).is_ok(),
    }
}

fn format(arguments: &Arguments, mapping: Option<&Mapping>, parts: &[Part<'_>]) -> Result<Format> {
    Ok(match (arguments.format, mapping) {
        (Some(FormatName::Hsds), _) => Format::Hsds,
        (Some(FormatName::Ndjson), _) => Format::HsdsLines,
        (Some(FormatName::Oruk1), _) => Format::Oruk1,
        (Some(FormatName::HsdsTabular), _) => Format::HsdsTabular,
        (Some(FormatName::Csv) | None, Some(mapping)) => Format::Table(Box::new(mapping.clone())),
        (Some(FormatName::Csv), None) => bail!("a table needs a mapping: --mapping FILE"),
        (None, None) => Format::detect(parts)?,
    })
}

/// Of several files, those that can be in the format: a feed saved beside a table is not one of its pages.
fn fitting<'a>(parts: Vec<Part<'a>>, format: &Format) -> Vec<Part<'a>> {
    let json = matches!(format, Format::Hsds | Format::HsdsLines | Format::Oruk1);
    let fits = |part: &Part<'_>| !json || !part.name.to_ascii_lowercase().ends_with(".csv");
    if parts.len() < 2 { parts } else { parts.into_iter().filter(fits).collect() }
}

fn source(arguments: &Arguments, format: &Format) -> Result<Source> {
    let stated = match format {
        Format::Table(mapping) => Some(&mapping.source),
        _ => None,
    };
    // Not the file's name: what an earlier file has protected is kept by source, whatever the next file is called.
    let usual = || DEFAULT_SOURCE.to_owned();
    let name = arguments.source.clone().or_else(|| stated.map(|source| source.name.clone())).unwrap_or_else(usual);
    if name.trim().is_empty() {
        bail!("say where the file comes from: --source NAME");
    }
    Ok(Source {
        id: source_id(&name),
        url: arguments.source_url.clone().or_else(|| stated?.url.clone()),
        licence: arguments.licence.clone().or_else(|| stated?.licence.clone()),
        attribution: arguments.attribution.clone().or_else(|| stated?.attribution.clone()),
        name,
    })
}

fn print(heading: &str, report: &Report, dry_run: bool) {
    let Report { read, created, updated, same, merged, refused, protected, withheld, .. } = report;
    say!("{heading}{}", if dry_run { " (nothing kept: --dry-run)" } else { "" });
    say!("  {read} read = {created} created + {updated} updated + {same} same + {merged} merged + {refused} refused");
    if *protected > 0 || *withheld > 0 {
        say!(
            "  {protected} services are shown by area only; {withheld} fields that could tell a protected place were not read"
        );
    }
    if report.purged {
        say!(
            "  what was public and is protected now has gone from the store's files; backups and other copies are yours"
        );
    }
    for notice in report.notices.iter().take(MOST_PRINTED) {
        let file = notice.file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default();
        let at = notice.pointers.join(" ");
        say!(
            "  {file}row {}: {at}{}{} ({})",
            notice.row,
            if at.is_empty() { "" } else { " " },
            notice.says,
            notice.code
        );
    }
    for (code, rows) in &report.concerns {
        let says = report.to_look_at.iter().find(|noticed| noticed.code == *code).map_or(*code, |noticed| noticed.says);
        say!("  please look: {rows} rows of open listings; each {says} ({code})");
    }
    for (what, times) in &report.mended {
        say!("  put right: {what} {times} times");
    }
    for refusal in report.refusals.iter().take(MOST_PRINTED) {
        let file = refusal.file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default();
        let Refusal { row, pointer, reason, code, .. } = refusal;
        say!("  {file}row {row}: {pointer} {reason} ({})", code.as_str());
    }
    if report.refusals.len() > MOST_PRINTED {
        say!("  and {} more faults; --report FILE has them", report.refusals.len() - MOST_PRINTED);
    }
}
