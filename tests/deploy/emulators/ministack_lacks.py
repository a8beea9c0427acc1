"""What ministack's services leave out and the templates' code needs, put together from ministack's own parts."""

import json
import uuid

import ministack.services.bedrock as bedrock
import ministack.services.bedrock_agent_runtime as agent
import ministack.services.bedrock_runtime as runtime
import ministack.services.cloudformation.provisioners as engine
import ministack.services.s3 as s3
import ministack.services.ssm as ssm

IMAGE = "ami-0123456789abcdef0"


def empty_list(handle, path, field):
    """A list that ministack's Bedrock does not have: there is nothing in it, so that nothing is found."""

    async def handled(method, asked, *rest):
        if method == "GET" and asked == path:
            return 200, {"Content-Type": "application/json"}, json.dumps({field: []}).encode()
        return await handle(method, asked, *rest)

    return handled


def with_public_images(resolve):
    """AWS's public parameters name images; here, every image is the same."""
    return lambda name, *rest, **more: IMAGE if str(name).startswith("/aws/service/") else resolve(name, *rest, **more)


def grounded(body):
    """RetrieveAndGenerate with passages and guardrail; ministack answers a fixed text without looking at either. The stub of a model
    reads the passages out."""
    request = json.loads(body)
    question, chosen = request["input"]["text"], request["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"]
    generation = chosen.get("generationConfiguration", {})
    guard = generation.get("guardrailConfiguration")
    guardrail = guard and runtime._resolve_guardrail(guard["guardrailId"], guard["guardrailVersion"])
    if guard and guardrail is None:
        return runtime._guardrail_not_found(guard["guardrailId"])
    answer = {"sessionId": uuid.uuid4().hex, "citations": []}
    if guardrail and runtime._evaluate_guardrail(guardrail, "INPUT", question)["blocked"]:
        answer |= {"output": {"text": guardrail["BlockedInputMessaging"]}, "guardrailAction": "INTERVENED"}
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
    search = {"retrievalQuery": {"text": question}, "retrievalConfiguration": chosen.get("retrievalConfiguration", {})}
    status, headers, found = agent._retrieve(chosen["knowledgeBaseId"], json.dumps(search).encode())
    if status != 200:
        return status, headers, found
    passages = json.loads(found)["retrievalResults"]
    text = " ".join(passage["content"]["text"] for passage in passages) or "Nothing is known of that."
    answer["output"] = {"text": text}
    answer["citations"] = [{"generatedResponsePart": {"textResponsePart": {"text": text}}, "retrievedReferences": passages}]
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def only_when_empty(delete):
    """CloudFormation does not delete a bucket with something in it, be it an old version; ministack's does."""

    def deleted(identifier, properties):
        bucket = s3._buckets.get(identifier)
        if bucket and (bucket["objects"] or s3._bucket_has_versions(identifier)):
            raise ValueError(f"The bucket you tried to delete is not empty: {identifier}")
        return delete(identifier, properties)

    return deleted


def put_in():
    path, field = "/model-customization/custom-model-deployments", "modelDeploymentSummaries"
    bedrock.handle_request = empty_list(bedrock.handle_request, path, field)
    ssm.resolve_parameter_value = with_public_images(ssm.resolve_parameter_value)
    agent._retrieve_and_generate = grounded
    bucket = engine._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    engine._RESOURCE_HANDLERS["AWS::S3::Bucket"] = {**bucket, "delete": only_when_empty(bucket["delete"])}
