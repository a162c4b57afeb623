#!/usr/bin/env python3
"""Makes the Python wheel `tallystick` around a built binary, so that `pip install tallystick` puts `tally` on PATH.

The wheel holds no Python code: the binary lies in the wheel's scripts folder, which every installer copies to the
environment's bin folder. Equal inputs give equal bytes: times are fixed and the entries are in order.

usage: build_wheel.py BINARY FOLDER [--root ROOT]    prints the path of the wheel

Sources: the binary distribution format (PEP 427, PEP 491), core metadata 2.4 (PEP 639 licence expressions), the
platform tag manylinux_X_Y (PEP 600).
"""

import argparse
import base64
import hashlib
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import elf  # noqa: E402

NAME = "tallystick"
SUMMARY = "Is it better? From two evaluation result files to a verdict that can be trusted"
CLASSIFIERS = [
    "Development Status :: 4 - Beta",
    "Environment :: Console",
    "Intended Audience :: Developers",
    "Intended Audience :: Science/Research",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3",
    "Topic :: Scientific/Engineering :: Artificial Intelligence",
    "Topic :: Software Development :: Quality Assurance",
]
# What PEP 600 lets a manylinux binary ask of the system, as far as Swift's runtime uses it.
SYSTEM_LIBRARIES = {
    "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1",
    "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
}
# The oldest time a zip file can state.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def platform_tag(binary):
    """The tag of the oldest system the binary runs on. Raises ValueError if it asks for more than a plain system has."""
    foreign = [name for name in binary.needed if name not in SYSTEM_LIBRARIES]
    if foreign:
        raise ValueError(f"the binary needs {', '.join(foreign)}, which a user's machine may not have")
    major, minor = binary.glibc
    return f"manylinux_{major}_{minor}_{binary.architecture}"


def metadata(version, description):
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {NAME}",
        f"Version: {version}",
        f"Summary: {SUMMARY}",
        "Keywords: evaluation,llm,statistics,confidence interval,power,regression testing",
        "License-Expression: Apache-2.0",
        "License-File: LICENSE",
        *(f"Classifier: {classifier}" for classifier in CLASSIFIERS),
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + description


def wheel_file(tag):
    return f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n"


def record_row(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"


def build(binary_path, folder, root):
    """Writes the wheel into `folder` and returns its path."""
    version = (root / "VERSION").read_text().strip()
    tag = platform_tag(elf.Binary(binary_path))
    information = f"{NAME}-{version}.dist-info"
    entries = [
        (f"{NAME}-{version}.data/scripts/tally", Path(binary_path).read_bytes(), 0o755),
        (f"{information}/METADATA", metadata(version, (root / "README.md").read_text()).encode(), 0o644),
        (f"{information}/WHEEL", wheel_file(tag).encode(), 0o644),
        (f"{information}/licenses/LICENSE", (root / "LICENSE").read_bytes(), 0o644),
    ]
    record = f"{information}/RECORD"
    rows = [record_row(name, data) for name, data, _ in entries] + [f"{record},,"]
    entries.append((record, ("\n".join(rows) + "\n").encode(), 0o644))

    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{NAME}-{version}-py3-none-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data, mode in entries:
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.create_system = 3  # Unix: only then do installers read the mode
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def main():
    parser = argparse.ArgumentParser(description="Makes the Python wheel around a built binary.")
    parser.add_argument("binary", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    options = parser.parse_args()
    try:
        print(build(options.binary, options.folder, options.root))
    except (OSError, ValueError, elf.NotSupported) as error:
        sys.exit(f"build_wheel.py: {error}")


if __name__ == "__main__":
    main()
