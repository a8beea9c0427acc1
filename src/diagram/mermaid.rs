//! The diagram as Mermaid text.

use std::fmt::Write;

use super::clean::mermaid as escaped;
use super::model::{Diagram, Node, Zone};

/// A `flowchart LR`, with a subgraph for each group.
pub fn mermaid(diagram: &Diagram) -> String {
    let mut out = String::from("flowchart LR\n");
    let with = |out: &mut String, zone: Zone, depth: usize| {
        for (index, node) in
            diagram.nodes.iter().enumerate().filter(|(_, node)| node.zone == zone && node.group.is_none())
        {
            line(out, index, node, depth);
        }
    };
    with(&mut out, Zone::Outside, 1);
    with(&mut out, Zone::Edge, 1);
    let _ = writeln!(out, "  subgraph region[\"AWS Region{}\"]", joined(": ", &diagram.regions.join(", ")));
    with(&mut out, Zone::Region, 2);
    groups(&mut out, diagram, None, 2);
    if diagram.nodes.iter().any(|node| node.zone == Zone::Support) {
        out.push_str("    subgraph support[\"For the whole stack\"]\n");
        with(&mut out, Zone::Support, 3);
        out.push_str("    end\n");
    }
    out.push_str("  end\n");
    for edge in &diagram.edges {
        let label = if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&edge.label)) };
        let _ = writeln!(out, "  n{} -->{label} n{}", edge.from + 1, edge.to + 1);
    }
    out
}

fn groups(out: &mut String, diagram: &Diagram, parent: Option<usize>, depth: usize) {
    let indent = "  ".repeat(depth);
    for (index, group) in diagram.groups.iter().enumerate().filter(|(_, group)| group.parent == parent) {
        let said = [group.detail.clone(), group.parts.join(", ")].into_iter().filter(|part| !part.is_empty());
        let said = said.collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "{indent}subgraph g{}[\"{}{}\"]", index + 1, escaped(&group.name), joined(": ", &said));
        for (index, node) in diagram.nodes.iter().enumerate().filter(|(_, node)| node.group == Some(index)) {
            line(out, index, node, depth + 1);
        }
        groups(out, diagram, Some(index), depth + 1);
        let _ = writeln!(out, "{indent}end");
    }
}

fn line(out: &mut String, index: usize, node: &Node, depth: usize) {
    let (open, close) = if node.zone == Zone::Outside { ("([", "])") } else { ("[", "]") };
    let _ = writeln!(
        out,
        "{}n{}{open}\"{}{}\"{close}",
        "  ".repeat(depth),
        index + 1,
        escaped(&node.name),
        joined("<br/>", &node.detail)
    );
}

/// A text behind a separator, when there is a text.
fn joined(separator: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{separator}{}", escaped(text)) }
}
