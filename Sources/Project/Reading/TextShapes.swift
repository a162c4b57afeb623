import Records

extension Shape where Value == String {
  /// Any text that is not empty and has no control characters but line breaks and tabs. Numbers and flags are taken as
  /// the text that was written.
  public static var text: Shape { text(expected: "text", example: "\"some text\"") { $0 } }

  /// The id of something that is declared or recorded, such as a suite; brought to Unicode's normal form C.
  public static var id: Shape {
    text(expected: "an id", example: "triage", normalize: normalized)
  }

  /// A path or an address.
  public static var path: Shape { text(expected: "a path", example: ".tally/ledger.db") { $0 } }

  /// A path, or an address without a password: many read the file, and `tally config` prints it.
  public static var place: Shape {
    let path = Shape.path
    return Shape(
      read: { node, value, reading in
        guard let place = path.read(node, value, reading) else { return nil }
        guard !holdsPassword(place) else {
          reading.log.report(
            ProjectError(
              node.location, problem: "the address in \(reading.path) holds a password",
              remedy: "Leave it out: it is found in PGPASSWORD or ~/.pgpass."))
          return nil
        }
        return place
      },
      show: path.show, schema: path.schema)
  }

  private static func holdsPassword(_ place: String) -> Bool {
    let parts = place.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasSuffix(":"), parts[1].isEmpty else { return false }
    let user = parts[2].split(separator: "@", maxSplits: 1)
    return user.count == 2 && user[0].contains(":") || parts[2].lowercased().contains("password=")
  }

  /// A SHA-256 in hexadecimal; written in lower case.
  public static var sha256: Shape {
    Shape(
      expected: "a SHA-256 of 64 hexadecimal digits",
      example: "\"" + String(repeating: "0123456789abcdef", count: 4) + "\"",
      schema: JSONObject(["type": "string", "pattern": "^[0-9a-fA-F]{64}$"]),
      parse: { text, _ in
        text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit } ? text.lowercased() : nil
      },
      // In quotes always: digits alone would be a number to other readers.
      show: { .value(.string($0), literal: "\"\($0)\"") })
  }

  /// The id of a check of the catalogue.
  public static var check: Shape {
    Shape(
      read: { node, _, reading in
        guard let id = Shape.text.read(node, nil, reading) else { return nil }
        let known = reading.catalogue.checks
        guard known.contains(id) else {
          let remedy =
            Spelling.nearest(to: id, in: known).map { "Did you mean '\($0)'?" }
            ?? "Known checks: \(known.joined(separator: ", "))."
          reading.log.report(
            ProjectError(node.location, problem: "unknown check \(quoted(id)) in \(reading.path)", remedy: remedy))
          return nil
        }
        return id
      },
      show: Shape.text.show,
      schema: { JSONObject(["type": "string", "enum": .array($0.checks.map(JSONValue.string))]) })
  }

  private static func text(
    expected: String, example: String, normalize: @escaping @Sendable (String) -> String
  ) -> Shape {
    Shape(
      expected: expected, example: example,
      schema: JSONObject(["type": ["string", "number", "boolean"], "minLength": 1]),
      parse: { text, _ in
        let text = normalize(text)
        return text.isEmpty || text.unicodeScalars.contains(where: isControl) ? nil : text
      },
      show: { .value(.string($0), literal: YAMLText.literal($0)) })
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
  }
}

extension Shape where Value: RawRepresentable<String> & CaseIterable & Sendable {
  /// One of the words of an enumeration.
  public static var choice: Shape {
    let words = Value.allCases.map(\.rawValue)
    return Shape(
      read: { node, _, reading in
        if case .scalar(let text, _) = node.content, let value = Value(rawValue: text) { return value }
        let listed = words.dropLast().joined(separator: ", ") + (words.count > 1 ? " or " : "") + (words.last ?? "")
        var nearest: String?
        if case .scalar(let text, _) = node.content { nearest = Spelling.nearest(to: text, in: words) }
        reading.log.report(
          ProjectError(
            node.location, problem: "\(reading.path) must be \(listed), found \(node.found)",
            remedy: nearest.map { "Did you mean '\($0)'?" } ?? words.first.map { "Write for example: \($0)" }))
        return nil
      },
      show: { .value(.string($0.rawValue), literal: YAMLText.literal($0.rawValue)) },
      schema: { _ in JSONObject(["type": "string", "enum": .array(words.map(JSONValue.string))]) })
  }
}
