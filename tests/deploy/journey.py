"""What one template must go through on one emulator. Each step says what is wrong; nothing stops at the first thing."""

import json
import re
from types import SimpleNamespace

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

import template as templates
from behaviours import BEHAVIOURS, Deployed, fill
from emulators.registry import perhaps_replacing
from lookups import HERE, LOOKUPS
from stack import Refused, Stack

ERRORS = (Refused, ClientError, BotoCoreError, ResponseParserError, IndexError)
FATES = {
    "removed": ("Remove", None),
    "added": ("Add", None),
    "replaced": ("Modify", "True"),
    "may be replaced": ("Modify", "Conditional"),
    "updated": ("Modify", "False"),
}


class View:
    """Members by name, for formats; what is not there is empty."""

    def __init__(self, value):
        self.value = value

    def __getattr__(self, name):
        return View(self.value.get(name, "") if isinstance(self.value, dict) else "")

    def __getitem__(self, index):
        return View(self.value[index] if isinstance(self.value, list) and index < len(self.value) else "")

    def __format__(self, spec):
        return str(self.value)


class Journey:
    """A blueprint on an emulator. `problems` is what is wrong, `real` the types that their own service showed."""

    def __init__(self, emulator, job):
        self.emulator, self.job, self.region = emulator, job, job["region"]
        self.template = templates.load(job["template"])
        self.problems, self.real, self.tagged, self.untagged = [], {}, set(), {}
        self.figures = {"stacks": 0, "resources": 0, "updates": 0, "behaviours": 0}

    def problem(self, text):
        self.problems.append(f"{self.job['name']} on {self.emulator.name}: {text}")

    def stack(self, suffix, parameters):
        return Stack(self.emulator, f"{self.job['name']}{suffix}", self.region, self.template, parameters)

    def run(self, places):
        needed = self.job.get("parameters", {})
        if needed:
            self.refused(self.stack("-not", templates.defaults(self.template, self.region, places)))
        given = {**templates.defaults(self.template, self.region, places), **needed}
        other = {name: value for name, value in templates.other_end(self.template).items() if name not in needed}
        stacks = [("-one", given), ("-two", given)] + ([("-end", {**given, **other})] if other else [])
        made = []
        for suffix, parameters in stacks:
            stack = self.stack(suffix, parameters)
            alone = self.job.get("alone") if made and self.emulator.runs_code else None
            try:
                self.create(stack, parameters)
                made.append((stack, parameters))
                if alone:
                    self.problem(f"{stack.name} is created beside another one, although an account has room for one")
            except ERRORS as error:
                if not alone or alone not in str(error):
                    self.problem(f"{stack.name} is not created: {error}")
        if made and self.emulator.runs_code:
            self.behave(made[0][0])
        if made and self.emulator.updates and "update" in self.job:
            self.update(*made[0])
        for stack, parameters in made:
            self.delete(stack, parameters)

    def refused(self, stack):
        """A template whose defaults must not be deployed, because its own rule asks a person for a decision."""
        if not self.emulator.change_sets:
            return
        try:
            stack.change_set("CREATE", templates.as_json(self.template), "create")
            self.problem("its defaults are deployed, although a rule must refuse them")
        except (Refused, ClientError) as error:
            if "rule" not in str(error):
                self.problem(f"its defaults are refused for another reason: {error}")

    def create(self, stack, parameters):
        expected = templates.active(self.template, "Resources", parameters)
        body = templates.as_json(self.template)
        if self.emulator.change_sets:
            changes = stack.change_set("CREATE", body, "create")
            # an emulator may list what a condition leaves out; it does not make it, as `look` finds
            if not set(expected) <= set(changes) <= set(self.template["Resources"]) or {
                change["Action"] for change in changes.values()
            } != {"Add"}:
                self.problem(f"{stack.name}: the change set has {sorted(set(changes) ^ set(expected))} too many or too few")
            stack.execute("create", "CREATE_COMPLETE")
        else:
            stack.create(body)
        self.figures["stacks"] += 1
        self.figures["resources"] += len(expected)
        self.look(stack, self.template, parameters)

    def look(self, stack, template, parameters):
        """Every resource has a physical id and is found in its service, outputs have values."""
        expected = templates.active(template, "Resources", parameters)
        stack.ids = stack.physical_ids()
        for name in expected:
            if not stack.ids.get(name):
                self.problem(f"{stack.name}: {name} has no physical id")
        for name in set(stack.ids) - set(expected):
            self.problem(f"{stack.name}: {name} is in the stack and not in the template")
        outputs, wanted = stack.outputs(), set(templates.active(template, "Outputs", parameters))
        if set(outputs) != wanted:
            self.problem(f"{stack.name}: outputs {sorted(set(outputs) ^ wanted)} are missing or too many")
        for name, value in outputs.items():
            if not value or "${" in value or value == "None" or value.split(".")[0] in template["Resources"]:
                self.problem(f"{stack.name}: output {name} is {value!r}")
        for name, resource in expected.items():
            self.find(stack, name, resource)

    def scope(self, stack, name, resource):
        """What a lookup's formats may name."""

        def value(node):
            if isinstance(node, dict) and len(node) == 1:
                ((key, inner),) = node.items()
                if key == "Ref":
                    return stack.ids.get(inner, inner)
                if key == "Fn::GetAtt":
                    return stack.ids.get(inner[0], "")
                if key == "Fn::Sub" and isinstance(inner, str):
                    known = {**stack.ids, "AWS::StackName": stack.name, "AWS::Region": self.region}
                    return re.sub(r"\$\{([^}]+)}", lambda match: known.get(match[1], match[0]), inner)
            if isinstance(node, list):
                return [value(inner) for inner in node]
            return node

        identifier = stack.ids.get(name, "")
        of = {key: value(inner) for key, inner in resource.get("Properties", {}).items()}
        service = LOOKUPS[resource["Type"]].service
        return SimpleNamespace(
            id=identifier,
            part=identifier.split("|"),
            tail=re.split("[/]", identifier)[-1],
            of=View(of),
            region=self.region,
            account=self.emulator.account_of(service),
        )

    def ask(self, look, scope):
        """The service's answer, as text and as it came."""
        client = self.emulator.client(look.service, self.region)
        answer = getattr(client, look.operation)(**filled(look.arguments, scope))
        answer.pop("ResponseMetadata", None)
        return json.dumps(answer, default=str), answer

    def find(self, stack, name, resource):
        kind = resource["Type"]
        look = LOOKUPS.get(kind)
        if look is None or self.emulator.made().get(kind) == "recorded":
            return
        scope = self.scope(stack, name, resource)
        try:
            text, answer = self.ask(look, scope)
            wanted = filled(look.find, scope)
            if wanted.lower() not in text.lower():
                self.real[kind] = (
                    self.problem(f"{stack.name}: {name} ({kind}): {look.operation} does not show {wanted}: {text[:300]}") or False
                )
                return
            self.real.setdefault(kind, True)
            self.tags(stack, name, resource, look, scope, text, answer)
        except ERRORS as error:
            self.real[kind] = self.problem(f"{stack.name}: {name} ({kind}): {look.operation}: {error}") or False

    def tags(self, stack, name, resource, look, scope, text, answer):
        """A resource that its template tags has the tags in its service."""
        if look.tags is None or "Tags" not in resource.get("Properties", {}):
            return
        if look.tags is not HERE:
            operation, arguments = look.tags
            client = self.emulator.client(look.service, self.region)
            scope.answer = View(answer)
            try:
                text = json.dumps(getattr(client, operation)(**filled(arguments, scope)), default=str)
            except ERRORS as error:
                text = str(error)
        if f'"{self.job["name"]}"' in text:
            self.tagged.add(resource["Type"])
        else:
            self.untagged[resource["Type"]] = f"{name}: {text[:200]}"

    def behave(self, stack):
        """The stack does what it is for."""
        behaviour = BEHAVIOURS.get(self.job["name"])
        if behaviour:
            try:
                behaviour(Deployed(self.emulator, stack))
                self.figures["behaviours"] += 1
            except (AssertionError, KeyError, ValueError, *ERRORS) as error:
                self.problem(f"{stack.name}: {behaviour.__name__}: {type(error).__name__}: {error}")

    def update(self, stack, parameters):
        new = templates.load(self.job["update"]["template"])
        there = {**templates.active(self.template, "Resources", parameters), **templates.active(new, "Resources", parameters)}
        expected = {name: FATES[fate] for name, fate in self.job["update"]["fates"].items() if fate in FATES and name in there}
        before = dict(stack.ids)
        try:
            changes = stack.change_set("UPDATE", templates.as_json(new), "update")
            touched = {
                name: (change["Action"], change.get("Replacement")) for name, change in changes.items() if name in there and certain(change)
            }
            for name in sorted(set(touched) | set(expected)):
                if not agree(changes.get(name), touched.get(name), expected.get(name)):
                    self.problem(f"update of {name}: the change set says {touched.get(name)}, `atelier diff` {expected.get(name)}")
            stack.execute("update", "UPDATE_COMPLETE")
        except ERRORS as error:
            self.problem(f"the update fails: {error}")
            return
        self.figures["updates"] += 1
        stack.template = new
        self.look(stack, new, parameters)
        for name, (_, replacement) in touched.items():
            same = before.get(name) == stack.ids.get(name)
            if replacement == "False" and not same or replacement == "True" and same:
                self.problem(f"update of {name}: Replacement {replacement}, but {before.get(name)} became {stack.ids.get(name)}")
        for name in set(before) - set(touched):
            if before[name] != stack.ids.get(name):
                self.problem(f"update: {name} is not in the change set, but {before[name]} became {stack.ids.get(name)}")

    def delete(self, stack, parameters):
        """What a policy keeps stays, and CloudFormation says so; everything else is gone from its service."""
        expected = templates.active(stack.template, "Resources", parameters)
        kept = {name for name, resource in expected.items() if resource.get("DeletionPolicy", "Delete").startswith("Retain")}
        try:
            if self.emulator.runs_code:
                fill(Deployed(self.emulator, stack), expected)
            skipped = stack.delete()
        except ERRORS as error:
            self.problem(f"{stack.name} is not deleted: {error}")
            return
        if self.emulator.says_what_is_kept and skipped != kept:
            self.problem(f"{stack.name}: deletion says it keeps {sorted(skipped)}, the policies {sorted(kept)}")
        for name, resource in expected.items():
            if resource["Type"] in LOOKUPS and self.emulator.made().get(resource["Type"]) != "recorded":
                self.gone(stack, name, resource, name in kept)

    def gone(self, stack, name, resource, kept):
        look, text = LOOKUPS[resource["Type"]], ""
        scope = self.scope(stack, name, resource)
        try:
            text, _ = self.ask(look, scope)
            there = filled(look.find, scope).lower() in text.lower() and not re.search(
                r'"(shutting-down|terminated|deleted|PendingDeletion|INACTIVE|DELETED|DELETING)"', text
            )
        except ERRORS:
            there = False
        cannot = "no deletion" in self.emulator.made().get(resource["Type"], "")
        if kept != there and (kept or not cannot):
            self.problem(
                f"{stack.name}: {name} ({resource['Type']}) is {'still there' if there else 'gone'} after the deletion: {text[:300]}"
            )


def certain(change):
    """Not what a change set lists only because an attribute of a changed resource might turn out to differ, and not a change of metadata."""
    if change["Action"] != "Modify":
        return True
    return any(
        detail["Target"]["Attribute"] == "Properties"
        and detail["Evaluation"] == "Static"
        or detail.get("ChangeSource") == "DirectModification"
        for detail in change["Details"]
        if detail["Target"]["Attribute"] == "Properties"
    )


def agree(change, said, predicted):
    """Whether a change set and a prediction mean the same. A change set says Conditional for whole properties, and for custom resources,
    whose code decides; `atelier diff` looks into the property, and leaves the code to say."""
    if said == predicted or said is None and change is not None and predicted == ("Modify", "False"):
        return True
    if said == ("Modify", "Conditional") and predicted == ("Modify", "False"):
        kind = change["ResourceType"]
        return kind.startswith("Custom::") or any(detail["Target"].get("Name") in perhaps_replacing(kind) for detail in change["Details"])
    return False


def filled(value, scope):
    if isinstance(value, str):
        return value.format(**vars(scope))
    if isinstance(value, list):
        return [filled(inner, scope) for inner in value]
    if isinstance(value, dict):
        return {key: filled(inner, scope) for key, inner in value.items()}
    return value
