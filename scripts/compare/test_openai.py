#!/usr/bin/env python3
"""Tests of `denature serve` with the `openai` package from PyPI, a client that others wrote, on the lab's teacher.

    scripts/compare/test_openai.py --denature PROGRAM --packages FOLDER

FOLDER gets the package (with pip, once). `make test-openai` runs this.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
import unittest
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TEACHER = REPOSITORY / "fixtures/lab/teacher"
VERSION = "3.57.0"
KEY = "sk-lab-0123456789"

program = None


def provide_openai(folder):
    """Installs the package into `folder` unless it is there, and makes it importable."""
    stamp = folder / f".openai-{VERSION}"
    if not stamp.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade",
                   "--no-warn-conflicts", "--root-user-action=ignore",
                   "--target", str(folder), f"openai=={VERSION}"]
        subprocess.run(command, check=True)
        stamp.touch()
    sys.path.insert(0, str(folder))


def problems(count):
    with open(REPOSITORY / "fixtures/lab/prompts.jsonl", encoding="utf-8") as lines:
        return [json.loads(line)["problem"] for line, _ in zip(lines, range(count))]


class Server:
    """A running `denature serve`."""

    def __init__(self, *arguments, environment=None):
        self.process = subprocess.Popen(
            [program, "serve", "--model", str(TEACHER), "--json", "--quiet", *arguments], stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"denature serve ended with status {self.process.wait()}")
        ready = json.loads(line)
        self.url, self.port, self.model = ready["address"], ready["port"], ready["model"]

    def load(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=20) as response:
            return json.load(response)["load"]

    def wait_until_idle(self):
        """Whether nothing runs or waits any more, within two minutes: debug builds on busy machines are slow."""
        for _ in range(2_400):
            load = self.load()
            if load["running"] == 0 and load["waiting"] == 0:
                return True
            time.sleep(0.05)
        return False

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self):
        self.process.terminate()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status


class ServerCase(unittest.TestCase):
    """A server for all tests of the class, and clients that try once."""

    arguments = []

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.arguments)

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        assert status == 0, f"the server ended with status {status}"

    def client(self, **options):
        client = openai.OpenAI(
            **{"base_url": self.server.url, "api_key": "none", "max_retries": 0, "timeout": 60, **options})
        self.addCleanup(client.close)
        return client

    def chat(self, content, client=None, **options):
        return (client or self.client()).chat.completions.create(
            **{"model": self.server.model, "messages": [{"role": "user", "content": content}], **options})


class ChatTests(ServerCase):
    arguments = ["--slots", "8"]

    def test_models(self):
        models = list(self.client().models.list())
        self.assertEqual([model.id for model in models], ["teacher"])
        self.assertEqual(self.client().models.retrieve("teacher").object, "model")
        with self.assertRaises(openai.NotFoundError):
            self.client().models.retrieve("other")

    def test_chat(self):
        answer = self.chat(problems(1)[0], temperature=0)
        choice = answer.choices[0]
        self.assertEqual((answer.object, answer.model, choice.index, choice.message.role),
                         ("chat.completion", "teacher", 0, "assistant"))
        self.assertIn("####", choice.message.content)
        self.assertEqual(choice.finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
        self.assertGreater(answer.usage.completion_tokens, 5)

    def test_seed(self):
        problem = problems(1)[0]
        texts = [self.chat(problem, seed=seed).choices[0].message.content for seed in (1, 1, 2, 3, 4)]
        self.assertEqual(texts[0], texts[1])
        self.assertGreater(len(set(texts)), 2)

    def test_streaming(self):
        problem = problems(2)[1]
        whole = self.chat(problem, seed=5)
        stream = self.chat(problem, seed=5, stream=True, stream_options={"include_usage": True})
        chunks = list(stream)
        self.assertEqual(chunks[0].choices[0].delta.role, "assistant")
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertGreater(len(chunks), 3)
        self.assertEqual([chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1], "stop")
        self.assertEqual(chunks[-1].usage, whole.usage)
        self.assertEqual({chunk.id for chunk in chunks}, {chunks[0].id})

    def test_log_probabilities(self):
        problem = problems(3)[2]
        options = {"seed": 6, "logprobs": True, "top_logprobs": 5}
        whole = self.chat(problem, **options).choices[0]
        content = whole.logprobs.content
        self.assertEqual("".join(entry.token for entry in content), whole.message.content)
        self.assertEqual(b"".join(bytes(entry.bytes) for entry in content).decode(), whole.message.content)
        for entry in content:
            top = entry.top_logprobs
            self.assertEqual(len(top), 5)
            self.assertEqual(sorted((item.logprob for item in top), reverse=True), [item.logprob for item in top])
            self.assertLessEqual(entry.logprob, top[0].logprob)
            if entry.token in [item.token for item in top]:
                self.assertIn(entry.logprob, [item.logprob for item in top if item.token == entry.token])
        streamed = []
        for chunk in self.chat(problem, stream=True, **options):
            if chunk.choices and chunk.choices[0].logprobs:
                streamed += chunk.choices[0].logprobs.content
        self.assertEqual([(e.token, e.logprob) for e in streamed], [(e.token, e.logprob) for e in content])
        # The greedy token is the likeliest.
        for entry in self.chat(problem, **{**options, "temperature": 0}).choices[0].logprobs.content:
            self.assertEqual(entry.token, entry.top_logprobs[0].token)

    def test_stop(self):
        problem = problems(1)[0]
        whole = self.chat(problem, seed=7).choices[0].message.content
        for stop in ("answer is", ["never", " is ####"]):
            for stream in (False, True):
                answer = self.chat(problem, seed=7, stop=stop, stream=stream)
                if stream:
                    parts = [chunk.choices[0] for chunk in answer if chunk.choices]
                    text, reason = "".join(part.delta.content or "" for part in parts), parts[-1].finish_reason
                else:
                    text, reason = answer.choices[0].message.content, answer.choices[0].finish_reason
                self.assertEqual(text, whole[: whole.index(stop if isinstance(stop, str) else stop[1])])
                self.assertEqual(reason, "stop")

    def test_limits_and_choices(self):
        answer = self.chat(problems(1)[0], max_tokens=3, n=4, seed=8)
        self.assertEqual([choice.index for choice in answer.choices], [0, 1, 2, 3])
        self.assertEqual({choice.finish_reason for choice in answer.choices}, {"length"})
        self.assertEqual(answer.usage.completion_tokens, 12)
        single = self.chat(problems(1)[0], max_completion_tokens=3, seed=8)
        self.assertEqual(single.choices[0].message.content, answer.choices[0].message.content)
        penalised = self.chat(problems(1)[0], temperature=0, frequency_penalty=2, presence_penalty=2)
        plain = self.chat(problems(1)[0], temperature=0)
        self.assertNotEqual(penalised.choices[0].message.content, plain.choices[0].message.content)

    def test_text_completions(self):
        problem = problems(1)[0]
        client = self.client()
        whole = client.completions.create(model="teacher", prompt=problem + "\n", seed=9, logprobs=2, max_tokens=60)
        choice = whole.choices[0]
        # What stands before the model is the same as in a chat.
        self.assertEqual(choice.text, self.chat(problem, seed=9, max_tokens=60).choices[0].message.content)
        self.assertEqual("".join(choice.logprobs.tokens), choice.text)
        for token, offset in zip(choice.logprobs.tokens, choice.logprobs.text_offset):
            self.assertEqual(choice.text[offset: offset + len(token)], token)
        self.assertTrue(all(len(top) in (2, 3) for top in choice.logprobs.top_logprobs))
        stream = client.completions.create(
            model="teacher", prompt=[problem + "\n", problem + "\n"], seed=9, max_tokens=60, stream=True)
        texts = ["", ""]
        for chunk in stream:
            for part in chunk.choices:
                texts[part.index] += part.text
        self.assertEqual(texts[0], choice.text)
        self.assertNotEqual(texts[1], "")

    def test_errors(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.chat("x", model="other")
        self.assertEqual((caught.exception.code, caught.exception.param), ("model_not_found", "model"))
        for field, value in [("temperature", 3), ("temperature", "hot"), ("n", 0), ("top_p", 0), ("stop", [""]),
                             ("max_tokens", 0), ("tools", [{"type": "function", "function": {"name": "f"}}])]:
            with self.subTest(field=field, value=value), self.assertRaises(openai.BadRequestError) as caught:
                self.chat("x", **{field: value})
            self.assertEqual(caught.exception.type, "invalid_request_error")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.chat("1 " * 400)
        self.assertEqual(caught.exception.code, "context_length_exceeded")
        with self.assertRaises(openai.BadRequestError):
            self.chat("x", messages=[{"role": "robot", "content": "x"}])
        self.chat("still there", max_tokens=1)


class ManyClientsTests(ServerCase):
    arguments = ["--slots", "64"]

    def ask_together(self, texts, stream):
        async def ask(client, i, text):
            answer = await client.chat.completions.create(
                model="teacher", messages=[{"role": "user", "content": text}], seed=100 + i, stream=stream)
            if not stream:
                return answer.choices[0].message.content
            parts = [chunk.choices[0].delta.content or "" async for chunk in answer if chunk.choices]
            return "".join(parts)

        async def ask_all():
            clients = [openai.AsyncOpenAI(base_url=self.server.url, api_key="none", max_retries=0, timeout=120)
                       for _ in texts]
            try:
                return await asyncio.gather(*(ask(c, i, text) for i, (c, text) in enumerate(zip(clients, texts))))
            finally:
                await asyncio.gather(*(client.close() for client in clients))

        return asyncio.run(ask_all())

    def test_64_clients_get_the_answers_of_each_alone(self):
        texts = problems(64)
        client = self.client()
        alone = [self.chat(text, client, seed=100 + i).choices[0].message.content for i, text in enumerate(texts)]
        self.assertGreater(len(set(alone)), 60)
        for stream in (False, True):
            self.assertEqual(self.ask_together(texts, stream), alone)
        self.assertTrue(self.server.wait_until_idle())

    def test_clients_that_leave_hold_nothing(self):
        text = problems(1)[0]
        generator = random.Random(4)
        before = None
        for round in range(4):
            for i in range(64):
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
                body = {"messages": [{"role": "user", "content": text}], "stream": i % 2 == 0, "n": 2, "seed": i}
                connection.request("POST", "/v1/chat/completions", json.dumps(body))
                if i % 4 == 0:
                    connection.getresponse().read(generator.randrange(1, 200))
                connection.close()
            self.assertTrue(self.server.wait_until_idle())
            # The first rounds fill caches.
            if round == 1:
                before = self.server.memory()
        self.assertLess(self.server.memory() - before, 32 << 20)
        self.assertGreater(len(self.chat(text).choices[0].message.content), 10)

    def test_readers_that_do_not_read_hold_no_slots(self):
        body = json.dumps({"messages": [{"role": "user", "content": problems(1)[0]}], "stream": True, "n": 2,
                           "logprobs": True, "top_logprobs": 2})
        for _ in range(64):
            connection = socket.create_connection(("127.0.0.1", self.server.port))
            self.addCleanup(connection.close)
            connection.sendall((f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
                                + body).encode())
        # None has read a byte, and all slots are free again for those who do.
        self.assertTrue(self.server.wait_until_idle())
        self.assertGreater(len(self.chat(problems(1)[0]).choices[0].message.content), 10)


class RefusalTests(unittest.TestCase):
    def test_keys(self):
        server = Server("--api-key-env", "LAB_KEY", environment={"LAB_KEY": KEY})
        try:
            for key, is_right in ((KEY, True), (KEY[:-1], False), ("none", False)):
                with openai.OpenAI(base_url=server.url, api_key=key, max_retries=0) as client:
                    if is_right:
                        self.assertEqual(len(list(client.models.list())), 1)
                    else:
                        with self.assertRaises(openai.AuthenticationError) as caught:
                            client.models.list()
                        self.assertNotIn(KEY, str(caught.exception))
        finally:
            self.assertEqual(server.stop(), 0)

    def test_a_full_queue(self):
        server = Server("--slots", "1", "--queue", "1")
        try:
            with openai.OpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
                with self.assertRaises(openai.RateLimitError) as caught:
                    client.completions.create(model="teacher", prompt="1", n=3)
                self.assertEqual(caught.exception.code, "queue_full")
                self.assertEqual(caught.exception.response.headers["retry-after"], "1")
                self.assertEqual(len(client.completions.create(model="teacher", prompt="1", n=2).choices), 2)
        finally:
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program")
    parser.add_argument("--packages", required=True, type=Path, help="folder for the openai package")
    arguments, rest = parser.parse_known_args()
    program = os.path.abspath(arguments.denature)
    provide_openai(arguments.packages.absolute())
    import openai

    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
