"""ministack's CloudFormation, made wider and stricter. `ministack_plus.py PORT MOTO`: serves on 127.0.0.1:PORT, MOTO is moto's URL.

- what the registry does not know, a type or a property, fails the stack;
- a type that ministack's CloudFormation does not make is made through its service's API (types_made.py), in ministack or, for the services
  that only moto has, there;
- any other type of the registry is checked against its schema and recorded.
How each type was made is written to the file named by $MADE."""

import asyncio
import io
import json
import os
import sys
import threading
from urllib.parse import urlsplit

PORT, MOTO = int(sys.argv[1]), sys.argv[2]
HERE = f"http://127.0.0.1:{PORT}"
IN_MOTO = ("sagemaker", "s3vectors", "application-autoscaling")
os.environ.update(
    GATEWAY_PORT=str(PORT),
    BIND_HOST="127.0.0.1",
    MINISTACK_HOST="127.0.0.1",
    DOCKER_HOST="unix:///nonexistent",
    IOT_MTLS_ENABLED="0",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="us-east-1",
)
# Lambda code runs in processes of this one: it finds moto's services there, too
os.environ.update({f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}": MOTO for service in IN_MOTO})

import boto3  # noqa: E402
import ministack.services.cloudformation.custom_resource as custom  # noqa: E402
import ministack.services.cloudformation.provisioners as engine  # noqa: E402
from botocore.awsrequest import AWSResponse  # noqa: E402
from botocore.config import Config  # noqa: E402
from ministack.core.responses import get_account_id, get_region, new_uuid  # noqa: E402

import ministack_lacks  # noqa: E402
import registry  # noqa: E402
from adapter import call, filled, parameters, recorded, scope, undone  # noqa: E402
from types_made import ROWS  # noqa: E402

made, lock, scopes, clients, owners = {}, threading.Lock(), {}, {}, {}


def note(kind, how):
    with lock:
        made[kind] = how
        path = os.environ["MADE"]
        with open(path + ".new", "w") as file:
            json.dump(made, file)
        os.replace(path + ".new", path)


class Body(io.BytesIO):
    def stream(self, *_, **__):
        yield self.read()


def within(request, **_):
    """Answers a request to ministack itself. Its engine works on the event loop, so that a call over the network would wait for
    itself: the application is called directly, in a thread with a loop of its own."""
    import ministack.app

    url, body = urlsplit(request.url), request.body or b""
    body = body.encode() if isinstance(body, str) else body.read() if hasattr(body, "read") else bytes(body)
    headers = [
        (name.lower().encode(), value if isinstance(value, bytes) else str(value).encode()) for name, value in request.headers.items()
    ]
    headers.append((b"host", url.netloc.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
        "root_path": "",
        "extensions": {},
    }
    answer, sent, failed = {"status": 500, "headers": [], "body": b""}, [], []

    async def receive():
        if sent:
            return {"type": "http.disconnect"}
        sent.append(True)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.update(status=message["status"], headers=message.get("headers", []))
        elif message["type"] == "http.response.body":
            answer["body"] += message.get("body", b"")

    def run():
        try:
            asyncio.run(ministack.app.app(scope, receive, send))
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    if failed:
        raise failed[0]
    return AWSResponse(
        request.url, answer["status"], {name.decode(): value.decode() for name, value in answer["headers"]}, Body(answer["body"])
    )


def client(service, region):
    if (service, region) not in clients:
        elsewhere = service in IN_MOTO
        made = boto3.client(
            service, endpoint_url=MOTO if elsewhere else HERE, region_name=region, config=Config(retries={"max_attempts": 0})
        )
        if not elsewhere:
            made.meta.events.register("before-send.*.*", within)
        clients[service, region] = made
    return clients[service, region]


def account(service):
    return "123456789012" if service in IN_MOTO else get_account_id()


def key(kind, identifier, properties):
    """Two resources of a type may have the same physical id: policies of different types by the same name, stages of different APIs."""
    return kind, identifier, properties.get("Type"), properties.get("ApiId")


def handler(kind):
    """How a type is made that ministack's CloudFormation does not make."""
    row = ROWS.get(kind)

    def create(logical, properties, stack):
        made_up = f"{stack}-{logical}-{new_uuid()[:8]}"[:63]
        registry.check(kind, logical, properties)
        if row is None:
            note(kind, "recorded")
            identifier, attributes = recorded(kind, properties, made_up)
            return identifier, attributes
        given = parameters(row, properties, made_up)
        answer = call(client(row.service, get_region()), row.create, given)
        note(kind, "created")
        view = scope(row, given, answer, account(row.service), get_region())
        scopes[key(kind, view.id, properties)] = view
        return view.id, view.attributes

    def update(identifier, old, new, stack):
        registry.check(kind, identifier, new)
        if row is None:
            return identifier, recorded(kind, new, identifier)[1]
        view = scopes[key(kind, identifier, old)]
        if row.update is None:
            note(kind, "created, updates not tried")
            return identifier, view.attributes
        name = {row.name: str(view.given.__getattr__(row.name))} if row.name else {}
        new = {name: value for name, value in new.items() if name not in row.update_drop}
        given = {**parameters(row, {**name, **new}, ""), **filled(row.update_with or {}, view)}
        call(client(row.service, get_region()), row.update, given)
        return identifier, view.attributes

    def delete(identifier, properties):
        view = scopes.pop(key(kind, identifier, properties), None)
        if row is not None and not undone(row, client(row.service, get_region()), view):
            note(kind, "created, and the service has no deletion")

    return {"create": create, "update": update, "delete": delete}


# attributes of AWS that ministack leaves out
ATTRIBUTES = {"AWS::EC2::VPC": ("CidrBlock",)}


def strict(kind, own):
    """ministack's own handler, with properties checked first, and names that one stack alone can have."""

    def create(logical, properties, stack, *rest):
        registry.check(kind, logical, properties)
        note(kind, "created")
        identifier, attributes = own["create"](logical, properties, stack, *rest)
        owner = owners.setdefault((*key(kind, identifier, properties), get_region()), (stack, logical))
        if owner != (stack, logical):
            raise ValueError(f"{identifier} already exists in stack {owner[0]}")
        return identifier, {**{name: properties[name] for name in ATTRIBUTES.get(kind, ()) if name in properties}, **attributes}

    def delete(identifier, properties, *rest):
        own["delete"](identifier, properties, *rest)
        owners.pop((*key(kind, identifier, properties), get_region()), None)

    return {**own, "create": create, "delete": delete}


def quick(register):
    """Code that does not answer at all would be waited for as long as the resource's ServiceTimeout says."""

    def registered(token):
        event = register(token)
        wait = event.wait
        event.wait = lambda timeout: wait(min(timeout, 30))
        return event

    return registered


def noted(invoke):
    """Says that a custom resource was made by its own code."""

    def invoked(request, logical, properties, stack, stack_id, kind, *rest, **more):
        answer = invoke(request, logical, properties, stack, stack_id, kind, *rest, **more)
        note(kind, "code")
        return answer

    return invoked


custom.register_token = quick(custom.register_token)
custom.invoke_custom_resource = noted(custom.invoke_custom_resource)
for kind in registry.types():
    own = engine._RESOURCE_HANDLERS.get(kind)
    engine._RESOURCE_HANDLERS[kind] = strict(kind, own) if own and "create" in own else own or handler(kind)
    if kind not in engine._REPLACING_PROPERTIES:
        engine._REPLACING_PROPERTIES[kind] = registry.Lazy(registry.replacing, kind)
        engine._CONDITIONALLY_REPLACING_PROPERTIES.setdefault(kind, registry.Lazy(registry.perhaps_replacing, kind))

ministack_lacks.put_in()

if __name__ == "__main__":
    import ministack.app

    sys.argv = sys.argv[:1]
    ministack.app.main()
