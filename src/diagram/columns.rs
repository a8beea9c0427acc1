//! Columns: each node stands right of those that lead to it, people and programs outside at the edges.
#![expect(
    clippy::indexing_slicing,
    reason = "every list has one entry for each node of the diagram, and nodes are known by their number"
)]

use super::model::{Diagram, Zone};

/// The nodes that have a place in the grid, and the edges between them, by position in `nodes`.
#[derive(Debug)]
pub(super) struct Picture {
    /// Indices of nodes of the diagram.
    pub nodes: Vec<usize>,
    /// Ends as positions in `nodes`; the same order as the diagram's edges.
    pub edges: Vec<(usize, usize)>,
}

impl Picture {
    pub(super) fn new(diagram: &Diagram) -> Picture {
        let nodes: Vec<usize> =
            (0..diagram.nodes.len()).filter(|node| diagram.nodes[*node].zone != Zone::Support).collect();
        let at = |node: usize| nodes.iter().position(|own| *own == node);
        let edges = diagram.edges.iter().filter_map(|edge| Some((at(edge.from)?, at(edge.to)?))).collect();
        Picture { nodes, edges }
    }
}

/// The column of each node.
#[derive(Debug)]
pub(super) struct Columns {
    /// By position in the picture.
    pub of: Vec<usize>,
    /// How often the flow had to begin again at the left: nodes of a later turn stand lower.
    pub turn: Vec<usize>,
    /// The region's first column.
    pub first: usize,
    /// The region's last column.
    pub last: usize,
    /// All columns.
    pub count: usize,
}

/// Columns along the flows; the region has `most` at most.
pub(super) fn columns(diagram: &Diagram, picture: &Picture, most: usize) -> Columns {
    let count = picture.nodes.len();
    let zone = |node: usize| diagram.nodes[picture.nodes[node]].zone;
    let leads = |node: usize| picture.edges.iter().any(|(from, _)| *from == node);
    let sink =
        |node: usize| zone(node) == Zone::Outside && !leads(node) && picture.edges.iter().any(|(_, to)| *to == node);
    let source = |node: usize| zone(node) == Zone::Outside && !sink(node);
    let edge_column = usize::from((0..count).any(source));
    let first = edge_column + usize::from((0..count).any(|node| zone(node) == Zone::Edge));
    let (order, forward) = order(count, &picture.edges);

    let mut of = vec![first; count];
    for node in &order {
        let before = forward.iter().filter(|(_, to)| to == node).map(|(from, _)| of[*from] + 1).max().unwrap_or(0);
        of[*node] = match zone(*node) {
            Zone::Outside => 0,
            Zone::Edge => edge_column,
            Zone::Region | Zone::Support => first.max(before),
        };
    }
    // what nothing leads to stands next to what it leads to
    for node in order.iter().rev().filter(|node| zone(**node) == Zone::Region) {
        let led_to = forward.iter().any(|(_, to)| to == node);
        let next = forward.iter().filter(|(from, to)| from == node && !sink(*to)).map(|(_, to)| of[*to]).min();
        if let Some(next) = next.filter(|_| !led_to) {
            of[*node] = first.max(next.saturating_sub(1));
        }
    }
    // one column too many: what ends a flow stands below what leads to it
    let region = || (0..count).filter(|node| zone(*node) == Zone::Region);
    let beyond: Vec<usize> = region().filter(|node| of[*node] - first >= most).collect();
    if beyond.iter().all(|node| of[*node] - first == most) {
        beyond.iter().for_each(|node| of[*node] -= 1);
    }
    let mut turn = vec![0; count];
    for node in region() {
        turn[node] = (of[node] - first) / most;
        of[node] = first + (of[node] - first) % most;
    }
    let last = (0..count).filter(|node| zone(*node) == Zone::Region).map(|node| of[node]).max().unwrap_or(first);
    // what has no arrows fills the emptier columns, three in each or so
    let drawn = |node: &usize| picture.edges.iter().any(|(from, to)| from == node || to == node);
    let alone: Vec<usize> = region().filter(|node| !drawn(node)).collect();
    let last = last.max((first + alone.len().div_ceil(3).min(most)).saturating_sub(1));
    let mut members = vec![0; last + 1];
    region().filter(drawn).for_each(|node| members[of[node]] += 1);
    for node in alone {
        let column = (first..=last).min_by_key(|column| members[*column]).unwrap_or(first);
        of[node] = column;
        members[column] += 1;
    }
    let sinks = (0..count).filter(|node| sink(*node)).collect::<Vec<_>>();
    sinks.iter().for_each(|node| of[*node] = last + 1);
    Columns { of, turn, first, last, count: last + 1 + usize::from(!sinks.is_empty()) }
}

/// The nodes with each after those that lead to it, and the edges without those that would close a circle.
fn order(count: usize, edges: &[(usize, usize)]) -> (Vec<usize>, Vec<(usize, usize)>) {
    let mut done = Vec::with_capacity(count);
    let mut state = vec![0_u8; count];
    let mut forward = Vec::new();
    let led_to = |node: &usize| edges.iter().any(|(_, to)| to == node);
    let roots = (0..count).filter(|node| !led_to(node)).chain((0..count).filter(led_to));
    for root in roots {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        // a node and how many of its edges were followed
        let mut path = vec![(root, 0)];
        while let Some((node, followed)) = path.last_mut() {
            let node = *node;
            let next = edges.iter().filter(|(from, _)| *from == node).nth(*followed);
            *followed += 1;
            match next {
                Some((_, to)) => {
                    if state[*to] != 1 {
                        forward.push((node, *to));
                    }
                    if state[*to] == 0 {
                        state[*to] = 1;
                        path.push((*to, 0));
                    }
                }
                None => {
                    state[node] = 2;
                    done.push(node);
                    path.pop();
                }
            }
        }
    }
    done.reverse();
    (done, forward)
}
