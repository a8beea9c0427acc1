//! Designs and texts made up at random.

use atelier::diagram::{Diagram, Edge, Group, Node, Zone};
use atelier::library::Family;
use proptest::collection::vec;
use proptest::prelude::*;

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[A-Za-z]{1,12}( [A-Za-z0-9-]{1,14}){0,6}",
        "[A-Za-z0-9.-]{20,60}",
        "[漢字あいう]{1,30}",
        Just("<b>&\"'".to_owned()),
    ]
}

/// A picture of up to fourteen nodes in nested groups, with arrows in all directions.
pub fn diagram() -> impl Strategy<Value = Diagram> {
    let node = (words(), words(), 0..10_usize, any::<prop::sample::Index>());
    let group = (words(), words(), any::<prop::sample::Index>(), 0..4_usize);
    let edge = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), words());
    (vec(node, 1..14), vec(group, 0..5), vec(edge, 0..20), words()).prop_map(|(nodes, groups, edges, description)| {
        let groups: Vec<Group> = groups
            .into_iter()
            .enumerate()
            .map(|(number, (name, detail, parent, parts))| Group {
                name,
                detail,
                family: Family::Network,
                parent: (number > 0).then(|| parent.index(number + 1)).filter(|parent| *parent < number),
                parts: (0..parts).map(|part| format!("Zone {part}: 10.0.{part}.0/24")).collect(),
            })
            .collect();
        let count = groups.len();
        let nodes: Vec<Node> = nodes
            .into_iter()
            .map(|(name, detail, zone, group)| {
                let zone = match zone {
                    0 => Zone::Outside,
                    1 => Zone::Edge,
                    2 => Zone::Support,
                    _ => Zone::Region,
                };
                let group =
                    (zone == Zone::Region && count > 0).then(|| group.index(count + 1)).filter(|own| *own < count);
                Node { name, detail, family: Family::Other, zone, group, components: Vec::new(), drawn: Vec::new() }
            })
            .collect();
        let mut drawn: Vec<Edge> = Vec::new();
        for (from, to, label) in edges {
            let (from, to) = (from.index(nodes.len()), to.index(nodes.len()));
            let support = [from, to].iter().any(|end| nodes[*end].zone == Zone::Support);
            if from != to && !support && !drawn.iter().any(|edge| edge.from == from && edge.to == to) {
                drawn.push(Edge { from, to, label });
            }
        }
        let mut diagram = Diagram {
            title: "random".to_owned(),
            description,
            regions: vec!["us-east-1".to_owned()],
            groups,
            nodes,
            edges: drawn,
        };
        diagram.without_empty_groups();
        diagram
    })
}

/// Texts that would like to be something else.
pub fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "\\PC{1,8}",
        Just("</text><script>alert(1)</script>".to_owned()),
        Just("\" onload=\"alert(1)".to_owned()),
        Just("]]>&lt;&#x3c;&nbsp;".to_owned()),
        Just("\"] --> x; click n1 \"javascript:alert(1)\"".to_owned()),
        Just("`**b**` #quot; %%{init: {}}%%".to_owned()),
        Just("\u{202e}\u{2066}\u{200f}\u{feff}\u{ffff}".to_owned()),
        Just("\u{1b}[31m\u{0}\u{7f}\r\n".to_owned()),
        Just("\u{301}".repeat(40)),
    ];
    vec(pieces, 1..4).prop_map(|pieces| pieces.concat())
}
