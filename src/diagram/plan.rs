//! Which streets an arrow takes: it leaves a card at its side, turns in the streets between columns, and runs along its own
//! row where that is free, else along a street between two rows. So it never meets a card.
#![expect(
    clippy::indexing_slicing,
    reason = "cells has one entry for each node of the diagram, and edges name nodes of it"
)]

use super::columns::Picture;
use super::rows::{Cells, Span};

/// A side of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The way of an arrow. Street `n` between columns lies left of column `n`, street `n` between rows above row `n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub from: usize,
    pub to: usize,
    pub exit: Side,
    pub enter: Side,
    /// It is one straight line.
    pub straight: bool,
    /// The street between columns in which it turns.
    pub turn: usize,
    /// Street between rows that it runs along, and the street between columns in which it turns again.
    pub lane: Option<(usize, usize)>,
}

pub(super) fn plans(picture: &Picture, cells: &Cells) -> Vec<Plan> {
    let planner = Planner { cells };
    picture.edges.iter().map(|(from, to)| planner.plan(*from, *to)).collect()
}

struct Planner<'a> {
    cells: &'a Cells,
}

impl Planner<'_> {
    fn plan(&self, from: usize, to: usize) -> Plan {
        let cells = self.cells;
        let (from_column, to_column) = (cells.column[from], cells.column[to]);
        let (from_row, to_row) = (cells.row[from], cells.row[to]);
        let (exit, enter, first, second) = match from_column.cmp(&to_column) {
            std::cmp::Ordering::Less => (Side::Right, Side::Left, from_column + 1, to_column),
            std::cmp::Ordering::Equal => (Side::Right, Side::Right, from_column + 1, from_column + 1),
            std::cmp::Ordering::Greater => (Side::Left, Side::Right, from_column, to_column + 1),
        };
        let mut plan = Plan { from, to, exit, enter, straight: false, turn: second, lane: None };
        let between = (from_column.min(to_column) + 1)..from_column.max(to_column);
        let free = |row: usize| between.clone().all(|column| self.passable(column, row, [from, to]));
        if free(from_row) {
            plan.straight = from_row == to_row && exit != enter;
        } else if free(to_row) {
            plan.turn = first;
        } else {
            plan.turn = first;
            plan.lane = Some((self.lane(from, to, &between), second));
        }
        plan
    }

    /// Whether an arrow may run through a cell: it is empty, and in no group that the arrow has nothing to do with.
    fn passable(&self, column: usize, row: usize, ends: [usize; 2]) -> bool {
        let crossed = |span: &Span| span.holds(column, row) && !self.concerns(span, ends);
        self.cells.at(column, row).is_none() && !self.cells.groups.iter().any(crossed)
    }

    /// Whether one of the ends lies in a group.
    fn concerns(&self, span: &Span, ends: [usize; 2]) -> bool {
        ends.iter().any(|end| span.holds(self.cells.column[*end], self.cells.row[*end]))
    }

    /// The street between rows that is the shortest way, rather not through a group of others.
    fn lane(&self, from: usize, to: usize, between: &std::ops::Range<usize>) -> usize {
        let (from_row, to_row) = (self.cells.row[from], self.cells.row[to]);
        let way = |lane: usize, row: usize| if lane <= row { row - lane } else { lane - row - 1 };
        let through = |lane: usize| {
            let inside = |span: &&Span| {
                span.top < lane
                    && lane <= span.bottom
                    && between.clone().any(|column| (span.left..=span.right).contains(&column))
                    && !self.concerns(span, [from, to])
            };
            self.cells.groups.iter().filter(inside).count()
        };
        let outer = |lane: usize| usize::from(lane == 0 || lane == self.cells.rows);
        let cost = |lane: &usize| (way(*lane, from_row) + way(*lane, to_row) + outer(*lane)) + 4 * through(*lane);
        (0..=self.cells.rows).min_by_key(cost).unwrap_or(0)
    }
}
