"""Trains on all NeuronCores, each with texts of its own; goes on from the newest checkpoint on S3."""
import argparse
import io
import os
import re
import time

import boto3


def options(words=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--batch", type=int, default=16, help="texts per core and step")
    parser.add_argument("--length", type=int, default=128, help="bytes of a text")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    return parser.parse_args(words)


def place(url):
    """Bucket and prefix of a URL."""
    return url[5:].split("/", 1)


def keys(s3, url):
    bucket, prefix = place(url)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix + "/")
    return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))


def read(s3, url, key):
    return s3.get_object(Bucket=place(url)[0], Key=key)["Body"].read()


def newest(found):
    """Steps and key of the newest checkpoint."""
    steps = [(int(m[1]), key) for key in found if (m := re.search(r"/step-(\d+)\.pt$", key))]
    return max(steps, default=(0, None))


def corpus(s3, url, limit=2**24):
    """The text files of the data bucket, or else sums to learn."""
    text = bytearray()
    for key in keys(s3, url) if url else []:
        if key.endswith(".txt") and len(text) < limit:
            text += read(s3, url, key)
    return text[:limit] or bytearray(b"".join(b"%d+%d=%d\n" % (a, b, a + b) for a in range(300) for b in range(300)))


def train(o, s3, env):
    import torch
    from model import Model
    rank, world, xm, device = int(env.get("RANK", 0)), int(env.get("WORLD_SIZE", 1)), None, "cpu"
    try:
        import torch_xla.core.xla_model as xm
        import torch_xla.distributed.xla_backend  # noqa: F401
        torch.distributed.init_process_group("xla")
        device = "xla"
    except ImportError:
        print("no Neuron: one process on the CPU")
    torch.manual_seed(0)  # the same weights on every core
    model = Model(o.length, o.width, o.layers).to(device)
    weights = list(model.parameters())
    wrong = torch.nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(weights, lr=0.05, momentum=0.9)
    url = env["CHECKPOINT_URL"]
    done, key = newest(keys(s3, url))
    if key:
        saved = torch.load(io.BytesIO(read(s3, url, key)), map_location="cpu", weights_only=True)
        for weight, (value, momentum) in zip(weights, saved, strict=True):
            weight.data = value.to(device)
            sgd.state[weight]["momentum_buffer"] = momentum.to(device)
    text = torch.frombuffer(corpus(s3, env.get("DATA_URL")), dtype=torch.uint8)
    dice = torch.Generator().manual_seed(done * world + rank)
    started = time.time()
    for step in range(done + 1, o.steps + 1):
        at = torch.randint(len(text) - o.length, (o.batch, 1), generator=dice) + torch.arange(o.length + 1)
        batch = text[at].long().to(device)
        loss = wrong(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        sgd.zero_grad()
        loss.backward()
        # on Neuron with the mean gradient of all cores of all nodes
        xm.optimizer_step(sgd, barrier=True) if xm else sgd.step()
        if rank == 0 and step % 10 == 0:
            speed = (step - done) * o.batch * o.length * world / (time.time() - started)
            print(f"step {step} loss {loss.item():.3f} bytes/s {speed:.0f}", flush=True)
        if step % o.every == 0 or step == o.steps:
            state = [(w.detach().cpu(), sgd.state[w]["momentum_buffer"].cpu()) for w in weights]
            if rank == 0:
                body = io.BytesIO()
                torch.save(state, body)
                s3.put_object(Bucket=place(url)[0], Key=f"{place(url)[1]}/step-{step}.pt", Body=body.getvalue())


if __name__ == "__main__":
    train(options(), boto3.client("s3"), os.environ)
