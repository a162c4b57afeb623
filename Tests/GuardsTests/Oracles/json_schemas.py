#!/usr/bin/env python3
"""Writes Fixtures/json-schemas.jsonl: schemas, values, and whether python-jsonschema (Draft202012Validator) says that they fit.

A line: {"judged": whether all keywords are judged by tally, "schema": …, "cases": [[value, fits], …]}. Numbers are read as decimals, so that
`multipleOf` is exact. Needs jsonschema 4. usage: json_schemas.py > ../Fixtures/json-schemas.jsonl
"""
import json
import random
from decimal import Decimal

from jsonschema import Draft202012Validator, validators

draw = random.Random(20_1204)

# Decimal("1.0") is an integer, as 1.0 is.
CHECKER = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer",
    lambda _, value: not isinstance(value, bool)
    and (isinstance(value, int) or isinstance(value, Decimal) and value == value.to_integral_value()),
)
Oracle = validators.extend(Draft202012Validator, type_checker=CHECKER)

KEYS = ["a", "b", "c", "total", "é", "a/b", "m~n", ""]
TEXTS = ["", "a", "ab", "abc", "é", "e\u0301", "👩\u200d🚀", "𝒳y", "red", "green", "null", "1"]
NUMBERS = [0, -0.0, 1, 1.0, -1, 2, 3, 7, 10, 100, 0.1, 0.3, 0.5, 1.5, 2.5, 0.01, 19.99, 1e2, 1e-7, 4.02, 9007199254740991,
           -3, 12.5, 0.0075, 1e20 / 4e4, 3.0, 300, 0.7]
STEPS = [1, 2, 3, 0.1, 0.01, 0.5, 1.5, 0.0001, 5, 10, 2.5, 1.0, 0.3, 7, 1e-7]


def value(depth=0):
    kind = draw.randrange(7 if depth < 3 else 5)
    if kind == 0:
        return None
    if kind == 1:
        return draw.random() < 0.5
    if kind == 2:
        return draw.choice(TEXTS)
    if kind in (3, 4):
        return draw.choice(NUMBERS)
    if kind == 5:
        return [value(depth + 1) for _ in range(draw.randrange(4))]
    return {key: value(depth + 1) for key in draw.sample(KEYS, draw.randrange(4))}


def types():
    names = ["null", "boolean", "object", "array", "string", "number", "integer"]
    return draw.choice(names) if draw.random() < 0.7 else draw.sample(names, draw.randrange(1, 4))


def keyword(depth, judged):
    """One keyword, or a few that belong together."""
    inner = (lambda: schema(depth + 1, judged)) if depth < 3 else (lambda: {"type": types()})
    small = lambda: draw.choice([0, 1, 1, 2, 2, 3, 2.0])
    options = [
        lambda: {"type": types()},
        lambda: {"type": types()},
        lambda: {"enum": [value(1) for _ in range(draw.randrange(1, 5))]},
        lambda: {"const": value(1)},
        lambda: {"properties": {key: inner() for key in draw.sample(KEYS, draw.randrange(1, 4))}},
        lambda: {"properties": {key: inner() for key in draw.sample(KEYS, draw.randrange(1, 4))},
                 "required": draw.sample(KEYS, draw.randrange(3)),
                 "additionalProperties": draw.choice([False, False, True, inner()])},
        lambda: {"required": draw.sample(KEYS, draw.randrange(3))},
        lambda: {"additionalProperties": draw.choice([False, inner()])},
        lambda: {"items": draw.choice([False, inner(), inner()])},
        lambda: {"prefixItems": [inner() for _ in range(draw.randrange(1, 3))], "items": draw.choice([False, inner()])},
        lambda: {"minItems": small()}, lambda: {"maxItems": small()}, lambda: {"uniqueItems": draw.random() < 0.8},
        lambda: {"minimum": draw.choice(NUMBERS)}, lambda: {"maximum": draw.choice(NUMBERS)},
        lambda: {"exclusiveMinimum": draw.choice(NUMBERS)}, lambda: {"exclusiveMaximum": draw.choice(NUMBERS)},
        lambda: {"multipleOf": draw.choice(STEPS)}, lambda: {"multipleOf": draw.choice(STEPS)},
        lambda: {"minLength": small()}, lambda: {"maxLength": small()},
        lambda: {"minProperties": small()}, lambda: {"maxProperties": small()},
        lambda: {"allOf": [inner() for _ in range(draw.randrange(1, 3))]},
        lambda: {"anyOf": [inner() for _ in range(draw.randrange(1, 4))]},
        lambda: {"oneOf": [inner() for _ in range(draw.randrange(1, 4))]},
        lambda: {"not": inner()},
        lambda: {"if": inner(), **({"then": inner()} if draw.random() < 0.8 else {}),
                 **({"else": inner()} if draw.random() < 0.8 else {})},
        lambda: {"$ref": draw.choice(["#/$defs/x", "#/$defs/y~1z", "#/$defs/%C3%A9", "#/definitions/w"])},
        lambda: {"title": "t", "default": value(1), "description": "d", "then": inner()},
    ]
    if not judged:
        options = options[3:6] + options[23:28] + [
            lambda: {"pattern": draw.choice(["^a", "b", "^.$", "\\d"])},
            lambda: {"patternProperties": {draw.choice(["^a", "t", "."]): inner()},
                     "additionalProperties": draw.choice([False, inner()])},
            lambda: {"contains": inner()}, lambda: {"propertyNames": {"maxLength": small()}},
            lambda: {"dependentRequired": {"a": ["b"]}}, lambda: {"unevaluatedProperties": False},
            lambda: {"properties": {"a": inner()}, "patternProperties": {"^b": inner()}, "additionalProperties": False},
            lambda: {"pattern": draw.choice(["^a", "b"]), "minLength": small()},
        ]
    return draw.choice(options)()


