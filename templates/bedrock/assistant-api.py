"""Answers a question with a model (Bedrock Converse)."""
import base64
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

ENV = os.environ
# One attempt that ends before the function does: a retry would not fit into the caller's 30 seconds.
BEDROCK = boto3.client("bedrock-runtime", config=Config(
    connect_timeout=3, read_timeout=int(ENV["READ_TIMEOUT"]), retries={"total_max_attempts": 1}))


def ask(question):
    inference = {"maxTokens": int(ENV["MAX_TOKENS"])}
    if "TEMPERATURE" in ENV:
        inference["temperature"] = float(ENV["TEMPERATURE"])
    request = {"modelId": ENV["MODEL"], "inferenceConfig": inference,
               "messages": [{"role": "user", "content": [{"text": question}]}]}
    if "SYSTEM" in ENV:
        request["system"] = [{"text": ENV["SYSTEM"]}]
    if "GUARDRAIL" in ENV:
        request["guardrailConfig"] = {"guardrailIdentifier": ENV["GUARDRAIL"], "guardrailVersion": ENV["GUARDRAIL_VERSION"]}
    out = BEDROCK.converse(**request)
    # models that think first return other blocks beside the text
    text = "".join(block.get("text", "") for block in out["output"]["message"]["content"])
    return {"answer": text, "blocked": out["stopReason"] == "guardrail_intervened", "cut": out["stopReason"] == "max_tokens"}


def reply(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def handler(event, context):
    try:
        if "body" in event:  # from the HTTP API; else called directly
            body = event["body"] or "{}"
            event = json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
        question = event["question"]
    except (KeyError, TypeError, ValueError):
        return reply(400, {"error": 'send {"question": "..."}'})
    if not isinstance(question, str) or not 0 < len(question.strip()) <= len(question) <= int(ENV["QUESTION_CHARS"]):
        return reply(400, {"error": f"a question has 1 to {ENV['QUESTION_CHARS']} characters"})
    try:
        return reply(200, ask(question))
    except ReadTimeoutError:
        return reply(504, {"error": "the model took too long; ask for less"})
    except ConnectTimeoutError:
        return reply(504, {"error": "Bedrock cannot be reached: is there a VPC endpoint?"})
    except ClientError as error:
        code = error.response["Error"]["Code"]
        print(json.dumps({"code": code, "message": error.response["Error"].get("Message")}))
        if code in ("ThrottlingException", "ServiceQuotaExceededException"):
            return reply(429, {"error": "too many questions at the moment; try again"})
        return reply(502, {"error": f"Bedrock refused: {code}; see the function's log"})
