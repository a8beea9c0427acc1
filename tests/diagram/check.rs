//! What must hold of every picture, whatever it shows.

use atelier::diagram::{Block, Diagram, Layout, Line, Point, Zone, width};

/// All that is wrong with a layout.
pub fn problems(diagram: &Diagram, layout: &Layout) -> Vec<String> {
    let mut found = Vec::new();
    boxes(diagram, layout, &mut found);
    texts(diagram, layout, &mut found);
    wires(diagram, layout, &mut found);
    found
}

fn right(block: &Block) -> f64 {
    block.x + block.width
}

fn bottom(block: &Block) -> f64 {
    block.y + block.height
}

fn overlap(a: &Block, b: &Block) -> bool {
    const TOUCH: f64 = 0.05;
    a.x + TOUCH < right(b) && b.x + TOUCH < right(a) && a.y + TOUCH < bottom(b) && b.y + TOUCH < bottom(a)
}

fn inside(inner: &Block, outer: &Block) -> bool {
    const TOUCH: f64 = 0.05;
    inner.x + TOUCH >= outer.x
        && inner.y + TOUCH >= outer.y
        && right(inner) <= right(outer) + TOUCH
        && bottom(inner) <= bottom(outer) + TOUCH
}

/// The space that a line of text takes, by its measured width.
fn extent(line: &Line) -> Block {
    let size = line.face.size;
    Block { x: line.x, y: line.y - size * 0.8, width: width(&line.text, line.face), height: size }
}

fn boxes(diagram: &Diagram, layout: &Layout, found: &mut Vec<String>) {
    let all = Block { x: 0.0, y: 0.0, width: layout.width, height: layout.height };
    let name = |node: usize| format!("{} ({node})", diagram.nodes[node].name);
    if layout.cards.len() != diagram.nodes.len() {
        found.push(format!("{} nodes, {} cards", diagram.nodes.len(), layout.cards.len()));
    }
    for (number, card) in layout.cards.iter().enumerate() {
        if !inside(&card.block, &all) {
            found.push(format!("{} lies outside of the picture", name(card.node)));
        }
        for other in &layout.cards[..number] {
            if overlap(&card.block, &other.block) {
                found.push(format!("{} and {} overlap", name(card.node), name(other.node)));
            }
        }
        let mut groups = Vec::new();
        let mut next = diagram.nodes[card.node].group;
        while let Some(group) = next {
            groups.push(group);
            next = diagram.groups[group].parent;
        }
        for frame in &layout.frames {
            let member = match frame.group {
                Some(group) => groups.contains(&group),
                None => matches!(diagram.nodes[card.node].zone, Zone::Region | Zone::Support),
            };
            if member && !inside(&card.block, &frame.block) {
                found.push(format!("{} lies outside of its frame {:?}", name(card.node), frame.group));
            }
            if !member && overlap(&card.block, &frame.block) {
                found.push(format!(
                    "{} lies in the frame {:?}, where it does not belong",
                    name(card.node),
                    frame.group
                ));
            }
        }
    }
    for (number, frame) in layout.frames.iter().enumerate() {
        if !inside(&frame.block, &all) {
            found.push(format!("the frame {:?} lies outside of the picture", frame.group));
        }
        for other in &layout.frames[..number] {
            let nested = inside(&frame.block, &other.block) || inside(&other.block, &frame.block);
            if overlap(&frame.block, &other.block) && !nested {
                found.push(format!("the frames {:?} and {:?} overlap", frame.group, other.group));
            }
        }
    }
}

/// Every text that stands free: titles, parts, labels.
fn free_texts(layout: &Layout) -> Vec<(String, Block)> {
    let mut texts: Vec<(String, Block)> = layout.lines.iter().map(|line| (line.text.clone(), extent(line))).collect();
    for frame in &layout.frames {
        texts.extend(frame.lines.iter().map(|line| (line.text.clone(), extent(line))));
        texts.extend(frame.parts.iter().map(|(_, line)| (line.text.clone(), extent(line))));
    }
    for (_, lines) in layout.wires.iter().filter_map(|wire| wire.label.as_ref()) {
        texts.extend(lines.iter().map(|line| (line.text.clone(), extent(line))));
    }
    texts
}

