"""moto's CloudFormation, made strict and wider. `moto_plus.py PORT`: serves on 127.0.0.1:PORT.

moto passes over a type that it does not know, and over properties that do not exist. Here both fail the stack; a type that moto's
CloudFormation does not make is made through its service's API in moto (types_made.py, types_made_in_moto.py); any other type of the registry, and custom
resources, whose code moto does not run, are checked and recorded. How each type was made is written to the file named by $MADE."""

import json
import os
import sys
import threading
import traceback
from types import SimpleNamespace

PORT = int(sys.argv[1])
HERE = f"http://127.0.0.1:{PORT}"
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")

import boto3  # noqa: E402
import moto.applicationautoscaling.models as scaling  # noqa: E402
import moto.applicationautoscaling.responses as scaling_answers  # noqa: E402
import moto.cloudformation.parsing as engine  # noqa: E402
import moto.sagemaker.models as sagemaker  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError  # noqa: E402
from moto.core.common_models import CloudFormationModel  # noqa: E402
from moto.sagemaker.responses import SageMakerResponse as sagemaker_answers  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import run_simple  # noqa: E402

import registry  # noqa: E402
from adapter import call, parameters, recorded, scope, undone  # noqa: E402
from types_made import ROWS as COMMON  # noqa: E402
from types_made_in_moto import ROWS as IN_MOTO  # noqa: E402

ROWS = {**COMMON, **IN_MOTO}
# moto makes these itself, but cannot delete them again, or leaves out what AWS does
THROUGH_API = {
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Batch::ComputeEnvironment",
    "AWS::Batch::JobDefinition",
    "AWS::Batch::JobQueue",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCEndpoint",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Model",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::Permission",
}
# moto's services do not have them, or refuse what AWS takes
NOT_IN_MOTO = {
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::DataSource",
    "AWS::Bedrock::GuardrailVersion",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::ApplicationInferenceProfile",
    "AWS::CloudFront::VpcOrigin",
    "AWS::EC2::PlacementGroup",
    "AWS::OpenSearchServerless::AccessPolicy",
    "AWS::OpenSearchServerless::Collection",
}
# attributes of AWS that moto's models have under another name only
ATTRIBUTES = {
    ("AWS::EC2::Subnet", "AvailabilityZone"): lambda subnet: subnet.availability_zone,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): lambda group: group.arn.split(":")[-1],
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"): lambda group: group.arn,
}
made, lock, clients = {}, threading.Lock(), {}


def note(kind, how):
    with lock:
        made[kind] = how
        path = os.environ["MADE"]
        with open(path + ".new", "w") as file:
            json.dump(made, file)
        os.replace(path + ".new", path)


def client(service, region):
    with lock:
        if (service, region) not in clients:
            clients[service, region] = boto3.client(
                service, endpoint_url=HERE, region_name=region, config=Config(retries={"max_attempts": 0})
            )
        return clients[service, region]


