"""Build a layer from uv.lock: `python layers/build.py dependencies ARTIFACTS_DIR`.

The Makefiles of the layers call it for `sam build`. A built layer is kept in .local/layers under
the hash of its sources, and later only copied.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MADE_FROM = [ROOT / "uv.lock", ROOT / "pyproject.toml", Path(__file__)]
PLATFORM = ["--python-version", "3.13", "--python-platform", "x86_64-manylinux_2_28"]

# Packages that only Chalice's command line needs or no function uses. boto3 and botocore are
# shipped although the Lambda runtime has them: AWS updates those without a deployment of ours, and
# fast_dynamodb.py replaces private parts of botocore. The runtime's bootstrap puts /opt/python
# (layers) before its own site-packages on sys.path; AWS recommends to ship what must not change
# (Lambda Developer Guide, "Runtime dependencies in Python").
NOT_SHIPPED = {
    *("click", "inquirer", "pip", "pyyaml", "setuptools", "wheel"),
    "dnspython",  # e-mail addresses are checked by their form, never by a DNS query
}
GROUPS = {
    "dependencies": ["--no-default-groups"],
    "media": ["--only-group", "media"],
    "matching": ["--only-group", "matching"],
    "mails": ["--only-group", "mails"],
}
POWERTOOLS_UNUSED = [
    *("auth_alpha", "batch", "circuit_breaker", "data_classes", "data_masking", "feature_flags"),
    *("kafka", "parameters", "parser", "streaming", "validation"),
]
# Parts of packages that no function imports; tests/integration/test_layers.py proves it.
UNUSED = [
    *("**/tests", "**/test", "**/testing", "**/__pycache__", "**/*.pyi", "**/py.typed", "bin"),
    *("**/*.c", "**/*.h", "**/*.pxd", "**/*.pyx", "**/*.a"),
    *("pydantic/v1", "pydantic/mypy.py", "pydantic/deprecated", "pydantic/experimental"),
    *("aws_lambda_powertools/event_handler", "charset_normalizer/cli"),
    *(f"aws_lambda_powertools/utilities/{name}" for name in POWERTOOLS_UNUSED),
    # One distance of rapidfuzz is used; it replaces missing parts by Python code.
    *("rapidfuzz/[fpu]*.so", "rapidfuzz/distance/*_avx2.*.so", "rapidfuzz/__pyinstaller"),
    *("numpy/f2py", "numpy/_core/include", "numpy/_core/lib", "numpy/_pyinstaller"),
    "botocore/cacert.pem",  # unused where certifi is installed, which `requests` needs
    *("botocore/data/*/*/examples-1.json", "boto3/data", "boto3/examples"),
    *("dateutil/zoneinfo", "urllib3/contrib/emscripten"),
    "babel/messages",
]
# The services that `shared.aws.clients` calls. botocore has models of 430, which are 25 MB, and a
# process's first client looks through their folders (17 ms).
SERVICES = {
    *("apigatewaymanagementapi", "bedrock-runtime", "dynamodb", "kms", "lambda", "s3"),
    *("secretsmanager", "sesv2", "sns", "sqs"),
}
ENDPOINTS = SERVICES | {"email"}  # as botocore calls that of SES
# Folders of which only these entries are kept.
USED = {
    "aws_xray_sdk/ext": {"__init__.py", "boto_utils.py", "botocore", "resources", "util.py"},
    # The languages of shared/translations.py, and what their data inherits from.
    "babel/locale-data": {
        *("root.dat", "en.dat", "en_001.dat", "en_GB.dat", "ja.dat", "id.dat"),
    },
    "botocore/data": {
        *SERVICES,
        *("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"),
    },
    "chalice": {"__init__.py", "app.py"},
}


def main(name: str, artifacts: Path) -> None:
    if os.environ.get("LAYERS") == "none":  # MiniStack's functions use its own packages
        (artifacts / "python").mkdir(parents=True, exist_ok=True)
        (artifacts / "python" / "README").write_text("MiniStack does not attach layers.\n")
        return
    shutil.copytree(build(name), artifacts, dirs_exist_ok=True)


def build(name: str) -> Path:
    """The folder of the built layer: what Lambda unpacks to /opt."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in MADE_FROM)).hexdigest()[:16]
    built = ROOT / ".local" / "layers" / f"{name}-{digest}"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=built.parent) as scratch:
            unfinished = Path(scratch) / name
            _install(name, unfinished / "python")
            if name == "media":
                _take_out_ffmpeg(unfinished)
            if name == "dependencies":
                _trim_endpoints(unfinished / "python" / "botocore" / "data" / "endpoints.json")
            _slim(unfinished / "python")
            _compile(unfinished / "python")
            for older in built.parent.glob(f"{name}-*"):
                shutil.rmtree(older)
            unfinished.rename(built)
    return built


def _install(name: str, target: Path) -> None:
    pruned = [word for package in sorted(NOT_SHIPPED) for word in ("--prune", package)]
    quiet = ["--frozen", "--no-emit-project", "--no-header", "--quiet"]
    export = ["export", *quiet, *GROUPS[name], *pruned]
    requirements = subprocess.run([uv(), *export], cwd=ROOT, check=True, capture_output=True).stdout
    install = ["pip", "install", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    # Copies, not links: files that are removed here must stay in uv's cache.
    place = ["--link-mode", "copy", "--target", str(target), *PLATFORM]
    command = [uv(), *install, *place, "--quiet", "--requirements", "-"]
    subprocess.run(command, cwd=ROOT, check=True, input=requirements)


def uv() -> str:
    """The project's own uv if `make` installed it, else a working one on the path."""
    for candidate in (str(ROOT / ".local" / "uv" / "bin" / "uv"), "uv"):
        found = shutil.which(candidate)
        if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
            return found
    raise SystemExit("uv is missing: `make sync` installs it")


def _take_out_ffmpeg(layer: Path) -> None:
    [ffmpeg] = (layer / "python" / "imageio_ffmpeg" / "binaries").glob("ffmpeg-linux-*")
    (layer / "bin").mkdir()
    ffmpeg.rename(layer / "bin" / "ffmpeg")
    (layer / "bin" / "ffmpeg").chmod(0o755)


def _slim(packages: Path) -> None:
    for path in _unused(packages):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for information in packages.glob("*.dist-info"):
        for path in information.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "METADATA":
                path.unlink()
        metadata = information / "METADATA"  # packages read its header
        metadata.write_text(metadata.read_text().split("\n\n", 1)[0] + "\n")


def _unused(packages: Path) -> Iterator[Path]:
    for pattern in UNUSED:
        yield from list(packages.glob(pattern))
    for folder, used in USED.items():
        for path in (packages / folder).glob("*"):
            if path.name not in used:
                yield path


def _trim_endpoints(file: Path) -> None:
    """Keep the endpoints of our services: a process's first client reads the file, and would take
    38 ms instead of 22 with the endpoints of all services."""
    known = json.loads(file.read_text())
    for partition in known["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in ENDPOINTS}
    file.write_text(json.dumps(known))


def _compile(packages: Path) -> None:
    """Add bytecode that is valid wherever it is unpacked, so that cold starts need not compile."""
    compileall = ["-m", "compileall", "-q", "-j0", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([sys.executable, *compileall, "-s", str(packages), str(packages)], check=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
