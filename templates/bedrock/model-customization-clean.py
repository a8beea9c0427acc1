"""Removes, when the stack is deleted, what executions made and CloudFormation does not know: jobs, deployments, models."""
import json
import os
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError

ENV = os.environ
BEDROCK, STATES = boto3.client("bedrock"), boto3.client("stepfunctions")


def attempt(call, **arguments):
    """What is being made or deleted already refuses for a while: the next look tells."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ConflictException", "ResourceNotFoundException", "ThrottlingException"):
            raise
        print(error)


def left():
    """Stops or deletes one layer, and returns the names that are still there. Names begin with the prefix of this stack."""
    prefix = ENV["PREFIX"] + "-"

    def mine(call, items, name, **arguments):
        return [item for item in call(nameContains=ENV["PREFIX"], maxResults=1000, **arguments)[items] if item[name].startswith(prefix)]

    jobs = []
    for status in ("InProgress", "Stopping"):
        found = mine(BEDROCK.list_model_customization_jobs, "modelCustomizationJobSummaries", "jobName", statusEquals=status)
        for job in found if status == "InProgress" else []:
            attempt(BEDROCK.stop_model_customization_job, jobIdentifier=job["jobArn"])
        jobs += [job["jobName"] for job in found]
    deployments = mine(BEDROCK.list_custom_model_deployments, "modelDeploymentSummaries", "customModelDeploymentName")
    for deployment in deployments:
        attempt(BEDROCK.delete_custom_model_deployment, customModelDeploymentIdentifier=deployment["customModelDeploymentArn"])
    models = mine(BEDROCK.list_custom_models, "modelSummaries", "modelName")
    for model in [] if deployments else models:  # a model cannot go before its deployments
        attempt(BEDROCK.delete_custom_model, modelIdentifier=model["modelArn"])
    return jobs + [d["customModelDeploymentName"] for d in deployments] + [m["modelName"] for m in models]


def clean(context):
    for run in STATES.list_executions(stateMachineArn=ENV["MACHINE"], statusFilter="RUNNING")["executions"]:
        STATES.stop_execution(executionArn=run["executionArn"], cause="the stack is being deleted")
    while names := left():
        print(json.dumps(names))
        if context.get_remaining_time_in_millis() < 60_000:
            raise RuntimeError(f"still there: {', '.join(names[:5])}; delete the stack again to go on")
        time.sleep(15)


def handler(event, context):
    status, reason = "SUCCESS", "done"
    try:
        if event["RequestType"] == "Delete":
            clean(context)
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        status, reason = "FAILED", str(error)[:1000]
        print(reason)
    answer = {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": status, "Reason": reason, "PhysicalResourceId": ENV["PREFIX"]}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
