"""Makes a resource through its service's own API: CloudFormation's properties become parameters as botocore's model spells them."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace

from botocore.exceptions import ClientError

from registry import paths, schema


@dataclass(frozen=True)
class Row:
    """How one resource type is made. Texts are formats: `{given.X}` is what the API was given, `{answer.X}` what it answered,
    `{attribute.X}` an attribute of the resource, `{id}` its physical id; `{account}`, `{region}`."""

    service: str
    create: str
    id: str
    delete: str | None = None
    delete_with: dict = field(default_factory=dict)
    update: str | None = None
    update_with: dict | None = None
    update_drop: tuple = ("Tags",)  # what the update's API does not take
    attributes: dict = field(default_factory=dict)
    name: str | None = None  # the property that CloudFormation makes up
    lower: bool = False  # whether that name must be in lower case
    rename: dict = field(default_factory=dict)
    drop: tuple = ()
    add: dict = field(default_factory=dict)
    reshape: object = None  # a function from properties to parameters
    refresh: tuple | None = None  # what is asked before a deletion, because the answer changes: an ETag
    tags_for: str | None = None  # EC2 takes tags with the kind of what they are for


class View:
    """A value whose members can be named in a format: `{answer.Instances[0].InstanceId}`."""

    def __init__(self, value):
        self.value = value

    def __getattr__(self, name):
        return View((self.value or {}).get(name))

    def __getitem__(self, index):
        return View(self.value[index])

    def __str__(self):
        return str(self.value)

    __format__ = lambda self, spec: str(self)  # noqa: E731


def fit(shape, value, path=""):
    """The value as the API's shape wants it; a property that the API does not have is refused."""
    kind = shape.type_name
    if kind == "structure":
        if isinstance(value, str) and value.startswith("{"):
            value = json.loads(value)
        if getattr(shape, "is_document_type", False):
            return value
        if isinstance(value, list) and "Items" in shape.members:  # CloudFront's lists
            value = {"Quantity": len(value), "Items": value} if "Quantity" in shape.members else {"Items": value}
        members, out = {name.lower(): name for name in shape.members}, {}
        for key, inner in value.items():
            name = members.get(key.lower())
            if name is None:
                raise ValueError(f"{path}.{key}: the API has no such parameter")
            out[name] = fit(shape.members[name], inner, f"{path}.{key}")
        return out
    if kind == "list":
        if isinstance(value, dict):
            value = [{"Key": key, "Value": inner} for key, inner in value.items()]
        return [fit(shape.member, inner, f"{path}[{index}]") for index, inner in enumerate(value)]
    if kind == "map":
        if isinstance(value, list):
            value = {inner.get("Key", inner.get("key")): inner.get("Value", inner.get("value")) for inner in value}
        return {key: fit(shape.value, inner, f"{path}.{key}") for key, inner in value.items()}
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "string":
        return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    return value


def call(client, operation, parameters):
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    return getattr(client, operation)(**fit(model.input_shape, parameters))


def parameters(row, properties, made_up):
    """The properties as the row's API takes them."""
    given = json.loads(json.dumps(properties))
    if row.name and row.name not in given:
        given[row.name] = made_up.lower() if row.lower else made_up
    for old, new in row.rename.items():
        if old in given:
            given[new] = given.pop(old)
    for name in row.drop:
        given.pop(name, None)
    if row.tags_for and "Tags" in given:
        given["TagSpecifications"] = [{"ResourceType": row.tags_for, "Tags": given.pop("Tags")}]
    return {**(row.reshape(given) if row.reshape else given), **row.add}


def filled(template, scope):
    if callable(template):
        return template(scope)
    if isinstance(template, str):
        return template.format(**vars(scope))
    if isinstance(template, list):
        return [filled(inner, scope) for inner in template]
    if isinstance(template, dict):
        return {key: filled(inner, scope) for key, inner in template.items()}
    return template


def scope(row, given, answer, account, region):
    """What formats may name, with the physical id and the attributes of what was made."""
    scope = SimpleNamespace(given=View(given), answer=View(answer), account=account, region=region)
    scope.id = filled(row.id, scope)
    scope.attributes = {name: filled(template, scope) for name, template in row.attributes.items()}
    scope.attribute = View(scope.attributes)
    return scope


def recorded(kind, properties, made_up):
    """Physical id and attributes of a resource that no service has: checked against its schema, and noted."""
    identifiers = [name for name in paths(kind, "primaryIdentifier")]
    known = identifiers and all(name in properties for name in identifiers)
    identifier = "|".join(str(properties[name]) for name in identifiers) if known else made_up
    attributes = {name: value for name, value in properties.items() if not isinstance(value, (dict, list))}
    for name in paths(kind, "readOnlyProperties"):
        arn = name.lower().endswith("arn")
        attributes[name] = f"arn:aws:recorded:us-east-1:000000000000:{identifier}" if arn else f"{identifier}.{name}"
    assert schema(kind)
    return identifier, attributes


def undone(row, client, view):
    """Deletes what was made. What is gone already is no mistake: it may have been deleted by hand. Says whether the service can delete it."""
    if row.delete is None:
        return True
    try:
        if row.refresh:
            operation, arguments = row.refresh
            view.answer = View(call(client, operation, filled(arguments, view)))
        call(client, row.delete, filled(row.delete_with, view))
    except ClientError as error:
        status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"].get("Code", "")
        if status >= 500 or code == "InvalidAction":
            return False
        if status != 404 and "NotFound" not in code and "NoSuch" not in code:
            raise
    return True
