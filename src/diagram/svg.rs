//! The layout as SVG: no scripts, no fonts, no references; text stays text.

use std::fmt::Write;

use crate::library::Family;

use super::clean::xml;
use super::glyph::glyph;
use super::layout::{Block, Card, Frame, Line, Point, Wire, arrange};
use super::model::{Diagram, Zone};
use super::style::{LEAD, NAME, SHEET, TITLE, colour};

/// Rounding of an arrow's corners.
const CORNER: f64 = 8.0;

/// The whole document.
pub fn svg(diagram: &Diagram) -> String {
    let layout = arrange(diagram);
    let mut out = String::with_capacity(16 * 1024);
    let id = id(&diagram.title);
    let (width, height) = (number(layout.width), number(layout.height));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"atelier\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" style=\"width:100%;height:auto\" role=\"graphics-document document\" aria-roledescription=\"diagram\" aria-labelledby=\"{id}-title {id}-desc\">"
    );
    let _ = writeln!(out, "<title id=\"{id}-title\">{}</title>", xml(&diagram.title));
    let _ = writeln!(out, "<desc id=\"{id}-desc\">{}</desc>", xml(&described(diagram)));
    let _ = writeln!(out, "<style>\n{SHEET}</style>");
    let _ = writeln!(out, "<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>");
    layout.frames.iter().for_each(|frame| write_frame(&mut out, diagram, frame));
    if let Some((from, to)) = layout.rule {
        let (x1, y1, x2, y2) = (number(from.x), number(from.y), number(to.x), number(to.y));
        let _ = writeln!(out, "<line class=\"rule\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }
    layout.lines.iter().for_each(|line| write_line(&mut out, line));
    layout.wires.iter().for_each(|wire| write_wire(&mut out, diagram, wire));
    layout.cards.iter().for_each(|card| write_card(&mut out, diagram, card));
    out.push_str("</svg>\n");
    out
}

fn write_frame(out: &mut String, diagram: &Diagram, frame: &Frame) {
    let (class, round) = match frame.group.map(|group| diagram.group(group).family) {
        None => ("region", 14),
        Some(Family::Network) => ("network", 12),
        Some(Family::Public) => ("public", 10),
        Some(Family::Private) => ("private", 10),
        Some(_) => ("plain", 10),
    };
    let label = frame.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    let _ = writeln!(out, "<g role=\"graphics-object group\" aria-label=\"{}\" data-frame=\"{class}\">", xml(&label));
    let _ = writeln!(out, "<rect class=\"{class}\" {} rx=\"{round}\"/>", rect(&frame.block));
    frame.lines.iter().for_each(|line| write_line(out, line));
    for (block, line) in &frame.parts {
        let _ = writeln!(out, "<rect class=\"part\" {} rx=\"5\"/>", rect(block));
        write_line(out, line);
    }
    out.push_str("</g>\n");
}

fn write_card(out: &mut String, diagram: &Diagram, card: &Card) {
    let node = diagram.node(card.node);
    let class = if node.zone == Zone::Outside { "node outside" } else { "node" };
    let label = if node.detail.is_empty() { node.name.clone() } else { format!("{}: {}", node.name, node.detail) };
    let _ = writeln!(
        out,
        "<g class=\"{class}\" role=\"graphics-symbol img\" aria-label=\"{}\" data-node=\"n{}\" data-family=\"{}\">",
        xml(&label),
        card.node + 1,
        node.family.word()
    );
    let _ = writeln!(out, "<title>{} ({})</title>", xml(&label), xml(&node.components.join(", ")));
    let _ = writeln!(out, "<rect class=\"card\" {} rx=\"10\"/>", rect(&card.block));
    let _ = writeln!(out, "<rect {} rx=\"8\" fill=\"{}\"/>", rect(&card.icon), colour(node.family));
    let (x, y) = (number(card.icon.x + 5.0), number(card.icon.y + 5.0));
    let scale = number((card.icon.width - 10.0) / 24.0);
    let _ = writeln!(
        out,
        "<path class=\"sign\" transform=\"translate({x} {y}) scale({scale})\" d=\"{}\"/>",
        glyph(node.family)
    );
    card.lines.iter().for_each(|line| write_line(out, line));
    out.push_str("</g>\n");
}

fn write_wire(out: &mut String, diagram: &Diagram, wire: &Wire) {
    let edge = diagram.edge(wire.edge);
    let _ = writeln!(out, "<g class=\"edge\" data-from=\"n{}\" data-to=\"n{}\">", edge.from + 1, edge.to + 1);
    let _ = writeln!(out, "<path class=\"wire\" d=\"{}\"/>", path(&wire.points));
    if let [.., before, tip] = wire.points.as_slice() {
        let back = if before.x <= tip.x { -9.0 } else { 9.0 };
        let (x, y) = (number(tip.x), number(tip.y));
        let (bx, y1, y2) = (number(tip.x + back), number(tip.y - 4.5), number(tip.y + 4.5));
        let _ = writeln!(out, "<path class=\"head\" d=\"M{x} {y}L{bx} {y1}L{bx} {y2}Z\"/>");
    }
    if let Some((_, lines)) = &wire.label {
        lines.iter().for_each(|line| write_line(out, line));
    }
    out.push_str("</g>\n");
}

/// A line with rounded corners; the head covers its end.
fn path(points: &[Point]) -> String {
    let mut out = String::new();
    let [first, inner @ .., last] = points else { return out };
    let _ = write!(out, "M{} {}", number(first.x), number(first.y));
    let mut before = first;
    for (position, point) in inner.iter().enumerate() {
        let after = inner.get(position + 1).unwrap_or(last);
        let length = |a: &Point, b: &Point| (a.x - b.x).abs() + (a.y - b.y).abs();
        let round = CORNER.min(length(before, point) / 2.0).min(length(point, after) / 2.0);
        let towards = |other: &Point| Point {
            x: point.x + round * sign(other.x - point.x),
            y: point.y + round * sign(other.y - point.y),
        };
        let (start, end) = (towards(before), towards(after));
        let _ = write!(
            out,
            "L{} {}Q{} {} {} {}",
            number(start.x),
            number(start.y),
            number(point.x),
            number(point.y),
            number(end.x),
            number(end.y)
        );
        before = point;
    }
    let back = 6.0 * sign(before.x - last.x);
    let _ = write!(out, "L{} {}", number(last.x + back), number(last.y));
    out
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}

fn write_line(out: &mut String, line: &Line) {
    let class = match line.face {
        face if face == NAME => " class=\"strong\"",
        face if face == TITLE => " class=\"title\"",
        face if face == LEAD => " class=\"lead\"",
        _ => "",
    };
    let _ = writeln!(out, "<text{class} x=\"{}\" y=\"{}\">{}</text>", number(line.x), number(line.y), xml(&line.text));
}

fn rect(block: &Block) -> String {
    let (x, y, width, height) = (number(block.x), number(block.y), number(block.width), number(block.height));
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A number with one decimal place at most.
fn number(value: f64) -> String {
    let text = format!("{:.1}", value);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// What the picture shows, in words.
fn described(diagram: &Diagram) -> String {
    let mut out = diagram.description.clone();
    for edge in &diagram.edges {
        let (from, to) = (diagram.node(edge.from), diagram.node(edge.to));
        let label = if edge.label.is_empty() { String::new() } else { format!(" ({})", edge.label) };
        let name = |node: &super::model::Node| {
            if node.detail.is_empty() { node.name.clone() } else { format!("{}, {}", node.name, node.detail) }
        };
        let _ = write!(out, "\n{} to {}{label}.", name(from), name(to));
    }
    out
}

/// A name for `id` attributes.
fn id(title: &str) -> String {
    let safe = title.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' });
    format!("diagram-{}", safe.collect::<String>())
}
