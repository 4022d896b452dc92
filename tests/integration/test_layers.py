"""The built layers hold everything that the functions import, ffmpeg included, and stay small."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from infra.templates import TEMPLATE, load, resources
from layers.build import SERVICES as AWS_SERVICES
from layers.build import build

pytestmark = pytest.mark.timeout(600)  # the first build downloads

ROOT = Path(__file__).parents[2]
GLOBALS = load(TEMPLATE)["Globals"]["Function"]
LAMBDAS = resources(TEMPLATE, "AWS::Serverless::Function")
FUNCTIONS = ROOT / "functions"
SERVICES = sorted(path.name for path in FUNCTIONS.iterdir() if any(path.glob("*.py")))
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
MB = 1_000_000

# Imports each module of a service, and whatever a module imports only inside a function.
IMPORT_ALL = """
import ast, importlib, pathlib, sys

functions, service, *layers = sys.argv[1:]
sys.path[:0] = [functions]
sys.path += layers
for file in sorted(pathlib.Path(functions, service).rglob("*.py")):
    parts = file.relative_to(functions).with_suffix("").parts
    importlib.import_module(".".join(parts).removesuffix(".__init__"))
    tree = ast.parse(file.read_text())
    for_types = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for_types.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in for_types:
            importlib.import_module(node.module)
        if isinstance(node, ast.Import) and id(node) not in for_types:
            for name in node.names:
                importlib.import_module(name.name)
"""

# As a cold start does it: a handler is imported, and then its calls of AWS are traced.
IMPORT_HANDLERS = """
import importlib, sys

end = sys.argv.index("--")
sys.path += sys.argv[1:end]
for handler in sys.argv[end + 1:]:
    importlib.import_module(handler).app
from shared.observability import start_tracing
start_tracing()
assert "aws_xray_sdk.ext.botocore" in sys.modules
"""

MAKE_MEDIA = """
import sys

folder, *layers = sys.argv[1:]
sys.path += layers

import blurhash, numpy
from moviepy import ColorClip
from PIL import Image
import pillow_heif

clip = ColorClip((64, 64), color=(255, 0, 0), duration=0.5)
clip.write_videofile(folder + "/red.mp4", fps=10, logger=None)
pillow_heif.register_heif_opener()
for name in ("red.jpg", "red.webp", "red.png", "red.gif", "red.avif", "red.heic"):
    Image.new("RGB", (64, 64), "red").save(f"{folder}/{name}")
    assert max(Image.open(f"{folder}/{name}").convert("RGB").getpixel((9, 9))) > 250
assert blurhash.encode(numpy.zeros((8, 8, 3)), 4, 3)
"""


def isolated(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script that can import the standard library and nothing else."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", script, *arguments],
        env={"AWS_REGION": "us-east-1", "LANG": "C.UTF-8", **CREDENTIALS, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def dependencies() -> Path:
    return build("dependencies")


@pytest.fixture(scope="module")
def media() -> Path:
    return build("media")


@pytest.fixture(scope="module")
def matching() -> Path:
    return build("matching")


@pytest.fixture(scope="module")
def mails() -> Path:
    return build("mails")


@pytest.mark.parametrize("service", SERVICES)
def test_functions_import_with_nothing_but_their_layers(
    service: str, dependencies: Path, media: Path, matching: Path, mails: Path
) -> None:
    own = {"media": [media], "users": [matching], "emails": [mails]}
    layers = [dependencies, *own.get(service, [])]
    paths = [str(layer / "python") for layer in layers]
    # moviepy looks for ffmpeg when it is imported; the media functions set its path before that.
    ffmpeg = str(media / "bin" / "ffmpeg")
    done = isolated(IMPORT_ALL, str(FUNCTIONS), service, *paths, IMAGEIO_FFMPEG_EXE=ffmpeg)
    assert done.returncode == 0, done.stderr


def handlers_with(*layers: str) -> list[str]:
    """The Lambdas that have exactly these layers on AWS: their own `Layers` replace the global."""
    handlers = []
    for declared in LAMBDAS.values():
        _, _, attached = (GLOBALS | declared)["Layers"]["Fn::If"]  # on the laptop none, else these
        if [layer["Ref"] for layer in attached] == list(layers):
            handlers.append(declared["Handler"].removesuffix(".app"))
    return handlers


def cloud_environment() -> dict[str, str]:
    """The variables of a Lambda on AWS: those of a cloud stage, and the ones that Lambda sets."""
    template = load(TEMPLATE)
    given = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    given |= {"Stage": "production", "AWS::Region": "us-east-1", "AWS::Partition": "aws"}

    def value(said: Any) -> Any:
        if not isinstance(said, dict):
            return said
        [(name, part)] = said.items()
        if name == "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda found: given.get(found[1], "x"), part)
        if name == "Ref":
            return given.get(part, "x")
        if name == "Fn::If":
            condition, then, otherwise = part
            return value(then if value({"Condition": condition}) else otherwise)
        if name == "Condition":
            return value(template["Conditions"][part])
        sides = [value(each) for each in part]
        return {"Fn::Equals": len(set(sides)) == 1, "Fn::Not": not sides[0]}.get(
            name, any(sides) if name == "Fn::Or" else all(sides)
        )

    variables: dict[str, Any] = dict(GLOBALS["Environment"]["Variables"])
    for declared in LAMBDAS.values():
        variables |= declared.get("Environment", {}).get("Variables", {})
    by_lambda = {"AWS_LAMBDA_FUNCTION_NAME": "x", "LAMBDA_TASK_ROOT": "/var/task"}
    return by_lambda | {name: value(said) for name, said in variables.items()}


def test_a_cloud_stage_is_traced() -> None:
    assert cloud_environment()["POWERTOOLS_TRACE_DISABLED"] == "false"


def test_handlers_start_on_aws_with_the_layers_the_template_gives_them(
    dependencies: Path, media: Path, matching: Path, mails: Path
) -> None:
    plain = handlers_with("DependenciesLayer")
    heavy = handlers_with("DependenciesLayer", "MediaLayer")
    searching = handlers_with("DependenciesLayer", "MatchingLayer")
    mailing = handlers_with("DependenciesLayer", "MailsLayer")
    assert len(plain) + len(heavy) + len(searching) + len(mailing) == len(LAMBDAS)
    for handlers, layers in (
        (plain, [dependencies]),
        (heavy, [dependencies, media]),
        (searching, [dependencies, matching]),
        (mailing, [dependencies, mails]),
    ):
        paths = [str(FUNCTIONS), *(str(layer / "python") for layer in layers)]
        done = isolated(IMPORT_HANDLERS, *paths, "--", *handlers, **cloud_environment())
        assert done.returncode == 0, done.stderr
        assert done.stdout == "", "a start that goes well logs nothing"


@pytest.mark.parametrize("package", ["pydantic", "boto3", "botocore"])
def test_without_its_layer_a_function_does_not_import(package: str) -> None:
    """The isolation above is real: this environment's packages are out of reach."""
    assert f"No module named '{package}'" in isolated(f"import {package}").stderr


