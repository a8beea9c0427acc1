"""What IAM would decide, as far as its documentation says so: `decide(request, policies)`.

An answer is ALLOW, DENY or UNKNOWN. What this file does not know (an operator, a context key that a request does not give, an element of a policy)
never becomes an answer: it is UNKNOWN where it could change the answer, and says why in `request.unknown`.

How IAM decides: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Not judged: service control and resource control policies, session policies, policies of VPC endpoints, access from other accounts.
"""

import re
from dataclasses import dataclass, field

ALLOW, DENY, UNKNOWN = "allow", "deny", "unknown"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"}


@dataclass
class Request:
    """Who wants to do what. `principal` is the ARN of a role, or `{"Service": name}`, or `{"AWS": arn}` of somebody without policies of its own."""

    principal: object
    action: str
    resource: str
    account: str
    # keys in lower case; None: the request does not have it; a key that is not here: nobody knows
    context: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)

    def say(self, what):
        if what not in self.unknown:
            self.unknown.append(what)


@dataclass
class Policies:
    """All that bears on a request: policies of the role, its boundary, and the policy of the resource with its kind."""

    identity: list = field(default_factory=list)
    boundary: dict | None = None
    resource: list = field(default_factory=list)
    # a key's policy decides whether IAM is asked at all
    is_key: bool = False


def members(value):
    return value if isinstance(value, list) else [value]


def every(answers):
    """And: one no is no, whatever else is not known."""
    answers = list(answers)
    return False if False in answers else None if None in answers else True


def some(answers):
    answers = list(answers)
    return True if True in answers else None if None in answers else False


def negated(answer):
    return None if answer is None else not answer


def wild(pattern, text, case=True):
    """`*` and `?` of a pattern; `${*}`, `${?}` and `${$}` are the characters themselves."""
    parts = re.split(r"(\$\{[*?$]\}|\*|\?)", pattern)
    known = {"*": ".*", "?": "."}
    expression = "".join(known.get(part, re.escape(part[2] if re.fullmatch(r"\$\{.\}", part) else part)) for part in parts)
    return re.fullmatch(expression, text, re.S if case else re.S | re.I) is not None


def arn_like(pattern, arn):
    """Each of the six parts for itself: a wildcard does not reach over a colon, except in the last part."""
    if pattern == "*":
        return True
    theirs, ours = pattern.split(":", 5), arn.split(":", 5)
    return len(theirs) == len(ours) == 6 and all(map(wild, theirs, ours))


def filled(text, request):
    """A text of a policy with its variables; None where a variable is not in the request, UNKNOWN where nobody knows."""
    verdict = text

    def one(found):
        nonlocal verdict
        name, _, default = found[1].partition(",")
        if name in ("*", "?", "$"):
            return found[0]
        key = name.strip().lower()
        if key not in request.context:
            request.say(f"the value of {name.strip()}")
            verdict = UNKNOWN
            return ""
        value = request.context[key]
        if value is None and not default:
            verdict = None if verdict is not UNKNOWN else verdict
            return ""
        # what a value holds is no pattern
        return re.sub(r"([*?$])", r"${\1}", str(value) if value is not None else default.strip().strip("'"))

    out = re.sub(r"\$\{([^}]*)\}", one, text)
    return out if verdict is text else verdict


def matches(pattern, text, request, how):
    pattern = filled(str(pattern), request)
    return None if pattern is UNKNOWN else False if pattern is None else how(pattern, text)


def number(how):
    return lambda pattern, text: how(float(text), float(pattern))


def same(pattern, text):
    return literal(pattern) == text


def literal(pattern):
    return re.sub(r"\$\{([*?$])\}", r"\1", pattern)


