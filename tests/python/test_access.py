"""The evaluator on examples of the IAM User Guide, whose answers the guide gives."""

import unittest

from access import ALLOW, DENY, UNKNOWN, Policies, Request, arn_like, decide, may_assume, wild

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Example"


def allow(**more):
    return {"Effect": "Allow", **more}


def deny(**more):
    return {"Effect": "Deny", **more}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def ask(action, resource, *statements, boundary=None, resource_policy=None, key=False, principal=ROLE, **context):
    request = Request(principal, action, resource, ACCOUNT, {name.lower(): value for name, value in context.items()})
    policies = Policies([document(*statements)], boundary, [resource_policy] if resource_policy else [], key)
    return decide(request, policies)


class EvaluationLogic(unittest.TestCase):
    """reference_policies_evaluation-logic.html, reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html"""

    ALL_OF_S3 = allow(Action="s3:*", Resource="*")

    def test_what_nobody_allows_is_denied(self):
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::carlossalazar/a"), DENY)

    def test_an_explicit_denial_overrides_every_allowance(self):
        # "Explicit and implicit denies": all of S3, but nothing of the bucket with the logs
        logs = deny(Action="s3:*", Resource=["arn:aws:s3:::CarlosSalazarPrivate", "arn:aws:s3:::CarlosSalazarPrivate/*"])
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::CarlosSalazarPrivate/a", self.ALL_OF_S3, logs), DENY)
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::Other/a", self.ALL_OF_S3, logs), ALLOW)

    def test_actions_are_told_without_case_and_resources_with(self):
        keys = allow(Action="IAM:listaccesskeys", Resource="arn:aws:iam::123456789012:user/Bob")
        self.assertEqual(ask("iam:ListAccessKeys", "arn:aws:iam::123456789012:user/Bob", keys), ALLOW)
        self.assertEqual(ask("iam:ListAccessKeys", "arn:aws:iam::123456789012:user/bob", keys), DENY)

    def test_an_action_without_resource_level_needs_a_star(self):
        one = allow(Action="ec2:DescribeInstances", Resource="arn:aws:ec2:us-east-1:123456789012:instance/*")
        self.assertEqual(ask("ec2:DescribeInstances", "*", one), DENY)
        self.assertEqual(ask("ec2:DescribeInstances", "*", allow(Action="ec2:Describe*", Resource="*")), ALLOW)


class Boundaries(unittest.TestCase):
    """access_policies_boundaries.html: Shirley"""

    BOUNDARY = document(allow(Action=["s3:*", "cloudwatch:*", "ec2:*"], Resource="*"))

    def test_shirley_cannot_create_a_user_although_her_policy_says_so(self):
        user = "arn:aws:iam::123456789012:user/new"
        self.assertEqual(ask("iam:CreateUser", user, allow(Action="iam:CreateUser", Resource="*"), boundary=self.BOUNDARY), DENY)

    def test_a_boundary_grants_nothing(self):
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::a/b", boundary=self.BOUNDARY), DENY)

    def test_both_allow(self):
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::a/b", allow(Action="s3:*", Resource="*"), boundary=self.BOUNDARY), ALLOW)

    def test_a_denial_in_the_boundary_counts(self):
        bound = document(allow(Action="*", Resource="*"), deny(Action="s3:*", Resource="*"))
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::a/b", allow(Action="s3:*", Resource="*"), boundary=bound), DENY)


