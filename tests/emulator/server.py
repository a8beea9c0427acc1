"""Serves moto on 127.0.0.1: what the lab's scripts are run against. Prints its port, and ends when its standard input closes.

What it adds to moto's own server, because moto 5.2 falls short of CloudFormation there:
- the tags of a KMS key are written in KMS's own words;
- a type that moto does not know is recorded instead of passed over, so that what refers to it can be made;
- a stack made by a change set has its outputs;
- the tags of a stack go to the buckets and queues in it, as CloudFormation does it: moto forgets them;
- AWS::CloudFormation::StackSet makes a stack set with stacks in its accounts, whose template moto's own S3 has, and a stack of a set
  has the id that is told, and the tags of the set;
- `POST /lab/throttle/N` makes the next N requests of CloudFormation fail with Throttling, `POST /lab/fail/NAME` makes the creation
  of that stack fail, once, and `POST /lab/resist/NAME` its deletion: the scripts have to bear it;
- `POST /lab/closed/ACCOUNT` refuses the roles of that account to everybody;
- `GET /lab/seen` counts the actions of CloudFormation that came in.
"""
import io
import json
import logging
import os
import sys
import threading
import urllib.parse

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")

from moto.cloudformation import models, parsing
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.common_models import CloudFormationModel
from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

parse = parsing.parse_and_create_resource


def parse_and_create_resource(logical_id, resource_json, resources_map, account_id, region_name):
    properties = resource_json.get("Properties") or {}
    kind, tags = resource_json["Type"], properties.get("Tags")
    if kind == "AWS::KMS::Key" and isinstance(tags, list):
        properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags if "Key" in tag] or tags
    if kind in ("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Logs::LogGroup"):
        own = {tag["Key"] for tag in tags or []}
        stack = {key: value for key, value in resources_map.tags.items() if not key.startswith("aws:") and key not in own}
        properties["Tags"] = (tags or []) + [{"Key": key, "Value": value} for key, value in stack.items()]
        resource_json["Properties"] = properties
    return parse(logical_id, resource_json, resources_map, account_id, region_name)


parsing.parse_and_create_resource = parse_and_create_resource


class Recorded(CloudFormationModel):
    """A resource of a type that moto does not know: it is there, and has whatever attribute is asked for.

    The scripts are what is tried here; tests/deploy tries the templates."""

    __module__ = "moto.recorded.models"  # moto reads the service's name there
    kind = ""

    def __init__(self, name):
        self.type, self.name = self.kind, name

    @property
    def physical_resource_id(self):
        return self.name

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def cloudformation_type(cls):
        return cls.kind

    @classmethod
    def has_cfn_attr(cls, attribute):
        return True

    def get_cfn_attribute(self, attribute):
        value = f"{self.physical_resource_id}.{attribute}"
        return f"arn:aws:recorded:eu-west-3:123456789012:{value}" if attribute.lower().endswith("arn") else value

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(resource_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, *args, **kwargs):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *args, **kwargs):
        pass

    def delete(self, *args, **kwargs):
        pass


def stack_instance(self, account_id, region_name, stackset_id, stack_name, name, template, parameters, permission_model):
    self.account_id, self.region_name, self.stackset_id, self.stack_name, self.name = account_id, region_name, stackset_id, stack_name, name
    self.template, self.parameters, self.permission_model = template, parameters or [], permission_model
    given = parameters if isinstance(parameters, dict) else {p["ParameterKey"]: p["ParameterValue"] for p in parameters or []}
    sets = (region.stacksets.get(stackset_id) for regions in models.cloudformation_backends.values() for region in regions.values())
    tags = next(found.tags for found in sets if found)
    backend = models.cloudformation_backends[account_id][region_name]
    self.stack = backend.create_stack(name=f"StackSet-{name}-{models.mock_random.uuid4()}", template=template, parameters=given, tags=tags)


told = models.StackInstance.to_dict
models.StackInstance.__init__ = stack_instance
models.StackInstance.to_dict = lambda self: {**told(self), "StackId": self.stack.stack_id}
models.StackInstance.delete = lambda self: models.cloudformation_backends[self.account_id][self.region_name].delete_stack(self.stack.stack_id)


