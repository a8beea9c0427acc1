//! What is drawn, before anything has a place.
#![expect(
    clippy::indexing_slicing,
    reason = "groups are numbered in the list that is walked, and `used` has one entry for each"
)]

use crate::library::Family;

/// The nodes, groups and edges of a design; all texts are clean.
#[derive(Debug)]
pub struct Diagram {
    /// The blueprint's name.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Where it holds.
    pub regions: Vec<String>,
    /// Boxes; an outer one stands before those in it.
    pub groups: Vec<Group>,
    /// Services, in the order of the graph.
    pub nodes: Vec<Node>,
    /// Arrows between nodes of the picture; those around it (`Zone::Support`) have none.
    pub edges: Vec<Edge>,
}

/// A box around nodes; one without any is not in the diagram.
#[derive(Debug)]
pub struct Group {
    /// What stands on it.
    pub name: String,
    /// What is said of it.
    pub detail: String,
    /// Its colour.
    pub family: Family,
    /// The group that it lies in.
    pub parent: Option<usize>,
    /// Equal parts that it is spread over.
    pub parts: Vec<String>,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Not in AWS.
    Outside,
    /// At the edge locations of AWS, in no region.
    Edge,
    /// In the region.
    Region,
    /// In the region, in a row of its own: what serves all the others.
    Support,
}

/// A service, or who uses it.
#[derive(Debug)]
pub struct Node {
    /// The service.
    pub name: String,
    /// What it is here.
    pub detail: String,
    /// Colour and symbol.
    pub family: Family,
    /// Where it stands.
    pub zone: Zone,
    /// The group it stands in.
    pub group: Option<usize>,
    /// The components that it belongs to.
    pub components: Vec<String>,
    /// The nodes of component types that it is: `<type>.<id>`.
    pub drawn: Vec<String>,
}

/// An arrow.
#[derive(Debug, PartialEq, Eq)]
pub struct Edge {
    /// Index of a node.
    pub from: usize,
    /// Index of another node.
    pub to: usize,
    /// Two or three words, or none.
    pub label: String,
}

impl Diagram {
    /// A node by its number.
    pub(super) fn node(&self, number: usize) -> &Node {
        &self.nodes[number]
    }

    /// A group by its number.
    pub(super) fn group(&self, number: usize) -> &Group {
        &self.groups[number]
    }

    /// An edge by its number.
    pub(super) fn edge(&self, number: usize) -> &Edge {
        &self.edges[number]
    }

    /// Groups that hold no node are taken out.
    pub fn without_empty_groups(&mut self) {
        let mut used = vec![false; self.groups.len()];
        for node in &self.nodes {
            let mut next = node.group;
            while let Some(group) = next {
                used[group] = true;
                next = self.groups[group].parent;
            }
        }
        let kept: Vec<usize> = (0..used.len()).filter(|group| used[*group]).collect();
        let renamed = |old: usize| kept.iter().position(|group| *group == old);
        for node in &mut self.nodes {
            node.group = node.group.and_then(renamed);
        }
        for group in &mut self.groups {
            group.parent = group.parent.and_then(renamed);
        }
        let mut index = 0;
        self.groups.retain(|_| {
            index += 1;
            used[index - 1]
        });
    }
}
