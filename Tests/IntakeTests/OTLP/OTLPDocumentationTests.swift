import Records
import Testing

@testable import Intake

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `Documentation/OTLP.md` says what `AttributeTable` does. With `TALLY_UPDATE_DOCUMENTATION` set, it is written anew instead.
struct OTLPDocumentationTests {
  private static let begin = "<!-- made from AttributeTable by OTLPDocumentationTests; do not edit -->\n"
  private static let end = "<!-- end -->\n"

  private var table: String {
    var text = "\n| in the record | attributes, the first that is there counts |\n|---|---|\n"
    for group in AttributeTable.groups {
      let name = group.name.description
      let place = name.isEmpty ? group.field.documentation : "\(group.field.documentation)\(name)`"
      let keys = group.keys.map { "`\($0)`" }.joined(separator: ", ")
      text += "| \(place)\(group.holdsJSON ? ", JSON in a text read as JSON" : "") | \(keys) |\n"
    }
    text += "\n| attributes that begin alike | go to |\n|---|---|\n"
    for (_, target, example) in AttributeTable.prefixes { text += "| `\(example)` | \(target.documentation) |\n" }
    let tags = AttributeTable.reservedTags.map { "`\($0)`" }.joined(separator: ", ")
    return text + "\nReserved tags, which checks read: \(tags).\n\n"
  }

  @Test func documentationIsFresh() throws {
    let path = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Documentation/OTLP.md"
    let source = try ByteSource(path: path)
    let text = String(decoding: source.bytes, as: UTF8.self)
    let begin = try #require(text.firstRange(of: Self.begin))
    let end = try #require(text.firstRange(of: Self.end))
    let fresh = text[..<begin.upperBound] + table + text[end.lowerBound...]
    guard text != fresh, getenv("TALLY_UPDATE_DOCUMENTATION") != nil else {
      #expect(text == fresh, "stale: run the tests once with TALLY_UPDATE_DOCUMENTATION=1")
      return
    }
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    fputs(String(fresh), file)
  }

  /// A key that stood in two groups would be taken twice; only OpenInference's one name of two models may.
  @Test func everyKeyHasOnePlace() {
    let keys = AttributeTable.groups.flatMap { $0.keys.map(\.description) }
    let repeated = Dictionary(grouping: keys) { $0 }.filter { $0.value.count > 1 }.keys
    #expect(Array(repeated) == ["llm.model_name"])
    #expect(Set(AttributeTable.groups.map(\.field)) == Set(SpanField.allCases))
  }
}
