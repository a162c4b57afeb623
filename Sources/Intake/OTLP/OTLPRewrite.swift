public import Records

/// The names that identify a span.
public struct SpanName: Hashable, Sendable {
  public let traceID: String
  public let spanID: String

  public init(traceID: String, spanID: String) {
    self.traceID = traceID
    self.spanID = spanID
  }

  public init(_ span: SpanRecord) { self.init(traceID: span.traceID, spanID: span.spanID) }
}

/// Writes an export again, in its own encoding, without what must not go on to others.
///
/// What it knows of an export is what `OTLPShape` says; a field that is not there is left out, since nobody can say what
/// it holds.
public struct OTLPRewrite {
  /// A text as it may go on; nil where it may as it is. It is asked about names, keys and messages, and about whole numbers
  /// and bytes too.
  public var text: (String) -> String? = { _ in nil }
  /// Whether what was said is left out: attributes that are content to `AttributeTable`, those of events, and the bodies of
  /// log records.
  public var omitsContent = false
  /// The spans that go on; nil for all.
  public var spans: Set<SpanName>?
  /// What is written into the spans that state no tenant.
  public var tenant: (name: String, of: Set<SpanName>)?

  public init() {}

  /// - Returns: the export, or nil when it cannot be written again: its JSON repeats a name or nests deeper than 128
  ///   levels, its protobuf is damaged in a field that receivers pass over.
  /// - Complexity: O(bytes), and what `text` costs.
  public func rewritten(_ body: [UInt8], _ signal: OTLPSignal, _ encoding: OTLPEncoding) -> [UInt8]? {
    let shape: OTLPShape = signal == .traces ? .traces : .logs
    switch encoding {
    case .json:
      guard let value = body.withUnsafeBytes({ try? JSONValue(parsing: $0) }) else { return nil }
      return OTLPJSONRewriter(rewrite: self).rewritten(value, shape).flatMap { try? $0.line() }.map { Array($0.utf8) }
    case .protobuf:
      return body.withUnsafeBytes { try? OTLPProtobufRewriter(rewrite: self).rewritten(ProtobufReader($0), shape) }
    }
  }

  // MARK: Parts

  /// The attribute that states a tenant before all others.
  static let tenantKey = "tally.tenant"

  /// Whether a field of a message holds what was said.
  func omits(_ field: OTLPShape.Field, of shape: OTLPShape) -> Bool {
    switch shape {
    case .event: omitsContent && field.number == 3
    case .log: omitsContent && field.number == 5
    default: false
    }
  }

  /// Whether an attribute of a span or a log record is left out.
  func omits(attribute key: String) -> Bool {
    guard omitsContent else { return false }
    var key = key
    return key.withUTF8 { OTLPRewrite.isContent(BorrowedText(UnsafeRawBufferPointer($0))) }
  }

  private static func isContent(_ key: BorrowedText) -> Bool {
    var isContent = SpanMapper.derivedNames.contains { key.equals($0) }
    var isKnown = false
    AttributeIndex.shared.forEach(key) { entry in
      let group = AttributeTable.groups[entry.group]
      isKnown = true
      isContent = isContent || group.isContent || group.field == .toolSchema
    }
    guard !isKnown, let (target, _) = AttributeIndex.shared.flat(key) else { return isContent }
    switch target {
    case .inputMessages, .outputMessages, .documents, .otherContent: return true
    case .usage, .attribute, .tag: return isContent
    }
  }

  /// Whether a span of these ids, in hexadecimal digits, goes on.
  func keeps(_ name: SpanName) -> Bool { spans?.contains(name) ?? true }

  /// The tenant that a span is given.
  func tenant(of name: SpanName) -> String? { tenant.flatMap { $0.of.contains(name) ? $0.name : nil } }

  /// A whole number as the text that stands in its place; nil where it may go on.
  func text(of number: Int64) -> String? { text(String(number)) }

  func text(of number: Double) -> String? { Int64(exactly: number).flatMap { text(of: $0) } }

  /// Bytes as they may go on, which may be text.
  func bytes(_ bytes: some Collection<UInt8>) -> [UInt8]? {
    text(String(decoding: bytes, as: UTF8.self)).map { Array($0.utf8) }
  }
}
