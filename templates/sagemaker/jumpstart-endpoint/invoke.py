"""Passes a request of the HTTP API on to the SageMaker endpoint and answers within the API's time limit."""

import base64
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

SECONDS = int(os.environ["TIMEOUT_SECONDS"])
# One attempt, and an answer two seconds before the function itself is stopped.
RUNTIME = boto3.client("sagemaker-runtime", config=Config(read_timeout=SECONDS - 2, retries={"total_max_attempts": 1}))
# Longest answer in tokens; 0 for models that do not write text.
CAP = int(os.environ["MAX_NEW_TOKENS"])
TARGET = {"EndpointName": os.environ["ENDPOINT_NAME"]}
if "COMPONENT_NAME" in os.environ:
    TARGET["InferenceComponentName"] = os.environ["COMPONENT_NAME"]
STATUS = {"ThrottlingException": 429, "ServiceUnavailable": 503, "ModelNotReadyException": 503, "ValidationError": 400}


def handler(event, _context):
    headers = event.get("headers") or {}
    content_type = headers.get("content-type", "application/json")
    body = event.get("body") or ""
    try:
        body = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except ValueError:
        return answer(400, {"error": "the body is not base64"})
    if CAP and content_type.startswith("application/json"):
        try:
            body = json.dumps(capped(json.loads(body))).encode()
        except (ValueError, TypeError, AttributeError):
            return answer(400, {"error": 'the body must be {"inputs": ..., "parameters": {...}} or {"messages": [...]}'})
    request = {**TARGET, "ContentType": content_type, "Body": body}
    if "accept" in headers and headers["accept"] != "*/*":
        request["Accept"] = headers["accept"]
    try:
        response = RUNTIME.invoke_endpoint(**request)
    except (ConnectTimeoutError, ReadTimeoutError):
        return answer(504, {"error": "the model took too long; ask for fewer tokens"})
    except ClientError as error:
        return refused(error.response["Error"])
    return passed_on(response)


def capped(request):
    """The request with its number of new tokens brought down to the cap, in either of the two forms that the containers read."""
    if "messages" in request:
        request["max_tokens"] = max(1, min(int(request.get("max_tokens") or CAP), CAP))
    else:
        parameters = dict(request.get("parameters") or {})
        parameters["max_new_tokens"] = max(1, min(int(parameters.get("max_new_tokens") or CAP), CAP))
        request["parameters"] = parameters
    return request


def refused(error):
    if "no capacity" in error.get("Message", ""):
        # Scaled to zero: this very request is what starts the first copy.
        return answer(503, {"error": "the model is starting; try again in some minutes"}, {"retry-after": "60"})
    return answer(STATUS.get(error["Code"], 502), {"error": error["Code"]})


def passed_on(response):
    data = response["Body"].read()
    content_type = response.get("ContentType") or "application/octet-stream"
    text = content_type.startswith(("application/json", "text/"))
    return {
        "statusCode": 200,
        "headers": {"content-type": content_type},
        "isBase64Encoded": not text,
        "body": data.decode("utf-8", "replace") if text else base64.b64encode(data).decode(),
    }


def answer(status, body, headers=None):
    return {"statusCode": status, "headers": {"content-type": "application/json", **(headers or {})}, "body": json.dumps(body)}
