"""Answers a question from a knowledge base with a model server of one's own."""
import base64
import json
import os
import time
import urllib.request

import boto3
from botocore.config import Config

ENV = os.environ
ONCE = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 1})
KNOWLEDGE, BEDROCK, SECRETS = (boto3.client(name, config=ONCE) for name in ("bedrock-agent-runtime", "bedrock-runtime", "secretsmanager"))


def retrieve(question):
    search = {"numberOfResults": int(ENV["RESULTS"])} | ({"overrideSearchType": ENV["SEARCH"]} if "SEARCH" in ENV else {})
    found = KNOWLEDGE.retrieve(knowledgeBaseId=ENV["KNOWLEDGE_BASE"], retrievalQuery={"text": question},
                               retrievalConfiguration={"vectorSearchConfiguration": search})
    sources, text = [], ""
    for result in found["retrievalResults"]:
        place = next(place for place in result["location"].values() if isinstance(place, dict))
        source = place.get("uri") or place.get("url")
        sources += [] if source in sources else [source]
        text += f"[{sources.index(source) + 1}] {result['content'].get('text')}\n\n"
    return text[:int(ENV["PASSAGE_CHARS"])], sources


def checked(side, *parts):
    """The last part as the guardrail leaves it, and whether it is blocked."""
    text = parts[-1]["text"]
    if "GUARDRAIL" not in ENV:
        return text, False
    out = BEDROCK.apply_guardrail(guardrailIdentifier=ENV["GUARDRAIL"], guardrailVersion=ENV["GUARDRAIL_VERSION"],
                                  source=side, content=[{"text": part} for part in parts])
    text = out["outputs"][-1]["text"] if out["outputs"] else text
    return text, "BLOCKED" in json.dumps(out["assessments"])


def chat(prompt, end):
    body = {"model": ENV["MODEL"], "messages": [{"role": "user", "content": prompt}], "max_tokens": int(ENV["MAX_TOKENS"])}
    if "TEMPERATURE" in ENV:
        body["temperature"] = float(ENV["TEMPERATURE"])
    key = SECRETS.get_secret_value(SecretId=ENV["API_KEY"])["SecretString"]
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    request = urllib.request.Request(ENV["SERVER"] + "/chat/completions", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=max(1, end - time.time())) as read:
        text = json.load(read)["choices"][0]["message"]["content"]
    # some models think first
    return text.split("</think>")[-1].strip()


def ask(question):
    end = time.time() + int(ENV["READ_TIMEOUT"])
    question, blocked = checked("INPUT", {"text": question})
    if blocked:
        return {"answer": question, "sources": [], "blocked": True}
    text, sources = retrieve(question)
    answer = chat(f"{ENV['SYSTEM']}\n\nSources:\n{text}Question: {question}", end)
    parts = {"grounding_source": text, "query": question, "guard_content": answer}
    roles = parts if "GROUNDING" in ENV and text else ["guard_content"]
    answer, blocked = checked("OUTPUT", *({"text": parts[role], "qualifiers": [role]} for role in roles))
    return {"answer": answer, "sources": sources, "blocked": blocked}


def reply(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def handler(event, context):
    try:
        if "body" in event:
            event = json.loads(base64.b64decode(event["body"]) if event.get("isBase64Encoded") else event["body"])
        question = event["question"].strip()
        if not 0 < len(question) <= int(ENV["QUESTION_CHARS"]):
            raise ValueError
    except (AttributeError, KeyError, TypeError, ValueError):
        return reply(400, {"error": f'send {{"question": "1 to {ENV["QUESTION_CHARS"]} characters"}}'})
    try:
        return reply(200, ask(question))
    except Exception as error:
        what = repr(error)
        print(json.dumps({"error": what}))
        status = 504 if "timeout" in what or "timed out" in what else 429 if "Throttling" in what else 502
        return reply(status, {"error": "no answer: see the log"})
