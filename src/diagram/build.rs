//! From the graph and its fragments to what is drawn.
#![expect(
    clippy::indexing_slicing,
    reason = "groups and nodes are numbered as they are added here, and nothing is taken away"
)]

use std::collections::BTreeMap;

use minijinja::Environment;
use minijinja::value::Value;

use crate::assemble::Template;
use crate::diagnostic::Finding;
use crate::expression::pascal_case;
use crate::library::{ComponentType, Drawing, DrawnFlow, DrawnGroup, DrawnNode, Family};
use crate::link::{Component, Graph, scope};
use crate::source::Place;

use super::clean::{LONGEST, clean};
use super::model::{Diagram, Edge, Group, Node, Zone};

/// Most parts of a group that are shown.
const MOST_PARTS: usize = 6;

/// What is drawn of a rendered design, or the expressions of its component types that cannot be evaluated.
pub fn diagram(env: &Environment, template: &Template) -> Result<Diagram, Vec<Finding>> {
    let graph = &template.trace.graph;
    let blueprint = &graph.blueprint;
    let mut builder = Builder {
        env,
        template,
        graph,
        groups: Vec::new(),
        nodes: Vec::new(),
        edges: Vec::new(),
        group_of: vec![Vec::new(); graph.components.len()],
        node_of: vec![Vec::new(); graph.components.len()],
        findings: Vec::new(),
    };
    let drawings: Vec<Drawing> = graph.components.iter().map(drawing).collect();
    // groups first: a node may stand in a group of any component that it links to
    for (index, drawing) in drawings.iter().enumerate() {
        drawing.groups.iter().for_each(|group| builder.group(index, group));
    }
    for (index, drawing) in drawings.iter().enumerate() {
        drawing.nodes.iter().for_each(|node| builder.node(index, node));
    }
    for (index, drawing) in drawings.iter().enumerate() {
        drawing.flows.iter().for_each(|flow| builder.flow(index, flow));
    }
    if !builder.findings.is_empty() {
        return Err(builder.findings);
    }
    let mut diagram = Diagram {
        title: clean(&blueprint.name, LONGEST),
        description: clean(&blueprint.description, 400),
        regions: blueprint.regions.iter().map(|region| clean(region, LONGEST)).collect(),
        groups: builder.groups,
        nodes: builder.nodes,
        edges: builder.edges,
    };
    diagram.without_empty_groups();
    Ok(diagram)
}

/// How a component is drawn: as its type says, else as one node with its links.
fn drawing(component: &Component) -> Drawing {
    let kind = &component.declared.kind;
    if let Some(drawing) = &kind.drawing {
        return drawing.clone();
    }
    let inside =
        |property: &String| kind.links.iter().any(|link| link.property == *property && link.interface == "network");
    let place = component.links.keys().find(|property| inside(property)).cloned();
    let node = DrawnNode {
        id: "self".to_owned(),
        name: "{{ title }}".to_owned(),
        detail: None,
        family: Family::Other,
        resource: None,
        place,
        when: None,
    };
    let flow = |property: &String| DrawnFlow {
        from: "self".to_owned(),
        to: property.clone(),
        label: Some(crate::schema::kebab(property).replace('-', " ")),
        via: None,
        when: None,
    };
    let flows = component.links.keys().filter(|property| !inside(property)).map(flow).collect();
    Drawing { groups: Vec::new(), nodes: vec![node], flows }
}

struct Builder<'a> {
    env: &'a Environment<'a>,
    template: &'a Template,
    graph: &'a Graph,
    groups: Vec<Group>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// By component: the ids of its groups that are shown, and which they are.
    group_of: Vec<Vec<(String, usize)>>,
    /// By component: the ids of its nodes that are shown, and which they are.
    node_of: Vec<Vec<(String, usize)>>,
    findings: Vec<Finding>,
}

