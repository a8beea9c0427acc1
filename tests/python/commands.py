"""Reads the command lines that templates give to people: `commands.py TEMPLATE…`.

In outputs, their descriptions and the first lines: a POSIX shell and zsh must take each as it stands, with nothing in it that they
would expand; its operation and its options must exist in the service's model (botocore's), required ones be given, and each names the
Region of the stack. The deploy command must give every parameter that has no default.
"""

import re
import shlex
import sys

import botocore.session
from botocore import xform_name
from template import Template

SESSION = botocore.session.get_session()
# options of every command, with the number of their values
EVERYWHERE = {"--region": 1, "--query": 1, "--output": 1, "--cli-binary-format": 1}
# commands that the AWS CLI has in place of an operation, or beside them
OWN = {
    ("s3", "cp"): {"--recursive": 0},
    ("s3", "ls"): {"--recursive": 0},
    ("logs", "tail"): {"--since": 1, "--follow": 0},
    ("cloudformation", "deploy"): {"--stack-name": 1, "--template-file": 1, "--capabilities": 1, "--parameter-overrides": 1},
}
# what a shell expands or takes as the end of a word; zsh also brackets without a match
SPECIAL = set("[]{}*?()<>|&;~!$`\\#")
# how a text in an output begins when it is a command
COMMAND = re.compile(r"(?:^|(?:: |example |look: |it: ))((?:aws|curl) .*)", re.S)


def bare(line):
    """Characters that the shell would act on: outside of quotes all special ones, in double quotes some."""
    quote = ""
    for at, letter in enumerate(line):
        if letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
        elif not quote and letter in SPECIAL:
            yield letter
        # variables that the line itself asks for are meant
        elif quote == '"' and letter in "`$" and not re.match(r"\$AWS_[A-Z_]+", line[at:]):
            yield letter


def problems(line, template, stays):
    odd = "".join(bare(line))
    if odd:
        yield f"the shell would act on {odd}"
    try:
        words = shlex.split(line)
    except ValueError as error:
        yield str(error)
        return
    if words[0] != "aws":
        return
    service, command, *rest = words[1:]
    if stays and service != "s3" and "--region" not in rest:
        yield "names no Region"
    if (service, command) in OWN:
        known, needed, free = OWN[service, command], set(), 2
    else:
        try:
            model = SESSION.get_service_model(service)
        except botocore.exceptions.UnknownServiceError:
            yield f"no service {service}"
            return
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        if command not in operations:
            yield f"{service} has no {command}"
            return
        operation = model.operation_model(operations[command])
        shape = operation.input_shape
        known = {"--" + xform_name(name, "-"): 1 for name in shape.members}
        # the CLI makes tokens up itself
        needed = {"--" + xform_name(name, "-") for name in shape.required_members if name not in operation.idempotent_members}
        # an answer that is a stream goes into a file
        free = 1 if operation.get_streaming_output() else 0
    known = {**known, **EVERYWHERE}
    given, left = set(), list(rest)
    while left:
        word = left.pop(0)
        if not word.startswith("--"):
            free -= "=" not in word  # --parameter-overrides takes several values
            continue
        if word not in known:
            yield f"{service} {command} has no {word}"
        given.add(word)
        del left[: known.get(word, 1)]
    if free < 0:
        yield "too many words"
    if needed - given:
        yield f"lacks {', '.join(sorted(needed - given))}"
    if command == "deploy":
        yield from deploy(rest, template)


def deploy(words, template):
    overrides = {word.split("=")[0] for word in words if "=" in word}
    if unknown := overrides - set(template.parameters):
        yield f"no parameter {', '.join(sorted(unknown))}"
    if any(r["Type"].startswith("AWS::IAM::") for r in template.resources.values()) != ("CAPABILITY_IAM" in words):
        yield "CAPABILITY_IAM is asked for exactly where roles are made"


def main(paths):
    found, lines = [], set()
    for path in paths:
        template = Template(path)
        header = re.search(r"^# Deploy: (.*)$", template.text, re.M)[1]
        first = {word.split("=")[0] for word in header.split() if "=" in word}
        needed = {name for name, parameter in template.parameters.items() if "Default" not in parameter}
        if first != needed:
            found.append(f"{path}: first lines: {header} gives {sorted(first)}, and {sorted(needed)} have no default")
        texts = [("first lines", header, False)]
        for name, output in template.document.get("Outputs", {}).items():
            texts += [(name, template.resolve(output["Value"]), True), (name, output.get("Description", ""), False)]
        for name, text, stays in texts:
            command = COMMAND.search(text)
            if command:
                lines.add(command[1])
                found += [f"{path}: {name}: {what}: {command[1]}" for what in problems(command[1], template, stays)]
    print("\n".join(found) if found else f"{len(paths)} templates, {len(lines)} command lines")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
