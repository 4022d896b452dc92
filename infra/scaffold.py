"""`make endpoint NAME=posts/get_post_history ROUTE="GET /posts/{post_id}/history"`: a new endpoint.

Writes the handler, its row in template.yaml, a sample event, a test that fails until the view is
written, and the routing and documents that follow from the declaration. What is there already is
never overwritten: a name or a route that is taken ends the command before anything is written.
"""

import copy
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import templates
from infra.generated import FUNCTIONS, ROOT
from infra.routes import http_lambdas, logical_id, served

_METHODS = {"DELETE", "GET", "PATCH", "POST", "PUT"}
_ULID = "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"
# Events of every endpoint look like this one's but for what its route says.
_MODEL = ROOT / "events" / "posts" / "get_post.json"


@dataclass(frozen=True)
class Endpoint:
    """What is to be made: `service`, the module's `name` (a verb), and the route."""

    service: str
    name: str
    method: str
    path: str

    @property
    def route(self) -> str:
        """`GET /posts/{post_id}/history`"""
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> dict[str, str]:
        """A value for each parameter of the path."""
        return dict.fromkeys(re.findall(r"{(\w+)}", self.path), _ULID)


def read(name: str, route: str) -> Endpoint:
    """The endpoint that the command line names; ends with a sentence for what cannot be one."""
    found = re.fullmatch(r"([a-z]+)/([a-z]+(?:_[a-z0-9]+)+)", name)
    if not found:
        raise SystemExit(f"NAME is <service>/<verb_noun>, as posts/get_post_history, not {name!r}")
    service, module = found.groups()
    if service == "shared" or not (FUNCTIONS / service / "__init__.py").exists():
        raise SystemExit(f"there is no service {service}: make functions/{service}/__init__.py")
    method, _, path = route.partition(" ")
    if method not in _METHODS or not re.fullmatch(r"(/([\w.-]+|{\w+}))+", path):
        raise SystemExit(f'ROUTE is "<METHOD> /path/{{parameter}}", not {route!r}')
    endpoint = Endpoint(service, module, method, path)
    for other, taken, _ in http_lambdas():
        if taken == module:
            raise SystemExit(f"{other}/{taken} has that name already")
    function = served().get((path, method))
    if function and function[0] != "AnswerUnmatched":
        raise SystemExit(f"{function[0]} serves {endpoint.route} already")
    for file in files(endpoint):
        if file.exists():
            raise SystemExit(f"{file.relative_to(ROOT)} is there already")
    return endpoint


def files(endpoint: Endpoint) -> dict[Path, str]:
    """The new files and what they hold."""
    service, name = endpoint.service, endpoint.name
    return {
        FUNCTIONS / service / f"{name}.py": _handler(endpoint),
        ROOT / "events" / service / f"{name}.json": _event(endpoint),
        ROOT / "tests" / "unit" / service / f"test_{name}.py": _test(endpoint),
    }


def with_row(template: str, endpoint: Endpoint) -> str:
    """template.yaml with the endpoint's Lambda at the end of its service's banner."""
    service = endpoint.service
    banner = re.search(rf"^  # ── {service} ─+\n", template, re.MULTILINE)
    if not banner:
        raise SystemExit(f"template.yaml has no banner for {service}")
    following = re.compile(r"^(?:  # ── |[A-Z])", re.MULTILINE).search(template, banner.end())
    end = following.start() if following else len(template)
    section = template[:end].rstrip("\n")
    blank = template[len(section) : end]
    return f"{section}\n\n{_row(endpoint)}{blank[1:]}{template[end:]}"


def _row(endpoint: Endpoint) -> str:
    role = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/${{Stack}}-{endpoint.service}"
    return (
        f"  {logical_id(endpoint.service, endpoint.name)}:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        f"      Handler: {endpoint.service}.{endpoint.name}.app\n"
        f'      Role: !Sub "{role}"\n'
    )


def _handler(endpoint: Endpoint) -> str:
    words = endpoint.name.replace("_", " ")
    return f'''"""{endpoint.route}: {words}."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("{endpoint.service}")


@app.serve("{endpoint.route}")
def {endpoint.name}(request: Request) -> dict[str, str]:
    """{words.capitalize()}."""
    raise NotImplementedError("parse, act, answer: as the other endpoints of this service do")
'''


def _event(endpoint: Endpoint) -> str:
    event: dict[str, Any] = copy.deepcopy(json.loads(_MODEL.read_text()))
    path = endpoint.path.format(**endpoint.parameters)
    event |= {
        "resource": endpoint.path,
        "path": path,
        "httpMethod": endpoint.method,
        "pathParameters": endpoint.parameters or None,
    }
    event["requestContext"] |= {
        "resourcePath": endpoint.path,
        "httpMethod": endpoint.method,
        "path": f"/live{path}",
    }
    return json.dumps(event, indent=2) + "\n"


def _test(endpoint: Endpoint) -> str:
    return f'''"""{endpoint.route}."""

import json

from {endpoint.service} import {endpoint.name}
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws


def test_it_answers_its_caller(aws: MemoryAws) -> None:
    event = gateway_event(
        "{endpoint.route}", path={json.dumps(endpoint.parameters)}, caller=a_user()
    )
    answer = {endpoint.name}.app(event, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {{}})
'''


def main(name: str, route: str) -> None:
    """Write all of it."""
    endpoint = read(name, route)
    template = ROOT / templates.TEMPLATE
    changed = with_row(template.read_text(), endpoint)
    for file, text in files(endpoint).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        print(f"wrote {file.relative_to(ROOT)}")
    template.write_text(changed)
    print(f"added {logical_id(endpoint.service, endpoint.name)} to {templates.TEMPLATE}")
    print(
        "next: write the view and its test, give docs/api.md its row, run `make api openapi` and "
        "`make test-unit` (CONTRIBUTING.md, Adding an endpoint)"
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
