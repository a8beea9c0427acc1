"""At deletion of the stack: removes what executions made and CloudFormation does not know."""
import json
import os
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError

PREFIX = os.environ["PREFIX"]
BEDROCK, STATES = boto3.client("bedrock"), boto3.client("stepfunctions")


def mine(call, items, name, **more):
    found = call(nameContains=PREFIX, maxResults=1000, **more)[items]
    return [item for item in found if item[name].startswith(PREFIX + "-")]


def attempt(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:  # what is just being made or deleted refuses for a while: the next look tells
        if error.response["Error"]["Code"] not in ("ConflictException", "ResourceNotFoundException", "ThrottlingException"):
            raise


def left():
    """Stops or deletes the next layer, and returns the names that are still there."""
    names = []
    for status in ("InProgress", "Stopping"):
        for job in mine(BEDROCK.list_model_customization_jobs, "modelCustomizationJobSummaries", "jobName", statusEquals=status):
            names.append(job["jobName"])
            if status == "InProgress":
                attempt(BEDROCK.stop_model_customization_job, jobIdentifier=job["jobArn"])
    for made in mine(BEDROCK.list_custom_model_deployments, "modelDeploymentSummaries", "customModelDeploymentName"):
        names.append(made["customModelDeploymentName"])
        attempt(BEDROCK.delete_custom_model_deployment, customModelDeploymentIdentifier=made["customModelDeploymentArn"])
    for model in [] if names else mine(BEDROCK.list_custom_models, "modelSummaries", "modelName"):
        names.append(model["modelName"])
        attempt(BEDROCK.delete_custom_model, modelIdentifier=model["modelArn"])
    return names


def clean(context):
    for run in STATES.list_executions(stateMachineArn=os.environ["MACHINE"], statusFilter="RUNNING")["executions"]:
        STATES.stop_execution(executionArn=run["executionArn"])
    while names := left():
        print(names)
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
    print(status, reason)
    answer = {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": status, "Reason": reason, "PhysicalResourceId": PREFIX}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
