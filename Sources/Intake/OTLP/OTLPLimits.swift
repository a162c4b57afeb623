/// How much of OTLP is taken at once. What exceeds a limit of a whole export is refused; a span that exceeds one of its own
/// is rejected, and the rest is accepted.
public struct OTLPLimits: Sendable, Equatable {
  /// Bytes of one export, decompressed.
  public var bodyBytes: Int
  /// Spans or log records of one export.
  public var items: Int
  /// Bytes of all attributes and events of one span or log record, as they are encoded; of one resource or scope as well.
  public var attributeBytes: Int
  /// How deep lists and maps may nest in an attribute.
  public var depth: Int

  /// For one request: 64 MiB, 100,000 spans, 4 MiB of attributes a span, 32 levels.
  public static let request = OTLPLimits(
    bodyBytes: 64 << 20, items: 100_000, attributeBytes: 4 << 20, depth: 32)
  /// For files, each line of which is an export: as a request, without the limits of the whole.
  public static let file = OTLPLimits(bodyBytes: .max, items: .max, attributeBytes: 64 << 20, depth: 32)

  public init(bodyBytes: Int, items: Int, attributeBytes: Int, depth: Int) {
    self.bodyBytes = bodyBytes
    self.items = items
    self.attributeBytes = attributeBytes
    self.depth = depth
  }
}