def schema(depth=0, judged=True):
    if depth > 0 and draw.random() < 0.05:
        return draw.random() < 0.5
    made = {}
    for _ in range(draw.choice([1, 1, 2, 3])):
        made.update(keyword(depth, judged))
    return made


def near(made, depth=0):
    """A value that a schema may be about."""
    if not isinstance(made, dict) or depth > 4 or draw.random() < 0.15:
        return value(1)
    for key in ("const",):
        if key in made:
            return made[key]
    if "enum" in made and draw.random() < 0.8:
        return draw.choice(made["enum"])
    for key in ("allOf", "anyOf", "oneOf"):
        if key in made and draw.random() < 0.6:
            return near(draw.choice(made[key]), depth + 1)
    if "properties" in made or "required" in made or "additionalProperties" in made or "patternProperties" in made:
        thing = {key: near(inner, depth + 1) for key, inner in made.get("properties", {}).items() if draw.random() < 0.8}
        for key in made.get("required", []):
            if draw.random() < 0.85:
                thing.setdefault(key, value(2))
        if draw.random() < 0.3:
            thing[draw.choice(KEYS)] = value(2)
        return thing
    if "items" in made or "prefixItems" in made or "uniqueItems" in made or "contains" in made:
        prefix = [near(inner, depth + 1) for inner in made.get("prefixItems", [])]
        return prefix + [near(made.get("items"), depth + 1) for _ in range(draw.randrange(3))]
    if any(key in made for key in ("minLength", "maxLength", "pattern")):
        return draw.choice(TEXTS)
    if any(key in made for key in ("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")):
        step = made.get("multipleOf", 1)
        return draw.choice(NUMBERS) if draw.random() < 0.5 else float(Decimal(str(step)) * draw.randrange(-3, 2000))
    kind = made.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    simple = {"null": None, "boolean": True, "object": {}, "array": [], "string": "a", "number": 1.5, "integer": 3.0}
    return simple.get(kind, value(1))


def whole():
    """A schema with what its references name; some of it names itself."""
    judged = draw.random() < 0.85
    made = schema(judged=judged)
    text = json.dumps(made)
    if "$ref" in text:
        made["$defs"] = {"x": {"type": types()}, "y/z": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/x"}]},
                         "é": {"properties": {"a": {"$ref": "#/$defs/é"}, "b": {"minimum": 1}}, "minProperties": 1}}
        made["definitions"] = {"w": {"type": ["array", "string"], "items": {"$ref": "#/definitions/w"}, "maxItems": 2}}
    return judged, made


def dumped(thing):
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def main():
    rows = [
        (True, {"type": "object", "properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}}, "required": ["n"],
                "additionalProperties": False},
         [{"n": 1}, {"n": 1, "next": {"n": 2.0}}, {"n": 1, "next": {"n": 2.5}}, {"n": 1, "next": {}}, {"m": 1}, 3]),
        (True, {"multipleOf": 0.01}, [19.99, 19.999, 0, 4.02, 0.01, 12345.67, -0.07]),
        (True, {"uniqueItems": True}, [[1, 1.0], [1, True], [0, False], [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], ["é", "e\u0301"],
                                       [[1], [True]]]),
        (True, {"enum": [1, "1", False, {"a": 1.0}]}, [1.0, True, 0, {"a": 1}, "1", "01", {"a": True}]),
        (True, {"maxLength": 1}, ["👩\u200d🚀", "𝒳", "e\u0301", "é", ""]),
        (True, {"maximum": 9007199254740993}, [9007199254740992, 9007199254740993, 9007199254740994, 9007199254740993.5]),
    ]
    for _ in range(800):
        judged, made = whole()
        rows.append((judged, made, [near(made) for _ in range(4)] + [value() for _ in range(2)]))
    for judged, made, values in rows:
        # As readers of the text have it: numbers as decimals.
        read = json.loads(dumped(made), parse_float=Decimal)
        oracle = Oracle(read)
        seen, cases = set(), []
        for thing in values:
            text = dumped(thing)
            if text in seen:
                continue
            seen.add(text)
            cases.append(f"[{text},{dumped(oracle.is_valid(json.loads(text, parse_float=Decimal)))}]")
        print(f'{{"judged":{dumped(judged)},"schema":{dumped(made)},"cases":[{",".join(cases)}]}}')


main()
