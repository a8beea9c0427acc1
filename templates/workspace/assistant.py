#!/usr/bin/python3
"""assistant [WORDS]: a coding agent. The model asks for tools, this program runs them after your y, until there is an answer."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = json.loads(Path(os.environ.get("ASSISTANT_SETTINGS", "/etc/assistant.json")).read_text())
SYSTEM = "You are a coding assistant in a terminal on Amazon Linux 2023. Look at files before you change them. " + SETTINGS["note"]
LONGEST, ROUNDS = 20000, 30  # characters of a result; calls for a question


def tool(name, description, *inputs):
    schema = {"type": "object", "required": inputs, "properties": {key: {"type": "string"} for key in inputs}}
    return {"toolSpec": {"name": name, "description": description, "inputSchema": {"json": schema}}}


TOOLS = [tool("run", "Runs a bash command in the current folder.", "command"),
         tool("read", "Returns a text file.", "path"),
         tool("write", "Writes a whole text file.", "path", "text")]


def converse(messages):
    request = {"modelId": SETTINGS["model"], "system": [{"text": SYSTEM}], "messages": messages,
               "inferenceConfig": {"maxTokens": SETTINGS["maxTokens"]}, "toolConfig": {"tools": TOOLS}}
    with tempfile.NamedTemporaryFile("w") as file:  # read twice: no pipe
        json.dump(request, file)
        file.flush()
        done = subprocess.run(["aws", "bedrock-runtime", "converse", "--region", SETTINGS["region"], "--output", "json",
                               "--cli-read-timeout", "300", "--cli-input-json", "file://" + file.name], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def use(name, given):
    if name == "read":
        return Path(given["path"]).read_text(errors="replace")
    print("$ " + given["command"] if name == "run" else "write " + given["path"] + ":\n" + given["text"])
    if input("do it? [y/N] ").strip().lower() != "y":
        return "refused by the user"
    if name == "write":
        return f"{Path(given['path']).write_text(given['text'])} characters written"
    done = subprocess.run(["bash", "-c", given["command"]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=300)
    return f"exit status {done.returncode}\n" + done.stdout.decode(errors="replace")


def answer(messages):
    for _ in range(ROUNDS):
        out = converse(messages)
        messages.append(out["output"]["message"])
        results = []
        for block in messages[-1]["content"]:
            if "text" in block:
                print(block["text"])
            if "toolUse" in block:
                call, status = block["toolUse"], "success"
                try:
                    text = use(call["name"], call["input"])
                except (OSError, KeyError, subprocess.TimeoutExpired) as error:
                    text, status = repr(error), "error"
                content = [{"text": text[:LONGEST] or "(empty)"}]
                results.append({"toolResult": {"toolUseId": call["toolUseId"], "status": status, "content": content}})
        if not results:
            return print("({inputTokens} tokens in, {outputTokens} out)".format(**out["usage"]))
        messages.append({"role": "user", "content": results})
    raise RuntimeError(f"stopped after {ROUNDS} calls of the model")


def main(words):
    messages, question = [], " ".join(words)
    while True:
        try:
            question = question or input("\n> ")
        except (EOFError, KeyboardInterrupt):
            return print()
        before = len(messages)
        try:
            messages.append({"role": "user", "content": [{"text": question}]})
            answer(messages)
        except (RuntimeError, EOFError, KeyboardInterrupt) as error:
            print(error or "stopped")
            del messages[before:]  # half a turn would make the next one invalid
        if words:
            return None
        question = ""


if __name__ == "__main__":
    main(sys.argv[1:])
