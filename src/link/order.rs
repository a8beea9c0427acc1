//! Dependencies first, and circles told whole.

use std::collections::BTreeMap;

/// Indices in an order in which every index follows those it links to, otherwise as given; or one circle.
#[expect(
    clippy::indexing_slicing,
    reason = "a link names a component of the same list, so every index is below its length"
)]
pub fn order(links: &[BTreeMap<String, usize>]) -> Result<Vec<usize>, Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; links.len()];
    let mut order = Vec::with_capacity(links.len());
    for start in 0..links.len() {
        // a stack of its own: a chain of a thousand components must not end the process
        let mut stack = vec![(start, links[start].values().copied().collect::<Vec<_>>())];
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        while let Some((node, rest)) = stack.last_mut() {
            match rest.pop() {
                Some(next) if state[next] == State::Open => {
                    let first = stack.iter().position(|(open, _)| *open == next).unwrap_or(0);
                    return Err(stack[first..].iter().map(|(open, _)| *open).collect());
                }
                Some(next) if state[next] == State::New => {
                    state[next] = State::Open;
                    stack.push((next, links[next].values().rev().copied().collect()));
                }
                Some(_) => {}
                None => {
                    state[*node] = State::Done;
                    order.push(*node);
                    stack.pop();
                }
            }
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(usize, usize)], nodes: usize) -> Vec<BTreeMap<String, usize>> {
        let mut links = vec![BTreeMap::new(); nodes];
        for (from, to) in edges {
            links[*from].insert(to.to_string(), *to);
        }
        links
    }

    #[test]
    fn dependencies_come_first() {
        assert_eq!(order(&graph(&[(0, 2), (2, 1)], 3)), Ok(vec![1, 2, 0]));
    }

    #[test]
    fn a_circle_is_told() {
        assert_eq!(order(&graph(&[(0, 1), (1, 2), (2, 1)], 3)), Err(vec![1, 2]));
    }

    #[test]
    fn a_long_chain_is_no_problem() {
        let edges: Vec<_> = (0..50_000).map(|i| (i, i + 1)).collect();
        assert_eq!(order(&graph(&edges, 50_001)).map(|order| order[0]), Ok(50_000));
    }
}