impl Builder<'_> {
    fn group(&mut self, component: usize, drawn: &DrawnGroup) {
        if !self.holds(component, drawn.when.as_deref()) {
            return;
        }
        let parent = drawn.place.as_deref().and_then(|place| find(&self.group_of[component], Some(place)));
        let mut parts = Vec::new();
        if let Some(drawn) = &drawn.parts {
            let count = self.value(component, &drawn.count).and_then(|value| usize::try_from(value).ok()).unwrap_or(0);
            for number in 1..=count.min(MOST_PARTS) {
                parts.push(self.text(component, &drawn.name, Some(number)));
            }
        }
        let name = self.text(component, &drawn.name, None);
        let detail = drawn.detail.as_deref().map(|detail| self.text(component, detail, None)).unwrap_or_default();
        self.group_of[component].push((drawn.id.clone(), self.groups.len()));
        self.groups.push(Group { name, detail, family: drawn.family, parent, parts });
    }

    fn node(&mut self, component: usize, drawn: &DrawnNode) {
        let made = drawn.resource.as_deref().is_none_or(|role| self.makes(component, role));
        if !made || !self.holds(component, drawn.when.as_deref()) {
            return;
        }
        let (zone, group) = match drawn.place.as_deref() {
            Some("outside") => (Zone::Outside, None),
            Some("edge") => (Zone::Edge, None),
            Some("support") => (Zone::Support, None),
            place => (Zone::Region, place.and_then(|place| self.place(component, place))),
        };
        let own = &self.graph.at(component).declared.name;
        let kind = &self.graph.at(component).declared.kind.name;
        let components = vec![clean(own, LONGEST)];
        let ids = vec![format!("{kind}.{}", drawn.id)];
        let name = self.text(component, &drawn.name, None);
        let detail = match &drawn.detail {
            Some(detail) => self.text(component, detail, None),
            None if matches!(zone, Zone::Outside) => String::new(),
            None => clean(own, LONGEST),
        };
        let node = Node { name, detail, family: drawn.family, zone, group, components, drawn: ids };
        // who asks and what serves everything are there once, whoever says so
        let shared = matches!(zone, Zone::Outside | Zone::Support);
        let same =
            |other: &Node| shared && other.zone == zone && other.name == node.name && other.family == node.family;
        let index = match self.nodes.iter().position(same) {
            Some(index) => {
                let other = &mut self.nodes[index];
                if node.detail.contains(&other.detail) {
                    other.detail = node.detail;
                } else if !other.detail.contains(&node.detail) {
                    let both = [other.detail.as_str(), node.detail.as_str()];
                    other.detail = both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
                }
                other.components.extend(node.components);
                other.drawn.extend(node.drawn);
                index
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        self.node_of[component].push((drawn.id.clone(), index));
    }

    fn flow(&mut self, component: usize, drawn: &DrawnFlow) {
        let (Some(from), Some(to)) = (self.end(component, &drawn.from), self.end(component, &drawn.to)) else { return };
        if !self.holds(component, drawn.when.as_deref()) {
            return;
        }
        let label = drawn.label.as_deref().map(|label| self.text(component, label, None)).unwrap_or_default();
        match drawn.via.as_deref().and_then(|via| self.end(component, via)) {
            Some(via) => {
                self.edge(from, via, String::new());
                self.edge(via, to, label);
            }
            None => self.edge(from, to, label),
        }
    }

    fn edge(&mut self, from: usize, to: usize, label: String) {
        if from == to || [from, to].iter().any(|end| self.nodes[*end].zone == Zone::Support) {
            return;
        }
        match self.edges.iter_mut().find(|edge| edge.from == from && edge.to == to) {
            Some(edge) if edge.label.is_empty() => edge.label = label,
            Some(edge) if label.is_empty() || edge.label.split(", ").any(|part| part == label) => {}
            Some(edge) => edge.label = format!("{}, {label}", edge.label),
            None => self.edges.push(Edge { from, to, label }),
        }
    }

    /// The group that a component's own id, a link or `<link>.<group>` names.
    fn place(&self, component: usize, place: &str) -> Option<usize> {
        let (first, rest) = place.split_once('.').map_or((place, None), |(link, group)| (link, Some(group)));
        match self.graph.at(component).links.get(first) {
            Some(target) => find(&self.group_of[*target], rest),
            None => find(&self.group_of[component], Some(first)),
        }
    }

    /// The node that a component's own id, a link or `<link>.<node>` names.
    fn end(&self, component: usize, end: &str) -> Option<usize> {
        if let Some(own) = find(&self.node_of[component], Some(end)) {
            return Some(own);
        }
        let (link, id) = end.split_once('.').map_or((end, None), |(link, id)| (link, Some(id)));
        let nodes = &self.node_of[*self.graph.at(component).links.get(link)?];
        match id {
            Some(id) => find(nodes, Some(id)),
            None => nodes
                .iter()
                .map(|(_, index)| *index)
                .find(|index| matches!(self.nodes[*index].zone, Zone::Region | Zone::Edge)),
        }
    }

    /// Whether the component's fragment has a resource of this role.
    fn makes(&self, component: usize, role: &str) -> bool {
        let id = format!("{}{role}", pascal_case(&self.graph.at(component).declared.name));
        let Some(fragment) = self.template.trace.fragments.get(component) else { return false };
        fragment.sections.get("Resources").is_some_and(|section| section.ids.iter().any(|(own, _)| *own == id))
    }

    fn holds(&mut self, component: usize, when: Option<&str>) -> bool {
        when.is_none_or(|when| self.value(component, when).is_some_and(|value| value.is_true()))
    }

    fn variables(&self, component: usize, number: Option<usize>) -> Value {
        let declared = &self.graph.at(component).declared;
        let properties = declared.scenarios.first().map_or(&declared.properties, |scenario| &scenario.properties);
        let mut variables: BTreeMap<String, Value> = scope(self.graph, component, properties, None);
        let title =
            declared.kind.schema.get("title").and_then(serde_json::Value::as_str).unwrap_or(&declared.kind.name);
        variables.insert("title".to_owned(), Value::from(title));
        if let Some(number) = number {
            variables.insert("number".to_owned(), Value::from(number));
        }
        Value::from_pairs(variables)
    }

    fn value(&mut self, component: usize, expression: &str) -> Option<Value> {
        let variables = self.variables(component, None);
        let result = self.env.compile_expression(expression).and_then(|compiled| compiled.eval(variables));
        result.map_err(|error| self.broken(component, expression, &error)).ok()
    }

    fn text(&mut self, component: usize, template: &str, number: Option<usize>) -> String {
        if !template.contains('{') {
            return clean(template, LONGEST);
        }
        match self.env.render_str(template, self.variables(component, number)) {
            Ok(text) => clean(&text, LONGEST),
            Err(error) => {
                self.broken(component, template, &error);
                String::new()
            }
        }
    }

    fn broken(&mut self, component: usize, text: &str, error: &minijinja::Error) {
        let finding = broken(&self.graph.at(component).declared.kind, text, error);
        if !self.findings.iter().any(|other| other.message == finding.message) {
            self.findings.push(finding);
        }
    }
}

fn broken(kind: &ComponentType, text: &str, error: &minijinja::Error) -> Finding {
    let source = &kind.schema_source;
    let written = serde_json::Value::from(text).to_string();
    let start = source.text.find(&written).unwrap_or(0);
    let place = Place::new(source, start..start + if start == 0 { 0 } else { written.len() });
    let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Finding::error("L003", place, format!("`x-diagram` of `{}` cannot be evaluated: {reason}", kind.name))
}

/// The index under an id, or under the last one.
fn find(known: &[(String, usize)], id: Option<&str>) -> Option<usize> {
    let mut known = known.iter().rev();
    let found = match id {
        Some(id) => known.find(|(own, _)| own == id),
        None => known.next(),
    };
    found.map(|(_, index)| *index)
}
