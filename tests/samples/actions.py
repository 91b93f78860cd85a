"""A runner for the workflow of a sample: what GitHub Actions does with it, as far as that workflow uses it.

Each job runs in a fresh shallow clone, each ``run`` in bash as GitHub calls it. Whatever the workflow says that is not
known here (an expression, a condition, an action) fails the test.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from cli.command import environment
from cli.live import Org

FILE: Final = Path(".github/workflows/finzbooks.yml")
INSTALL: Final = "python -m pip install --requirement requirements.txt"  # what a test has installed already
BASH: Final = ("bash", "--noprofile", "--norc", "-eo", "pipefail")  # what `shell: bash` stands for
REPOSITORY: Final = "nandi/books"
NUMBER: Final = 7  # of the pull request
GH_TOKEN: Final = "ghs_test_RECOGNISABLE"

# Answers as the API of GitHub does, from a file; only the three calls that keep one comment up to date are known.
GH: Final = """#!{python}
import json, pathlib, sys
file = pathlib.Path({comments!r})
comments = json.loads(file.read_text("utf-8"))
words = sys.argv[1:]
assert words.pop(0) == "api", words
options = {{}}
for name in ("--method", "--jq", "--field"):
    if name in words:
        at = words.index(name)
        options[name] = words[at + 1]
        del words[at : at + 2]
rest = set(words)
if "--field" in options:
    name, _, body = options["--field"].partition("=@")
    assert name == "body"
    body = pathlib.Path(body).read_text("utf-8")
if rest == {{"--paginate", {path!r}}}:
    assert options == {{"--jq": {jq!r}}}, options
    for one in comments:
        if one["login"] == "github-actions[bot]" and one["body"].startswith("<!-- finzbooks-plan -->"):
            print(one["id"])
elif rest == {{"--silent", {path!r}}} and options["--method"] == "POST":
    comments.append({{"id": 100 + len(comments), "login": "github-actions[bot]", "body": body}})
else:
    (number,) = (int(one.rpartition("/")[2]) for one in rest if one.startswith({one!r}))
    assert options["--method"] == "PATCH" and "--silent" in rest, sys.argv
    next(one for one in comments if one["id"] == number)["body"] = body
file.write_text(json.dumps(comments), "utf-8")
"""
JQ: Final = (
    '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- finzbooks-plan -->"))) | .id'
)


@dataclass(frozen=True, slots=True)
class Step:
    """How a step ended; ``outcome`` is GitHub's word."""

    outcome: str
    code: int = 0
    out: str = ""


@dataclass(slots=True)
class Ran:
    """How a job ended."""

    steps: dict[str, Step] = field(default_factory=dict)
    summary: str = ""
    artifacts: dict[str, str] = field(default_factory=dict)  # name -> content of its one file

    @property
    def green(self) -> bool:
        return all(step.outcome != "failure" for step in self.steps.values())

    @property
    def failed(self) -> list[str]:
        return [name for name, step in self.steps.items() if step.outcome == "failure"]

    @property
    def out(self) -> str:
        return "".join(step.out for step in self.steps.values())


