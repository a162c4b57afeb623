/// What the messages of an export hold, for whoever writes an export again: both encodings have the same fields.
///
/// Source: opentelemetry-proto 1.x, packages `trace.v1`, `logs.v1`, `resource.v1` and `common.v1`.
enum OTLPShape: Int, CaseIterable {
  case traces, logs
  case traceGroup, logGroup, traceScope, logScope
  case resource, entity, scope, span, event, link, status, log
  case attribute, value, list, map

  struct Field {
    let number: UInt32
    /// As JSON names it, in lowerCamelCase.
    let name: StaticString
    let content: Content

    init(_ number: UInt32, _ name: StaticString, _ content: Content) {
      self.number = number
      self.name = name
      self.content = content
    }
  }

  enum Content {
    case message(OTLPShape), messages(OTLPShape)
    /// People's words, or what may be.
    case text, texts
    /// Of a trace or a span.
    case id
    /// A number, a truth value, or an enumeration.
    case number
    /// The values that attributes have.
    case integer, real, bytes
  }

  var fields: [Field] { OTLPShape.tables[rawValue] }

  private static let tables = allCases.map(\.table)

  private var table: [Field] {
    switch self {
    case .traces: [Field(1, "resourceSpans", .messages(.traceGroup))]
    case .logs: [Field(1, "resourceLogs", .messages(.logGroup))]
    case .traceGroup: OTLPShape.group("scopeSpans", .traceScope)
    case .logGroup: OTLPShape.group("scopeLogs", .logScope)
    case .traceScope: OTLPShape.scope("spans", .span)
    case .logScope: OTLPShape.scope("logRecords", .log)
    case .resource:
      [
        Field(1, "attributes", .messages(.attribute)), Field(2, "droppedAttributesCount", .number),
        Field(3, "entityRefs", .messages(.entity)),
      ]
    case .entity:
      [
        Field(1, "schemaUrl", .text), Field(2, "type", .text), Field(3, "idKeys", .texts),
        Field(4, "descriptionKeys", .texts),
      ]
    case .scope:
      [
        Field(1, "name", .text), Field(2, "version", .text), Field(3, "attributes", .messages(.attribute)),
        Field(4, "droppedAttributesCount", .number),
      ]
    case .span:
      [
        Field(1, "traceId", .id), Field(2, "spanId", .id), Field(3, "traceState", .text),
        Field(4, "parentSpanId", .id), Field(5, "name", .text), Field(6, "kind", .number),
        Field(7, "startTimeUnixNano", .number), Field(8, "endTimeUnixNano", .number),
        Field(9, "attributes", .messages(.attribute)), Field(10, "droppedAttributesCount", .number),
        Field(11, "events", .messages(.event)), Field(12, "droppedEventsCount", .number),
        Field(13, "links", .messages(.link)), Field(14, "droppedLinksCount", .number),
        Field(15, "status", .message(.status)), Field(16, "flags", .number),
      ]
    case .event:
      [
        Field(1, "timeUnixNano", .number), Field(2, "name", .text), Field(3, "attributes", .messages(.attribute)),
        Field(4, "droppedAttributesCount", .number),
      ]
    case .link:
      [
        Field(1, "traceId", .id), Field(2, "spanId", .id), Field(3, "traceState", .text),
        Field(4, "attributes", .messages(.attribute)), Field(5, "droppedAttributesCount", .number),
        Field(6, "flags", .number),
      ]
    case .status: [Field(2, "message", .text), Field(3, "code", .number)]
    case .log:
      [
        Field(1, "timeUnixNano", .number), Field(2, "severityNumber", .number), Field(3, "severityText", .text),
        Field(5, "body", .message(.value)), Field(6, "attributes", .messages(.attribute)),
        Field(7, "droppedAttributesCount", .number), Field(8, "flags", .number), Field(9, "traceId", .id),
        Field(10, "spanId", .id), Field(11, "observedTimeUnixNano", .number), Field(12, "eventName", .text),
      ]
    case .attribute: [Field(1, "key", .text), Field(2, "value", .message(.value))]
    case .value:
      [
        Field(1, "stringValue", .text), Field(2, "boolValue", .number), Field(3, "intValue", .integer),
        Field(4, "doubleValue", .real), Field(5, "arrayValue", .message(.list)),
        Field(6, "kvlistValue", .message(.map)), Field(7, "bytesValue", .bytes),
      ]
    case .list: [Field(1, "values", .messages(.value))]
    case .map: [Field(1, "values", .messages(.attribute))]
    }
  }

  private static func group(_ name: StaticString, _ scope: OTLPShape) -> [Field] {
    [Field(1, "resource", .message(.resource)), Field(2, name, .messages(scope)), Field(3, "schemaUrl", .text)]
  }

  private static func scope(_ name: StaticString, _ item: OTLPShape) -> [Field] {
    [Field(1, "scope", .message(.scope)), Field(2, name, .messages(item)), Field(3, "schemaUrl", .text)]
  }

  func field(_ number: UInt32) -> Field? { fields.first { $0.number == number } }

  /// The field of a name in lowerCamelCase, or as in the `.proto` files.
  func field(named name: String) -> Field? {
    var camel: [UInt8] = []
    var isHead = false
    for byte in name.utf8 {
      if byte == UInt8(ascii: "_") {
        isHead = true
      } else {
        camel.append(isHead && (0x61...0x7A).contains(byte) ? byte - 0x20 : byte)
        isHead = false
      }
    }
    return fields.first { field in
      UnsafeBufferPointer(start: field.name.utf8Start, count: field.name.utf8CodeUnitCount).elementsEqual(camel)
    }
  }
}
