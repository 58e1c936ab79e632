"""What the lab's scripts share: running the program one step at a time, each step once."""

import json
import os
import shlex
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

# Measured with models of these sizes: a process with one thread is faster than one with two, so work runs in processes
# of one thread each, two at least; LAB_WORKERS says how many.
WORKERS = int(os.environ.get("LAB_WORKERS", 0)) or max(2, os.cpu_count() or 2)
PRINT_LOCK = threading.Lock()


def say(text):
    with PRINT_LOCK:
        print(text, flush=True)


class Failure(Exception):
    """A step that did not work, with the end of its log."""


class Program:
    """The denature program, with a log of every command in a folder."""

    def __init__(self, path, folder):
        self.path = os.path.abspath(path)
        self.folder = folder
        # What is made here is no part of the repository.
        os.makedirs(folder, exist_ok=True)
        ignore = os.path.join(folder, ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w") as file:
                file.write("*\n")

    def run(self, *arguments):
        """Runs a command and returns its standard output."""
        words = [self.path, *map(str, arguments)]
        started = time.monotonic()
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        with PRINT_LOCK, open(os.path.join(self.folder, "log.txt"), "a") as log:
            log.write("$ %s\n%s%.1f s, status %d\n" % (
                shlex.join(["denature", *words[1:]]), done.stderr.replace("\r", "\n"), time.monotonic() - started,
                done.returncode))
        if done.returncode != 0:
            raise Failure("denature %s: status %d\n%s" % (
                shlex.join(words[1:]), done.returncode, done.stderr[-2000:]))
        return done.stdout

    def torch(self, *arguments):
        """A command on one thread."""
        return self.run(*arguments, "--threads", 1)

    def summary(self, path, *arguments):
        """Runs a command with --json and keeps what it says in a file; a file that is there saves the run."""
        if os.path.exists(path):
            with open(path) as file:
                return json.load(file)
        result = json.loads(self.torch(*arguments, "--json"))
        write_json(path, result)
        return result

    def train(self, output, *arguments):
        """Trains unless it was done; goes on where an interrupted run stopped."""
        if not os.path.exists(os.path.join(output, "training.json")):
            resume = ["--resume"] if os.path.isdir(output) and os.listdir(output) else []
            self.torch("train", "-o", output, *arguments, *resume)
        return output

    def make(self, path, *arguments):
        """Makes a file with a command that writes it whole or not at all."""
        if not os.path.exists(path):
            self.run(*arguments, "-o", path)
        return path


def write_json(path, value):
    write_text(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def write_text(path, text):
    """The file is there complete or not at all."""
    with open(path + ".part", "w") as file:
        file.write(text)
    os.replace(path + ".part", path)


def write_lines(path, lines):
    write_text(path, "".join(lines))
    return path


def read_lines(path):
    with open(path) as file:
        return file.readlines()


def both(*chains):
    """Runs functions side by side and returns their results; the first failure is raised after all have ended."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return [future.result() for future in [pool.submit(chain) for chain in chains]]
