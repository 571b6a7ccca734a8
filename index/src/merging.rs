//! Which segments are merged and when: few segments, without writing the large ones over and over.
//!
//! Beside a stream of edits large segments are never touched: only a view built anew is merged to one.

use tantivy::index::SegmentMeta;
use tantivy::merge_policy::{MergeCandidate, MergePolicy};

/// Merges from the small end: a segment joins while it is no larger than all smaller ones together.
#[derive(Clone, Debug)]
pub(crate) struct FewSegments;

/// Segments kept before the smallest are merged in any case. While that is done there is one more.
const MOST_SEGMENTS: usize = 5;
/// Smaller segments count as this many documents, so that single edits gather into one.
const SMALLEST: u32 = 1_000;
/// A segment of more documents is left as it is.
const LARGE: u32 = 200_000;
/// A segment of which a quarter and more is deleted is written anew.
const DELETED_SHARE: u32 = 4;

impl MergePolicy for FewSegments {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let all = segments.len();
        let mut segments: Vec<&SegmentMeta> = segments.iter().filter(|segment| segment.max_doc() <= LARGE).collect();
        segments.sort_unstable_by_key(|segment| segment.num_docs());
        let sizes: Vec<u32> = segments.iter().map(|segment| segment.num_docs()).collect();
        // Where many are large, a few small ones beside them are not too many.
        let joined = joined(&sizes, (all - sizes.len()).min(MOST_SEGMENTS / 2));
        let mut candidates = Vec::new();
        if joined > 1 {
            candidates.push(MergeCandidate(segments[..joined].iter().map(|segment| segment.id()).collect()));
        }
        let worn = segments[if joined > 1 { joined } else { 0 }..]
            .iter()
            .find(|segment| segment.num_deleted_docs() > segment.max_doc() / DELETED_SHARE);
        candidates.extend(worn.map(|segment| MergeCandidate(vec![segment.id()])));
        candidates
    }
}

/// How many of the smallest segments to merge, given sizes in ascending order, and how many large ones stand beside.
fn joined(sizes: &[u32], large: usize) -> usize {
    let Some(&first) = sizes.first() else {
        return 0;
    };
    let mut sum = u64::from(first.max(SMALLEST));
    let mut joined = 1;
    for &size in &sizes[1..] {
        let too_many = large + sizes.len() - joined + 1 > MOST_SEGMENTS;
        if u64::from(size.max(SMALLEST)) > sum && !too_many {
            break;
        }
        sum += u64::from(size.max(SMALLEST));
        joined += 1;
    }
    // A pair of crumbs is not worth a merge while there are few segments.
    if joined < 4 && large + sizes.len() <= MOST_SEGMENTS && sum < 4 * u64::from(SMALLEST) { 0 } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_single_edits_keeps_few_segments_and_seldom_touches_the_large_one() {
        let mut sizes = vec![190_000];
        let mut written = 0_u64;
        for _ in 0..3_000 {
            sizes.insert(0, 1);
            let joined = joined(&sizes, 1);
            if joined > 1 {
                let merged: u32 = sizes.drain(..joined).sum();
                written += u64::from(merged);
                sizes.push(merged);
                sizes.sort_unstable();
            }
            assert!(sizes.len() < MOST_SEGMENTS, "{sizes:?}");
        }
        assert!(sizes.contains(&190_000), "the large segment was rewritten for 3,000 edits");
        assert!(written < 3_000 * 1_000, "each edit was written {} times", written / 3_000);
    }

    #[test]
    fn equal_halves_are_merged() {
        assert_eq!(joined(&[50_000, 50_000], 0), 2);
        assert_eq!(joined(&[20_000, 50_000], 0), 1);
        assert_eq!(joined(&[], 3), 0);
    }
}
