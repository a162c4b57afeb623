#!/usr/bin/env python3
"""Flips every threshold comparison of the checks, one at a time, and names those that no test holds.

The package is copied, and in the copy every `<`, `<=`, `>` and `>=` of a check, and every comparison with the slack of
limits (`isAtMost`…), becomes one of its own that does the same unless its number is asked for in the environment. So everything is compiled once, and each mutant is a run of
the tests. There are two mutants of a comparison:

  negated    the comparison says the opposite
  boundary   it says the opposite only where both sides are equal (to 1e-6, as limits are compared with a slack)

A mutant that survives is a threshold that may be moved without a test noticing: kill it with a test that has a value on
the threshold, or remove the comparison.

usage: mutate.py [--swift SWIFT] [--only TEXT]... [--kind KIND] [--jobs N] [--list]
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / ".build_mutate" / "package"
SCRATCH = ROOT / ".build_mutate" / "build"
COMPARISON = re.compile(r"(?<= )(<=|>=|<|>)(?= )|(?<=\.)(isAtMost|isAtLeast|isAbove|isBelow)(?=\()")
# Digits of a comparison's number, as characters that may stand in an operator.
DIGITS = "∀∁∂∃∄∅∆∇∈∉∊∋∌∍∎∏"
SUPPORT = """import Glibc

/// Which comparison is flipped in this run, and how; made by the mutation script, never part of the product.
enum Mutant {
  static let active: Int = getenv("TALLY_MUTANT").flatMap { Int(String(cString: $0)) } ?? -1
  static let isBoundary = getenv("TALLY_MUTANT_KIND").map { String(cString: $0) == "boundary" } ?? false

  @inline(__always) static func flips<Value: Comparable>(_ number: Int, _ left: Value, _ right: Value) -> Bool {
    guard number == active else { return false }
    guard isBoundary else { return true }
    if let left = left as? Double, let right = right as? Double {
      return abs(left - right) <= 1e-6 * max(1, abs(right))
    }
    return left == right
  }

  @inline(__always) static func flips<First: Comparable, Second: Comparable>(
    _ number: Int, _ left: (First, Second), _ right: (First, Second)
  ) -> Bool { number == active && (!isBoundary || left == right) }

  @inline(__always) static func flips<First: Comparable, Second: Comparable, Third: Comparable>(
    _ number: Int, _ left: (First, Second, Third), _ right: (First, Second, Third)
  ) -> Bool { number == active && (!isBoundary || left == right) }
}
"""


def code_lines(text):
    """The lines of a Swift file with whether they are code: comments and lines of a literal over lines are not."""
    literal = False
    for line in text.splitlines():
        starts = line.count('"""')
        yield line, not literal and not line.lstrip().startswith("//")
        if starts % 2:
            literal = not literal


def outside_strings(line, position):
    return line[:position].replace('\\"', "").count('"') % 2 == 0


def name(number, operator):
    if operator.isalpha():
        return f"{operator}{number}"
    digits = "".join(DIGITS[int(digit, 16)] for digit in f"{number:x}")
    return operator.rstrip("=") + digits


def checks():
    """The files that hold a check's rule."""
    folder = ROOT / "Sources" / "Checks"
    for path in sorted(folder.rglob("*.swift")):
        relative = path.relative_to(folder)
        if relative.parts[0] == "Frame" or relative.name in ("Manuals.swift", "Catalogue.swift"):
            continue
        yield path


def instrument(sources, only):
    """Rewrites the copy; returns (number, file, line, text, operator) of every comparison that is asked for."""
    mutants, support = [], [SUPPORT]
    for path in sources:
        output = []
        for number, (line, is_code) in enumerate(code_lines(path.read_text(encoding="utf-8")), start=1):
            original = line.strip()
            place = f"{path.relative_to(ROOT)}:{number}: {original}"
            if is_code and (not only or any(text in place for text in only)):
                matches = [m for m in COMPARISON.finditer(line) if outside_strings(line, m.start())]
                for match in reversed(matches):
                    identity = len(mutants)
                    operator = match[0]
                    mutants.append((identity, path.relative_to(ROOT), number, original, operator))
                    own = name(identity, operator)
                    line = line[: match.start()] + own + line[match.end():]
                    if operator.isalpha():
                        support.append(
                            f"extension Double {{\n  func {own}(_ limit: Double) -> Bool {{\n"
                            f"    {operator}(limit) != Mutant.flips({identity}, self, limit)\n  }}\n}}\n")
                        continue
                    support.append(
                        f"infix operator {own}: ComparisonPrecedence\n"
                        f"func {own} <Value: Comparable>(left: Value, right: Value) -> Bool {{\n"
                        f"  (left {operator} right) != Mutant.flips({identity}, left, right)\n}}\n"
                        f"func {own} <A: Comparable, B: Comparable>(left: (A, B), right: (A, B)) -> Bool {{\n"
                        f"  (left {operator} right) != Mutant.flips({identity}, left, right)\n}}\n"
                        f"func {own} <A: Comparable, B: Comparable, C: Comparable>(left: (A, B, C), right: (A, B, C)) "
                        f"-> Bool {{\n  (left {operator} right) != Mutant.flips({identity}, left, right)\n}}\n")
            output.append(line)
        (COPY / path.relative_to(ROOT)).write_text("\n".join(output) + "\n", encoding="utf-8")
    (COPY / "Sources" / "Checks" / "Mutants.swift").write_text("\n".join(support), encoding="utf-8")
    return mutants


