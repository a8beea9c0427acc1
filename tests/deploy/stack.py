"""One stack, as a person deploys it: change set, execution, events, outputs, deletion."""

import time


class Refused(Exception):
    """CloudFormation did not do what it was asked."""


class Stack:
    def __init__(self, emulator, name, region, template, parameters):
        self.emulator, self.name, self.region, self.template = emulator, name, region, template
        self.parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        self.client = emulator.client("cloudformation", region)
        self.id = name

    def change_set(self, kind, template, name):
        """Makes a change set and gives its changes by logical id."""
        answer = self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=template,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=self.parameters,
        )
        self.id = answer["StackId"]
        for _ in range(200):
            found = self.client.describe_change_set(StackName=self.name, ChangeSetName=name)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
            time.sleep(0.05)
        if found["Status"] != "CREATE_COMPLETE":
            raise Refused(f"change set: {found.get('StatusReason')}")
        return {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in found["Changes"]}

    def execute(self, name, wanted):
        self.client.execute_change_set(StackName=self.name, ChangeSetName=name)
        return self.wait(wanted)

    def create(self, template, wanted="CREATE_COMPLETE"):
        self.id = self.client.create_stack(
            StackName=self.name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"], Parameters=self.parameters
        )["StackId"]
        return self.wait(wanted)

    def describe(self):
        return self.client.describe_stacks(StackName=self.id)["Stacks"][0]

    def wait(self, wanted):
        for _ in range(1200):
            status = self.describe()["StackStatus"]
            if not status.endswith("IN_PROGRESS"):
                break
            time.sleep(0.05)
        if status != wanted:
            failed = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
                for event in self.events()
                if "FAILED" in event["ResourceStatus"]
            ]
            raise Refused(f"{status}: " + "; ".join(reversed(failed)))

    def events(self):
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=self.id)
        return [event for page in pages for event in page["StackEvents"]]

    def physical_ids(self):
        pages = self.client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        items = [item for page in pages for item in page["StackResourceSummaries"]]
        # moto lists what a condition leaves out, without a name
        return {item["LogicalResourceId"]: item.get("PhysicalResourceId", "") for item in items if item["LogicalResourceId"]}

    def statuses(self):
        pages = self.client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {item["LogicalResourceId"]: item["ResourceStatus"] for page in pages for item in page["StackResourceSummaries"]}

    def outputs(self):
        return {item["OutputKey"]: item["OutputValue"] for item in self.describe().get("Outputs", [])}

    def delete(self):
        """Deletes the stack; gives the logical ids that it kept."""
        self.client.delete_stack(StackName=self.name)
        self.wait("DELETE_COMPLETE")
        kept = set()
        for event in self.events():  # the newest first; an update before this deletion may have kept what it replaced
            if event["PhysicalResourceId"] == self.id and event["ResourceStatus"] == "DELETE_IN_PROGRESS":
                break
            if event["ResourceStatus"] == "DELETE_SKIPPED":
                kept.add(event["LogicalResourceId"])
        return kept
