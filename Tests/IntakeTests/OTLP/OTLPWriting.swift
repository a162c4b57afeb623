import Records
import Testing

@testable import Intake

/// An attribute value, to write in both encodings.
enum WireValue {
  case absent
  case text(String)
  case flag(Bool)
  case integer(Int64)
  case real(Double)
  case bytes([UInt8])
  indirect case list([WireValue])
  case members(WireMap)

  static func map(_ members: Attributes) -> WireValue { .members(WireMap(members: members)) }
}

/// An enumeration that holds tuples of itself is beyond the compiler.
final class WireMap {
  let members: Attributes

  init(members: Attributes) { self.members = members }
}

typealias Attributes = [(String, WireValue)]

/// A span, to write in both encodings.
struct SpanModel {
  var traceID: [UInt8] = Array(1...16)
  var spanID: [UInt8] = Array(1...8)
  var parentID: [UInt8] = []
  var name = "chat"
  var start: UInt64 = 1_764_000_000_000_000_000
  var end: UInt64 = 1_764_000_001_500_000_000
  var attributes: Attributes = []
  var events: [(name: String, time: UInt64, attributes: Attributes)] = []
  var status: (code: UInt64, message: String) = (0, "")
}

/// An export with one resource and one scope.
struct ExportModel {
  var resource: Attributes = [("service.name", .text("support"))]
  var scope = (name: "scope", version: "1.0")
  var spans: [SpanModel] = []
}

// MARK: Protobuf

enum Wire {
  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
  static func number(_ number: UInt64, _ value: UInt64) -> [UInt8] { varint(number << 3) + varint(value) }

  static func fixed(_ number: UInt64, _ value: UInt64) -> [UInt8] {
    varint(number << 3 | 1) + withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func attributes(_ number: UInt64, _ attributes: Attributes) -> [UInt8] {
    attributes.flatMap { field(number, field(1, $0.0) + field(2, $0.1.protobuf)) }
  }
}

extension WireValue {
  var protobuf: [UInt8] {
    switch self {
    case .absent: []
    case .text(let text): Wire.field(1, text)
    case .flag(let flag): Wire.number(2, flag ? 1 : 0)
    case .integer(let value): Wire.number(3, UInt64(bitPattern: value))
    case .real(let value): Wire.fixed(4, value.bitPattern)
    case .list(let values): Wire.field(5, values.flatMap { Wire.field(1, $0.protobuf) })
    case .members(let map): Wire.field(6, Wire.attributes(1, map.members))
    case .bytes(let bytes): Wire.field(7, bytes)
    }
  }

  var json: String {
    switch self {
    case .absent: return "{}"
    case .text(let text): return #"{"stringValue":\#(quoted(text))}"#
    case .flag(let flag): return #"{"boolValue":\#(flag)}"#
    case .integer(let value): return #"{"intValue":"\#(value)"}"#
    case .real(let value):
      return value.isFinite
        ? #"{"doubleValue":\#(value)}"#
        : #"{"doubleValue":"\#(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")"}"#
    case .list(let values): return #"{"arrayValue":{"values":[\#(values.map(\.json).joined(separator: ","))]}}"#
    case .members(let map): return #"{"kvlistValue":{"values":\#(WireValue.json(map.members))}}"#
    case .bytes(let bytes):
      var text = ""
      bytes.withUnsafeBytes { Base64.encode($0) { text.unicodeScalars.append(Unicode.Scalar($0)) } }
      return #"{"bytesValue":"\#(text)"}"#
    }
  }

