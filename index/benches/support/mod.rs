//! What both benchmarks need: seeded chance, a clock of the thread's processor time, the size of a folder.
#![expect(dead_code, reason = "each benchmark takes what it needs")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// A seeded source of numbers (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, below: usize) -> usize {
        (self.next() % below as u64) as usize
    }
}

/// Time on the wall and processor time of this thread; the latter is hardly disturbed by other work on the machine.
pub struct Clock {
    wall: Instant,
    thread: f64,
}

impl Clock {
    pub fn start() -> Self {
        Self { wall: Instant::now(), thread: thread_micros() }
    }

    pub fn wall_micros(&self) -> f64 {
        self.wall.elapsed().as_secs_f64() * 1e6
    }

    pub fn thread_micros(&self) -> f64 {
        thread_micros() - self.thread
    }
}

/// Processor time of this thread so far.
fn thread_micros() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Memory of this process in MB: its own, and mapped files.
pub fn resident_megabytes() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches(':').split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0)
            / 1e3
    };
    (of("RssAnon"), of("RssFile"))
}

/// Bytes of the files in a folder.
pub fn folder_bytes(folder: &Path) -> u64 {
    folder_bytes_by_extension(folder).values().sum()
}

/// Extensions of the files of a segment that hold what is shown: cards and full records.
pub const SHOWN: [&str; 2] = ["bodies", "records"];

/// Bytes of the files in a folder, by extension.
pub fn folder_bytes_by_extension(folder: &Path) -> BTreeMap<String, u64> {
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let extension = entry.path().extension().unwrap_or_default().to_string_lossy().into_owned();
        *out.entry(extension).or_default() += entry.metadata().map_or(0, |file| file.len());
    }
    out
}

/// Processor time of the whole process so far, in seconds, by the system's clock of 100 ticks; 0 where unknown.
pub fn process_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
