//! A linear chain with few states: labels are types of stretches (outside, source, content, cue),
//! scored for being inside a stretch and for the border where it opens or closes.
//!
//! Conditional random field (Lafferty, McCallum and Pereira 2001) whose weights hang on borders as in
//! a semi-Markov model (Sarawagi and Cohen 2004), so that the words around a border count for it.

/// Most states of a chain.
const STATES: usize = 8;
/// Most columns of scores at a position.
pub(crate) const COLUMNS: usize = 6;

/// Scores at one position: for each scored type inside, opens here, closed before here.
pub(crate) type Scores = [f32; COLUMNS];

/// The states of a chain: `kinds` is the type of each, type 0 outside, types up to `scored` have
/// three columns each; `next` the states that may follow, as bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain {
    pub kinds: &'static [u8],
    pub next: &'static [u8],
    pub first: u8,
    pub scored: usize,
}

/// Outside and cue.
pub(crate) const CUES: Chain = Chain { kinds: &[0, 1], next: &[0b11, 0b11], first: 0b11, scored: 1 };

/// Types of the arguments' chain.
pub(crate) const OUTSIDE: u8 = 0;
pub(crate) const SOURCE: u8 = 1;
pub(crate) const CONTENT: u8 = 2;
pub(crate) const CUE: u8 = 3;

/// At most one source: outside, content, cue before it; the source; the same after it.
pub(crate) const ARGUMENTS: Chain = Chain {
    kinds: &[OUTSIDE, CONTENT, CUE, SOURCE, OUTSIDE, CONTENT, CUE],
    next: &[0b000_1111, 0b000_1111, 0b000_1111, 0b111_1000, 0b111_0000, 0b111_0000, 0b111_0000],
    first: 0b000_1111,
    scored: 2,
};

/// A chain with the scores of a sequence. `allowed` holds for each position the types that it may
/// have, as bits.
pub(crate) struct Lattice<'a> {
    pub chain: Chain,
    pub scores: &'a [Scores],
    pub allowed: &'a [u8],
}

type Row = [f32; STATES];