class Made(CloudFormationModel):
    """A resource that moto's CloudFormation does not make; each type has its own subclass, with `kind`."""

    __module__ = "moto.atelier.models"  # moto takes the second part for the service
    kind = ""

    def __init__(self, identifier, properties, attributes, view, region):
        self.identifier, self.properties, self.attributes, self.view, self.region = identifier, properties, attributes, view, region

    @property
    def physical_resource_id(self):
        return self.identifier

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def cloudformation_type(cls):
        return cls.kind

    @classmethod
    def has_cfn_attr(cls, attr):
        return (
            cls.kind.startswith("Custom::")
            or attr in registry.paths(cls.kind, "readOnlyProperties")
            or attr in registry.schema(cls.kind)["properties"]
        )

    def get_cfn_attribute(self, attribute_name):
        if attribute_name in self.attributes:
            return self.attributes[attribute_name]
        if self.kind.startswith("Custom::"):
            return f"{self.identifier}.{attribute_name}"
        raise UnformattedGetAttTemplateException()

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties, logical = dict(cloudformation_json.get("Properties") or {}), kwargs["LogicalId"]
        row = ROWS.get(cls.kind) if cls.kind not in NOT_IN_MOTO else None
        if cls.kind.startswith("Custom::"):
            note(cls.kind, "recorded")
            return cls(resource_name, properties, {}, None, region_name)
        if row is None:
            note(cls.kind, "recorded")
            identifier, attributes = recorded(cls.kind, properties, resource_name)
            return cls(identifier, properties, attributes, None, region_name)
        try:
            given = parameters(row, properties, resource_name)
            answer = call(client(row.service, region_name), row.create, given)
        except (ClientError, BotoCoreError, ValueError) as error:
            raise ValidationError(logical, f"{logical} ({cls.kind}): {error}") from error
        note(cls.kind, "created")
        view = scope(row, given, answer, account_id, region_name)
        return cls(view.id, properties, view.attributes, view, region_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        if (cloudformation_json.get("Properties") or {}) == original_resource.properties:
            return original_resource
        original_resource.delete(account_id, region_name)
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name, LogicalId=original_resource.logical_resource_id
        )

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        pass

    def delete(self, account_id=None, region=None):
        if self.view is not None and not undone(ROWS[self.kind], client(ROWS[self.kind].service, self.region), self.view):
            note(self.kind, "created, and the service has no deletion")


classes = {}
find_class = engine.resource_class_from_type


def class_of(kind):
    native = kind in engine.get_model_map() and kind not in THROUGH_API
    if native:
        note(kind, "created")
        return find_class(kind)
    if kind not in classes:
        classes[kind] = type("Made", (Made,), {"kind": kind, "__module__": Made.__module__})
    return classes[kind]


create_all = engine.ResourceMap.create


def create(self, template):
    for logical, resource in template["Resources"].items():
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"  # the older word, which moto knows
        if not resource["Type"].startswith("Custom::"):
            try:
                registry.check(resource["Type"], logical, resource.get("Properties") or {})
            except ValueError as error:
                raise ValidationError(logical, str(error)) from error
    try:
        return create_all(self, template)
    except ValidationError:
        raise
    except Exception as error:
        traceback.print_exc()
        raise ValidationError(self.stack_id, f"moto fails: {type(error).__name__}: {error}") from error


def delete(self):
    """Last made, first deleted, and a mistake is one: moto deletes in any order, and again what fails."""
    for logical in [name for name in reversed(self._parsed_resources) if name in self._resource_json_map]:
        resource, definition = self._parsed_resources[logical], self._resource_json_map[logical]
        if resource is None or definition.get("DeletionPolicy") == "Retain":
            continue
        if definition["Type"] == "AWS::ElasticLoadBalancingV2::TargetGroup":  # which moto forgets
            client("elbv2", self._region_name).delete_target_group(TargetGroupArn=resource.physical_resource_id)
        else:
            self._delete_resource(resource, definition)
        self._parsed_resources.pop(logical)


clean = engine.clean_json


def clean_with_what_moto_forgets(value, resources):
    """moto takes us-east-1 for the Region of `!GetAZs ""`, and lacks attributes."""
    if isinstance(value, dict) and value.get("Fn::GetAZs") == "":
        return clean({"Fn::GetAZs": resources["AWS::Region"]}, resources)
    if isinstance(value, dict) and "Fn::GetAtt" in value:
        logical, attribute = value["Fn::GetAtt"]
        found = resources[logical]
        read = ATTRIBUTES.get((resources._resource_json_map[logical]["Type"], attribute))
        if read:
            return read(found)
    return clean(value, resources)


compare = engine.parse_condition


def compare_as_text(condition, resources, conditions):
    """Parameters are text; moto compares a Number with it and finds them different."""
    if isinstance(condition, dict) and "Fn::Equals" in condition:
        one, other = (engine.clean_json(value, resources) for value in condition["Fn::Equals"])
        return str(one) == str(other)
    return compare(condition, resources, conditions)


