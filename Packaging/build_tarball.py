#!/usr/bin/env python3
"""Packs the binary, its licence and the README as tally-<version>-linux-<architecture>.tar.gz.

Equal inputs give equal bytes: owners, times and order are fixed.

usage: build_tarball.py BINARY FOLDER [--root ROOT]    prints the path of the tarball
"""

import argparse
import gzip
import io
import sys
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import elf  # noqa: E402


def build(binary_path, folder, root):
    """Writes the tarball into `folder` and returns its path."""
    version = (root / "VERSION").read_text().strip()
    name = f"tally-{version}-linux-{elf.Binary(binary_path).architecture}"
    folder.mkdir(parents=True, exist_ok=True)
    tarball = folder / f"{name}.tar.gz"
    with open(tarball, "wb") as file:
        # The name inside the gzip header is left empty and its time is 0, or two builds would differ.
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed:
            with tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive:
                for source, mode in ((binary_path, 0o755), (root / "LICENSE", 0o644), (root / "README.md", 0o644)):
                    member = tarfile.TarInfo(f"{name}/{'tally' if source == binary_path else source.name}")
                    data = Path(source).read_bytes()
                    member.size, member.mode, member.mtime = len(data), mode, 0
                    archive.addfile(member, io.BytesIO(data))
    return tarball


def main():
    parser = argparse.ArgumentParser(description="Packs the binary, its licence and the README.")
    parser.add_argument("binary", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    options = parser.parse_args()
    try:
        print(build(options.binary, options.folder, options.root))
    except (OSError, elf.NotSupported) as error:
        sys.exit(f"build_tarball.py: {error}")


if __name__ == "__main__":
    main()
