//! Ending a search at work: who asked has gone, or it has taken too long.

use std::sync::Arc;

use crate::{Error, Result};

/// A search looks whether it should end once in so many steps of up to 64 documents.
const EVERY: u32 = 64;

/// Tells a search at work whether it should end. The default never does.
#[derive(Clone, Default)]
pub struct Stop(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

impl Stop {
    /// Ends a search as soon as this holds. It is asked before the search and then every few thousand documents, so it
    /// may cost a microsecond.
    pub fn when(is_asked: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(is_asked)))
    }

    /// Whether a search should end now.
    pub fn is_asked(&self) -> bool {
        self.0.as_ref().is_some_and(|is_asked| is_asked())
    }
}

/// Counts the steps of a search.
pub(crate) struct Pace<'a> {
    stop: &'a Stop,
    steps: u32,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(stop: &'a Stop) -> Self {
        Self { stop, steps: 0 }
    }

    /// One step more.
    ///
    /// # Errors
    /// [`Error::Stopped`] when the search should end.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<()> {
        let steps = self.steps;
        self.steps = steps.wrapping_add(1);
        if steps.is_multiple_of(EVERY) && self.stop.is_asked() { Err(Error::Stopped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{EVERY, Stop};
    use crate::test_support::payload;
    use crate::{Document, Error, Index, Op, Query, Words};

    #[test]
    fn a_search_at_work_ends_within_a_few_thousand_documents_of_being_told() {
        let index = Index::in_memory(payload(&[])).expect("an index");
        let documents = 3 * 64 * EVERY as usize;
        let put = |number: usize| {
            let (listing, text) = (format!("l{number}"), "grief tea".to_owned());
            let document = Document { id: listing.clone(), listing: listing.clone(), text, ..Document::default() };
            Op::Put { listing, documents: vec![document] }
        };
        index.apply(&(0..documents).map(put).collect::<Vec<_>>(), 1, 1).expect("applied");
        let reader = index.reader();
        for words in ["grief tea", ""] {
            let asked = Arc::new(AtomicUsize::new(0));
            let search = |after: usize| {
                asked.store(0, Ordering::Relaxed);
                let counted = Arc::clone(&asked);
                let stop = Stop::when(move || counted.fetch_add(1, Ordering::Relaxed) >= after);
                let query = Query { words: Words::parse(words), stop, counts: true, ..Query::default() };
                (reader.search(&query).map(|hits| hits.results.total), asked.load(Ordering::Relaxed))
            };
            let (found, times) = search(usize::MAX);
            assert_eq!((found.expect("found"), times), (documents as u64, 3), "{words}");
            for after in 0..3 {
                let (found, times) = search(after);
                assert!(matches!(found, Err(Error::Stopped)) && times == after + 1, "{words} {after} {times}");
            }
        }
    }
}
