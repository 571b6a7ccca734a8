//! `kith places`: full postcodes from open data, for answers to within a hundred metres.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    config::Config,
    directory::places::{self, Build, Report, Shown},
};

/// What to do with places.
#[derive(Debug, clap::Subcommand)]
pub enum Arguments {
    /// Make the file of full postcodes from the ONS Postcode Directory, Code-Point Open, or a CSV of postcode, lat, lon, lad_code
    Build(BuildArguments),
    /// Tell what the file of full postcodes holds
    Show,
}

/// What the file is made of.
#[derive(Debug, clap::Args)]
pub struct BuildArguments {
    /// A second file, of postcodes no longer in use
    #[arg(long, value_name = "FILE")]
    terminated: Option<PathBuf>,
    /// The day or month of the data, as its publisher says it [default: what the file's name tells]
    #[arg(long, value_name = "DATE")]
    released: Option<String>,
    /// The words that the data's licence asks to show [default: those of ONS, OS and Royal Mail]
    #[arg(long, value_name = "TEXT")]
    attribution: Option<String>,
    /// Take Northern Irish postcodes too: they are not open data, and you have a licence from Land & Property Services
    #[arg(long)]
    with_northern_ireland: bool,
    /// A CSV file, also packed with gzip, or a zip
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Makes or shows the file.
pub fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    match arguments {
        Arguments::Build(arguments) => build(&config.data, &arguments),
        Arguments::Show => show(&config.data),
    }
}

fn build(data: &Path, arguments: &BuildArguments) -> Result<ExitCode> {
    let mut build = Build::new(arguments.with_northern_ireland);
    take(&mut build, &arguments.file, false)?;
    if let Some(file) = &arguments.terminated {
        take(&mut build, file, true)?;
    }
    let name = file_name(&arguments.file);
    let released = arguments.released.clone().or_else(|| release_in(&name)).unwrap_or_default();
    let report = build.write(data, places::about(released, name, arguments.attribution.clone()))?;
    print(&report);
    say!("`kith serve` uses them from its next start, and then builds its view anew");
    Ok(if report.adds_up() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn take(build: &mut Build, file: &Path, terminated: bool) -> Result<()> {
    let open = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let bar = ProgressBar::new(open.metadata().map_or(0, |about| about.len())).with_style(
        ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {eta} left")
            .expect("the template is written here"),
    );
    let taken = build.take(Watched { file: BufReader::new(open), bar: bar.clone() }, terminated);
    bar.finish_and_clear();
    taken.with_context(|| file.display().to_string())
}

/// A file that moves the bar as it is read.
struct Watched {
    file: BufReader<File>,
    bar: ProgressBar,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.bar.set_position(at);
        Ok(at)
    }
}

fn show(data: &Path) -> Result<ExitCode> {
    let Some(Shown { about, checksum, bytes }) = places::show(data)? else {
        say!(
            "there is no file of full postcodes; places are answered by postcode sectors (make one: kith places build FILE)"
        );
        return Ok(ExitCode::SUCCESS);
    };
    say!("{} postcodes in use, {} no longer in use", about.live, about.terminated);
    say!("  made of: {}", about.source);
    say!("  released: {}", if about.released.is_empty() { "not stated" } else { &about.released });
    say!("  {:.1} MB, checksum {checksum:016x}", bytes as f64 / 1e6);
    say!("  {}", about.attribution);
    Ok(ExitCode::SUCCESS)
}

fn print(report: &Report) {
    let Report { read, taken, northern_ireland, no_position, not_a_postcode, faulty, .. } = report;
    say!(
        "{read} rows read = {taken} taken + {northern_ireland} of Northern Ireland left out (no open data) \
         + {no_position} without a place + {not_a_postcode} that are no postcode + {faulty} faulty"
    );
    for fault in &report.faults {
        say!("  line {}, column {}: cannot be read", fault.line, fault.column);
    }
    if *faulty > report.faults.len() as u64 {
        say!("  and {} more faulty rows", *faulty - report.faults.len() as u64);
    }
    if let Some(packed) = &report.packed {
        say!(
            "{taken} taken = {} in use + {} no longer in use + {} given twice",
            packed.live,
            packed.terminated,
            packed.repeated
        );
        if packed.authority_guessed > 0 {
            say!("  {} had no authority and got that of the nearest code of their sector", packed.authority_guessed);
        }
        if packed.authority_unknown > 0 {
            say!("  {} have no authority that is known; they get those of their sector", packed.authority_unknown);
        }
        say!("  the file has {:.1} MB", packed.bytes as f64 / 1e6);
    }
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The month that names such as `ONSPD_MAY_2025_UK.csv` and `codepo_gb_2025-05.zip` tell.
fn release_in(name: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let is_year = |word: &str| word.len() == 4 && word.starts_with("20") && word.bytes().all(|b| b.is_ascii_digit());
    words.windows(2).find_map(|pair| {
        let spelled = || {
            MONTHS.iter().find(|month| {
                pair[0].len() >= 3 && month.to_ascii_lowercase().starts_with(&pair[0].to_ascii_lowercase())
            })
        };
        if is_year(pair[1]) {
            return spelled().map(|month| format!("{month} {}", pair[1]));
        }
        let numbered = || {
            pair[1].parse::<usize>().ok().filter(|_| pair[1].len() == 2)?.checked_sub(1).and_then(|at| MONTHS.get(at))
        };
        if is_year(pair[0]) { numbered().map(|month| format!("{month} {}", pair[0])) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_its_month() {
        for (name, month) in [
            ("ONSPD_MAY_2025_UK.csv", Some("May 2025")),
            ("ONSPD_NOV_2025.zip", Some("November 2025")),
            ("codepo_gb-2025-08.zip", Some("August 2025")),
            ("postcodes_gb.csv.gz", None),
            ("2025-13.csv", None),
            ("2025.csv", None),
        ] {
            assert_eq!(release_in(name).as_deref(), month, "{name}");
        }
    }
}