impl Lattice<'_> {
    fn states(&self) -> impl Iterator<Item = (usize, u8, u8)> + '_ {
        self.chain.kinds.iter().zip(self.chain.next).enumerate().map(|(state, (kind, next))| (state, *kind, *next))
    }

    fn kind(&self, state: usize) -> u8 {
        self.chain.kinds.get(state).copied().unwrap_or_default()
    }

    /// The score of going from type `before` to `kind` at a position.
    fn step(&self, scores: &Scores, before: u8, kind: u8) -> f32 {
        let mut total = 0.0;
        let column = |kind: u8, offset: usize| {
            let kind = usize::from(kind);
            if kind == 0 || kind > self.chain.scored {
                return 0.0;
            }
            scores.get(3 * (kind - 1) + offset).copied().unwrap_or_default()
        };
        total += column(kind, 0);
        if before != kind {
            total += column(kind, 1) + column(before, 2);
        }
        total
    }

    /// For each pair of types the score of the step at a position.
    fn steps(&self, scores: &Scores) -> [[f32; 4]; 4] {
        let mut table = [[0.0; 4]; 4];
        for (before, row) in (0_u8..).zip(&mut table) {
            for (kind, cell) in (0_u8..).zip(row.iter_mut()) {
                *cell = self.step(scores, before, kind);
            }
        }
        table
    }

    /// The most probable types.
    pub(crate) fn best(&self) -> Vec<u8> {
        let mut backs: Vec<[u8; STATES]> = Vec::with_capacity(self.scores.len());
        let mut now: Row = [f32::NEG_INFINITY; STATES];
        for (at, (scores, allowed)) in self.scores.iter().zip(self.allowed).enumerate() {
            let table = self.steps(scores);
            let mut new: Row = [f32::NEG_INFINITY; STATES];
            let mut back = [0_u8; STATES];
            if at == 0 {
                for (state, kind, _) in self.states() {
                    if self.chain.first >> state & 1 == 1 && allowed >> kind & 1 == 1 {
                        set(&mut new, state, cell(&table, OUTSIDE, kind));
                    }
                }
            } else {
                for (before, before_kind, next) in self.states() {
                    let score = get(&now, before);
                    if score == f32::NEG_INFINITY {
                        continue;
                    }
                    for (state, kind, _) in self.states() {
                        if next >> state & 1 == 0 || allowed >> kind & 1 == 0 {
                            continue;
                        }
                        let score = score + cell(&table, before_kind, kind);
                        if score > get(&new, state) {
                            set(&mut new, state, score);
                            if let Some(back) = back.get_mut(state) {
                                *back = u8::try_from(before).unwrap_or_default();
                            }
                        }
                    }
                }
            }
            backs.push(back);
            now = new;
        }
        let mut state = (0..self.chain.kinds.len()).max_by(|a, b| get(&now, *a).total_cmp(&get(&now, *b))).unwrap_or(0);
        let mut kinds = Vec::with_capacity(self.scores.len());
        for back in backs.iter().rev() {
            kinds.push(self.kind(state));
            state = usize::from(back.get(state).copied().unwrap_or_default());
        }
        kinds.reverse();
        kinds
    }

    /// The forward pass: for each position the normalised weight of each state, and the logarithm of
    /// the sum over all paths.
    fn forward(&self) -> (Vec<Row>, f64) {
        let mut rows: Vec<Row> = Vec::with_capacity(self.scores.len());
        let mut total = 0.0_f64;
        for (at, (scores, allowed)) in self.scores.iter().zip(self.allowed).enumerate() {
            let (table, top) = exponentials(&self.steps(scores));
            let mut new: Row = [0.0; STATES];
            if at == 0 {
                for (state, kind, _) in self.states() {
                    if self.chain.first >> state & 1 == 1 && allowed >> kind & 1 == 1 {
                        set(&mut new, state, cell(&table, OUTSIDE, kind));
                    }
                }
            } else {
                let now = rows.last().copied().unwrap_or_default();
                for (before, before_kind, next) in self.states() {
                    let weight = get(&now, before);
                    if weight == 0.0 {
                        continue;
                    }
                    for (state, kind, _) in self.states() {
                        if next >> state & 1 == 1 && allowed >> kind & 1 == 1 {
                            let sum = get(&new, state) + weight * cell(&table, before_kind, kind);
                            set(&mut new, state, sum);
                        }
                    }
                }
            }
            let sum: f32 = new.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            for weight in &mut new {
                *weight /= sum;
            }
            total += f64::from(sum.ln()) + f64::from(top);
            rows.push(new);
        }
        (rows, total)
    }

    /// The logarithm of the sum over all allowed paths.
    pub(crate) fn log_sum(&self) -> f64 {
        self.forward().1
    }

    /// The probability of each column's event at each position: inside, opens, closed before.
    pub(crate) fn marginals(&self) -> Vec<Scores> {
        let (rows, _) = self.forward();
        let mut out = vec![[0.0; COLUMNS]; rows.len()];
        let mut later: Row = [1.0; STATES];
        for at in (0..rows.len()).rev() {
            let (Some(scores), Some(allowed), Some(marginals)) =
                (self.scores.get(at), self.allowed.get(at), out.get_mut(at))
            else {
                continue;
            };
            let (table, _) = exponentials(&self.steps(scores));
            let start: Row;
            let now = if at == 0 {
                start = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
                &start
            } else {
                rows.get(at - 1).unwrap_or(&later)
            };
            let mut pairs = [[0.0_f32; 4]; 4];
            let mut earlier: Row = [0.0; STATES];
            let mut sum = 0.0;
            for (before, before_kind, next) in self.states() {
                let (weight, next) = if at == 0 {
                    (if before == 0 { 1.0 } else { 0.0 }, self.chain.first)
                } else {
                    (get(now, before), next)
                };
                let mut back = 0.0;
                for (state, kind, _) in self.states() {
                    if next >> state & 1 == 0 || allowed >> kind & 1 == 0 {
                        continue;
                    }
                    let through = cell(&table, before_kind, kind) * get(&later, state);
                    back += through;
                    let mass = weight * through;
                    sum += mass;
                    if let Some(pair) =
                        pairs.get_mut(usize::from(before_kind)).and_then(|row| row.get_mut(usize::from(kind)))
                    {
                        *pair += mass;
                    }
                }
                set(&mut earlier, before, back);
            }
            let sum = sum.max(f32::MIN_POSITIVE);
            for (before, row) in pairs.iter().enumerate() {
                for (kind, mass) in row.iter().enumerate() {
                    let mass = mass / sum;
                    let mut add = |kind: usize, offset: usize| {
                        if kind >= 1
                            && kind <= self.chain.scored
                            && let Some(cell) = marginals.get_mut(3 * (kind - 1) + offset)
                        {
                            *cell += mass;
                        }
                    };
                    add(kind, 0);
                    if before != kind {
                        add(kind, 1);
                        add(before, 2);
                    }
                }
            }
            let largest = earlier.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
            for weight in &mut earlier {
                *weight /= largest;
            }
            later = earlier;
        }
        out
    }

    /// The events of a labelling, as [`Lattice::marginals`] would give them if it were certain.
    pub(crate) fn events(chain: Chain, kinds: &[u8]) -> Vec<Scores> {
        let mut before = OUTSIDE;
        kinds
            .iter()
            .map(|kind| {
                let mut events = [0.0; COLUMNS];
                let mut add = |kind: u8, offset: usize| {
                    let kind = usize::from(kind);
                    if kind >= 1
                        && kind <= chain.scored
                        && let Some(cell) = events.get_mut(3 * (kind - 1) + offset)
                    {
                        *cell += 1.0;
                    }
                };
                add(*kind, 0);
                if before != *kind {
                    add(*kind, 1);
                    add(before, 2);
                }
                before = *kind;
                events
            })
            .collect()
    }
}

fn get(row: &Row, state: usize) -> f32 {
    row.get(state).copied().unwrap_or_default()
}

fn set(row: &mut Row, state: usize, value: f32) {
    if let Some(cell) = row.get_mut(state) {
        *cell = value;
    }
}

fn cell(table: &[[f32; 4]; 4], before: u8, kind: u8) -> f32 {
    table.get(usize::from(before)).and_then(|row| row.get(usize::from(kind))).copied().unwrap_or_default()
}

/// The exponentials of a table less its largest value, and that value.
fn exponentials(table: &[[f32; 4]; 4]) -> ([[f32; 4]; 4], f32) {
    let top = table.iter().flatten().copied().fold(f32::NEG_INFINITY, f32::max);
    (table.map(|row| row.map(|score| (score - top).max(-60.0).exp())), top)
}
