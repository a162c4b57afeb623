import Records

/// Values of OTLP/JSON.
extension OTLPJSON {
  /// A text; `null` is an empty one, as everywhere in this encoding.
  func text(_ reader: inout JSONReader) throws -> BorrowedText {
    if try reader.peek() == .null {
      try reader.readNull()
      return ValueNode.noText
    }
    return try reader.readString()
  }

  /// A number in 64 bits without a sign, as a text or as a number.
  func unsigned(_ reader: inout JSONReader) throws -> UInt64 {
    let start = reader.offset
    guard let text = try numberText(&reader) else { return 0 }
    if let value = UInt64(text.string) { return value }
    // Some writers give nanoseconds as 1.5e18.
    if let value = ScoreText.number(text.bytes).flatMap({ UInt64(exactly: $0) }) { return value }
    throw reader.error(
      atOffset: start, problem: "'\(text.string.prefix(40))' is not a whole number of 64 bits",
      remedy: "Write nanoseconds since 1970, such as \"1764000000000000000\"")
  }

  func numberText(_ reader: inout JSONReader) throws -> BorrowedText? {
    switch try reader.peek() {
    case .null:
      try reader.readNull()
      return nil
    case .string: return try reader.readString()
    default: return try reader.readNumberText()
    }
  }

  /// A status code by number or by name.
  func statusCode(_ reader: inout JSONReader) throws -> UInt64 {
    guard let text = try numberText(&reader) else { return 0 }
    if text.equals("STATUS_CODE_ERROR") || text.equals("2") { return 2 }
    return text.equals("STATUS_CODE_OK") || text.equals("1") ? 1 : 0
  }

  /// Appends a list of keys with values; false if one nests too deep.
  func readAttributes(_ reader: inout JSONReader, into tape: ValueTape, depth: Int = 0) throws -> Bool {
    if try reader.peek() == .null {
      try reader.readNull()
      return true
    }
    var isShallow = true
    try reader.enterArray()
    while try reader.nextElement() {
      let place = tape.append(ValueNode(.null))
      var name = ValueNode.noText
      try reader.enterObject()
      while let key = try reader.nextKey() {
        if key.equals("key") {
          name = try text(&reader)
        } else if key.equals("value") {
          // A repeated value replaces the one before.
          tape.cut(to: place)
          isShallow = try readValue(&reader, into: tape, depth: depth) && isShallow
        } else {
          try reader.skipValue()
        }
      }
      tape.setKey(name, of: place)
    }
    return isShallow
  }

  /// Appends an `AnyValue`; false, with the value passed over, if it nests too deep.
  private func readValue(_ reader: inout JSONReader, into tape: ValueTape, depth: Int) throws -> Bool {
    let place = tape.append(ValueNode(.null))
    guard try reader.enterObjectIfAny() else { return true }
    var isShallow = true
    while let key = try reader.nextKey() {
      if try reader.peek() == .null {
        try reader.readNull()
        continue
      }
      var node = ValueNode(.null)
      if OTLPJSON.names(key, "stringValue", "string_value") {
        node.kind = .text
        node.text = try reader.readString()
      } else if OTLPJSON.names(key, "intValue", "int_value") {
        node = try integer(&reader)
      } else if OTLPJSON.names(key, "boolValue", "bool_value") {
        node.kind = .boolean
        node.word = try reader.readBool() ? 1 : 0
      } else if OTLPJSON.names(key, "doubleValue", "double_value") {
        node = try real(&reader)
      } else if OTLPJSON.names(key, "bytesValue", "bytes_value") {
        node = try bytes(&reader, tape)
      } else if OTLPJSON.names(key, "arrayValue", "array_value") {
        isShallow = try readParts(&reader, .list, at: place, into: tape, depth: depth + 1) && isShallow
        continue
      } else if OTLPJSON.names(key, "kvlistValue", "kvlist_value") {
        isShallow = try readParts(&reader, .map, at: place, into: tape, depth: depth + 1) && isShallow
        continue
      } else {
        try reader.skipValue()
        continue
      }
      // Of a `oneof` the last one counts.
      tape.cut(to: place)
      tape.append(node)
    }
    return isShallow
  }

  @inline(__always)
  private static func names(_ key: BorrowedText, _ name: StaticString, _ other: StaticString) -> Bool {
    key.equals(name) || key.equals(other)
  }

  /// The `values` of an `ArrayValue` or a `KeyValueList`.
  private func readParts(
    _ reader: inout JSONReader, _ kind: ValueNode.Kind, at place: Int, into tape: ValueTape, depth: Int
  ) throws -> Bool {
    tape.cut(to: place)
    tape.append(ValueNode(kind))
    guard depth < limits.depth else {
      try reader.skipValue()
      return false
    }
    var isShallow = true
    guard try reader.enterObjectIfAny() else { return true }
    while let key = try reader.nextKey() {
      if !key.equals("values") {
        try reader.skipValue()
      } else if kind == .map {
        isShallow = try readAttributes(&reader, into: tape, depth: depth) && isShallow
      } else if try reader.enterArrayIfAny() {
        while try reader.nextElement() {
          isShallow = try readValue(&reader, into: tape, depth: depth) && isShallow
        }
      }
    }
    tape.close(place)
    return isShallow
  }

  private func integer(_ reader: inout JSONReader) throws -> ValueNode {
    let start = reader.offset
    guard let text = try numberText(&reader), let value = NumberText.whole(text.bytes) else {
      throw reader.error(atOffset: start, problem: "an intValue is not a whole number of 64 bits")
    }
    var node = ValueNode(.integer)
    node.word = value
    return node
  }

  private func real(_ reader: inout JSONReader) throws -> ValueNode {
    let start = reader.offset
    var node = ValueNode(.real)
    if try reader.peek() == .string {
      let text = try reader.readString()
      let special: Double? =
        text.equals("NaN") ? .nan : text.equals("Infinity") ? .infinity : text.equals("-Infinity") ? -.infinity : nil
      guard let value = special ?? ScoreText.number(text.bytes) else {
        throw reader.error(atOffset: start, problem: "a doubleValue is not a number")
      }
      node.word = Int64(bitPattern: value.bitPattern)
      return node
    }
    guard try reader.peek() == .number else {
      throw reader.error(atOffset: start, problem: "a doubleValue is not a number")
    }
    try ValueTape.readNumber(&reader, into: &node)
    if node.kind == .integer {
      node.kind = .real
      node.word = Int64(bitPattern: Double(node.word).bitPattern)
    }
    node.text = ValueNode.noText
    return node
  }

  private func bytes(_ reader: inout JSONReader, _ tape: ValueTape) throws -> ValueNode {
    let start = reader.offset
    let text = try reader.readString()
    guard let bytes = Base64.decode(text, tape) else {
      throw reader.error(atOffset: start, problem: "a bytesValue is not base64")
    }
    var node = ValueNode(.bytes)
    node.text = bytes
    return node
  }
}
