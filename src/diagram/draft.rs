//! One try at a picture: cells, streets and text put together.
#![expect(
    clippy::indexing_slicing,
    reason = "cells, rows and columns are numbered here, from the lists of this layout that hold one entry for each"
)]

use super::around::{heading, least_inside, support, title};
use super::cards::Words;
use super::columns::{Columns, Picture};
use super::grid::{Margin, PART_HEIGHT, Rows, TITLE_LINE, column_widths, margins, rows};
use super::label::Label;
use super::layout::{Block, Card, Frame, Layout, Line, Point, Wire};
use super::model::Diagram;
use super::plan::{Plan, Side, plans};
use super::ports::{Ports, ports};
use super::rows::Cells;
use super::streets::{Across, LEAST_STREET, Traffic};
use super::style::{BODY, NAME};
use super::text::{width, wrap};

/// Pictures of a few nodes are not blown up.
pub(super) const NARROWEST: f64 = 1080.0;
pub(super) const MARGIN: f64 = 20.0;
/// Space that streets get at most when there is some left over.
const MOST_EXTRA: f64 = 90.0;

/// One try, with all that is known of it.
pub(super) struct Draft<'a> {
    diagram: &'a Diagram,
    picture: &'a Picture,
    columns: &'a Columns,
    cells: &'a Cells,
    words: Vec<Words>,
    labels: Vec<Label>,
    plans: Vec<Plan>,
    ports: Vec<Ports>,
    margins: Vec<Margin>,
    rows: Rows,
    pub across: Across,
    heading: Vec<Line>,
    /// The region's title, and where its frame begins.
    region: (Vec<Line>, f64),
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        diagram: &'a Diagram,
        picture: &'a Picture,
        columns: &'a Columns,
        cells: &'a Cells,
        text: f64,
    ) -> Draft<'a> {
        let words: Vec<Words> = picture.nodes.iter().map(|node| Words::new(&diagram.nodes[*node], text)).collect();
        let labels: Vec<Label> = diagram.edges.iter().map(|edge| Label::new(&edge.label)).collect();
        let (heading, top) = heading(diagram);
        let (region, start) = title(diagram, top);
        let mut widths = column_widths(cells, &words);
        // between people on both sides, a region in which little or nothing stands still holds its title and its last row
        let beside = columns.count > columns.last + 1;
        let inside: f64 = widths.get(columns.first..=columns.last).map_or(0.0, |widths| widths.iter().sum());
        let inside = inside + (columns.last - columns.first) as f64 * LEAST_STREET;
        if let Some(width) = widths.get_mut(columns.first).filter(|_| beside) {
            *width += (least_inside(diagram, &region) - inside).max(0.0);
        }
        let margins = margins(diagram, &cells.groups, &widths);
        let plans = plans(picture, cells);
        let label_heights: Vec<f64> = labels.iter().map(|label| label.height).collect();
        let label_widths: Vec<f64> = labels.iter().map(|label| label.width).collect();
        let (ports, least) = ports(cells, &plans, &label_heights);
        let rows = rows(cells, &words, &plans, &margins, &least, start);
        let traffic = Traffic {
            cells,
            columns,
            plans: &plans,
            ports: &ports,
            margins: &margins,
            rows: &rows,
            labels: &label_widths,
        };
        let mut across = traffic.across(&widths, 0.0);
        let streets = (widths.len().max(2) - 1) as f64;
        let free = NARROWEST - 2.0 * MARGIN - across.end;
        if free > 0.0 {
            across = traffic.across(&widths, (free / streets).min(MOST_EXTRA).floor());
        }
        Draft {
            diagram,
            picture,
            columns,
            cells,
            words,
            labels,
            plans,
            ports,
            margins,
            rows,
            across,
            heading,
            region: (region, top),
        }
    }

    pub(super) fn layout(mut self) -> Layout {
        let content = self.across.end;
        let width = (content + 2.0 * MARGIN).max(NARROWEST).ceil();
        self.move_right(MARGIN, width);
        let mut cards: Vec<Card> = Vec::new();
        for (own, node) in self.picture.nodes.iter().enumerate() {
            let column = self.cells.column[own];
            let row = self.cells.row[own];
            let block = Block {
                x: self.across.left[column],
                y: self.rows.top[row],
                width: self.across.width[column],
                height: self.rows.height[row],
            };
            cards.push(self.words[own].card(*node, block));
        }
        let wires = (0..self.plans.len()).map(|number| self.wire(number)).collect();
        let mut lines = self.heading.clone();
        let (support, rule, bottom) = support(self.diagram, self.across.region, self.rows.end, &mut lines);
        cards.extend(support);
        let (left, right) = self.across.region;
        let top = self.region.1;
        let mut title = self.region.0.clone();
        title.iter_mut().for_each(|line| line.x = left + 16.0);
        let region = Frame {
            group: None,
            block: Block { x: left, y: top, width: right - left, height: bottom - top },
            lines: title,
            parts: Vec::new(),
        };
        let mut frames = vec![region];
        frames.extend((0..self.cells.groups.len()).map(|group| self.frame(group)));
        Layout { width, height: (bottom + MARGIN).ceil(), lines, frames, cards, wires, rule }
    }

    /// Moves everything to the right; a region with nothing beside it takes the whole width.
    fn move_right(&mut self, shift: f64, width: f64) {
        let across = &mut self.across;
        across.left.iter_mut().for_each(|left| *left += shift);
        across.turns.iter_mut().for_each(|turn| *turn = (turn.0 + shift, turn.1 + shift));
        for street in &mut across.streets {
            street.low = (street.low.0 + shift, street.low.1 + shift);
            street.high = (street.high.0 + shift, street.high.1 + shift);
        }
        across.region = (across.region.0 + shift, across.region.1 + shift);
        if self.columns.count == self.columns.last + 1 {
            across.region.1 = width - MARGIN;
        }
    }

    fn wire(&self, number: usize) -> Wire {
        let plan = &self.plans[number];
        let end = |node: usize, side: Side, offset: f64| {
            let (column, row) = (self.cells.column[node], self.cells.row[node]);
            let left = self.across.left[column];
            let x = if side == Side::Left { left } else { left + self.across.width[column] };
            Point { x, y: self.rows.middle(row) + offset }
        };
        let from = end(plan.from, plan.exit, self.ports[number].from);
        let to = end(plan.to, plan.enter, self.ports[number].to);
        let (first, second) = self.across.turns[number];
        let mut points = vec![from];
        match plan.lane {
            _ if plan.straight => {}
            None => points.extend([Point { x: first, y: from.y }, Point { x: first, y: to.y }]),
            Some(_) => {
                let lane = self.rows.lane[number];
                points.extend([
                    Point { x: first, y: from.y },
                    Point { x: first, y: lane },
                    Point { x: second, y: lane },
                    Point { x: second, y: to.y },
                ]);
            }
        }
        points.push(to);
        let label = &self.labels[number];
        let label = (!label.lines.is_empty()).then(|| label.place(self.label_middle(number, to.y), to.y));
        Wire { edge: number, points, label }
    }

    /// The middle of an arrow's label: of the street when nothing turns there, else of the part before its card.
    fn label_middle(&self, number: usize, height: f64) -> f64 {
        let plan = &self.plans[number];
        let column = self.cells.column[plan.to];
        let number_of_street = if plan.enter == Side::Left { column } else { column + 1 };
        let street = &self.across.streets[number_of_street];
        let own = if plan.enter == Side::Left { street.high } else { street.low };
        let top = height - self.labels[number].height - 8.0;
        let turns = street.runs.iter().any(|run| run.from.min(run.to) < height + 4.0 && top < run.from.max(run.to));
        let others = self
            .plans
            .iter()
            .zip(&self.labels)
            .filter(|(other, label)| other.to == plan.to && other.enter == plan.enter && !label.lines.is_empty());
        let alone = others.count() == 1 && ![self.columns.first, self.columns.last + 1].contains(&number_of_street);
        let (left, right) = if plan.straight && !turns && alone {
            self.gap(number_of_street, self.cells.row[plan.to])
        } else if plan.straight && !turns && number_of_street == self.columns.first {
            (street.low.0, street.high.1)
        } else {
            own
        };
        (left + right) / 2.0
    }

    /// What is free in a row between two columns, without the edges of groups.
    fn gap(&self, street: usize, row: usize) -> (f64, f64) {
        let mut left = self.across.left[street - 1] + self.across.width[street - 1];
        let mut right = self.across.left[street];
        for (span, margin) in self.cells.groups.iter().zip(&self.margins) {
            if span.holds(street - 1, row) && span.right + 1 == street {
                left = left.max(self.across.left[street - 1] + self.across.width[street - 1] + margin.right);
            }
            if span.holds(street, row) && span.left == street {
                right = right.min(self.across.left[street] - margin.left);
            }
        }
        (left, right)
    }

    fn frame(&self, group: usize) -> Frame {
        let span = self.cells.groups[group];
        let margin = &self.margins[group];
        let left = self.across.left[span.left] - margin.left;
        let right = self.across.left[span.right] + self.across.width[span.right] + margin.right;
        let top = self.rows.top[span.top] - margin.top;
        let bottom = self.rows.top[span.bottom] + self.rows.height[span.bottom] + margin.bottom;
        let mut lines = Vec::new();
        let mut y = top + 8.0;
        for (texts, face) in [(&margin.title.name, NAME), (&margin.title.detail, BODY)] {
            for text in texts {
                lines.push(Line { text: text.clone(), x: left + 12.0, y: y + TITLE_LINE * 0.8, face });
                y += TITLE_LINE;
            }
        }
        let mut parts = Vec::new();
        let columns = span.right - span.left + 1;
        let first = bottom - 8.0 - margin.part_rows as f64 * PART_HEIGHT;
        let texts = &self.diagram.groups[group].parts;
        // side by side over the whole width where no arrow passes, else below the cards
        let passed = |street: usize| {
            self.across.streets[street]
                .runs
                .iter()
                .any(|run| run.from.min(run.to) < bottom && first < run.from.max(run.to))
        };
        let whole = texts.len() <= columns && !(span.left + 1..=span.right).any(passed);
        for (number, text) in texts.iter().enumerate() {
            let column = span.left + number % columns;
            let y = first + (number / columns) as f64 * PART_HEIGHT;
            let (x, width_) = if whole {
                let (from, to) = (left + 12.0, right - 12.0);
                let share = (to - from + 8.0) / texts.len() as f64;
                (from + number as f64 * share, share - 8.0)
            } else {
                (self.across.left[column], self.across.width[column])
            };
            let block = Block { x, y, width: width_, height: PART_HEIGHT - 4.0 };
            let text = wrap(text, BODY, block.width - 12.0, 1).concat();
            let x = block.x + (block.width - width(&text, BODY)) / 2.0;
            parts.push((block, Line { text, x, y: y + 16.0, face: BODY }));
        }
        Frame {
            group: Some(group),
            block: Block { x: left, y: top, width: right - left, height: bottom - top },
            lines,
            parts,
        }
    }
}
