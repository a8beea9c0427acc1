"""Reads the records before a paid job does, and says what is wrong with them, line by line."""
import json
import os

import boto3

ENV = os.environ
S3 = boto3.client("s3")
RESERVED = json.loads(ENV["RESERVED"])  # the job fails when a prompt holds one of these
MEDIA = ("image", "video")


def problem(record):
    """What is wrong with a record; raises what its shape does not allow."""
    if ENV["FORMAT"] == "prompt-completion":
        if set(record) != {"prompt", "completion"} or not all(value.strip() for value in record.values()):
            return f"write {ENV['SHAPE']}, both with text and nothing else"
        return None
    plain = ENV["FORMAT"] == "anthropic-messages"
    if not plain and "schemaVersion" not in record:
        return 'add "schemaVersion": "bedrock-conversation-2024"'
    turns = record["messages"]
    prompts = [record.get("system", "")] if plain else [part["text"] for part in record.get("system", [])]
    if len(turns) < 2 or len(turns) % 2:
        return f"{len(turns)} turns; a user begins, an assistant ends, and they alternate"
    for place, turn in enumerate(turns):
        role = ("user", "assistant")[place % 2]
        if turn["role"] != role:
            return f"turn {place + 1} has the role {turn['role']}; it must be {role}"
        parts = [{"text": turn["content"]}] if plain else turn["content"]
        texts = [part.get("text", "") for part in parts]
        taken = {"text", *(MEDIA if role == "user" else ("reasoningContent",))}
        for part in parts:
            if not set(part) <= taken:
                return f"turn {place + 1} holds {', '.join(part)}; only {', '.join(sorted(taken))} can be learnt"
        if not any(text.strip() for text in texts) and not any(name in part for part in parts for name in MEDIA):
            return f"turn {place + 1} has no text"
        prompts += texts if role == "user" else []
    for word in RESERVED:
        if any(word.lower() in text.lower() for text in prompts):
            return f"a prompt holds the reserved word {word}; write it differently"
    return None


def lines(key, problems):
    """Counts the records of an object and adds what is wrong with them."""
    count = 0
    for number, line in enumerate(S3.get_object(Bucket=ENV["BUCKET"], Key=key)["Body"].iter_lines(), 1):
        count += 1
        try:
            text = line.decode()
            found = problem(json.loads(text)) if text.strip() else "empty; remove the line"
            if not found and len(text) > int(ENV["CHARS"]):
                found = f"{len(text)} characters; shorten it to {ENV['CHARS']}"
        except UnicodeDecodeError:
            found = "not UTF-8; save the file as UTF-8"
        except json.JSONDecodeError as error:
            found = f"not JSON ({error.msg}); write one object on one line, without a byte order mark"
        except (AttributeError, KeyError, TypeError):
            found = f"another shape; write {ENV['SHAPE']}"
        if found:
            problems.append(f"line {number} of {key}: {found}")
    return count


def handler(event, context):
    problems = []
    try:
        training = lines(ENV["TRAINING"], problems)
        validation = lines(ENV["VALIDATION"], problems) if "VALIDATION" in ENV else 0
    except S3.exceptions.NoSuchKey:
        wanted = " and ".join(ENV[name] for name in ("TRAINING", "VALIDATION") if name in ENV)
        return {"sound": False, "problem": f"s3://{ENV['BUCKET']} must hold {wanted}; upload first"}
    counted = training + (validation if ENV["COUNTED"] == "sum" else 0)
    if not int(ENV["FEWEST"]) <= counted <= int(ENV["MOST"]):
        problems.insert(0, f"{counted} records; {ENV['FEWEST']} to {ENV['MOST']} are needed")
    more = [f"and {len(problems) - 10} more"] if len(problems) > 10 else []
    return {"sound": not problems, "problem": "\n".join(problems[:10] + more), "training": training, "validation": validation}
