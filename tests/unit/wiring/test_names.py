"""Names agree: file, logical id and handler, decorator (and so infra/api.yaml), sample event."""

import ast
import json
import re

import pytest

from infra import templates
from infra.events import calls, modules
from infra.generated import ROOT
from infra.routes import logical_id
from tests.unit.wiring.house import handlers, handlers_made_by, imported, path_of, services

FUNCTIONS = templates.functions()
# What needs far more than its service does, and so has a role of its own.
OWN_ROLES = {"ListVerifications": "identity-reviewer", "MakeExport": "export-worker"}


def test_every_handler_is_in_the_template() -> None:
    deployed = {".".join(templates.module_of(function)) for function in FUNCTIONS.values()}
    missing = sorted(set(handlers()) - deployed)
    assert not missing, (
        f"add these Lambdas to template.yaml, under their service's banner: {missing}"
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_the_template_has_its_module_and_its_name(name: str) -> None:
    service, module = templates.module_of(FUNCTIONS[name])
    file = path_of(f"{service}.{module}")
    assert file.exists(), f"template.yaml: {name} has no module, write {file.relative_to(ROOT)}"
    expected = logical_id(service, module)
    assert name == expected, f"template.yaml: call the Lambda of {service}/{module}.py {expected}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_role_of_its_service(name: str) -> None:
    service, _ = templates.module_of(FUNCTIONS[name])
    role = templates.name_of(FUNCTIONS[name]["Role"])
    expected = OWN_ROLES.get(name, service)
    assert role == expected, f"template.yaml: {name} runs as {role}; its Role must be {expected}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_sample_event(name: str) -> None:
    service, module = templates.module_of(FUNCTIONS[name])
    file = ROOT / "events" / service / f"{module}.json"
    assert file.exists(), f"write a real event of {name} to {file.relative_to(ROOT)}"
    assert json.loads(file.read_text()), f"{file.relative_to(ROOT)} holds no event"


def test_every_sample_event_belongs_to_a_function() -> None:
    deployed = {templates.module_of(function) for function in FUNCTIONS.values()}
    strays = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "events").glob("*/*.json"))
        if (file.parent.name, file.stem) not in deployed
    ]
    assert not strays, f"no Lambda has these events, rename or remove them: {strays}"


@pytest.mark.parametrize("module", handlers_made_by("endpoint"))
def test_an_endpoint_is_named_for_its_view(module: str) -> None:
    declaration = imported(module).app.declaration
    expected = module.split(".")[1]
    assert declaration.name == expected, f"{module}: call the view {expected}, like its module"


@pytest.mark.parametrize("module", handlers_made_by("endpoint"))
def test_an_endpoint_says_in_its_first_line_what_it_serves(module: str) -> None:
    route = imported(module).app.declaration.routes[0]
    first_line = (imported(module).__doc__ or "").partition("\n")[0]
    begins = f"{route.method} {route.path}"
    is_named = re.match(re.escape(begins) + r"(:|,| and )", first_line) and ": " in first_line
    assert is_named, f"{module}: begin its docstring with {begins}: …"


@pytest.mark.parametrize("module", handlers_made_by("endpoint"))
def test_the_sample_event_of_an_endpoint_asks_for_one_of_its_routes(module: str) -> None:
    service, name = module.split(".")
    file = ROOT / "events" / service / f"{name}.json"
    assert file.exists(), f"write a real event to {file.relative_to(ROOT)}"
    event = json.loads(file.read_text())
    asked = event["httpMethod"], event["requestContext"]["resourcePath"]
    routes = {(route.method, route.path) for route in imported(module).app.declaration.routes}
    is_served = asked in routes or ("ANY", asked[1]) in routes
    assert is_served, f"{file.relative_to(ROOT)} asks for {asked}; the Lambda serves {routes}"


@pytest.mark.parametrize("module", handlers_made_by("endpoint"))
def test_a_sample_event_has_an_identity_where_a_token_is_needed(module: str) -> None:
    service, name = module.split(".")
    file = ROOT / "events" / service / f"{name}.json"
    assert file.exists(), f"write a real event to {file.relative_to(ROOT)}"
    event = json.loads(file.read_text())
    given = set(event["requestContext"].get("authorizer") or {})
    wanted = {"user_id", "username", "session_id", "role", "scope"}
    if imported(module).app.declaration.auth == "none":
        wanted = set()
    assert given >= wanted, (
        f"events/{service}/{name}.json: the authorizer's context must have {wanted}"
    )
    assert not given or wanted, f"events/{service}/{name}.json: no authorizer runs before {module}"


def banners() -> list[tuple[str, list[str]]]:
    """The services of template.yaml in its order, and whose Lambdas are below each."""
    found: list[tuple[str, list[str]]] = []
    for line in (ROOT / templates.TEMPLATE).read_text().splitlines():
        banner = re.match(r"  # ── ([^─]+) ─", line)
        handler = re.match(r"      Handler: (\w+)\.", line)
        if banner:
            found.append((banner[1].strip(), []))
        elif handler:
            found[-1][1].append(handler[1])
    return [(name, below) for name, below in found if name in services() or below]


def test_every_service_has_one_banner_and_its_functions_below_it() -> None:
    names = [name for name, _ in banners()]
    assert sorted(names) == services(), "template.yaml: one banner for each folder of functions/"
    strays = {name: below for name, below in banners() if set(below) != {name}}
    assert not strays, f"template.yaml: move these Lambdas below their service's banner: {strays}"


def test_services_come_in_one_order_everywhere() -> None:
    order = [name for name, _ in banners()]
    roles = [templates.name_of(role["RoleName"]) for role in
             templates.resources(templates.FOUNDATION, "AWS::IAM::Role").values()]  # fmt: skip
    of_services = [role for role in roles if role in services()]
    assert of_services == order, "infra/access.yaml: order the roles like template.yaml's banners"


@pytest.mark.parametrize("module", handlers())
def test_a_handler_names_its_own_service(module: str) -> None:
    service = module.partition(".")[0]
    named = [
        call.args[0].value
        for factory in ("endpoint", "erasure", "stream")
        for call in calls(modules()[module], factory)
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert set(named) <= {service}, f"{module} calls its service {named}"
