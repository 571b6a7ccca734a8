//! The ways from a listing to another, or to the nearest of a layer: chains of links that both sides say, with what each
//! side does and does not do, and where somebody's scope ends.
//!
//! The chains come from the graph of the published view, all that is said of them from published bytes. What is hidden or
//! gone at this moment is closed: nothing leads to it or through it.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use kith_index::{Read, Reader};

use super::{
    Directory, Error, Result,
    passage::{LinkOf, Stop},
    request::OLDEST,
    search::as_of,
};
use crate::domain::{
    graph::{Edge, Graph, NodeAt},
    hold::HeldTerm,
    id::Id,
    link::Terms,
    pathway::{
        Chain, Found, Goal, MOST_CHAINS,
        answer::{
            HandoverWay, LimitCode, NoPathway, NoPathwayCode, Pathway, PathwayEnd, PathwayStep, PathwaysAnswer,
            ScopeLimit,
        },
        cost, open_chains,
    },
    read::{Code, Violation},
    vocabulary::values::{Direction, Handover, LinkState, Relationship, SupportLayer},
    welsh::Language,
};

/// How often the ways are looked for anew, where some listing of a chain proves to be gone.
const MOST_TRIES: usize = 5;

/// Ways as they were asked for. It holds where somebody comes from and goes to, so it has no `Debug`.
#[derive(Clone, Default, PartialEq)]
pub struct PathwaysRequest {
    /// The id of the listing where they begin.
    pub from: Option<String>,
    /// The id of the listing where they lead.
    pub to: Option<String>,
    /// The layer that they lead to, instead.
    pub to_layer: Option<String>,
    /// The age of who would go, in years.
    pub age: Option<u32>,
    /// The language of the directory's own words, `en` or `cy`.
    pub lang: Option<String>,
}

impl PathwaysRequest {
    /// Every fault of the request; whether there are such listings is seen later.
    pub fn faults(&self) -> Vec<Violation> {
        let mut faults = Vec::new();
        let mut fault = |pointer: &str, code: Code, reason: &str| {
            faults.push(Violation { pointer: pointer.to_owned(), code, reason: reason.to_owned() });
        };
        if self.from.is_none() {
            fault("/from", Code::Required, "is needed: the id of the listing where the way begins");
        }
        for (pointer, id) in [("/from", &self.from), ("/to", &self.to)] {
            if id.as_ref().is_some_and(|id| id.parse::<Id<()>>().is_err()) {
                fault(pointer, Code::NotAUuid, Code::NotAUuid.reason());
            }
        }
        let same = |from: &String, to: &String| from.eq_ignore_ascii_case(to);
        match (&self.to, &self.to_layer) {
            (Some(_), Some(_)) => fault("/to_layer", Code::Conflict, "say where it leads once: to, or to_layer"),
            (None, None) => fault("/to", Code::Required, "say where it leads: to, or to_layer"),
            (Some(to), None) if self.from.as_ref().is_some_and(|from| same(from, to)) => {
                fault("/to", Code::Conflict, "is where the way begins");
            }
            _ => {}
        }
        if self.to_layer.as_ref().is_some_and(|layer| SupportLayer::from_word(layer).is_none()) {
            let words = SupportLayer::ALL.iter().map(|layer| layer.as_str()).collect::<Vec<_>>().join(", ");
            fault("/to_layer", Code::NotInList, &format!("is none of {words}"));
        }
        if self.age.is_some_and(|age| age > OLDEST) {
            fault("/age", Code::OutOfRange, &format!("is not between 0 and {OLDEST}"));
        }
        if self.lang.as_ref().is_some_and(|word| word.parse::<Language>().is_err()) {
            fault("/lang", Code::NotInList, "is none of en, cy");
        }
        faults
    }

    /// The language of the directory's own words.
    pub fn language_of_answer(&self) -> Language {
        self.lang.as_deref().and_then(|word| word.parse().ok()).unwrap_or_default()
    }
}