create_one = engine.parse_and_create_resource


def batch_role(region):
    iam = client("iam", region)
    try:
        return iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")["Role"]["Arn"]
    except ClientError:
        return iam.list_roles(PathPrefix="/aws-service-role/batch.amazonaws.com/")["Roles"][0]["Arn"]


def create_with_what_moto_forgets(logical, resource, resources, account_id, region_name):
    """moto's own models leave out parts that AWS makes or names."""
    kind, properties = resource["Type"], resource.setdefault("Properties", {})
    if kind == "AWS::SSM::Parameter":
        properties.setdefault("Name", f"CFN-{logical}-{os.urandom(6).hex()}")
    if kind == "AWS::KMS::Key" and isinstance(properties.get("Tags"), list):
        properties["Tags"] = [
            {"TagKey": tag.get("Key", tag.get("TagKey")), "TagValue": tag.get("Value", tag.get("TagValue"))} for tag in properties["Tags"]
        ]
    if kind == "AWS::SSM::Parameter" and isinstance(properties.get("Tags"), dict):
        properties["Tags"] = [{"Key": name, "Value": value} for name, value in properties["Tags"].items()]
    if kind == "AWS::Batch::ComputeEnvironment":
        # AWS takes its own service-linked role when none is named
        properties.setdefault("ServiceRole", batch_role(region_name))
    made = create_one(logical, resource, resources, account_id, region_name)
    if made is not None and kind == "AWS::KMS::Key" and isinstance(made.policy, dict):
        made.policy = json.dumps(made.policy)
    if made is not None and kind == "AWS::S3::Bucket":
        s3, given = client("s3", region_name), engine.clean_json(properties, resources)
        for name, operation in (
            ("VersioningConfiguration", s3.put_bucket_versioning),
            ("PublicAccessBlockConfiguration", s3.put_public_access_block),
            ("OwnershipControls", s3.put_bucket_ownership_controls),
        ):
            if name in given:
                operation(Bucket=made.physical_resource_id, **{name: given[name]})
    return made


engine.resource_class_from_type = class_of
engine.parse_condition = compare_as_text
engine.clean_json = clean_with_what_moto_forgets
# AWS's public parameters name images; here, every image is the same
engine.ResourceMap.parse_ssm_parameter = lambda self, value, value_type: "ami-0123456789abcdef0"
engine.ResourceMap.create = create
engine.ResourceMap.delete = delete
engine.parse_and_create_resource = create_with_what_moto_forgets
for model in list(vars(sagemaker).values()):
    # moto's list of instance types is some years old; the catalogue and cfn-lint know the types
    if isinstance(model, type) and "validate_instance_type" in vars(model):
        model.validate_instance_type = lambda self, instance_type: None


def without_model(validate):
    """A variant for inference components names no model; moto asks for one."""
    return lambda self, variants: validate(self, [variant for variant in variants if "ModelName" in variant])


# inference components came after moto's list of what scales
dimensions = [*scaling.ScalableDimensionValueSet, SimpleNamespace(value="sagemaker:inference-component:DesiredCopyCount")]
scaling_answers.ScalableDimensionValueSet = dimensions
scaling.ScalableDimensionValueSet = dimensions
resource_types = [*scaling.ResourceTypeExceptionValueSet, SimpleNamespace(value="inference-component")]
scaling.ResourceTypeExceptionValueSet = resource_types
backend = sagemaker.SageMakerModelBackend
backend.validate_production_variants = without_model(backend.validate_production_variants)
# moto's SageMaker has no apps and no spaces: none is there
sagemaker_answers.list_apps = lambda self: json.dumps({"Apps": []})
sagemaker_answers.list_spaces = lambda self: json.dumps({"Spaces": []})

if __name__ == "__main__":
    run_simple("127.0.0.1", PORT, DomainDispatcherApplication(create_backend_app), threaded=True)
