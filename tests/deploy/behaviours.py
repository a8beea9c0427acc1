"""What deployed stacks do, beside being there: their inline code runs on the emulator, against its services."""

import json
import time

PATIENCE = 40
CARD = "4111 1111 1111 1111"  # the number that payment services document for tests


def until(what, look):
    """What `look` finds, when it finds something in time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} does not happen within {PATIENCE} seconds")


class Deployed:
    """A stack and the clients of its Region."""

    def __init__(self, emulator, stack):
        self.stack, self.ids = stack, stack.ids
        self.client = lambda service: emulator.client(service, stack.region)

    def put(self, bucket, key, text):
        self.client("s3").put_object(Bucket=self.ids[bucket], Key=key, Body=text.encode())

    def get(self, bucket, key):
        return self.client("s3").get_object(Bucket=self.ids[bucket], Key=key)["Body"].read().decode()

    def keys(self, bucket, prefix=""):
        return [item["Key"] for item in self.client("s3").list_objects_v2(Bucket=self.ids[bucket], Prefix=prefix).get("Contents", [])]

    def call(self, function, body):
        """The answer of a function to a request as its HTTP API passes it on: status and body."""
        event = {"body": json.dumps(body), "headers": {"content-type": "application/json"}, "isBase64Encoded": False}
        answer = self.client("lambda").invoke(FunctionName=self.ids[function], Payload=json.dumps(event).encode())
        text = answer["Payload"].read().decode()
        assert "FunctionError" not in answer, f"{function} fails: {text}"
        answer = json.loads(text)
        return answer["statusCode"], json.loads(answer["body"])

    def jobs(self):
        source = self.ids["KnowledgeSource"].split("|")[-1]
        found = self.client("bedrock-agent").list_ingestion_jobs(knowledgeBaseId=self.ids["KnowledgeBase"], dataSourceId=source)
        return {job["ingestionJobId"]: job["statistics"] for job in found["ingestionJobSummaries"]}


def an_upload_starts_an_ingestion(stack, bucket="DocumentsBucket"):
    before = set(stack.jobs())
    assert before, "the first ingestion, which the stack starts, is not there"
    stack.put(bucket, "rain.txt", "In the valley it rains on two days of three.")
    new = until("an ingestion after an upload", lambda: set(stack.jobs()) - before)
    read = max(stack.jobs()[job]["numberOfDocumentsScanned"] for job in new)
    assert read == 1, f"the ingestion read {read} documents"


def an_upload_becomes_a_summary(stack):
    stack.put("DocumentsBucket", "in/lease.txt", "The flat is let for two years.")
    until("a summary after an upload", lambda: stack.keys("DocumentsBucket", "summaries/"))
    (key,) = stack.keys("DocumentsBucket", "summaries/")
    summary = stack.get("DocumentsBucket", key)
    assert key == "summaries/lease.txt.md" and "/in/lease.txt" in summary, (key, summary)


def questions_are_answered_and_guarded(stack, function="AssistantFunction"):
    status, answer = stack.call(function, {"question": "Does it rain in the valley?"})
    assert status == 200 and answer["answer"] and not answer["blocked"], (status, answer)
    status, answer = stack.call(function, {"question": f"My card is {CARD}, can you pay with it?"})
    assert status == 200 and answer["blocked"] and CARD not in answer["answer"], f"the guardrail lets a card number pass: {status} {answer}"
    status, answer = stack.call(function, {"query": "Does it rain?"})
    assert status == 400 and "question" in answer["error"], (status, answer)


def the_writer_is_guarded(stack):
    questions_are_answered_and_guarded(stack, "WriterFunction")


def answers_come_from_documents(stack):
    an_upload_starts_an_ingestion(stack, "KnowledgeDocumentsBucket")
    _, answer = stack.call("AssistantFunction", {"question": "Does it rain in the valley?"})
    assert any(source.endswith("/rain.txt") for source in answer["sources"]), f"the answer names no source: {answer}"
    questions_are_answered_and_guarded(stack)


def the_page_is_written(stack):
    keys = stack.keys("SiteBucket")
    assert "index.html" in keys and any("Posez vos questions" in stack.get("SiteBucket", key) for key in keys), keys


BEHAVIOURS = {
    "knowledge-base": an_upload_starts_an_ingestion,
    "document-summarizer": an_upload_becomes_a_summary,
    "content-generator": the_writer_is_guarded,
    "private-genai": questions_are_answered_and_guarded,
    "private-rag": answers_come_from_documents,
    "realtime-site": the_page_is_written,
}


def fill(stack, resources):
    """Puts something into every bucket that goes with its stack, with an old version and a deletion marker: it must be emptied first."""
    for name, resource in resources.items():
        if resource["Type"] == "AWS::S3::Bucket" and not resource.get("DeletionPolicy", "Delete").startswith("Retain"):
            stack.put(name, "left/behind.txt", "one")
            stack.put(name, "left/behind.txt", "two")
            stack.put(name, "left/gone.txt", "three")
            stack.client("s3").delete_object(Bucket=stack.ids[name], Key="left/gone.txt")
