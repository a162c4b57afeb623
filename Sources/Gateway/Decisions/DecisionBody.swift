internal import Records

/// What is asked of `/decide` and `/settle`, member by member: who asks is told of the first one that says what it cannot.
struct DecisionBody {
  private let object: JSONObject

  /// - Throws: `Problem` for a body that cannot be taken, is no JSON object, or has a member that nobody knows: a limit that is
  ///   misspelled must not be none.
  init(_ body: Body, knows known: [String]) throws {
    let bytes: [UInt8]
    switch body {
    case .success(let read): bytes = read
    case .failure(let fault):
      throw Problem(
        status: fault.answer.status, code: "BODY", detail: fault.message, retryAfter: fault.answer.retryAfter)
    }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch {
      throw Problem(status: 400, code: "UNREADABLE", detail: "The body is no JSON that can be read: \(error).")
    }
    guard case .object(let object) = value else {
      throw Problem(status: 400, code: "UNREADABLE", detail: "The body is no JSON object.")
    }
    for member in object.members where !known.contains(member.key) {
      let guess = NearestName.nearest(to: member.key, in: known).map { "; write '\($0)' if that is meant" } ?? ""
      throw Problem.parameter(
        member.key, "UNKNOWN_MEMBER",
        "Nobody here knows '\(member.key)'\(guess). Known are \(known.joined(separator: ", ")).")
    }
    self.object = object
  }

  /// Nil where it is not there, or null.
  subscript(name: String) -> JSONValue? { object[name].flatMap { $0 == .null ? nil : $0 } }

  private static func wrong(_ name: String, _ what: String) -> Problem {
    Problem.parameter(name, "MEMBER", "'\(name)' is \(what).")
  }

  func text(_ name: String) throws -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.text, !text.isEmpty, text.utf8.count <= DecisionBody.longest else {
      throw DecisionBody.wrong(name, "no text of 1 to \(DecisionBody.longest) bytes")
    }
    return text
  }

  /// A list of names; nil where it is not there.
  func texts(_ name: String) throws -> [String]? {
    guard let value = self[name] else { return nil }
    guard case .array(let elements) = value, elements.count <= DecisionBody.longest else {
      throw DecisionBody.wrong(name, "no list of at most \(DecisionBody.longest) names")
    }
    return try elements.map {
      guard let text = $0.text, !text.isEmpty, text.utf8.count <= DecisionBody.longest else {
        throw DecisionBody.wrong(name, "no list of names of 1 to \(DecisionBody.longest) bytes")
      }
      return text
    }
  }

  /// One of some words.
  func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, _: Word.Type) throws -> Word? {
    guard let text = try text(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw DecisionBody.wrong(name, "none of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  func whole(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
    guard let value = self[name] else { return nil }
    guard let whole = value.whole, range.contains(whole) else {
      throw DecisionBody.wrong(name, "no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  /// Milliseconds.
  func time(_ name: String) throws -> Duration? {
    guard let value = self[name] else { return nil }
    guard let milliseconds = value.real, (0...DecisionBody.longestTime).contains(milliseconds) else {
      throw DecisionBody.wrong(name, "no number of milliseconds from 0 to \(Int(DecisionBody.longestTime))")
    }
    return .milliseconds(milliseconds)
  }

  func truth(_ name: String) throws -> Bool? {
    guard let value = self[name] else { return nil }
    guard let truth = value.truth else { throw DecisionBody.wrong(name, "neither true nor false") }
    return truth
  }

  func object(_ name: String) throws -> JSONObject? {
    guard let value = self[name] else { return nil }
    guard case .object(let object) = value else { throw DecisionBody.wrong(name, "no JSON object") }
    return object
  }

  /// Such as `0.0031 USD`.
  func money(_ name: String) throws -> Money? {
    guard let text = try text(name) else { return nil }
    guard let money = Money(text), money.units >= 0 else {
      throw DecisionBody.wrong(name, "no amount with its currency, such as \"0.0031 USD\"")
    }
    return money
  }

  private static let longest = 1_024
  /// A week.
  private static let longestTime = 604_800_000.0
  /// More tokens than any model reads or writes.
  static let mostTokens: Int64 = 1_000_000_000_000
}

extension CallEndpoint {
  /// As `/decide` calls it.
  enum Word: String, CaseIterable {
    case chat, responses, embeddings, messages

    var endpoint: CallEndpoint {
      switch self {
      case .chat: .chat
      case .responses: .responses
      case .embeddings: .embeddings
      case .messages: .messages
      }
    }
  }
}