fn texts(diagram: &Diagram, layout: &Layout, found: &mut Vec<String>) {
    let all = Block { x: 0.0, y: 0.0, width: layout.width, height: layout.height };
    for card in &layout.cards {
        if !diagram.nodes[card.node].name.is_empty() && card.lines.is_empty() {
            found.push(format!("the card of node {} says nothing", card.node));
        }
        for (number, line) in card.lines.iter().enumerate() {
            let block = extent(line);
            if !inside(&block, &card.block) || overlap(&block, &card.icon) {
                found.push(format!("`{}` does not fit its card", line.text));
            }
            if card.lines[..number].iter().any(|other| overlap(&extent(other), &block)) {
                found.push(format!("`{}` overlaps the line above", line.text));
            }
        }
    }
    for frame in &layout.frames {
        for line in &frame.lines {
            if !inside(&extent(line), &frame.block) {
                found.push(format!("the title `{}` does not fit its frame", line.text));
            }
        }
        for (block, line) in &frame.parts {
            if !inside(block, &frame.block) || !inside(&extent(line), block) {
                found.push(format!("the part `{}` does not fit", line.text));
            }
        }
    }
    let texts = free_texts(layout);
    for (number, (text, block)) in texts.iter().enumerate() {
        if !inside(block, &all) {
            found.push(format!("`{text}` is cut at the edge of the picture"));
        }
        for card in layout.cards.iter().filter(|card| overlap(&card.block, block)) {
            found.push(format!("`{text}` lies on the card of {}", diagram.nodes[card.node].name));
        }
        for (other, _) in texts[..number].iter().filter(|(_, other)| overlap(other, block)) {
            found.push(format!("`{text}` and `{other}` overlap"));
        }
    }
}

/// A piece of an arrow as a thin rectangle.
fn stroke(a: &Point, b: &Point) -> Block {
    Block { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
}

fn wires(diagram: &Diagram, layout: &Layout, found: &mut Vec<String>) {
    if layout.wires.len() != diagram.edges.len() {
        found.push(format!("{} edges, {} arrows", diagram.edges.len(), layout.wires.len()));
    }
    let texts = free_texts(layout);
    let card = |node: usize| layout.cards.iter().find(|card| card.node == node).map(|card| card.block);
    for (number, wire) in layout.wires.iter().enumerate() {
        let edge = &diagram.edges[wire.edge];
        let name = format!("the arrow {} → {}", edge.from, edge.to);
        if edge.label.is_empty() != wire.label.is_none() {
            found.push(format!("{name} has lost its label"));
        }
        for (end, node) in [(wire.points.first(), edge.from), (wire.points.last(), edge.to)] {
            let ends = end.zip(card(node)).is_some_and(|(end, card)| {
                let at_side = (end.x - card.x).abs() < 0.05 || (end.x - right(&card)).abs() < 0.05;
                at_side && card.y + 4.0 <= end.y && end.y <= bottom(&card) - 4.0
            });
            if !ends {
                found.push(format!("{name} does not end at the side of node {node}"));
            }
        }
        for pair in wire.points.windows(2) {
            let piece = stroke(&pair[0], &pair[1]);
            if piece.width > 0.05 && piece.height > 0.05 {
                found.push(format!("{name} runs aslant"));
            }
            for card in layout.cards.iter().filter(|card| meets(&piece, &card.block)) {
                found.push(format!("{name} runs through the card of node {}", card.node));
            }
            for (text, _) in texts.iter().filter(|(_, block)| meets(&piece, block)) {
                found.push(format!("{name} runs through the text `{text}`"));
            }
            for other in &layout.wires[..number] {
                if other.points.windows(2).any(|pair| along(&piece, &stroke(&pair[0], &pair[1]))) {
                    found.push(format!("{name} lies on the arrow of edge {}", other.edge));
                }
            }
        }
    }
}

/// Whether a line passes through the inside of a rectangle.
fn meets(line: &Block, block: &Block) -> bool {
    const TOUCH: f64 = 0.05;
    line.x + TOUCH < right(block)
        && block.x + TOUCH < right(line)
        && line.y + TOUCH < bottom(block)
        && block.y + TOUCH < bottom(line)
}

/// Whether two lines of the same direction lie on each other for some length.
fn along(a: &Block, b: &Block) -> bool {
    const NEAR: f64 = 4.0;
    let flat = |line: &Block| line.height <= line.width;
    let shared = |a: (f64, f64), b: (f64, f64)| a.1.min(b.1) - a.0.max(b.0) > 1.0;
    if flat(a) && flat(b) {
        (a.y - b.y).abs() < NEAR && shared((a.x, right(a)), (b.x, right(b)))
    } else if !flat(a) && !flat(b) {
        (a.x - b.x).abs() < NEAR && shared((a.y, bottom(a)), (b.y, bottom(b)))
    } else {
        false
    }
}
