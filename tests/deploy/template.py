"""A template as JSON, with what a deployment chooses: parameters at either end of their range, and the resources that their conditions leave."""

import json
import re

import yaml


class Loader(yaml.SafeLoader):
    """CloudFormation's short tags in their long form; a date stays text."""


def tagged(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag in ("Ref", "Condition"):
        return {tag: value}
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{tag}": value}


Loader.add_multi_constructor("!", tagged)
Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)


def as_json(template):
    return json.dumps(template, separators=(",", ":"))


def defaults(template, region, places):
    """What a person must choose: parameters without a default. `places` are a network's ids."""
    kinds = {
        "AWS::EC2::VPC::Id": places["vpc"],
        "List<AWS::EC2::Subnet::Id>": ",".join(places["subnets"]),
        "List<AWS::EC2::AvailabilityZone::Name>": f"{region}a,{region}b",
    }
    chosen = {}
    for name, parameter in template.get("Parameters", {}).items():
        if "Default" in parameter:
            continue
        chosen[name] = kinds.get(parameter["Type"]) or "arn:aws:iam::111122223333:role/path/deployer"
    return chosen


def other_end(template):
    """Each parameter that has a range at the end where its default is not; none when none has."""
    chosen = {}
    for name, parameter in template.get("Parameters", {}).items():
        default = str(parameter.get("Default"))
        ends = [str(end) for end in parameter.get("AllowedValues", [])]
        ends += [str(parameter[end]) for end in ("MaxValue", "MinValue") if end in parameter]
        if parameter["Type"] == "String" and "Default" in parameter and not ends:
            network = re.fullmatch(r"[0-9.]+/[0-9]+", default)
            ends = ["172.16.0.0/12"] if network else ["Another text, with 'quotes' and an é."]
        ends = [end for end in ends if end != default]
        if ends:
            chosen[name] = ends[-1] if "AllowedValues" in parameter else ends[0]
    return chosen


def holds(condition, template, parameters):
    """Whether a condition holds with these parameters."""

    def value(node):
        if isinstance(node, dict) and "Ref" in node:
            return str(parameters.get(node["Ref"], template["Parameters"][node["Ref"]].get("Default")))
        return str(node)

    ((function, arguments),) = condition.items()
    if function == "Condition":
        return holds(template["Conditions"][arguments], template, parameters)
    if function == "Fn::Equals":
        return value(arguments[0]) == value(arguments[1])
    results = [holds(inner, template, parameters) for inner in arguments]
    return {"Fn::Not": not results[0], "Fn::And": all(results), "Fn::Or": any(results)}[function]


def active(template, section, parameters):
    """The entries of a section that these parameters leave."""
    conditions = template.get("Conditions", {})
    return {
        name: entry
        for name, entry in template.get(section, {}).items()
        if "Condition" not in entry or holds(conditions[entry["Condition"]], template, parameters)
    }