MAKE_CLIENTS = """
import json, os, sys

service_names, *paths = sys.argv[1:]
sys.path[:0] = paths

import botocore, certifi
from botocore.httpsession import where
from shared.aws import clients, fast_dynamodb

assert botocore.__file__.startswith(paths[1])
assert fast_dynamodb._is_tested()
assert where() == certifi.where() and os.path.isfile(where())
urls = {}
for service in json.loads(service_names):
    if service == "apigatewaymanagementapi":
        made = clients.push_client()
    else:
        made = clients.client(service)
    urls[service] = made.meta.endpoint_url
print(json.dumps(urls))
"""


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
def test_the_layer_makes_every_client_with_the_urls_of_the_whole_botocore(
    region: str, dependencies: Path
) -> None:
    """Only the models and endpoints of these services are shipped."""
    sources = "".join(path.read_text() for path in FUNCTIONS.rglob("*.py"))
    called = {*re.findall(r'\bclient\(\s*"([a-z0-9-]+)"', sources), "apigatewaymanagementapi"}
    assert called == AWS_SERVICES
    paths = [str(FUNCTIONS), str(dependencies / "python")]
    push = "https://push.example.com/live"
    environment = {"AWS_REGION": region, "WEBSOCKET_PUSH_URL": push, "PARTITION": "aws"}
    done = isolated(MAKE_CLIENTS, json.dumps(sorted(called)), *paths, **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        service: push if service == "apigatewaymanagementapi" else whole_url(service, region)
        for service in called
    }


