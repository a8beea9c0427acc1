#!/usr/bin/env python3
"""Prints what whole processes of atelier cost: processor time, wall time and memory.

    cargo build --release --ignore-rust-version
    python3 scripts/measure.py [--runs N] [--many N] [PATH-OF-ATELIER]

Needs nothing but Python. The smallest of the runs is the figure to compare (other work on the machine only adds to it);
the median says how quiet the machine was.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KNOWLEDGE_BASE = "blueprints/knowledge-base.yaml"

VARIANTS = [
    """\
blueprint: v1
name: many-{n}
regions: [us-east-1, us-west-2, eu-west-1, eu-central-1]
components:
  documents: {{type: storage/bucket}}
  knowledge:
    type: bedrock/knowledge-base
    documents: documents
    embedding: {{model: amazon.titan-embed-text-v2:0, dimensions: {dimensions}}}
    chunking: {{strategy: fixed, maxTokens: {tokens}, overlapPercent: 20}}
""",
    """\
blueprint: v1
name: many-{n}
regions: [us-east-1, us-west-2, eu-west-1, eu-central-1]
components:
  answers:
    type: sagemaker/jumpstart-endpoint
    model: huggingface-llm-mistral-7b-instruct-v3
    instanceType: ml.g5.2xlarge
    instances: {{min: 1, max: {few}}}
""",
    """\
blueprint: v1
name: many-{n}
regions: [us-east-1, us-west-2, eu-west-1]
components:
  fleet:
    type: neuron/inference-fleet
    instanceType: inf2.8xlarge
    model: {{id: deepseek-ai/DeepSeek-R1-Distill-Llama-8B, revision: main}}
    serving: {{tensorParallel: 2, maxModelLength: 4096, maxSequences: 4}}
    capacity: {{min: 1, desired: 1, max: {few}}}
    scaling: {{metric: neuron-cores, target: {target}}}
""",
]


def run(command, runs, ends_with=0):
    """The costs of a command: smallest and median processor seconds, smallest wall seconds, largest memory in MB."""
    processor, wall, memory = [], [], 0
    for _ in range(runs):
        started = time.perf_counter()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
            _, status, usage = os.wait4(process.pid, 0)
            wall.append(time.perf_counter() - started)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != ends_with:
                errors.seek(0)
                raise SystemExit(f"{command[:4]} ended with {process.returncode}:\n{errors.read().decode()[:2000]}")
        processor.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss / 1024)
    return min(processor), statistics.median(processor), min(wall), memory


def row(what, command, runs, count=1, ends_with=0):
    least, median, wall, memory = run(command, runs, ends_with)
    each = f"{least / count * 1000:.2f}" if count > 1 else ""
    print(f"| {what} | {least:.3f} | {median:.3f} | {wall:.3f} | {memory:.0f} | {each} |", flush=True)


def buckets(count):
    """A blueprint of this many buckets of its own, each with its policy and its log bucket's share."""
    lines = ["blueprint: v1", "name: many", "regions: [us-east-1]", "components:"]
    return "\n".join(lines + [f"  part-{n}: {{type: storage/bucket}}" for n in range(count)]) + "\n"


def roles(size):
    """A template of about this many bytes: roles with ten statements each, at most 500."""
    resource = "!Sub 'arn:${{AWS::Partition}}:s3:::${{AWS::AccountId}}-part-{r}/prefix-{n}/of-a-certain-length/*'"
    statement = "          - {{Sid: S{n}, Effect: Allow, Action: ['s3:GetObject', 's3:PutObject'], Resource: " + resource + "}}\n"
    body = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
    for r in range(500):
        if len(body) > size - 2100:
            break
        body += f"  Role{r}:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n"
        body += "        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]\n"
        body += "      Policies:\n      - PolicyName: own\n        PolicyDocument:\n          Version: '2012-10-17'\n          Statement:\n"
        body += "".join(statement.format(n=n, r=r) for n in range(10))
    return body


def load(atelier, folder):
    """How cost grows with what is asked for."""
    for count in (50, 100, 200, 400):
        path = pathlib.Path(folder, f"buckets-{count}.yaml")
        path.write_text(buckets(count))
        row(f"`validate` of one blueprint of {count} buckets", [atelier, "validate", str(path)], 3)
        # 400 buckets are more than the 500 resources that CloudFormation takes, and atelier says so
        ends_with = 1 if count == 400 else 0
        command = [atelier, "render", "--no-verify", "--stdout", str(path)]
        row(f"`render --no-verify` of it{', refused' if ends_with else ''}", command, 3, ends_with=ends_with)
    for size in (250_000, 500_000, 1_000_000):
        path = pathlib.Path(folder, f"roles-{size}.yaml")
        path.write_text(roles(size))
        row(f"`verify` of a template of {path.stat().st_size / 1e6:.2f} MB", [atelier, "verify", "--region", "us-east-1", str(path)], 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("atelier", nargs="?", default=os.environ.get("CARGO_TARGET_DIR", "target") + "/release/atelier")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--many", type=int, default=1000)
    options = parser.parse_args()
    atelier, many, runs = str(pathlib.Path(ROOT, options.atelier)), options.many, options.runs
    print(f"binary: {os.path.getsize(atelier) / 1e6:.1f} MB; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| process | CPU s, least | CPU s, median | wall s, least | memory MB | CPU ms each |")
    print("|---|---|---|---|---|---|")
    row("`--version`", [atelier, "--version"], runs)
    row("`validate` of knowledge-base", [atelier, "validate", KNOWLEDGE_BASE], runs)
    row("`render --no-verify` of knowledge-base", [atelier, "render", "--no-verify", KNOWLEDGE_BASE, "--stdout"], runs)
    row("`render` of knowledge-base", [atelier, "render", KNOWLEDGE_BASE, "--stdout"], runs)
    with tempfile.TemporaryDirectory() as folder:
        row("`render` of all blueprints", [atelier, "render", "-o", folder + "/out"], runs)
        files = []
        for n in range(many):
            fill = {"n": n, "dimensions": (256, 512, 1024)[n % 3], "tokens": 100 + n % 400, "few": 2 + n % 3, "target": 40 + n % 50}
            path = pathlib.Path(folder, f"{n}.yaml")
            path.write_text(VARIANTS[n // 3 % len(VARIANTS)].format(**fill))
            files.append(str(path))
        ten = files[:: max(1, many // 10)][:10]
        row("`render --no-verify` of 10", [atelier, "render", "--no-verify", "--stdout", *ten], runs, len(ten))
        row(f"`validate` of {many}", [atelier, "validate", *files], 3, many)
        row(f"`render --no-verify` of {many}", [atelier, "render", "--no-verify", "--stdout", *files], 3, many)
        row(f"`render` of {many}", [atelier, "render", "--stdout", *files], 1, many)
        load(atelier, folder)


if __name__ == "__main__":
    main()
