import Records

/// Writes the messages of an export again, in JSON.
struct OTLPJSONRewriter {
  let rewrite: OTLPRewrite

  /// Nil for what is left out: a value that is none of the field's.
  func rewritten(_ value: JSONValue, _ shape: OTLPShape) -> JSONValue? {
    guard case .object(let object) = value else { return nil }
    let name = shape == .span ? OTLPJSONRewriter.name(of: object) : nil
    if let name, !rewrite.keeps(name) { return nil }
    if shape == .attribute, rewrite.omits(attribute: object["key"]?.text ?? "") { return nil }
    var output = JSONObject()
    for member in object.members {
      guard let field = shape.field(named: member.key), !rewrite.omits(field, of: shape) else { continue }
      switch field.content {
      case .integer, .real:
        guard let (key, value) = number(member, field) else { continue }
        output[key] = value
      default: output[member.key] = content(member.value, field.content)
      }
    }
    if let name, let tenant = rewrite.tenant(of: name) {
      let attributes = output["attributes"]?.elements ?? []
      output["attributes"] = .array(attributes + [OTLPJSONRewriter.attribute(tenant)])
    }
    return .object(output)
  }

  private func content(_ value: JSONValue, _ content: OTLPShape.Content) -> JSONValue? {
    if value == .null { return .null }
    switch content {
    case .message(let shape): return rewritten(value, shape)
    case .messages(let shape):
      guard case .array(let elements) = value else { return nil }
      return .array(elements.compactMap { rewritten($0, shape) })
    case .text: return value.text.map { .string(rewrite.text($0) ?? $0) }
    case .texts: return .array(value.elements.compactMap(\.text).map { .string(rewrite.text($0) ?? $0) })
    case .id: return value.text.flatMap { OTLPJSONRewriter.isID($0) ? .string($0) : Optional.none }
    // `nil` alone would be JSON's null.
    case .number: return OTLPJSONRewriter.isNumber(value) ? value : Optional.none
    case .bytes: return value.text.flatMap(bytes).map(JSONValue.string)
    case .integer, .real: return nil
    }
  }

  /// A value that is a number, which may come as a text; as the text that stands in its place where there is one.
  private func number(_ member: JSONObject.Member, _ field: OTLPShape.Field) -> (String, JSONValue)? {
    let text: String?
    switch member.value {
    case .null: return (member.key, .null)
    case .integer(let number): text = rewrite.text(of: number)
    case .number(let number): text = rewrite.text(of: number)
    case .string(let digits):
      if let number = Int64(digits) {
        text = rewrite.text(of: number)
      } else {
        guard let number = Double(digits) else { return nil }
        text = rewrite.text(of: number)
      }
    default: return nil
    }
    return text.map { ("stringValue", .string($0)) } ?? (member.key, member.value)
  }

  private func bytes(_ text: String) -> String? {
    let tape = ValueTape()
    var text = text
    return text.withUTF8 { utf8 in
      guard let bytes = Base64.decode(BorrowedText(UnsafeRawBufferPointer(utf8)), tape)?.bytes else { return nil }
      var output: [UInt8] = []
      (rewrite.bytes(bytes) ?? Array(bytes)).withUnsafeBytes { Base64.encode($0) { output.append($0) } }
      return String(decoding: output, as: UTF8.self)
    }
  }

  private static func isID(_ text: String) -> Bool {
    [0, 16, 32].contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
  }

  /// Numbers, and the names of enumerations: `SPAN_KIND_CLIENT`.
  private static func isNumber(_ value: JSONValue) -> Bool {
    switch value {
    case .integer, .number, .bool: true
    case .string(let text):
      UInt64(text) != nil
        || ["SPAN_KIND_", "STATUS_CODE_", "SEVERITY_NUMBER_"].contains { text.hasPrefix($0) }
          && text.utf8.count < 40 && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0 < 0x5B && $0 > 0x2F }
    default: false
    }
  }

  private static func name(of span: JSONObject) -> SpanName {
    // One that has two names for one thing is none that a receiver took for sure.
    func id(_ name: String, _ other: String) -> String {
      guard span[name] == nil || span[other] == nil else { return "" }
      return (span[name] ?? span[other])?.text?.lowercased() ?? ""
    }
    return SpanName(traceID: id("traceId", "trace_id"), spanID: id("spanId", "span_id"))
  }

  private static func attribute(_ tenant: String) -> JSONValue {
    var value = JSONObject()
    value["stringValue"] = .string(tenant)
    var attribute = JSONObject()
    attribute["key"] = .string(OTLPRewrite.tenantKey)
    attribute["value"] = .object(value)
    return .object(attribute)
  }
}