def whole_url(service: str, region: str) -> str:
    """The URL of a service according to this environment's botocore, which has all services."""
    made: Any = botocore.session.Session().create_client(
        service,  # type: ignore[call-overload]
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    url: str = made.meta.endpoint_url
    return url


USE_BOTO3 = """
import sys

folder, *paths = sys.argv[1:]
sys.path[:0] = paths

import boto3, s3transfer
from media import processing
from shared.http import idempotency

assert all(each.__file__.startswith(folder) for each in (boto3, s3transfer))
assert processing._transfer()
assert idempotency._store()
"""


def test_files_are_transferred_and_answers_kept_with_the_boto3_of_the_layer(
    dependencies: Path, media: Path
) -> None:
    paths = [str(FUNCTIONS), *(str(layer / "python") for layer in (dependencies, media))]
    environment = {"STACK": "hoshi", "IMAGEIO_FFMPEG_EXE": str(media / "bin" / "ffmpeg")}
    done = isolated(USE_BOTO3, str(dependencies), *paths, **environment)
    assert done.returncode == 0, done.stderr


def test_ffmpeg_of_the_media_layer_encodes(media: Path, tmp_path: Path) -> None:
    ffmpeg = media / "bin" / "ffmpeg"
    assert os.access(ffmpeg, os.X_OK)
    picture = ["-f", "lavfi", "-i", "testsrc2=duration=1:size=320x180:rate=15"]
    sound = ["-f", "lavfi", "-i", "sine=duration=1"]
    clip, preview, stream = tmp_path / "clip.mp4", tmp_path / "clip.webp", tmp_path / "clip.m3u8"
    for command in (
        ["-version"],
        [*picture, *sound, "-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart", str(clip)],
        ["-i", str(clip), "-c:v", "libwebp_anim", "-loop", "0", str(preview)],
        ["-i", str(clip), "-c", "copy", "-f", "hls", str(stream)],
    ):
        full = [str(ffmpeg), "-v", "error", "-nostdin", *command]
        assert subprocess.run(full, env={}, capture_output=True, check=True).stderr == b""
    assert clip.read_bytes()[4:8] == b"ftyp"
    assert preview.read_bytes()[8:12] == b"WEBP"
    assert stream.read_text().startswith("#EXTM3U")


def test_moviepy_and_pillow_of_the_media_layer_work(
    dependencies: Path, media: Path, tmp_path: Path
) -> None:
    paths = [str(media / "python"), str(dependencies / "python")]
    ffmpeg = str(media / "bin" / "ffmpeg")
    done = isolated(MAKE_MEDIA, str(tmp_path), *paths, IMAGEIO_FFMPEG_EXE=ffmpeg)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "red.mp4").stat().st_size > 0


MATCH = """
import sys

sys.path[:0] = sys.argv[1:]
from users.search_typos import slips

assert slips(["jonh"], ["john"]) == 1
assert slips(["elisabeht"], ["elizabeth"]) == 2
assert type(sys.modules["rapidfuzz.distance.OSA"].distance).__name__ == "cython_function_or_method"
"""


def test_near_misses_are_found_with_the_matching_layer_and_by_compiled_code(matching: Path) -> None:
    done = isolated(MATCH, str(FUNCTIONS), str(matching / "python"))
    assert done.returncode == 0, done.stderr


def test_only_functions_with_the_matching_layer_need_it() -> None:
    """Few modules import it, and only when they need it: importing the handlers shows nothing."""
    using = {path for path in FUNCTIONS.rglob("*.py") if "rapidfuzz" in path.read_text()}
    assert using == {FUNCTIONS / "users" / "search_typos.py"}
    asking = {path for path in FUNCTIONS.rglob("*.py") if "users.search_typos" in path.read_text()}
    assert asking == {FUNCTIONS / "users" / "search.py"}
    handlers = {
        path.stem for path in FUNCTIONS.rglob("*.py") if "users.search " in path.read_text()
    }
    assert handlers == {"search_users"}
    assert handlers_with("DependenciesLayer", "MatchingLayer") == ["users.search_users"]


def test_there_is_one_ffmpeg(media: Path) -> None:
    found = [path for path in media.rglob("ffmpeg*") if path.is_file() and path.stat().st_size > MB]
    assert found == [media / "bin" / "ffmpeg"]


RENDER = """
import sys

sys.path[:0] = sys.argv[1:]
from emails.newsletter_texts import content_of
from emails.templates import TEMPLATES, render

content = content_of("# New\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |")
values = {"title": "May", "content": content, "unsubscribe_url": "https://example.com/"}
mail = render("newsletter", {**values, "username": "yuki"}, "ja")
assert ">New</h1>" in mail.html and "<table" in mail.html and len(TEMPLATES) >= 20
values = {"username": "yuki", "until": "2026-01-12T12:00:00Z", "appeal_days": "30"}
assert "12 January 2026, 12:00 UTC" in render("ban_notice", values).text
assert "2026年1月12日 12:00 UTC" in render("ban_notice", values, "ja").text
assert "dalam waktu 30 hari" in render("ban_notice", values, "id").text
"""


def test_mails_are_rendered_with_nothing_but_their_layers(dependencies: Path, mails: Path) -> None:
    paths = [str(FUNCTIONS), *(str(layer / "python") for layer in (dependencies, mails))]
    brand = {"BRAND_NAME": "Hoshi", "BRAND_COLOR": "#4338ca"}
    done = isolated(RENDER, *paths, **brand)
    assert done.returncode == 0, done.stderr
    assert handlers_with("DependenciesLayer", "MailsLayer") == [
        "emails.send_email",
        "emails.mail_subscribers",
    ]


def test_sizes_stay_within_their_budgets(
    dependencies: Path, media: Path, matching: Path, mails: Path
) -> None:
    assert size(mails) <= 12 * MB
    assert size(dependencies) <= 22 * MB
    assert size(matching) <= 5 * MB
    assert size(dependencies) + size(media) + size(FUNCTIONS) <= 240 * MB
