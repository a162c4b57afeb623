#!/usr/bin/env bash
# Builds the release binary, packs it as a tarball and as a Python wheel, and tries the wheel as a user would.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift="${SWIFT:-swift}"
python="${PYTHON:-python3}"

# A folder of its own: static and dynamic builds would rebuild each other's modules.
scratch=.build/dist

# Linkers prefer a shared library to an archive in the same folder. A folder that holds only archives, searched first,
# makes the C libraries part of the binary, which then runs on machines that have none of them.
archives="$PWD/$scratch/archives"
mkdir -p "$archives"
compiler="$(command -v clang || command -v cc)"
for library in libz.a libzstd.a libsqlite3.a libstdc++.a; do
  archive="$("$compiler" -print-file-name="$library")"
  if [[ ! -e "$archive" ]]; then
    echo "dist.sh: no $library found by $compiler" >&2
    exit 1
  fi
  ln -sf "$archive" "$archives/$library"
done

# The linker's warning about mktemp is about Foundation's own code, which is linked but not reached.
"$swift" build -c release --static-swift-stdlib --product tally --scratch-path "$scratch" \
  -Xswiftc "-L$archives" -Xlinker -s -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
binary="$("$swift" build -c release --scratch-path "$scratch" --show-bin-path)/tally"

rm -rf dist
tarball="$("$python" Packaging/build_tarball.py "$binary" dist)"
wheel="$("$python" Packaging/build_wheel.py "$binary" dist)"
(cd dist && sha256sum -- *.tar.gz *.whl >SHA256SUMS)
echo
echo "Libraries it needs: $(ldd "$binary" | awk '{print $1}' | tr '\n' ' ')"
ls -l "$tarball" "$wheel" | awk '{printf "%8.1f MB  %s\n", $5 / 1e6, $NF}'
Packaging/try_wheel.sh "$wheel"