class StackSet(Recorded):
    __module__ = Recorded.__module__
    kind = "AWS::CloudFormation::StackSet"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        wanted = cloudformation_json["Properties"]
        name, backend = wanted["StackSetName"], models.cloudformation_backends[account_id][region_name]
        host, _, key = wanted["TemplateURL"].removeprefix("https://").partition("/")
        template = s3_backends[account_id]["aws"].get_object(host.split(".s3.")[0], key).value.decode()
        parameters = {p["ParameterKey"]: p["ParameterValue"] for p in wanted.get("Parameters", [])}
        tags = {tag["Key"]: tag["Value"] for tag in wanted.get("Tags", [])}
        backend.create_stack_set(name, template, parameters, tags, wanted["PermissionModel"], None, None, wanted["Description"])
        for group in wanted["StackInstancesGroup"]:
            targets = group["DeploymentTargets"]
            units = {key: value for key, value in targets.items() if key == "OrganizationalUnitIds"}
            accounts = [] if units else targets["Accounts"]
            backend.create_stack_instances(name, accounts, group["Regions"], [], units or None)
        made = cls(name)
        made.backend = backend
        return made

    def delete(self, *args, **kwargs):
        self.backend.delete_stack_set(self.name)


known, made = parsing.resource_class_from_type, {StackSet.kind: StackSet}


def resource_class_from_type(kind):
    # a custom resource's function would be run in Docker: it is taken for done
    if kind not in made and (kind in parsing.get_model_map() or kind in parsing.NULL_MODELS):
        return known(kind)
    return made.setdefault(kind, type(kind.replace(":", "_"), (Recorded,), {"kind": kind, "__module__": "moto.recorded.models"}))


parsing.resource_class_from_type = resource_class_from_type


apply = models.ChangeSet.apply


def with_outputs(self):
    apply(self)
    # moto forgets them when a stack comes from a change set
    self.stack.template_dict = self.template_dict
    self.stack.output_map = self.stack._create_output_map()


models.ChangeSet.apply = with_outputs

throttle, failing, resisting, closed, seen = [0], set(), set(), set(), {}
lock = threading.Lock()
application = DomainDispatcherApplication(create_backend_app)


def refused(start, status, code, message):
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>".encode()
    start(status, [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


def status_of(name, status, reason):
    for regions in models.cloudformation_backends[DEFAULT_ACCOUNT_ID].values():
        for stack in regions.stacks.values():
            if stack.name == name:
                stack.status = status
                stack._add_stack_event(status.replace("ROLLBACK_COMPLETE", "CREATE_FAILED"), resource_status_reason=reason)


def serve(env, start):
    path = env.get("PATH_INFO", "")
    if path.startswith("/lab/"):
        what, _, value = path[5:].partition("/")
        with lock:
            if what == "throttle":
                throttle[0] = int(value)
            elif what == "fail":
                failing.add(value)
            elif what == "resist":
                resisting.add(value)
            elif what == "closed":
                closed.add(value)
        body = json.dumps(seen).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
    service = env.get("HTTP_AUTHORIZATION", "")
    if "/cloudformation/" not in service and "/sts/" not in service:
        return application(env, start)
    length = int(env.get("CONTENT_LENGTH") or 0)
    # moto takes the first part of any other host for the bucket; both names have nine characters
    body = env["wsgi.input"].read(length).replace(b"%2F%2F127.0.0.1%3A", b"%2F%2Flocalhost%3A")
    env["wsgi.input"] = io.BytesIO(body)
    form = dict(urllib.parse.parse_qsl(body.decode()))
    action, name = form.get("Action", ""), form.get("StackName", "")
    if "/sts/" in service:
        if form.get("RoleArn", "::::").split(":")[4] in closed:
            return refused(start, "403 Forbidden", "AccessDenied", "not authorized to perform: sts:AssumeRole")
        return application(env, start)
    with lock:
        seen[action] = seen.get(action, 0) + 1
        if throttle[0] > 0:
            throttle[0] -= 1
            return refused(start, "400 Bad Request", "Throttling", "Rate exceeded")
        fails = action == "CreateStack" and name in failing and not failing.discard(name)
        resists = action == "DeleteStack" and name in resisting and not resisting.discard(name)
    if resists:
        status_of(name, "DELETE_FAILED", "The bucket you tried to delete is not empty")
        return refused_softly(start)
    answer = list(application(env, start))
    if fails:
        status_of(name, "ROLLBACK_COMPLETE", "Resource handler returned message: as the test wants it")
    return answer


def refused_softly(start):
    body = b"<DeleteStackResponse><ResponseMetadata><RequestId>lab</RequestId></ResponseMetadata></DeleteStackResponse>"
    start("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0, serve, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