@dataclass
class Forge:
    """A repository on a GitHub of its own: the bare one, a person's clone of it, and the runs of its workflow."""

    folder: Path
    org: Org
    finz_import: str  # the text of the command
    read_token: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    runs: int = 0
    stubs: dict[str, str] = field(default_factory=dict)  # further commands for the runner, by name

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @property
    def desk(self) -> Path:
        return self.folder / "desk"

    def begin(self, files: Mapping[str, str]) -> None:
        """A repository of ``files`` with one commit on main."""
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))
        git(self.folder, "clone", "--quiet", str(self.origin), str(self.desk))
        git(self.desk, "checkout", "--quiet", "-b", "main")
        self.commit("Begin", files)

    def commit(self, subject: str, files: Mapping[str, str], branch: str = "main") -> None:
        """Commit ``files`` on ``branch``, made from main where it is new, and push it."""
        if branch != "main":
            git(self.desk, "checkout", "--quiet", "-B", branch, "main")
        for name, text in files.items():
            (self.desk / name).parent.mkdir(parents=True, exist_ok=True)
            (self.desk / name).write_text(text, "utf-8", newline="\n")
        git(self.desk, "add", "--all")
        git(self.desk, "commit", "--quiet", "-m", subject)
        git(self.desk, "push", "--quiet", "--force", "origin", branch)
        git(self.desk, "checkout", "--quiet", "main")

    def merge(self, branch: str) -> None:
        git(self.desk, "merge", "--quiet", "--no-edit", branch)
        git(self.desk, "push", "--quiet", "origin", "main")

    def text(self, name: str) -> str:
        return (self.desk / name).read_text("utf-8")

    def states(self) -> list[str]:
        """What the branch of the state held after each of its commits, oldest first."""
        if not git(self.origin, "branch", "--list", "finzbooks-state"):
            return []
        commits = git(self.origin, "rev-list", "--reverse", "finzbooks-state").split()
        return [git(self.origin, "show", f"{one}:finzbooks.state.jsonl") for one in commits]

    def path(self, **commands: str) -> str:
        """PATH with ``finz-import``, the stubs and ``commands`` in front."""
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        for name, text in {"finz-import": self.finz_import, **self.stubs, **commands}.items():
            (folder / name).write_text(text, "utf-8")
            (folder / name).chmod(0o755)
        return os.pathsep.join((str(folder), os.environ["PATH"]))

    def pull_request(self, branch: str) -> Ran:
        return self._run("plan", branch, "pull_request")

    def push(self, before: Mapping[str, Callable[[Path], None]] | None = None, until: str = "") -> Ran:
        """A push to main. ``before`` a step something may happen in the clone; the machine dies after ``until``."""
        return self._run("apply", "main", "push", before or {}, until)

    def _run(
        self,
        name: str,
        branch: str,
        event: str,
        before: Mapping[str, Callable[[Path], None]] | None = None,
        until: str = "",
    ) -> Ran:
        self.runs += 1
        work = self.folder / f"run-{self.runs}"
        temp, clone = work / "temp", work / "clone"
        temp.mkdir(parents=True)
        git(work, "clone", "--quiet", "--depth=1", f"--branch={branch}", self.origin.as_uri(), str(clone))
        run = _Run(self, clone, temp, event)
        workflow = yaml.safe_load((clone / FILE).read_text("utf-8"))
        job = workflow["jobs"][name]
        assert job["if"] == f"github.event_name == '{event}'"
        assert workflow["defaults"] == {"run": {"shell": "bash"}}
        run.env |= run.filled(workflow["env"]) | run.filled(job.get("env", {}))
        for step in job["steps"]:
            title = step.get("name", step.get("uses"))
            if before and title in before:
                before[title](clone)
            run.step(title, step)
            if title == until:
                break
        return run.ended()


