#!/bin/sh
# Makes ./configure out of configure.ac. Needs autoconf, automake and pkg-config
# (tools/install-dependencies brings them).
set -e
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --force --install --warnings=all