  static func json(_ attributes: Attributes) -> String {
    "[" + attributes.map { #"{"key":\#(quoted($0.0)),"value":\#($0.1.json)}"# }.joined(separator: ",") + "]"
  }
}

func quoted(_ text: String) -> String { (try? JSONValue.string(text).line()) ?? "" }

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension SpanModel {
  var protobuf: [UInt8] {
    var bytes = Wire.field(1, traceID) + Wire.field(2, spanID)
    if !parentID.isEmpty { bytes += Wire.field(4, parentID) }
    bytes += Wire.field(5, name) + Wire.number(6, 3) + Wire.fixed(7, start) + Wire.fixed(8, end)
    bytes += Wire.attributes(9, attributes)
    for event in events {
      bytes += Wire.field(
        11, Wire.fixed(1, event.time) + Wire.field(2, event.name) + Wire.attributes(3, event.attributes))
    }
    return bytes + Wire.field(15, Wire.field(2, status.message) + Wire.number(3, status.code))
  }

  var json: String {
    let events = events.map {
      #"{"timeUnixNano":"\#($0.time)","name":\#(quoted($0.name)),"attributes":\#(WireValue.json($0.attributes))}"#
    }
    return #"{"traceId":"\#(hexadecimal(traceID))","spanId":"\#(hexadecimal(spanID))","#
      + #""parentSpanId":"\#(hexadecimal(parentID))","name":\#(quoted(name)),"kind":3,"#
      + #""startTimeUnixNano":"\#(start)","endTimeUnixNano":"\#(end)","attributes":\#(WireValue.json(attributes)),"#
      + #""events":[\#(events.joined(separator: ","))],"#
      + #""status":{"message":\#(quoted(status.message)),"code":\#(status.code)}}"#
  }
}

extension ExportModel {
  var protobuf: [UInt8] {
    let scoped =
      Wire.field(1, Wire.field(1, scope.name) + Wire.field(2, scope.version))
      + spans.flatMap { Wire.field(2, $0.protobuf) }
    return Wire.field(1, Wire.field(1, Wire.attributes(1, resource)) + Wire.field(2, scoped))
  }

  var json: String {
    #"{"resourceSpans":[{"resource":{"attributes":\#(WireValue.json(resource))},"scopeSpans":[{"scope":{"name":"#
      + #"\#(quoted(scope.name)),"version":\#(quoted(scope.version))},"spans":[\#(spans.map(\.json).joined(separator: ","))]}]}]}"#
  }
}

// MARK: Reading

/// Keeps what a receiver hands out.
struct OTLPCollector: OTLPSink, Equatable {
  var spans: [SpanRecord] = []
  var contents: [SpanContent] = []
  var annotations: [AnnotationRecord] = []

  mutating func receive(_ record: SpanRecord, content: SpanContent) {
    spans.append(record)
    contents.append(content)
  }

  mutating func receive(_ record: AnnotationRecord) { annotations.append(record) }
}

func receive(
  _ bytes: [UInt8], _ encoding: OTLPEncoding, _ signal: OTLPSignal = .traces, limits: OTLPLimits = .request,
  mapping: SpanMapping = SpanMapping()
) throws -> (collected: OTLPCollector, outcome: OTLPOutcome) {
  var receiver = OTLPReceiver(limits: limits, mapping: mapping)
  var collector = OTLPCollector()
  let outcome = try bytes.withUnsafeBytes { try receiver.read($0, signal, encoding, name: "body", into: &collector) }
  return (collector, outcome)
}

/// The record and the content of one span with these attributes, read from both encodings, which must agree.
func mapped(
  _ attributes: Attributes, resource: Attributes = [("service.name", .text("support"))],
  mapping: SpanMapping = SpanMapping(),
  _ change: (inout SpanModel) -> Void = { _ in }
) throws -> (span: SpanRecord, content: SpanContent) {
  var span = SpanModel()
  span.attributes = attributes
  change(&span)
  let export = ExportModel(resource: resource, spans: [span])
  let binary = try receive(export.protobuf, .protobuf, mapping: mapping)
  let text = try receive(Array(export.json.utf8), .json, mapping: mapping)
  #expect(binary.collected == text.collected)
  #expect(binary.outcome == text.outcome)
  return (try #require(binary.collected.spans.first), try #require(binary.collected.contents.first))
}

/// A member of a record's canonical JSON, as canonical JSON; dots lead inwards.
func member(_ path: String, of text: String?) -> String? {
  guard let text, var value = try? JSONValue(parsing: text) else { return nil }
  for key in path.split(separator: "/") {
    guard let next = value[String(key)] else { return nil }
    value = next
  }
  return try? value.canonical()
}
