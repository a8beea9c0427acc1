"""Holds the roles of rendered templates to what they are for: `expect.py TEMPLATES CASES`.

TEMPLATES has `<name>.yaml` and `<name>.roles.json`, the component type and the role's own name for each logical id of a role.
CASES has folders with an `expect.yaml`, of which docs/assurance.md says how it is written. Each entry is asked of `access.py`; an answer
that is not known fails, and so does an entry that could not be true of any policy: an action that does not exist, or a resource that
the action does not take. Every role of every component type needs something that it may do and something that it may not.
"""

import json
import re
import sys
from pathlib import Path

import access
import iam
import yaml
from access import members
from template import Exact

ACCOUNT = "111122223333"
# Where a resource's own policy stands, by type: the property with the policy and the one that names the resource.
OWN_POLICIES = {
    "AWS::S3::BucketPolicy": ("PolicyDocument", "Bucket"),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", "Topics"),
    "AWS::KMS::Key": ("KeyPolicy", None),
}
# Policies of endpoints bear on what passes through them only.
ELSEWHERE = {"AWS::EC2::VPCEndpoint", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::Role"}


class Design:
    """A template's roles and policies, resolved when they are asked for."""

    def __init__(self, path, parameters):
        self.template = Exact(path, parameters)
        self.resources = self.template.resources
        self.own = [self.own_policy(name, row) for name, row in self.resources.items()]

    def of_type(self, kind):
        return ((name, row.get("Properties", {})) for name, row in self.resources.items() if row["Type"] == kind)

    def own_policy(self, name, row):
        """(ARNs, policy, is a key's) of a resource's policy."""
        properties = row.get("Properties", {})
        if row["Type"] not in OWN_POLICIES:
            if "PolicyDocument" in properties and row["Type"] not in ELSEWHERE:
                raise KeyError(f"{row['Type']} has a policy: teach it to {__file__}")
            return [], None, False
        policy, named = OWN_POLICIES[row["Type"]]
        names = [name] if named is None else [next(iter(one.values())) for one in members(properties[named])]
        if not all(isinstance(one, str) for one in names):
            names = [one[0] if isinstance(one, list) else one for one in names]
        return [self.arn(one) for one in names if one in self.resources], self.template.resolve(properties[policy]), named is None

    def arn(self, name):
        return self.template.arn(name, "Arn").removesuffix(":*")

    def text(self, text):
        """A text of a case with its `{names}`."""

        def one(found):
            name, _, attribute = found[1].partition(".")
            if name in ("region", "account"):
                return self.template.region if name == "region" else ACCOUNT
            if name in self.resources and not attribute:
                return self.arn(name)
            if not name.startswith("AWS::") and name not in {**self.resources, **self.template.parameters}:
                raise KeyError(f"the template has no {name}")
            return str(self.template.ref(name) if attribute in ("", "Ref") else self.template.attribute(name, attribute))

        return re.sub(r"\{([A-Za-z:.]+)\}", one, text) if isinstance(text, str) else text

    def role(self, name):
        """The policies of a role and its boundary."""
        properties = self.resources[name]["Properties"]
        resolve = self.template.resolve
        documents = [resolve(one["PolicyDocument"]) for one in properties.get("Policies", [])]
        documents += [resolve(one["PolicyDocument"]) for _, one in self.of_type("AWS::IAM::RolePolicy") if one["RoleName"] == {"Ref": name}]
        documents += [self.managed(resolve(arn)) for arn in properties.get("ManagedPolicyArns", [])]
        boundary = properties.get("PermissionsBoundary")
        return documents, None if boundary is None else self.managed(resolve(boundary))

    def managed(self, arn):
        for name, row in self.of_type("AWS::IAM::ManagedPolicy"):
            if self.template.ref(name) == arn:
                return self.template.resolve(row["PolicyDocument"])
        if arn not in iam.FACTS["managed"]:
            raise KeyError(f"what {arn} allows is not known: write it into iam.yaml")
        return iam.FACTS["managed"][arn]

    def policies_of(self, resource):
        """The policies of a resource itself, and whether it is a key."""
        found = [(policy, key) for arns, policy, key in self.own if any(resource == arn or resource.startswith(arn + "/") for arn in arns)]
        is_key = bool(re.match(r"arn:aws:kms:[^:]*:[^:]*:key/", resource))
        if is_key and not found:
            raise KeyError(f"the policy of {resource} is not in the template")
        return [policy for policy, _ in found], is_key

    def context(self, principal, resource, given):
        """What every request has, and what the case gives."""
        service = isinstance(principal, dict) and "Service" in principal
        known = {
            "aws:requestedregion": self.template.region,
            "aws:securetransport": True,
            "aws:principalisawsservice": service,
            "aws:principalaccount": None if service else ACCOUNT,
        }
        account = resource.split(":")[4] if resource.startswith("arn:") else ""
        ours = any(resource == self.arn(name) or resource.startswith(self.arn(name) + "/") for name, _ in self.of_type("AWS::S3::Bucket"))
        if account or ours:
            known["aws:resourceaccount"] = account or ACCOUNT
        for key, value in given.items():
            known[key.lower()] = [self.text(one) for one in value] if isinstance(value, list) else self.text(value)
        return known


class Case:
    """The entries of one folder."""

    def __init__(self, folder, templates):
        self.name = folder.name
        self.data = yaml.safe_load((folder / "expect.yaml").read_text(encoding="utf-8"))
        template = self.data.get("of", f"iam-{folder.name}")
        self.types = json.loads((templates / f"{template}.roles.json").read_text(encoding="utf-8"))
        self.design = Design(templates / f"{template}.yaml", self.data.get("parameters", {}))
        self.found, self.asked = [], {}
        for key in set(self.data) - {"of", "parameters", "context", "roles", "resources"}:
            self.say(f"{key} is no key of a case")

    def say(self, what):
        self.found.append(f"{self.name}: {what}")

    def all(self):
        for role, wanted in self.data.get("roles", {}).items():
            if role not in self.types:
                self.say(f"{role} is no role of the template; roles are {', '.join(self.types)}")
                continue
            self.entries(role, wanted, {"allow", "deny", "actionsAtMost"}, self.of_role)
            if "actionsAtMost" in wanted:
                self.few(role, wanted["actionsAtMost"])
        for resource, wanted in self.data.get("resources", {}).items():
            self.entries(resource, wanted, {"allow", "deny"}, self.of_resource)
        return self

    def entries(self, owner, wanted, keys, answer):
        for key in set(wanted) - keys:
            self.say(f"{owner}: {key} is no key; {', '.join(sorted(keys))} are")
        for verdict in (access.ALLOW, access.DENY):
            for entry in wanted.get(verdict, []):
                if not entry.get("why"):
                    self.say(f"{owner}: {entry} has no why")
                for action in members(entry.get("action", "sts:AssumeRole")):
                    for resource in members(entry.get("resource", "{" + owner + "}")):
                        self.one(owner, verdict, entry, action, resource, answer)

    def one(self, owner, verdict, entry, action, resource, answer):
        try:
            resource = self.design.text(resource)
            self.possible(action, resource)
            got, request = answer(owner, entry, action, resource)
        except (KeyError, IndexError, ValueError) as error:
            self.say(f"{owner}: {action} on {resource}: {error.args[0] if error.args else error}")
            return
        counts = self.asked.setdefault(owner, {access.ALLOW: 0, access.DENY: 0})
        counts[verdict] += 1
        if got != verdict:
            doubt = f" ({'; '.join(request.unknown)} is not known)" if got == access.UNKNOWN else ""
            told = {access.ALLOW: "allowed", access.DENY: "denied", access.UNKNOWN: "unknown"}
            self.say(f"{owner}: {action} on {resource} is {told[got]}{doubt}, and should be {told[verdict]}: {entry.get('why')}")

    def possible(self, action, resource):
        """What no policy could ever be asked proves nothing."""
        if not iam.action_rows(action) or "*" in action:
            raise ValueError("there is no such action")
        forms = [iam.arn_of(action.split(":")[0], kind) for kind in iam.types_of(action)]
        if resource == "*":
            if forms:
                raise ValueError(f"it is asked of a resource: {' or '.join(sorted(forms))}")
        elif not forms:
            raise ValueError('it has no resource level: the resource is "*"')
        unlisted = iam.UNLISTED.get(action)
        if forms and not any(iam.overlap(form, resource) for form in forms) and not (unlisted and unlisted["resource"] in resource):
            raise ValueError(f"it takes {' or '.join(sorted(forms))}")

    def of_role(self, role, entry, action, resource):
        given = {**self.data.get("context", {}), **entry.get("context", {})}
        arn = self.design.template.arn(role, "Arn")
        if "service" in entry or "principal" in entry:
            # who may be this role
            trust = self.design.template.resolve(self.design.resources[role]["Properties"]["AssumeRolePolicyDocument"])
            principal = self.principal(entry)
            request = access.Request(principal, action, arn, ACCOUNT, self.design.context(principal, arn, given))
            return access.may_assume(request, trust), request
        identity, boundary = self.design.role(role)
        own, is_key = self.design.policies_of(resource)
        request = access.Request(arn, action, resource, ACCOUNT, {"aws:principalarn": arn, **self.design.context(arn, resource, given)})
        return access.decide(request, access.Policies(identity, boundary, own, is_key)), request

    def of_resource(self, _, entry, action, resource):
        given = {**self.data.get("context", {}), **entry.get("context", {})}
        own, is_key = self.design.policies_of(resource)
        if not own:
            raise KeyError("the template has no policy of this resource")
        principal = self.principal(entry)
        request = access.Request(principal, action, resource, ACCOUNT, self.design.context(principal, resource, given))
        return access.decide(request, access.Policies([], None, own, is_key)), request

    def principal(self, entry):
        return {"Service": self.design.text(entry["service"])} if "service" in entry else {"AWS": self.design.text(entry["principal"])}

    def few(self, role, most):
        documents, _ = self.design.role(role)
        statements = [one for document in documents for one in members(document["Statement"]) if one["Effect"] == "Allow"]
        actions = {action for one in statements for action in members(one["Action"])}
        if len(actions) > most:
            self.say(f"{role}: {len(actions)} actions, and {most} are enough: {', '.join(sorted(actions))}")


def main(templates, cases):
    templates, cases = Path(templates), Path(cases)
    found, asked = [], {}
    for folder in sorted(path for path in cases.iterdir() if path.is_dir()):
        case = Case(folder, templates).all()
        found += case.found
        for owner, counts in case.asked.items():
            kind = tuple(case.types.get(owner, ("policies of resources", "")))
            sums = asked.setdefault(kind, {access.ALLOW: 0, access.DENY: 0})
            for verdict, count in counts.items():
                sums[verdict] += count
    roles = {tuple(kind) for path in templates.glob("*.roles.json") for kind in json.loads(path.read_text(encoding="utf-8")).values()}
    for kind in sorted(roles):
        for verdict in (access.ALLOW, access.DENY):
            if not asked.get(kind, {}).get(verdict):
                found.append(f"no case says what {' '.join(kind)} is to {verdict}")
    if found:
        print("\n".join(dict.fromkeys(found)))
        return 1
    print("| component type | role | may | may not |\n|---|---|---|---|")
    for (kind, role), counts in sorted(asked.items()):
        print(f"| {kind} | {role} | {counts[access.ALLOW]} | {counts[access.DENY]} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
