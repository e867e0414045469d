#!/usr/bin/env bash
# Compiles swiftly.swift against the modules that `make` built, without a package of its own: swiftly.sh ROOT FOLDER. Prints the
# program's path.
set -euo pipefail
root=$1 folder=$2 built=$1/.build/release
maps=()
for module in CJansson CCurl CSQLite CCrypto; do maps+=(-Xcc "-fmodule-map-file=$root/Sources/$module/module.modulemap"); done
swiftc -O -swift-version 6 -I "$built/Modules" "${maps[@]}" "$root/Benchmarks/engine/swiftly.swift" "$built"/WABiz.build/*.o "$built"/WABizClient.build/*.o \
  -lcurl -ljansson -lcrypto -lsqlite3 -lm -o "$folder/swiftly" >&2
echo "$folder/swiftly"
