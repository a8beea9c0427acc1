//! Tracks: arrows that run along the same street do so beside each other, in an order with few crossings.
#![expect(
    clippy::indexing_slicing,
    reason = "`track` and `order` have one entry for each run, and are made from their numbers"
)]

/// A piece of an arrow along a street.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// Which arrow, for a stable order.
    pub number: usize,
    /// Where it begins and ends along the street.
    pub from: f64,
    pub to: f64,
    /// Positions along the street at which the arrow goes on towards lower coordinates across it (left, or up).
    pub low: Vec<f64>,
    /// The same, towards higher coordinates.
    pub high: Vec<f64>,
}

impl Run {
    fn start(&self) -> f64 {
        self.from.min(self.to)
    }

    fn end(&self) -> f64 {
        self.from.max(self.to)
    }

    fn covers(&self, position: f64) -> bool {
        self.start() - 0.1 < position && position < self.end() + 0.1
    }

    fn overlaps(&self, other: &Run) -> bool {
        const BESIDE: f64 = 10.0;
        self.start() < other.end() + BESIDE && other.start() < self.end() + BESIDE
    }
}

/// Runs of a street whose best order is searched; more are left as they come.
const MOST_SEARCHED: usize = 20;

/// The track of each run, and how many there are.
pub(super) fn tracks(runs: &[Run]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|run| runs[*run].number);
    let mut best = crossings(runs, &order);
    let mut improved = true;
    while improved && best > 0 && runs.len() <= MOST_SEARCHED {
        improved = false;
        for first in 0..order.len() {
            for second in 0..order.len() {
                let before = order.clone();
                let run = order.remove(first);
                order.insert(second, run);
                let now = crossings(runs, &order);
                if now < best {
                    best = now;
                    improved = true;
                } else {
                    order = before;
                }
            }
        }
    }
    let mut track = vec![0; runs.len()];
    for (position, run) in order.iter().enumerate() {
        let earlier = order[..position].iter().filter(|other| runs[**other].overlaps(&runs[*run]));
        track[*run] = earlier.map(|other| track[*other] + 1).max().unwrap_or(0);
    }
    let count = track.iter().map(|track| track + 1).max().unwrap_or(0);
    (track, count)
}

/// Crossings when the runs lie in this order, lower tracks first.
fn crossings(runs: &[Run], order: &[usize]) -> usize {
    let mut count = 0;
    for (position, low) in order.iter().enumerate() {
        for high in &order[position + 1..] {
            let (low, high) = (&runs[*low], &runs[*high]);
            count += high.low.iter().filter(|at| low.covers(**at)).count();
            count += low.high.iter().filter(|at| high.covers(**at)).count();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_without_crossings_is_found() {
        let run = |number, from: f64, to: f64| Run { number, from, to, low: vec![from], high: vec![to] };
        // both go down; the upper one must turn behind the lower one
        let (track, count) = tracks(&[run(0, 0.0, 50.0), run(1, 20.0, 90.0)]);
        assert_eq!((track, count), (vec![1, 0], 2));
        let (track, count) = tracks(&[run(0, 0.0, 20.0), run(1, 60.0, 90.0)]);
        assert_eq!((track, count), (vec![0, 0], 1));
    }
}
