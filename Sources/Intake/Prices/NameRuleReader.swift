import Patterns
import Pricing
import Records

/// Reads a rule on names: `{"equals": …}`, `{"starts_with": …}`, `{"ends_with": …}`, `{"contains": …}`, `{"regex": …}`, `{"or": […]}`,
/// `{"and": […]}`, an object with one member.
enum NameRuleReader {
  static func readIfAny(_ reader: inout JSONReader) throws -> NameRule? {
    if try reader.peek() == .null {
      try reader.readNull()
      return nil
    }
    return try read(&reader, depth: 0)
  }

  private static func read(_ reader: inout JSONReader, depth: Int) throws -> NameRule {
    _ = try reader.peek()
    let start = reader.offset
    guard depth < NameRule.deepest else {
      throw reader.error(atOffset: start, problem: "rules nest deeper than \(NameRule.deepest)")
    }
    try reader.requireObject("a rule on names")
    var rule: NameRule?
    while let key = try reader.nextKey()?.string {
      guard rule == nil else { throw reader.error(atOffset: start, problem: "a rule on names must say one thing") }
      rule = try readMember(&reader, key, depth: depth)
    }
    guard let rule else { throw reader.error(atOffset: start, problem: "a rule on names says nothing") }
    return rule
  }

  private static func readMember(_ reader: inout JSONReader, _ key: String, depth: Int) throws -> NameRule {
    _ = try reader.peek()
    let offset = reader.offset
    switch key {
    case "equals": return .equals(try reader.requireText(key).lowercased())
    case "starts_with": return .startsWith(try reader.requireText(key).lowercased())
    case "ends_with": return .endsWith(try reader.requireText(key).lowercased())
    case "contains": return .contains(try reader.requireText(key).lowercased())
    case "regex":
      let text = try reader.requireText(key)
      do {
        return .pattern(try Pattern(text))
      } catch {
        throw reader.error(
          atOffset: offset, problem: "the pattern \(error.problem), after \(error.offset) bytes",
          remedy: "Write it with classes, groups, repeats and anchors")
      }
    case "or", "and":
      var rules: [NameRule] = []
      try reader.requireArray(key)
      while try reader.nextElement() { rules.append(try read(&reader, depth: depth + 1)) }
      return key == "or" ? .any(rules) : .all(rules)
    default:
      throw reader.error(
        atOffset: offset, problem: "the rule '\(key.prefix(40))' on names is not known",
        remedy: "Known are equals, starts_with, ends_with, contains, regex, or, and")
    }
  }
}
