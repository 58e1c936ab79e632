#!/usr/bin/env python3
"""Requests and tokens per second of `denature serve`, beside `denature sample` on the same prompts in the same run.

    scripts/compare/serve_rate.py --denature PROGRAM [--model fixtures/lab/teacher] [--prompts 512] [--clients 1,16,64]

With c clients the server has c slots, and every client sends its next request when it has its answer; `sample` decodes c
sequences together. Both have one thread for the model. The clients share the machine with the server.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def sample(options, prompts, batch):
    """Seconds, tokens and traces of a `sample` run, as it reports them: without loading the model."""
    with tempfile.TemporaryDirectory() as folder:
        output = f"{folder}/out.jsonl"
        start = time.monotonic()
        subprocess.run(
            [options.denature, "sample", "--teacher", options.model, "--prompts", prompts, "-o", output, "--seed", "1",
             "--temperature", str(options.temperature), "--max-new-tokens", "64", "--batch-size", str(batch),
             "--threads", "1", "--quiet"], check=True)
        seconds = time.monotonic() - start
        with open(output, encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
    return seconds, sum(record["tokens"] for record in records), records


class Client:
    """One connection that is kept."""

    def __init__(self, port):
        self.port = port

    async def ask(self, body):
        if not hasattr(self, "reader"):
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if
                      line.startswith(b"content-length"))
        return json.loads(await self.reader.readexactly(length))


async def serve(options, records, clients):
    """Seconds and tokens for all records; checks every answer against `sample`'s."""
    process = subprocess.Popen(
        [options.denature, "serve", "--model", options.model, "--slots", str(clients), "--threads", "1", "--json",
         "--quiet"], stdout=subprocess.PIPE)
    try:
        port = json.loads(process.stdout.readline())["port"]
        waiting = list(reversed(records))
        tokens = 0

        async def work(client):
            nonlocal tokens
            while waiting:
                record = waiting.pop()
                answer = await client.ask(json.dumps({
                    "messages": [{"role": "user", "content": record["problem"]}], "seed": record["seed"],
                    "temperature": options.temperature, "max_tokens": 64}).encode())
                assert answer["choices"][0]["message"]["content"] == record["trace"], record
                tokens += answer["usage"]["completion_tokens"]

        # The first request has the caches to fill.
        await Client(port).ask(b'{"messages":[{"role":"user","content":"1"}],"max_tokens":4}')
        start = time.monotonic()
        await asyncio.gather(*(work(Client(port)) for _ in range(clients)))
        return time.monotonic() - start, tokens
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True)
    parser.add_argument("--model", default=str(REPOSITORY / "fixtures/lab/teacher"))
    parser.add_argument("--prompts", type=int, default=512)
    parser.add_argument("--clients", default="1,16,64")
    parser.add_argument("--temperature", type=float, default=0.8)
    options = parser.parse_args()
    options.denature = os.path.abspath(options.denature)
    with tempfile.TemporaryDirectory() as folder:
        prompts = f"{folder}/prompts.jsonl"
        with open(REPOSITORY / "fixtures/lab/prompts.jsonl", encoding="utf-8") as lines, open(prompts, "w") as file:
            file.writelines(line for line, _ in zip(lines, range(options.prompts)))
        print("| clients, batch | serve requests/s | serve tokens/s | sample tokens/s | ratio |\n|---|---|---|---|---|")
        for clients in map(int, options.clients.split(",")):
            seconds, tokens, records = sample(options, prompts, clients)
            # The time of a run without work, which is loading.
            with open(f"{folder}/one.jsonl", "w") as one, open(prompts) as lines:
                one.write(lines.readline())
            loading, _, _ = sample(options, f"{folder}/one.jsonl", 1)
            served, served_tokens = asyncio.run(serve(options, records, clients))
            assert served_tokens == tokens
            plain = tokens / max(seconds - loading, 1e-9)
            print(f"| {clients} | {len(records) / served:.0f} | {tokens / served:.0f} | {plain:.0f} | "
                  f"{tokens / served / plain:.2f} |", flush=True)


if __name__ == "__main__":
    main()
