"""Runs the reaper of a control stack in moto's Step Functions: reaper.py TEMPLATE STACK… . The second stack resists its deletion for ever,
the last one is not there. Prints what is left, as JSON. Waits are shortened to a second."""
import json
import sys
import time

import boto3
import yaml
from moto import mock_aws
from moto.cloudformation import models


class Loader(yaml.SafeLoader):
    """Reads short tags as what they stand before."""


def bare(loader, _, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else loader.construct_mapping(node, deep=True)


Loader.add_multi_constructor("!", bare)
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
TEMPLATE = '{"Resources": {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}}}}'


def main(template, stacks):
    with open(template, encoding="utf-8") as file:
        definition = yaml.load(file, Loader)["Resources"]["ControlReaper"]["Properties"]["Definition"]
    text = json.dumps(definition)
    assert '"Seconds": 60' in text
    delete, asked = models.CloudFormationBackend.delete_stack, []

    def resisting(self, name, *arguments, **more):
        asked.append(name)
        if name != stacks[1]:
            return delete(self, name, *arguments, **more)
        next(stack for stack in self.stacks.values() if stack.name == name).status = "DELETE_FAILED"

    models.CloudFormationBackend.delete_stack = resisting
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = lambda service: boto3.client(service, "eu-west-3")
        queue = client("sqs").create_queue(QueueName="letters")["QueueUrl"]
        text = text.replace('"Seconds": 60', '"Seconds": 1').replace("${Letters}", queue)
        for stack in stacks[:-1]:
            client("cloudformation").create_stack(StackName=stack, TemplateBody=TEMPLATE)
        role = client("iam").create_role(RoleName="reaper", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        machine = client("stepfunctions").create_state_machine(name="reaper", definition=text, roleArn=role)["stateMachineArn"]
        execution = client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps({"stacks": stacks}))["executionArn"]
        for _ in range(120):
            status = client("stepfunctions").describe_execution(executionArn=execution)["status"]
            if status != "RUNNING":
                break
            time.sleep(0.5)
        left = [stack["StackName"] for stack in client("cloudformation").describe_stacks()["Stacks"]]
        letters = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        print(json.dumps({"status": status, "left": left, "asked": asked, "letters": [json.loads(letter["Body"])["stack"] for letter in letters]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
