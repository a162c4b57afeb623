public import Records

/// The JSON Schema of `tally.yaml`, for editors: made from the same keys that read the file.
///
/// It accepts what the reader accepts and refuses what has a wrong key, type or range. What only the reader refuses:
/// repeated keys, rules between keys, numbers that readers of YAML disagree about (`010`, `0x1F`), control characters
/// in texts, and files that include each other.
public enum ProjectSchema {
  /// A document of JSON Schema 2020-12; the policies of the checks are in `$defs`.
  public static func json(policies: PolicyCatalogue) -> JSONValue {
    var schema = JSONObject([
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "tally.yaml",
      "description": "What Tallystick is told about a project: its suites, features, gates and thresholds",
    ])
    for member in Project.schema(policies).members { schema[member.key] = member.value }
    var definitions = JSONObject()
    for type in policies.types { definitions[type.check] = .object(type.definition(policies)) }
    schema["$defs"] = .object(definitions)
    return .object(schema)
  }
}

extension CheckPolicy {
  static func definition(_ catalogue: PolicyCatalogue) -> JSONObject {
    var definition = schema(catalogue)
    definition["description"] = .string("Thresholds of the check \(check)")
    return definition
  }
}