def targets(package):
    """The declarations of the targets in Package.swift, by name, as text."""
    start = package.index("  targets: [\n") + len("  targets: [\n")
    found, depth, begin = {}, 0, start
    for position in range(start, len(package)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(package[position], 0)
        if depth < 0:
            return found, start, position
        if depth == 0 and package[position] == ")":
            text = package[begin:position + 1].lstrip(",\n")
            found[re.search(r'name: "([^"]+)"', text)[1]] = text
            begin = position + 1
    raise ValueError("Package.swift has no end of its targets")


def only_checks(package):
    """Package.swift with the tests of the checks, and what they need: nothing else has to be compiled."""
    package = re.sub(r"  products: \[.*?\n  \],\n", "", package, flags=re.DOTALL)
    declared, start, end = targets(package)
    needed, waiting = [], ["ChecksTests"]
    while waiting:
        target = waiting.pop()
        if target in needed or target not in declared:
            continue
        needed.append(target)
        waiting += re.findall(r'"([^"]+)"', declared[target])
    return package[:start] + ",\n".join(declared[target] for target in needed) + ",\n  " + package[end:]


def copy_package():
    if COPY.exists():
        shutil.rmtree(COPY)
    COPY.mkdir(parents=True)
    for entry in ("VERSION", "Sources", "Tests"):
        source = ROOT / entry
        (shutil.copytree if source.is_dir() else shutil.copy)(source, COPY / entry)
    (COPY / "Package.swift").write_text(only_checks((ROOT / "Package.swift").read_text(encoding="utf-8")), encoding="utf-8")
    resolved = ROOT / "Package.resolved"
    if resolved.exists():
        shutil.copy(resolved, COPY / "Package.resolved")


def suites_for(path):
    """The suites named after the check's file, or after those that use it; else all tests of the checks."""
    def tested(stem):
        return bool(list((ROOT / "Tests" / "ChecksTests").glob(f"{stem}*.swift")))

    # Who uses what has no tests of its own, and who uses those, up to the first that have some.
    found, seen, waiting = set(), set(), [path.stem.split("+")[0]]
    while waiting:
        stem = waiting.pop()
        if stem in seen:
            continue
        seen.add(stem)
        if tested(stem):
            found.add(stem)
            continue
        waiting += [
            other.stem.split("+")[0] for other in checks() if re.search(rf"\b{stem}\b", other.read_text(encoding="utf-8"))]
    return f"ChecksTests.({'|'.join(sorted(found))})" if found else "ChecksTests"


def seconds_for(tests, suite):
    """Ten times what the suite takes without a mutant, and at least a minute: a mutant that takes longer does not end."""
    started = time.monotonic()
    if not survives(tests, suite, -1, "negated", limit=3600):
        sys.exit(f"mutate: {suite} fails without any mutant")
    return max(60, 10 * (time.monotonic() - started))


def survives(tests, suite, mutant, kind, limit):
    """Runs the built tests themselves: `swift test` would read the package anew each time."""
    # A mutant may crash, which notices it as well: nobody reads where.
    environment = dict(os.environ, TALLY_MUTANT=str(mutant), TALLY_MUTANT_KIND=kind, SWIFT_BACKTRACE="enable=no")
    command = [str(tests), "--testing-library", "swift-testing", "--filter", suite]
    said, has_failed = [], False
    with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        # A mutant that never ends was noticed as well.
        alarm = threading.Timer(limit, process.kill)
        alarm.start()
        for line in process.stdout:
            said.append(line)
            # The first test that fails has noticed it: the others need not run.
            if line.startswith("✘"):
                has_failed = True
                process.kill()
        process.wait()
        alarm.cancel()
    if process.returncode == 0 and not re.search(r"Test run with [1-9]", "".join(said)):
        sys.exit(f"mutate: the filter {suite} finds no test")
    return process.returncode == 0 and not has_failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--swift", default="swift")
    parser.add_argument("--only", action="append", default=[], help="comparisons whose `path:line: text` contains this")
    parser.add_argument("--kind", choices=("negated", "boundary"), action="append", help="only this kind of mutant")
    parser.add_argument("--list", action="store_true", help="print the comparisons and stop")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    options = parser.parse_args()
    copy_package()
    mutants = instrument(checks(), options.only)
    if options.list:
        for number, path, line, text, _ in mutants:
            print(f"{number:4d}  {path}:{line}: {text}")
        return 0
    build = [options.swift, "build", "--build-tests", "--package-path", str(COPY), "--scratch-path", str(SCRATCH)]
    built = subprocess.run(build, check=False, capture_output=True, text=True)
    if built.returncode:
        sys.exit("mutate: the copy does not build\n" + "\n".join(
            dict.fromkeys(line for line in built.stdout.splitlines() if "error:" in line)))
    folder = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
    (tests,) = pathlib.Path(folder).glob("*.xctest")
    kinds = options.kind or ["negated", "boundary"]
    tried = [(kind, mutant) for mutant in mutants for kind in kinds]
    # Before any mutant runs, so that those of several threads do not slow each other's measure.
    suites = {path: suites_for(path) for path in {ROOT / mutant[1] for mutant in mutants}}
    limits = {suite: seconds_for(tests, suite) for suite in sorted(set(suites.values()))}
    survivors, started = [], time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        def judge(one):
            kind, (number, path, *_) = one
            suite = suites[ROOT / path]
            return survives(tests, suite, number, kind, limits[suite])

        results = pool.map(judge, tried)
        for done, ((kind, (_, path, line, text, _)), is_alive) in enumerate(zip(tried, results), start=1):
            if is_alive:
                survivors.append(kind)
                print(f"SURVIVES ({kind})  {path}:{line}: {text}", flush=True)
            if sys.stderr.isatty():
                print(f"\r{done} of {len(tried)} mutants", end="", file=sys.stderr, flush=True)
    print(f"{len(mutants)} comparisons, {len(tried)} mutants: {survivors.count('negated')} negated and "
          f"{survivors.count('boundary')} boundary mutants survive; {time.monotonic() - started:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
