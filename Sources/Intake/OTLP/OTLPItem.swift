import Records

/// A trace's id: 16 bytes, big-endian.
struct TraceID: Equatable {
  var high: UInt64 = 0
  var low: UInt64 = 0

  var isZero: Bool { high | low == 0 }

  /// 32 lower-case hexadecimal digits.
  var text: String { HexadecimalText.text(high, low) }
}

/// Why a span or a log record is not kept, while the rest of its export is.
public enum OTLPRejection: Int, Sendable, CaseIterable {
  case traceIDMissing, traceIDWrong, spanIDMissing, spanIDWrong, noTime, timeOutOfRange, attributesTooLarge
  case attributesTooDeep, evaluationIncomplete

  /// In words, to follow a count: `2 without a trace id`.
  public var words: String {
    switch self {
    case .traceIDMissing: "without a trace id"
    case .traceIDWrong: "with a trace id that is not 16 bytes (32 hexadecimal digits)"
    case .spanIDMissing: "without a span id"
    case .spanIDWrong: "with a span id or parent id that is not 8 bytes (16 hexadecimal digits)"
    case .noTime: "without a time"
    case .timeOutOfRange: "with a time after 2262"
    case .attributesTooLarge: "with more bytes of attributes than the limit"
    case .attributesTooDeep: "with attributes nested deeper than the limit"
    case .evaluationIncomplete: "with an evaluation that has no name, or neither score nor label, or no subject"
    }
  }
}

/// An event on a span.
struct OTLPEvent {
  var time: UInt64 = 0
  var name = ValueNode.noText
  /// Where its attributes begin and end in the tape of events.
  var attributes = 0..<0
}

/// What a span and a log record have in common while they are read: the reader fills it again for each.
///
/// Texts and values are borrowed: they are valid while the consumer is called. Times are nanoseconds since 1970, 0 for none.
final class OTLPItem {
  let resource = ValueTape()
  let scope = ValueTape()
  var scopeName = ValueNode.noText
  var scopeVersion = ValueNode.noText

  var traceID = TraceID()
  var spanID: UInt64 = 0
  /// 0 for a root.
  var parentID: UInt64 = 0
  /// Of a span its name, of a log record the name of its event.
  var name = ValueNode.noText
  /// Of a log record its time, or else the time at which it was observed.
  var start: UInt64 = 0
  var end: UInt64 = 0
  /// 0 unset, 1 ok, 2 error.
  var statusCode: UInt64 = 0
  var statusMessage = ValueNode.noText
  let attributes = ValueTape()
  private(set) var events: [OTLPEvent] = []
  let eventAttributes = ValueTape()
  /// The first reason for which the item cannot be kept.
  private(set) var rejection: OTLPRejection?
  private var hasTraceID = false
  private var hasSpanID = false

  @inline(__always)
  func beginItem() {
    traceID = TraceID()
    spanID = 0
    parentID = 0
    name = ValueNode.noText
    start = 0
    end = 0
    statusCode = 0
    statusMessage = ValueNode.noText
    attributes.removeAll()
    if !events.isEmpty { events.removeAll(keepingCapacity: true) }
    eventAttributes.removeAll()
    rejection = nil
    hasTraceID = false
    hasSpanID = false
  }

  func beginScope() {
    scope.removeAll()
    scopeName = ValueNode.noText
    scopeVersion = ValueNode.noText
  }

  @inline(__always)
  func append(_ event: OTLPEvent) { events.append(event) }

  @inline(__always)
  func reject(_ reason: OTLPRejection) {
    if rejection == nil { rejection = reason }
  }

  @inline(__always)
  func setTraceID(_ id: TraceID) {
    traceID = id
    hasTraceID = !id.isZero
  }

  @inline(__always)
  func setSpanID(_ id: UInt64) {
    spanID = id
    hasSpanID = id != 0
  }

  /// Checks what a span must have. Ids of zeros are as good as none (Trace Context, W3C).
  @inline(__always)
  func checkSpan() {
    if !hasTraceID { reject(.traceIDMissing) }
    if !hasSpanID { reject(.spanIDMissing) }
    if start == 0 { start = end }
    if start == 0 { reject(.noTime) }
    if start > UInt64(Int64.max) || end > UInt64(Int64.max) { reject(.timeOutOfRange) }
  }

  /// Checks what a log record must have.
  func checkLog() {
    if start == 0 { reject(.noTime) }
    if start > UInt64(Int64.max) { reject(.timeOutOfRange) }
  }
}

/// Takes spans and log records as they are read.
protocol OTLPConsumer {
  /// A span that can be kept.
  mutating func receiveSpan(_ item: OTLPItem) throws
  /// A log record with a time; a reason, if it should have been kept and cannot be.
  mutating func receiveLog(_ item: OTLPItem) throws -> OTLPRejection?
}

/// Hexadecimal digits of ids.
enum HexadecimalText {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ words: UInt64...) -> String {
    String(unsafeUninitializedCapacity: words.count * 16) { buffer in
      for (place, word) in words.enumerated() {
        for digit in 0..<16 {
          buffer[place * 16 + digit] = digits[Int(truncatingIfNeeded: word >> UInt64(60 - 4 * digit) & 15)]
        }
      }
      return words.count * 16
    }
  }

  /// The 64 digits of a digest.
  static func text(_ digest: SHA256Digest) -> String {
    text(digest.words.0, digest.words.1, digest.words.2, digest.words.3)
  }

  /// The value of up to 16 digits of either case; nil if there is another byte among them.
  static func word(_ text: UnsafeRawBufferPointer) -> UInt64? {
    guard text.count <= 16 else { return nil }
    var value: UInt64 = 0
    for byte in text {
      let digit = byte &- UInt8(ascii: "0")
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      guard digit < 10 || letter < 6 else { return nil }
      value = value << 4 | UInt64(digit < 10 ? digit : letter + 10)
    }
    return value
  }
}
