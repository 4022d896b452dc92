#!/usr/bin/env bash
# Installs those of the given Debian packages that are missing: `infra/local/debian.sh make imagemagick`.
set -euo pipefail

if ! command -v dpkg >/dev/null; then
  echo "Not a Debian machine: it needs $*" >&2
  exit 0
fi
missing=()
for package in "$@"; do
  dpkg --status "$package" >/dev/null 2>&1 || missing+=("$package")
done
if ((${#missing[@]})); then
  as_root=()
  if ((EUID)); then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
