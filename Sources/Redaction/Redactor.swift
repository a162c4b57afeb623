public import Patterns
public import Records

/// Takes out of records what shall not be stored, before it is: what detectors and patterns find is replaced by its name in
/// brackets (`[email]`), or what was said is not kept at all.
///
/// What is taken out leaves no trace but that name; the hash of what was said is that of what is kept. The same text always
/// becomes the same, so that a delivery that comes twice is still known again.
public struct Redactor: Sendable {
  /// A pattern and what stands in its place.
  public struct Rule: Sendable, Equatable {
    public let pattern: Pattern
    public let name: String

    /// - Parameter name: stands in brackets in the place of what was found.
    public init(_ pattern: Pattern, name: String) {
      self.pattern = pattern
      self.name = name
    }
  }

  private let detectors: [Detector]
  private let rules: [Rule]
  /// Whether prompts, answers, arguments and results are kept, redacted.
  private let keepsContent: Bool

  /// - Parameter detectors: of the names of what is found at the same place, the first in this order counts.
  public init(detectors: [Detector], rules: [Rule] = [], keepsContent: Bool = true) {
    self.detectors = detectors
    self.rules = rules
    self.keepsContent = keepsContent
  }

  /// What it does, in words: `takes out email, card; keeps no prompts and answers`.
  public var summary: String {
    let names = detectors.map(\.rawValue) + rules.map(\.name)
    let parts = [
      names.isEmpty ? nil : "takes out \(names.joined(separator: ", "))",
      keepsContent ? nil : "keeps no prompts and answers",
    ]
    return parts.compactMap(\.self).joined(separator: "; ")
  }

  // MARK: Texts

  /// The text as it may be kept; nil when there is nothing to take out. O(bytes), times the states of the patterns.
  public func redacted(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var found: [(range: Range<Int>, name: String)] = []
    for rule in rules { found += rule.pattern.cover(of: bytes).map { ($0, rule.name) } }
    for detector in detectors { found += detector.ranges(in: bytes).map { ($0, detector.rawValue) } }
    guard !found.isEmpty else { return nil }
    let order = found.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }
    var kept: [UInt8] = []
    var place = 0
    var end = 0
    for (_, one) in order {
      // What overlaps with what was taken out before goes with it.
      if one.range.lowerBound >= end {
        kept += bytes[place..<one.range.lowerBound]
        kept += Array("[\(one.name)]".utf8)
      }
      end = max(end, one.range.upperBound)
      place = end
    }
    kept += bytes[place...]
    return String(decoding: kept, as: UTF8.self)
  }

  /// The texts and whole numbers within a value; keys stay. Nil when there is nothing to take out.
  private func redacted(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .null, .bool, .number: return nil
    // The number of a card may come as a number.
    case .integer(let number): return redacted(String(number)).map(JSONValue.string)
    case .string(let text): return redacted(text).map(JSONValue.string)
    case .array(let elements):
      var changed = elements
      var isChanged = false
      for (place, element) in elements.enumerated() {
        guard let new = redacted(element) else { continue }
        changed[place] = new
        isChanged = true
      }
      return isChanged ? .array(changed) : nil
    case .object(let object):
      var changed = object
      var isChanged = false
      for member in object.members {
        guard let new = redacted(member.value) else { continue }
        changed[member.key] = new
        isChanged = true
      }
      return isChanged ? .object(changed) : nil
    }
  }

  /// A text that is JSON, text by text within it, in canonical form, and any other as it may be kept; nil when there is
  /// nothing to take out.
  public func redacted(document text: String) -> String? {
    guard let value = try? JSONValue(parsing: text) else { return redacted(text) }
    return redacted(value).flatMap { try? $0.canonical() }
  }

  // MARK: Deliveries

  /// The delivery as it may be kept.
  public func redacted(_ batch: RecordBatch) -> RecordBatch {
    var kept = RecordBatch()
    var redaction = DeliveryRedaction(self)
    for content in batch.contents { if let content = redaction.redacted(content) { kept.receive(content) } }
    for record in batch.records { kept.receive(redaction.redacted(record)) }
    return kept
  }

  /// What was said, as it may be kept; nil when it may not.
  func redacted(_ content: Content) -> Content? {
    let text = String(decoding: content.bytes, as: UTF8.self)
    guard let new = redacted(document: text) else { return content }
    return Content(Array(new.utf8), at: content.at)
  }

  /// Whether prompts, answers, arguments and results are not kept at all.
  public var dropsContent: Bool { !keepsContent }
}
