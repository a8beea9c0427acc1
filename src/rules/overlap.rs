//! VPC101: address ranges of two networks of one blueprint must not overlap, or they can never be connected.

use ipnet::Ipv4Net;

use crate::diagnostic::Finding;
use crate::link::Graph;

/// The property of network components that holds their range.
const PROPERTY: &str = "cidr";

pub(super) fn check(graph: &Graph) -> Vec<Finding> {
    let mut networks: Vec<(usize, Ipv4Net)> = Vec::new();
    let mut findings = Vec::new();
    for (index, component) in graph.components.iter().enumerate() {
        if !component.declared.kind.provides.iter().any(|interface| interface == "network") {
            continue;
        }
        let cidr = component.declared.properties.get(PROPERTY).and_then(serde_json::Value::as_str);
        let Some(net) = cidr.and_then(|cidr| cidr.parse::<Ipv4Net>().ok()) else { continue };
        for (other, known) in &networks {
            if known.contains(&net) || net.contains(known) {
                let (first, second) = (graph.at(*other), component);
                let path = [PROPERTY.to_owned()];
                let message = format!(
                    "the range {net} of `{}` overlaps {known} of `{}`, so the two networks can never be connected",
                    second.declared.name, first.declared.name
                );
                let finding = Finding::warning("VPC101", graph.place(second, &path), message);
                let finding =
                    finding.with_label(graph.place(first, &path), format!("`{}` has {known}", first.declared.name));
                findings.push(finding.with_help("give each network a range of its own, for example 10.1.0.0/16"));
            }
        }
        networks.push((index, net));
    }
    findings
}