class NotElements(unittest.TestCase):
    """reference_policies_elements_notaction.html, reference_policies_elements_notresource.html"""

    def test_not_action_with_deny_leaves_what_it_names(self):
        only_iam = deny(NotAction="iam:*", Resource="*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
        everything = allow(Action="*", Resource="*")
        without = {"aws:MultiFactorAuthPresent": False}
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::a/b", everything, only_iam, **without), DENY)
        self.assertEqual(ask("iam:ListUsers", "*", everything, only_iam, **without), ALLOW)
        # IfExists: a call with long-term keys does not have the key at all
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::a/b", everything, only_iam, **{"aws:MultiFactorAuthPresent": None}), DENY)

    def test_not_action_with_allow_is_all_the_rest(self):
        self.assertEqual(ask("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:q", allow(NotAction="iam:*", Resource="*")), ALLOW)

    def test_not_resource_with_deny(self):
        payroll = ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"]
        two = (allow(Action="s3:*", Resource="*"), deny(Action="s3:*", NotResource=payroll))
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::HRBucket/Payroll/a", *two), ALLOW)
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::HRBucket/Other/a", *two), DENY)


class Conditions(unittest.TestCase):
    """reference_policies_elements_condition_operators.html, reference_policies_condition-single-vs-multi-valued-context-keys.html"""

    def answer(self, operator, key, wanted, given):
        statement = allow(Action="x:Y", Resource="*", Condition={operator: {key: wanted}})
        return ask("x:Y", "*", statement, **given)

    def test_values_of_a_line_are_alternatives_and_lines_are_all_needed(self):
        either = {"StringEquals": {"aws:PrincipalTag/job": ["iamuser-admin", "iamuser-auditor"]}, "Bool": {"aws:SecureTransport": True}}
        statement = allow(Action="x:Y", Resource="*", Condition=either)
        self.assertEqual(ask("x:Y", "*", statement, **{"aws:PrincipalTag/job": "iamuser-auditor", "aws:SecureTransport": True}), ALLOW)
        self.assertEqual(ask("x:Y", "*", statement, **{"aws:PrincipalTag/job": "iamuser-auditor", "aws:SecureTransport": False}), DENY)

    def test_keys_are_told_without_case(self):
        self.assertEqual(self.answer("StringEquals", "AWS:SOURCEACCOUNT", ACCOUNT, {"aws:SourceAccount": ACCOUNT}), ALLOW)

    def test_an_absent_key(self):
        for operator, answer in {
            "StringEquals": DENY,
            "StringNotEquals": ALLOW,
            "ArnNotLike": ALLOW,
            "StringEqualsIfExists": ALLOW,
            "ForAllValues:StringEquals": ALLOW,
            "ForAnyValue:StringEquals": DENY,
        }.items():
            self.assertEqual(self.answer(operator, "ec2:InstanceType", "t1.*", {"ec2:InstanceType": None}), answer, operator)

    def test_several_values(self):
        # the table on DynamoDB's attributes
        allowed = ["ID", "PostDateTime"]
        for values, every, one in [
            (["ID"], ALLOW, ALLOW),
            (["ID", "Message"], DENY, ALLOW),
            (["Message"], DENY, DENY),
            ([], ALLOW, DENY),
        ]:
            given = {"dynamodb:Attributes": values}
            self.assertEqual(self.answer("ForAllValues:StringEquals", "dynamodb:Attributes", allowed, given), every, values)
            self.assertEqual(self.answer("ForAnyValue:StringEquals", "dynamodb:Attributes", allowed, given), one, values)

    def test_a_negated_operator_means_none_of_the_values(self):
        two = ["us-east-1", "eu-west-1"]
        self.assertEqual(self.answer("StringNotEquals", "aws:RequestedRegion", two, {"aws:RequestedRegion": "eu-west-1"}), DENY)
        self.assertEqual(self.answer("StringNotEquals", "aws:RequestedRegion", two, {"aws:RequestedRegion": "eu-west-3"}), ALLOW)

    def test_null(self):
        self.assertEqual(self.answer("Null", "aws:TokenIssueTime", "true", {"aws:TokenIssueTime": None}), ALLOW)
        self.assertEqual(self.answer("Null", "aws:TokenIssueTime", "true", {"aws:TokenIssueTime": "2026-11-25"}), DENY)
        self.assertEqual(self.answer("Null", "aws:TokenIssueTime", "false", {"aws:TokenIssueTime": "2026-11-25"}), ALLOW)

    def test_equals_has_no_wildcards_and_like_has(self):
        given = {"s3:prefix": "home/David/a"}
        self.assertEqual(self.answer("StringEquals", "s3:prefix", "home/David/*", given), DENY)
        self.assertEqual(self.answer("StringLike", "s3:prefix", ["home/", "home/David/*"], given), ALLOW)
        self.assertEqual(self.answer("NumericLessThanEquals", "s3:max-keys", "10", {"s3:max-keys": 11}), DENY)


class Variables(unittest.TestCase):
    """reference_policies_variables.html"""

    HOME = allow(Action="s3:GetObject", Resource="arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*")

    def test_a_home_of_ones_own(self):
        mine = {"aws:username": "David"}
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/David/a", self.HOME, **mine), ALLOW)
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/Ann/a", self.HOME, **mine), DENY)

    def test_a_value_is_no_pattern(self):
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/Ann/a", self.HOME, **{"aws:username": "*"}), DENY)

    def test_without_the_value_nothing_matches(self):
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/David/a", self.HOME, **{"aws:username": None}), DENY)

    def test_an_escaped_star_is_a_star(self):
        self.assertTrue(wild("a${*}b", "a*b"))
        self.assertFalse(wild("a${*}b", "axb"))


class Arns(unittest.TestCase):
    """reference_policies_elements_resource.html: wildcards stand in parts of an ARN"""

    def test_a_wildcard_does_not_reach_over_a_part(self):
        self.assertTrue(arn_like("arn:aws:bedrock:*::foundation-model/a", "arn:aws:bedrock:eu-west-1::foundation-model/a"))
        self.assertFalse(arn_like("arn:aws:bedrock:*:foundation-model/a", "arn:aws:bedrock:eu-west-1::foundation-model/a"))
        self.assertTrue(arn_like("arn:aws:logs:us-east-1:1:log-group:a:*", "arn:aws:logs:us-east-1:1:log-group:a:log-stream:b"))

    def test_the_bucket_is_not_its_objects(self):
        self.assertFalse(arn_like("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket"))


class Resources(unittest.TestCase):
    """Bucket policies, key policies, trust policies"""

    def test_a_bucket_policy_that_asks_for_tls(self):
        # s3 user guide, "Restrict access to only HTTPS requests"
        tls = document(deny(Principal="*", Action="s3:*", Resource="arn:aws:s3:::b/*", Condition={"Bool": {"aws:SecureTransport": False}}))
        mine = allow(Action="s3:GetObject", Resource="arn:aws:s3:::b/*")
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::b/a", mine, resource_policy=tls, **{"aws:SecureTransport": True}), ALLOW)
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::b/a", mine, resource_policy=tls, **{"aws:SecureTransport": False}), DENY)

    def test_a_key_policy_hands_the_decision_to_iam(self):
        # kms developer guide, "Allows access to the AWS account and enables IAM policies"
        key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
        root = document(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="kms:*", Resource="*"))
        mine = allow(Action="kms:Decrypt", Resource=key)
        self.assertEqual(ask("kms:Decrypt", key, mine, resource_policy=root, key=True), ALLOW)
        self.assertEqual(ask("kms:Decrypt", key, resource_policy=root, key=True), DENY)
        only_other = document(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/Other"}, Action="kms:*", Resource="*"))
        self.assertEqual(ask("kms:Decrypt", key, mine, resource_policy=only_other, key=True), DENY)
        this = document(allow(Principal={"AWS": ROLE}, Action="kms:Decrypt", Resource="*"))
        self.assertEqual(ask("kms:Decrypt", key, resource_policy=this, key=True), ALLOW)

    def test_a_trust_policy_against_the_confused_deputy(self):
        # confused-deputy.html
        lines = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        trust = document(allow(Principal={"Service": "sagemaker.amazonaws.com"}, Action="sts:AssumeRole", Condition=lines))
        for service, account, answer in [
            ("sagemaker.amazonaws.com", ACCOUNT, ALLOW),
            ("sagemaker.amazonaws.com", "999999999999", DENY),
            ("lambda.amazonaws.com", ACCOUNT, DENY),
        ]:
            request = Request({"Service": service}, "sts:AssumeRole", ROLE, ACCOUNT, {"aws:sourceaccount": account})
            self.assertEqual(may_assume(request, trust), answer)


class Unknown(unittest.TestCase):
    """What is not known is never an answer, where it could change it."""

    def test_keys_that_the_case_does_not_give(self):
        statement = allow(Action="x:Y", Resource="*", Condition={"StringEquals": {"a:B": "c"}})
        request = Request(ROLE, "x:Y", "*", ACCOUNT)
        self.assertEqual(decide(request, Policies([document(statement)])), UNKNOWN)
        self.assertEqual(request.unknown, ["the value of a:B"])

    def test_a_denial_whose_condition_is_not_known(self):
        perhaps = deny(Action="x:*", Resource="*", Condition={"StringEquals": {"a:B": "c"}})
        self.assertEqual(ask("x:Y", "*", allow(Action="x:Y", Resource="*"), perhaps), UNKNOWN)

    def test_another_line_that_fails_decides(self):
        lines = {"StringEquals": {"a:B": "c", "d:E": "f"}}
        self.assertEqual(ask("x:Y", "*", allow(Action="x:Y", Resource="*", Condition=lines), **{"d:E": "g"}), DENY)

    def test_operators_and_elements(self):
        address = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
        given = {"aws:SourceIp": "203.0.113.9"}
        self.assertEqual(ask("x:Y", "*", allow(Action="x:Y", Resource="*", Condition=address), **given), UNKNOWN)
        policy = document(allow(NotPrincipal={"AWS": ROLE}, Action="x:Y", Resource="*"))
        self.assertEqual(ask("x:Y", "*", resource_policy=policy), UNKNOWN)

    def test_of_no_interest_elsewhere(self):
        other = allow(Action="z:*", Resource="*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
        self.assertEqual(ask("x:Y", "*", allow(Action="x:Y", Resource="*"), other), ALLOW)

    def test_a_boundary_and_a_policy_of_the_resource(self):
        policy = document(allow(Principal={"AWS": ROLE}, Action="s3:GetObject", Resource="arn:aws:s3:::b/*"))
        self.assertEqual(ask("s3:GetObject", "arn:aws:s3:::b/a", boundary=document(allow(Action="ec2:*", Resource="*")), resource_policy=policy), UNKNOWN)


if __name__ == "__main__":
    unittest.main()
