"""Looks for physical names that two stacks of an account would both ask for: `names.py TEMPLATE…`.

A name must hold something of the stack: its id, its name, another resource of it, or a parameter. What is known in all Regions (IAM, S3,
CloudFront) must hold its id or a resource, because two Regions may have stacks of one name. Which property names a resource, the
registry's schemas say (`primaryIdentifier`, as cfn-lint carries them); beside it all properties called Name or …Name count.
"""

import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from template import Template, uses

WORLDWIDE = ("AWS::IAM::", "AWS::S3::", "AWS::CloudFront::")

# Names that need not be unique in an account.
WITHIN = {
    "AWS::ApiGatewayV2::Stage.StageName": "within its API",
    "AWS::ApplicationAutoScaling::ScalingPolicy.PolicyName": "within its target",
    "AWS::Bedrock::DataSource.Name": "within its knowledge base",
    "AWS::CloudWatch::Alarm.MetricName": "names a metric of AWS",
    "AWS::EC2::VPCEndpoint.ServiceName": "names a service of AWS",
    "AWS::IAM::RolePolicy.PolicyName": "within its role",
    "AWS::OpenSearchServerless::Index.IndexName": "within its collection",
    "AWS::Route53::RecordSet.HostedZoneId": "a domain of one's own, as the blueprint names it",
    "AWS::Route53::RecordSet.Name": "a domain of one's own, as the blueprint names it",
    "AWS::Route53::RecordSet.Type": "a domain of one's own, as the blueprint names it",
    "AWS::S3Vectors::Index.IndexName": "within its bucket",
    "AWS::SageMaker::InferenceComponent.VariantName": "within its endpoint",
    "AWS::SageMaker::Space.OwnerUserProfileName": "names a profile",
    "AWS::SageMaker::Space.SpaceName": "within its domain",
    "AWS::SageMaker::UserProfile.UserProfileName": "within its domain",
}


def identifiers(kind):
    """The properties that name a resource of this type, of those that a template can set."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    paths = schema.get("primaryIdentifier", [])
    return [path.rsplit("/", 1)[1] for path in paths if path not in schema.get("readOnlyProperties", [])]


def named(properties, depth=2):
    """Properties that are names, also of a part one level below, such as VpcOriginEndpointConfig."""
    for key, value in properties.items():
        if key.endswith("Name"):
            yield key, value
        elif isinstance(value, dict) and depth > 1 and not any(word.startswith("Fn::") for word in value):
            yield from named(value, depth - 1)


def judge(template, used):
    resources = template.resources
    for name, resource in resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind.startswith(("Custom::", "AWS::CloudFormation::")):
            continue
        wanted = {key: properties[key] for key in identifiers(kind) if key in properties}
        # several properties together: one of the stack is enough
        together = any(holds(template, kind, value) for value in wanted.values())
        names = dict(named(properties)) | ({} if together else wanted)
        for key, value in names.items():
            if holds(template, kind, value):
                continue
            used.add(f"{kind}.{key}")
            if f"{kind}.{key}" not in WITHIN:
                yield f"{template.path}: {name}: {key} is {template.resolve(value)!r} in every stack of an account"


def holds(template, kind, value):
    marks = {"AWS::StackId", *template.resources, *template.parameters}
    return bool(uses(value) & (marks if kind.startswith(WORLDWIDE) else marks | {"AWS::StackName"}))


def main(paths):
    found, kinds, used, count = [], set(), set(), 0
    for path in paths:
        template = Template(path)
        found += judge(template, used)
        kinds |= {resource["Type"] for resource in template.resources.values()}
        count += len(template.resources)
    if len(paths) > 1:  # an exception that nothing needs would hide the next mistake
        found += [f"{label} is no exception any more" for label in sorted(set(WITHIN) - used)]
    print("\n".join(found) if found else f"{len(paths)} templates, {count} resources of {len(kinds)} types")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