# Operators and how one value of the policy meets one value of the request; the rest is UNKNOWN.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS = {
    "StringEquals": same,
    "StringEqualsIgnoreCase": lambda pattern, text: same(pattern.lower(), text.lower()),
    "StringLike": wild,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda pattern, text: pattern.lower() == text.lower(),
    "NumericEquals": number(lambda ours, limit: ours == limit),
    "NumericLessThan": number(lambda ours, limit: ours < limit),
    "NumericLessThanEquals": number(lambda ours, limit: ours <= limit),
    "NumericGreaterThan": number(lambda ours, limit: ours > limit),
    "NumericGreaterThanEquals": number(lambda ours, limit: ours >= limit),
}
# A negated operator is met when no value of the policy is.
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def text_of(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition(operator, key, wanted, request):
    """One line of a Condition."""
    quantifier, _, rest = operator.rpartition(":")
    bare = rest.removesuffix("IfExists")
    wanted = [text_of(value) for value in members(wanted)]
    known = key.lower() in request.context
    if bare == "Null":
        if not known:
            request.say(f"whether the request has {key}")
            return None
        return some((value == "true") == (request.context[key.lower()] is None) for value in wanted)
    base = NEGATED.get(bare, bare)
    if base not in OPERATORS or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        request.say(f"the operator {operator}")
        return None
    if not known:
        request.say(f"the value of {key}")
        return None
    given = request.context[key.lower()]
    if given is None or given == []:
        # without the key: IfExists, a negated operator and ForAllValues are met, all others are not
        if quantifier == "ForAnyValue":
            return rest.endswith("IfExists")
        return rest.endswith("IfExists") or quantifier == "ForAllValues" or bare in NEGATED

    def meets(value):
        answer = some(matches(pattern, text_of(value), request, OPERATORS[base]) for pattern in wanted)
        return negated(answer) if bare in NEGATED else answer

    if not quantifier and isinstance(given, list):
        request.say(f"{operator} on the {len(given)} values of {key}")
        return None
    return (every if quantifier == "ForAllValues" else some)(meets(value) for value in members(given))


def principal_meets(wanted, request, delegated):
    """Whether a Principal means who asks. `delegated`: whether the account itself counts, which hands the decision to IAM."""
    who = request.principal
    if wanted == "*":
        return True
    answers = []
    for kind, names in wanted.items():
        for name in members(names):
            if kind == "Service":
                answers.append(isinstance(who, dict) and who.get("Service") == name)
            elif kind == "AWS":
                arn = who.get("AWS") if isinstance(who, dict) else who
                account = name if re.fullmatch(r"\d{12}", name) else name.split(":")[4] if name.endswith(":root") else None
                if name == "*":
                    answers.append(True)
                elif account is not None:
                    answers.append(delegated and arn is not None and arn.split(":")[4] == account)
                else:
                    answers.append(arn == name)
            else:
                request.say(f"the principal {kind}")
                answers.append(None)
    return some(answers)


def applies(statement, request, of_resource=False, delegated=False):
    """Whether a statement is about a request."""
    for element in set(statement) - ELEMENTS:
        request.say(f"the element {element}")
        return None
    answers = []
    if of_resource:
        answers.append(principal_meets(statement["Principal"], request, delegated))
    if "NotAction" in statement:
        answers.append(not any(wild(action, request.action, case=False) for action in members(statement["NotAction"])))
    else:
        answers.append(any(wild(action, request.action, case=False) for action in members(statement["Action"])))
    if "NotResource" in statement:
        answers.append(negated(some(matches(one, request.resource, request, resource_like) for one in members(statement["NotResource"]))))
    elif "Resource" in statement:
        answers.append(some(matches(one, request.resource, request, resource_like) for one in members(statement["Resource"])))
    elif not of_resource:
        request.say("a statement without Resource")
        answers.append(None)
    if False in answers:
        return False
    for operator, lines in statement.get("Condition", {}).items():
        answers += [condition(operator, key, wanted, request) for key, wanted in lines.items()]
    return every(answers)


def resource_like(pattern, resource):
    return pattern == "*" or (resource != "*" and arn_like(pattern, resource))


def verdicts(documents, effect, request, **how):
    statements = (one for document in documents for one in members(document["Statement"]) if one["Effect"] == effect)
    return some(quietly(one, request, how) for one in statements)


def quietly(statement, request, how):
    """What is not known of a statement that is not about the request at all is of no interest."""
    before = list(request.unknown)
    answer = applies(statement, request, **how)
    if answer is not None:
        request.unknown[:] = before
    return answer


def decide(request, policies):
    """ALLOW, DENY or UNKNOWN."""
    identity, resource = policies.identity, policies.resource
    bound = [] if policies.boundary is None else [policies.boundary]
    denied = some([verdicts(identity + bound, "Deny", request), verdicts(resource, "Deny", request, of_resource=True, delegated=True)])
    if denied:
        return DENY
    mine = verdicts(identity, "Allow", request)
    within = verdicts(bound, "Allow", request) if bound else True
    theirs = verdicts(resource, "Allow", request, of_resource=True)
    if policies.is_key:
        # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
        asked = verdicts(resource, "Allow", request, of_resource=True, delegated=True)
        mine = every([mine, asked])
    if theirs and not within:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html says it of users and roles differently
        request.say("a resource's policy that allows more than the boundary")
        return UNKNOWN
    allowed = some([every([mine, within]), theirs])
    if denied is None or allowed is None:
        return UNKNOWN
    return ALLOW if allowed else DENY


def may_assume(request, trust):
    """Whether a trust policy lets somebody assume its role."""
    denied = verdicts([trust], "Deny", request, of_resource=True, delegated=True)
    allowed = verdicts([trust], "Allow", request, of_resource=True, delegated=True)
    if denied:
        return DENY
    return UNKNOWN if denied is None or allowed is None else ALLOW if allowed else DENY
