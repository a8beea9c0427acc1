//! Rows: nodes and groups are stacked, and their order is searched for the one with short, straight and uncrossed arrows.
#![expect(
    clippy::indexing_slicing,
    reason = "every list has one entry for each node of the diagram, and nodes are known by their number"
)]

use super::columns::{Columns, Picture};
use super::model::Diagram;

/// Where the nodes of the picture and its groups stand in the grid.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    /// Column of each node.
    pub column: Vec<usize>,
    /// Row of each node.
    pub row: Vec<usize>,
    /// All rows.
    pub rows: usize,
    /// All columns.
    pub columns: usize,
    /// The cells of each group.
    pub groups: Vec<Span>,
}

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub left: usize,
    pub right: usize,
    pub top: usize,
    pub bottom: usize,
}

impl Span {
    pub(super) fn holds(&self, column: usize, row: usize) -> bool {
        (self.left..=self.right).contains(&column) && (self.top..=self.bottom).contains(&row)
    }

    fn with(self, other: Span) -> Span {
        Span {
            left: self.left.min(other.left),
            right: self.right.max(other.right),
            top: self.top.min(other.top),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

impl Cells {
    /// The node in a cell.
    pub(super) fn at(&self, column: usize, row: usize) -> Option<usize> {
        (0..self.row.len()).find(|node| self.column[*node] == column && self.row[*node] == row)
    }
}

/// A node or a group among those that lie in the same group, and how many rows are left free above it.
#[derive(Clone, Copy, Debug)]
struct Child {
    what: What,
    gap: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Node(usize),
    Group(usize),
}

/// Children of each group; the last entry is the picture itself.
type Tree = Vec<Vec<Child>>;

/// Comparisons of two arrows that a search may take: a picture of thirty nodes needs some 100,000, a huge one is not searched to the end.
const PATIENCE: usize = 3_000_000;

const MOST_GAP: usize = 3;

pub(super) fn cells(diagram: &Diagram, picture: &Picture, columns: &Columns) -> Cells {
    let search = Search { diagram, picture, columns };
    let mut tree = search.tree();
    let mut best = search.cost(&search.pack(&tree));
    let mut patience = PATIENCE / (picture.edges.len().pow(2) + 50);
    let mut improved = true;
    while improved && patience > 0 {
        improved = false;
        for parent in 0..tree.len() {
            for first in 0..tree[parent].len() {
                if patience == 0 {
                    break;
                }
                for second in 0..tree[parent].len() {
                    let children = tree[parent].clone();
                    let child = tree[parent].remove(first);
                    tree[parent].insert(second, child);
                    improved |= search.keep(&mut tree, parent, children, &mut best, &mut patience);
                }
                for gap in 0..=MOST_GAP {
                    let children = tree[parent].clone();
                    tree[parent][first].gap = gap;
                    improved |= search.keep(&mut tree, parent, children, &mut best, &mut patience);
                }
            }
        }
    }
    search.pack(&tree)
}

struct Search<'a> {
    diagram: &'a Diagram,
    picture: &'a Picture,
    columns: &'a Columns,
}

impl Search<'_> {
    /// Everything in its group, in the order of the graph.
    fn tree(&self) -> Tree {
        let groups = self.diagram.groups.len();
        let mut tree: Tree = vec![Vec::new(); groups + 1];
        let mut nodes: Vec<usize> = (0..self.picture.nodes.len()).collect();
        nodes.sort_by_key(|node| (self.columns.turn[*node], *node));
        for node in nodes {
            let mut child = What::Node(node);
            let mut parent = self.diagram.nodes[self.picture.nodes[node]].group;
            loop {
                let children = &mut tree[parent.unwrap_or(groups)];
                if children.iter().any(|other| other.what == child) {
                    break;
                }
                children.push(Child { what: child, gap: 0 });
                let Some(group) = parent else { break };
                child = What::Group(group);
                parent = self.diagram.groups[group].parent;
            }
        }
        tree
    }

    /// Keeps a change that makes the picture better, else takes it back.
    fn keep(&self, tree: &mut Tree, parent: usize, before: Vec<Child>, best: &mut usize, patience: &mut usize) -> bool {
        *patience = patience.saturating_sub(1);
        let cost = if *patience == 0 { usize::MAX } else { self.cost(&self.pack(tree)) };
        if cost < *best {
            *best = cost;
            return true;
        }
        tree[parent] = before;
        false
    }

    /// Stacks everything as high as it goes.
    fn pack(&self, tree: &Tree) -> Cells {
        let mut cells = Cells {
            column: self.columns.of.clone(),
            row: vec![0; self.picture.nodes.len()],
            rows: 0,
            columns: self.columns.count,
            groups: vec![Span { left: 0, right: 0, top: 0, bottom: 0 }; self.diagram.groups.len()],
        };
        self.stack(tree, tree.len() - 1, &mut cells);
        cells.rows = cells.row.iter().map(|row| row + 1).max().unwrap_or(0);
        cells
    }

    /// Stacks the children of a group from row 0; the cells that they take.
    fn stack(&self, tree: &Tree, parent: usize, cells: &mut Cells) -> Option<Span> {
        let mut free = vec![0; self.columns.count];
        let mut all: Option<Span> = None;
        for child in &tree[parent] {
            let own = match child.what {
                What::Node(node) => {
                    cells.row[node] = 0;
                    let column = self.columns.of[node];
                    Span { left: column, right: column, top: 0, bottom: 0 }
                }
                What::Group(group) => match self.stack(tree, group, cells) {
                    Some(span) => span,
                    None => continue,
                },
            };
            let lowest = (own.left..=own.right).map(|column| free[column]).max().unwrap_or(0);
            let shift = (lowest + child.gap).saturating_sub(own.top);
            self.shift(tree, child.what, shift, cells);
            let moved = Span { top: own.top + shift, bottom: own.bottom + shift, ..own };
            (own.left..=own.right).for_each(|column| free[column] = moved.bottom + 1);
            all = Some(all.map_or(moved, |all| all.with(moved)));
        }
        if let (Some(group), Some(span)) = (cells.groups.get_mut(parent), all) {
            *group = span;
        }
        all
    }

    fn shift(&self, tree: &Tree, what: What, by: usize, cells: &mut Cells) {
        match what {
            What::Node(node) => cells.row[node] += by,
            What::Group(group) => {
                cells.groups[group].top += by;
                cells.groups[group].bottom += by;
                tree[group].iter().for_each(|child| self.shift(tree, child.what, by, cells));
            }
        }
    }

    /// How far a picture is from one that is easily read.
    fn cost(&self, cells: &Cells) -> usize {
        let mut cost = cells.rows * 30;
        let at = |node: usize| (cells.column[node], cells.row[node]);
        let mut taken = vec![false; cells.rows * cells.columns];
        (0..cells.row.len()).for_each(|node| taken[cells.row[node] * cells.columns + cells.column[node]] = true);
        for (number, (from, to)) in self.picture.edges.iter().enumerate() {
            let ((from_column, from_row), (to_column, to_row)) = (at(*from), at(*to));
            let rows = from_row.abs_diff(to_row);
            cost += rows * 6 + usize::from(rows > 0) * 6;
            let between = (from_column.min(to_column) + 1)..from_column.max(to_column);
            let blocked = |row: usize| between.clone().any(|column| taken[row * cells.columns + column]);
            if from_column.abs_diff(to_column) > 1 && blocked(from_row) && blocked(to_row) {
                cost += 24;
            }
            if from_column == to_column && rows > 1 {
                cost += 12;
            }
            for (other_from, other_to) in &self.picture.edges[..number] {
                cost += 14 * usize::from(cross((at(*from), at(*to)), (at(*other_from), at(*other_to))));
            }
        }
        cost
    }
}

type Cell = (usize, usize);

/// Whether two straight lines between cells cross; a shared end is no crossing.
fn cross(first: (Cell, Cell), second: (Cell, Cell)) -> bool {
    let sorted = |(a, b): (Cell, Cell)| if a.0 <= b.0 { (a, b) } else { (b, a) };
    let (first, second) = (sorted(first), sorted(second));
    let left = first.0.0.max(second.0.0);
    let right = first.1.0.min(second.1.0);
    if left >= right {
        return false;
    }
    let height = |(a, b): (Cell, Cell), column: usize| {
        let share = (column - a.0) as f64 / (b.0 - a.0) as f64;
        a.1 as f64 + share * (b.1 as f64 - a.1 as f64)
    };
    (height(first, left) - height(second, left)) * (height(first, right) - height(second, right)) < -1e-9
}

#[cfg(test)]
mod tests {
    use super::cross;

    #[test]
    fn crossings_are_seen() {
        assert!(cross(((0, 0), (1, 1)), ((0, 1), (1, 0))));
        assert!(!cross(((0, 0), (1, 1)), ((0, 0), (1, 0))));
        assert!(!cross(((0, 0), (1, 0)), ((2, 0), (1, 1))));
        assert!(cross(((0, 0), (2, 2)), ((2, 0), (1, 2))));
    }
}
