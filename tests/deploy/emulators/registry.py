"""What the CloudFormation registry says of a resource type; its schemas come with cfn-lint."""

import functools
import json
from pathlib import Path

import cfnlint

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"


@functools.cache
def types():
    """Every resource type of the registry, with the file of its schema."""
    return json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())


@functools.cache
def schema(kind):
    file = types().get(kind)
    return file and json.loads((SCHEMAS / "resources" / f"{file.removesuffix('.json')}.json").read_text())


def paths(kind, keyword):
    """The properties of a list such as readOnlyProperties: `Endpoint.Address` for `/properties/Endpoint/Address`."""
    return [".".join(path.split("/")[2:]) for path in schema(kind).get(keyword, [])]


def check(kind, logical, properties):
    """Refuses an unknown type, an unknown property and a missing one, as CloudFormation does before it makes anything."""
    if kind not in types():
        raise ValueError(f"Template format error: Unrecognized resource types: [{kind}]")
    known = schema(kind).get("properties", {})
    for name in properties:
        if name not in known:
            raise ValueError(f"{logical} ({kind}): Encountered unsupported property {name}")
        if name in paths(kind, "readOnlyProperties"):
            raise ValueError(f"{logical} ({kind}): Encountered read-only property {name}")
    for name in schema(kind).get("required", []):
        if name not in properties:
            raise ValueError(f"{logical} ({kind}): Property {name} is required")


def replacing(kind):
    """Top-level properties whose change always replaces the resource."""
    return tuple(path for path in paths(kind, "createOnlyProperties") if "." not in path)


def perhaps_replacing(kind):
    """Top-level properties whose change may replace it: fixed in a part of theirs, or under a condition."""
    fixed = [path.split(".")[0] for path in paths(kind, "createOnlyProperties") if "." in path]
    return tuple(fixed + [path.split(".")[0] for path in paths(kind, "conditionalCreateOnlyProperties")])


class Lazy:
    """Names that are read from a schema when they are asked for: there are 1,800 schemas."""

    def __init__(self, read, kind):
        self.read, self.kind = read, kind

    def __contains__(self, name):
        return name in self.read(self.kind)