class _Run:
    """One job under way."""

    def __init__(self, forge: Forge, clone: Path, temp: Path, event: str) -> None:
        self.forge, self.clone, self.temp = forge, clone, temp
        self.ran = Ran()
        self.ids: dict[str, str] = {}
        self.known = {
            "vars.FINZBOOKS_ORG_ID": forge.org.id,
            "secrets.FINZBOOKS_READ_TOKEN != ''": str(bool(forge.read_token)).lower(),
            "secrets.FINZBOOKS_READ_TOKEN": forge.read_token,
            "secrets.FINZBOOKS_TOKEN": forge.org.token if event == "push" else "",
            "github.token": GH_TOKEN,
            "github.event.pull_request.number": str(NUMBER),
            "github.run_attempt": "1",
            "runner.temp": str(temp),
        }
        self.files = {name: temp / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV")}
        for file in self.files.values():
            file.touch()
        (temp / "comments.json").write_text(json.dumps(forge.comments), "utf-8")
        comments = f"repos/{REPOSITORY}/issues"
        gh = GH.format(
            python=sys.executable,
            comments=str(temp / "comments.json"),
            path=f"{comments}/{NUMBER}/comments",
            one=f"{comments}/comments/",
            jq=JQ,
        )
        self.env = {
            "FINZBOOKS_BASE_URL": forge.org.url,
            "RUNNER_TEMP": str(temp),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": "4711",
            "PATH": forge.path(gh=gh),
            **{name: str(file) for name, file in self.files.items()},
            **NOBODY,
        }

    def filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: self.fill(str(value)) for name, value in values.items()}

    def fill(self, text: str) -> str:
        return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda found: self.known[found[1]], text)

    def step(self, title: str, step: Mapping[str, Any]) -> None:
        env = self.env | self.filled(step.get("env", {}))
        if not self._wanted(step.get("if"), env):
            ended = Step("skipped")
        elif "uses" in step:
            ended = self._use(step["uses"], step.get("with", {}))
        elif step["run"] == INSTALL:
            ended = Step("success")
        else:
            ended = self._bash(step["run"], env)
        self.ran.steps[title] = ended
        if "id" in step:
            self.ids[step["id"]] = ended.outcome

    def _wanted(self, condition: str | None, env: Mapping[str, str]) -> bool:
        planned = env.get("HAS_TOKEN") == "true"
        conditions: dict[str | None, Callable[[], bool]] = {
            None: lambda: self.ran.green,
            "env.HAS_TOKEN == 'true'": lambda: self.ran.green and planned,
            "${{ !cancelled() && env.HAS_TOKEN == 'true' }}": lambda: planned,
            "always()": lambda: True,
            "${{ always() && steps.store.outcome == 'failure' }}": lambda: self.ids["store"] == "failure",
        }
        return conditions[condition]()

    def _use(self, action: str, options: Mapping[str, Any]) -> Step:
        name = action.partition("@")[0]
        if name == "actions/checkout":
            assert options in ({}, {"ref": "main"}), options
        elif name == "actions/upload-artifact":
            file = self.clone / self.fill(options["path"])
            if not file.exists():
                return Step("success" if options.get("if-no-files-found") == "ignore" else "failure")
            self.ran.artifacts[self.fill(options["name"])] = file.read_text("utf-8")
        else:
            assert name == "actions/setup-python", action
        return Step("success")

    def _bash(self, script: str, env: Mapping[str, str]) -> Step:
        assert "${{" not in script, "an expression in a script is put there as it is, whatever it holds"
        file = self.temp / "script.sh"
        file.write_text(script, "utf-8")
        done = subprocess.run(
            [*BASH, str(file)],
            cwd=self.clone,
            env=environment(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        return Step("failure" if done.returncode else "success", done.returncode, done.stdout.decode("utf-8"))

    def ended(self) -> Ran:
        for name in ("GITHUB_OUTPUT", "GITHUB_ENV"):
            assert self.files[name].read_bytes() == b"", "what is written there would have to be read here"
        self.ran.summary = self.files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        self.forge.comments = json.loads((self.temp / "comments.json").read_text("utf-8"))
        told = self.ran.out + self.ran.summary + "".join(self.ran.artifacts.values()) + str(self.forge.comments)
        assert "Traceback" not in told, told
        for secret in (self.forge.org.token, self.forge.read_token, GH_TOKEN):
            assert not secret or secret not in told, told
        return self.ran


# Git takes nothing from the machine that the test runs on, least of all who its user is.
NOBODY: Final = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
SOMEBODY: Final = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Person"), ("EMAIL", "person@books.example"))
}


def git(folder: Path, *words: str) -> str:
    """What git says. Raises CalledProcessError."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **NOBODY, **SOMEBODY},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout
