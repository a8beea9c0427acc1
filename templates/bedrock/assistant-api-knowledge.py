"""Answers a question from a knowledge base and names the sources (Bedrock RetrieveAndGenerate)."""
import base64
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

ENV = os.environ
PASSAGES = "\n\nSearch results:\n$search_results$\n\n$output_format_instructions$"
# One attempt that ends before the function does: a retry would not fit into the caller's 30 seconds.
BEDROCK = boto3.client("bedrock-agent-runtime", config=Config(
    connect_timeout=3, read_timeout=int(ENV["READ_TIMEOUT"]), retries={"total_max_attempts": 1}))


def ask(question):
    knowledge = {"knowledgeBaseId": ENV["KNOWLEDGE_BASE"], "modelArn": ENV["MODEL"]}
    search = {"numberOfResults": int(ENV["RESULTS"])}
    if "SEARCH" in ENV:
        search["overrideSearchType"] = ENV["SEARCH"]
    knowledge["retrievalConfiguration"] = {"vectorSearchConfiguration": search}
    inference = {"maxTokens": int(ENV["MAX_TOKENS"])}
    if "TEMPERATURE" in ENV:
        inference["temperature"] = float(ENV["TEMPERATURE"])
    generation = {"inferenceConfig": {"textInferenceConfig": inference}}
    if "SYSTEM" in ENV:
        # the service puts the passages and the rules for citations in place of the two words in $
        generation["promptTemplate"] = {"textPromptTemplate": ENV["SYSTEM"] + PASSAGES}
    if "GUARDRAIL" in ENV:
        generation["guardrailConfiguration"] = {"guardrailId": ENV["GUARDRAIL"], "guardrailVersion": ENV["GUARDRAIL_VERSION"]}
    knowledge["generationConfiguration"] = generation
    out = BEDROCK.retrieve_and_generate(
        input={"text": question},
        retrieveAndGenerateConfiguration={"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": knowledge})
    found = [reference for citation in out.get("citations", []) for reference in citation.get("retrievedReferences", [])]
    sources = sorted({place.get("uri") or place.get("url") for reference in found
                      for place in reference.get("location", {}).values() if isinstance(place, dict)} - {None})
    return {"answer": out["output"]["text"], "sources": sources, "blocked": out.get("guardrailAction") == "INTERVENED"}


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
        return reply(504, {"error": "the answer took too long; ask for less"})
    except ConnectTimeoutError:
        return reply(504, {"error": "Bedrock cannot be reached: is there a VPC endpoint?"})
    except ClientError as error:
        code = error.response["Error"]["Code"]
        print(json.dumps({"code": code, "message": error.response["Error"].get("Message")}))
        if code in ("ThrottlingException", "ServiceQuotaExceededException"):
            return reply(429, {"error": "too many questions at the moment; try again"})
        return reply(502, {"error": f"Bedrock refused: {code}; see the function's log"})