impl Directory {
    /// The ways, as JSON; [`PathwaysAnswer`] is its shape.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::Missing`] and [`Error::Gone`] of either end, [`Error::NotReady`],
    /// [`Error::View`].
    pub fn pathways(&self, request: &PathwaysRequest) -> Result<Bytes> {
        let faults = request.faults();
        let (from, to) = (request.from.as_ref().map(|id| id.to_ascii_lowercase()), request.to.as_ref());
        let (Some(from), true) = (from, faults.is_empty()) else { return Err(Error::Invalid(faults)) };
        let to = to.map(|id| id.to_ascii_lowercase());
        let layer = request.to_layer.as_deref().and_then(SupportLayer::from_word);
        // What is hidden is asked for before the reader: between the two the view may only learn more of it.
        let hidden = self.view.hidden();
        let reader = self.view.reader()?;
        let graph = self.view.graph()?;
        let mut seen = Seen { reader: &reader, hidden: &hidden, found: HashMap::new() };
        for id in [Some(&from), to.as_ref()].into_iter().flatten() {
            seen.readable(id)?;
        }
        let language = request.language_of_answer();
        let held_terms = self.told_of_held_terms(language);
        let way = Way { graph: &graph, age: request.age, language, held_terms: &held_terms };
        let start = graph.node(&from);
        let goal = match (&to, layer) {
            (Some(to), _) => graph.node(to).map(Goal::Node),
            (None, layer) => layer.map(Goal::Layer),
        };
        let (pathways, cut) = match (start, goal) {
            (Some(start), Some(goal)) => way.find(start, goal, &mut seen)?,
            _ => Default::default(),
        };
        let none = pathways.is_empty().then(|| way.none(start));
        let answer = PathwaysAnswer {
            from: way.end(&seen.stop(&from)?),
            to: to.as_ref().map(|to| seen.stop(to)).transpose()?.map(|stop| way.end(&stop)),
            to_layer: layer,
            pathways,
            none,
            cut,
            as_of: as_of(reader.payload()),
            sample: self.is_sample(),
        };
        Ok(Bytes::from(serde_json::to_vec(&answer).expect("it has only text keys")))
    }
}

/// The published bytes that were read for one answer.
struct Seen<'a> {
    reader: &'a Reader,
    hidden: &'a HashSet<String>,
    found: HashMap<String, Option<Bytes>>,
}

impl Seen<'_> {
    /// Sees to it that a listing can be read now.
    fn readable(&mut self, id: &str) -> Result<()> {
        if self.hidden.contains(id) {
            return Err(Error::Gone);
        }
        match self.reader.get(id)? {
            None => Err(Error::Missing),
            Some(Read::Gone(_)) => Err(Error::Gone),
            Some(Read::Record(json)) => {
                self.found.insert(id.to_owned(), Some(json));
                Ok(())
            }
        }
    }

    /// Looks a listing up; whether it is there.
    fn look(&mut self, id: &str) -> Result<bool> {
        if !self.found.contains_key(id) {
            match self.readable(id) {
                Ok(()) => {}
                Err(Error::Missing | Error::Gone) => {
                    self.found.insert(id.to_owned(), None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.found.get(id).is_some_and(Option::is_some))
    }

    /// What is published of a listing that was looked up.
    fn stop(&self, id: &str) -> Result<Stop<'_>> {
        let json = self.found.get(id).and_then(Option::as_ref).ok_or(Error::Missing)?;
        serde_json::from_slice(json).map_err(|_| Error::Missing)
    }
}

/// A question, with the graph that answers it.
struct Way<'a> {
    graph: &'a Graph,
    age: Option<u32>,
    language: Language,
    held_terms: &'a [HeldTerm],
}

