public import Records

/// A JSON Schema (draft 2020-12) as whoever answered was asked to keep it, and whether a value does.
///
/// It accuses only of what is sure. Logic has three values (Kleene's): what is not judged here makes a verdict `unknown`, through
/// every `not` and `oneOf`, and never `broken`.
///
/// | keyword | |
/// |---|---|
/// | `type`, `enum`, `const` | judged |
/// | `properties`, `required`, `additionalProperties`, `minProperties`, `maxProperties` | judged; what a `patternProperties` may allow is unknown |
/// | `items`, `prefixItems`, `minItems`, `maxItems`, `uniqueItems` | judged |
/// | `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf` | judged, as decimal numbers |
/// | `minLength`, `maxLength` | judged, in Unicode code points |
/// | `allOf`, `anyOf`, `oneOf`, `not`, `if` with `then` and `else` | judged |
/// | `$ref` to `#` or a JSON pointer in the same document | judged; any other is unknown |
/// | `pattern`, `format`, `contains`, `propertyNames` and all other assertions; OpenAPI's `nullable` of a null | unknown |
/// | everything else | says nothing |
///
/// Numbers are as `JSONValue` has them: what 64 bits do not hold exactly is never said to equal, or not to divide, another. Keys that a
/// `$id` gives another base are unknown.
///
/// Source: A. Wright, H. Andrews, B. Hutton, "JSON Schema: A Media Type for Describing JSON Documents" and "JSON Schema Validation"
/// (draft 2020-12, 2022).
public struct JSONSchema: Sendable {
  public enum Verdict: Sendable, Hashable {
    case holds, broken
    /// Nobody here can say.
    case unknown
  }

  private let root: JSONValue

  public init(_ root: JSONValue) { self.root = root }

  /// Whether a value keeps the schema. O(steps): schemas are written by callers, and some cost more than they should; of those nothing
  /// is said.
  /// - Parameter steps: that may be taken: each looks at a keyword, or at a few members or characters.
  public func verdict(on value: JSONValue, steps: Int) -> Verdict {
    var judge = SchemaJudge(root, steps: steps)
    return judge.verdict(on: value)
  }
}

extension JSONSchema.Verdict {
  init(_ isKept: Bool) { self = isKept ? .holds : .broken }

  /// The contrary.
  var negated: JSONSchema.Verdict {
    switch self {
    case .holds: .broken
    case .broken: .holds
    case .unknown: .unknown
    }
  }

  /// Whether both hold.
  func and(_ other: JSONSchema.Verdict) -> JSONSchema.Verdict {
    if self == .broken || other == .broken { return .broken }
    return self == .holds ? other : .unknown
  }
}