impl Way<'_> {
    fn end(&self, stop: &Stop<'_>) -> PathwayEnd {
        stop.end(self.held_terms, self.language)
    }

    /// The best ways of which every listing can be read now and every link still stands, and whether there was too much
    /// to look at.
    fn find(&self, from: NodeAt, goal: Goal, seen: &mut Seen<'_>) -> Result<(Vec<Pathway>, bool)> {
        let mut closed: HashSet<NodeAt> = seen.hidden.iter().filter_map(|id| self.graph.node(id)).collect();
        for _ in 0..MOST_TRIES {
            let Found { chains, cut } = open_chains(self.graph, from, goal, MOST_CHAINS, &closed);
            let before = closed.len();
            for node in chains.iter().flat_map(|chain| &chain.nodes) {
                if !seen.look(&self.graph.id(*node))? {
                    closed.insert(*node);
                }
            }
            if closed.len() == before {
                return Ok((self.told(&chains, seen)?, cut));
            }
        }
        Ok((Vec::new(), true))
    }

    fn told(&self, chains: &[Chain], seen: &Seen<'_>) -> Result<Vec<Pathway>> {
        let mut stops: HashMap<NodeAt, Stop<'_>> = HashMap::new();
        for node in chains.iter().flat_map(|chain| &chain.nodes) {
            if !stops.contains_key(node) {
                stops.insert(*node, seen.stop(&self.graph.id(*node))?);
            }
        }
        Ok(chains.iter().filter_map(|chain| self.pathway(chain, &stops)).collect())
    }

    /// A chain with all that is said of it; `None` when the bytes do not say some link of it any more.
    fn pathway(&self, chain: &Chain, stops: &HashMap<NodeAt, Stop<'_>>) -> Option<Pathway> {
        let steps: Vec<PathwayStep> = chain
            .nodes
            .windows(2)
            .zip(&chain.steps)
            .map(|(ends, edge)| self.step(stops.get(&ends[0])?, stops.get(&ends[1])?, edge))
            .collect::<Option<_>>()?;
        let limits_total = steps.iter().map(|step| step.limits.len() as u32).sum();
        Some(Pathway { steps, limits_total })
    }

    fn step(&self, from: &Stop<'_>, to: &Stop<'_>, edge: &Edge) -> Option<PathwayStep> {
        let (relationship, direction) = (edge.relationship, edge.direction);
        // Each lists its first links only: the other may tell this one.
        let own: Option<&LinkOf<'_>> = from.link(&to.id, relationship, direction);
        let turned = if relationship.is_mutual() { direction } else { direction.turned() };
        let theirs = to.link(&from.id, relationship, turned);
        // Neither may tell it otherwise, as while one of them is published before the other.
        if !own.into_iter().chain(theirs).all(LinkOf::is_agreed) {
            return None;
        }
        let (link, [says_from, says_to]) = match own {
            Some(link) => (link, link.said()),
            None => theirs.map(|link| {
                let [this, other] = link.said();
                (link, [other, this])
            })?,
        };
        let label = label(relationship, direction, self.language);
        let mut limits = to.limits(from, self.age, self.language);
        limits.extend([(from, says_from), (to, says_to)].into_iter().filter_map(|(side, says)| {
            let says = says?.does_not.as_deref()?;
            Some(ScopeLimit {
                code: LimitCode::Scope,
                listing: side.id.as_ref().to_owned(),
                in_words: self.does_not(side.name(), says),
                says: Some(says.to_owned()),
            })
        }));
        let in_welsh = self.language == Language::Welsh;
        let way = |way: &Handover| HandoverWay {
            id: *way,
            label: if in_welsh { way.label_cy() } else { way.label() }.to_owned(),
        };
        Some(PathwayStep {
            from: self.end(from),
            to: self.end(to),
            relationship,
            direction,
            label: label.to_owned(),
            in_words: format!("{} {label} {}", from.name(), to.name()),
            sends_people: !matches!(
                relationship,
                Relationship::MemberOf | Relationship::PartOf | Relationship::Runs | Relationship::Hosts
            ),
            says_from: says_from.cloned(),
            says_to: says_to.cloned(),
            handover: link.handover.iter().map(way).collect(),
            reply_within_days: says_to.and_then(|says: &Terms| says.reply_within_days),
            accepting: to.accepting(),
            wait: to.wait().cloned(),
            limits,
        })
    }

    fn does_not(&self, name: &str, says: &str) -> String {
        match self.language {
            Language::English => format!("{name} says what it does not do: {says}"),
            Language::Welsh => format!("Mae {name} yn dweud beth nad yw'n ei wneud: {says}"),
        }
    }

    /// Why there is no way.
    fn none(&self, from: Option<NodeAt>) -> NoPathway {
        let leads = |edge: &Edge| cost(edge).is_some() && edge.state == LinkState::Agreed;
        let linked = from.is_some_and(|from| self.graph.edges(from).iter().any(leads));
        let code = if linked { NoPathwayCode::NoneNearEnough } else { NoPathwayCode::NoAgreedLink };
        let in_words = match (code, self.language) {
            (NoPathwayCode::NoAgreedLink, Language::English) => {
                "No link of this listing is recorded that both sides say. That does not mean that nobody there knows a way: ask them."
            }
            (NoPathwayCode::NoAgreedLink, Language::Welsh) => {
                "Nid oes cysylltiad wedi'i gofnodi y mae'r ddwy ochr yn ei ddweud. Gofynnwch iddyn nhw: efallai eu bod yn gwybod am ffordd."
            }
            (NoPathwayCode::NoneNearEnough, Language::English) => {
                "No chain of agreed links leads there that is short enough to be walked. Ask them: they may know a way."
            }
            (NoPathwayCode::NoneNearEnough, Language::Welsh) => {
                "Nid oes cadwyn ddigon byr o gysylltiadau cytûn yn arwain yno. Gofynnwch iddyn nhw: efallai eu bod yn gwybod am ffordd."
            }
        };
        NoPathway { code, in_words: in_words.to_owned() }
    }
}

/// What one end of a link is to the other.
pub(super) const fn label(relationship: Relationship, direction: Direction, language: Language) -> &'static str {
    match (direction, language) {
        (Direction::To, Language::English) => relationship.label(),
        (Direction::From, Language::English) => relationship.label_from(),
        (Direction::To, Language::Welsh) => relationship.label_cy(),
        (Direction::From, Language::Welsh) => relationship.label_from_cy(),
    }
}
