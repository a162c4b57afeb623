internal import Records
internal import Store

/// What a client asks of the records of a kind, checked.
struct PageRequest {
  var question: PageQuestion
  /// The state of the ledger that is asked; nil for now.
  var asOf: Instant?
  /// Of everything that makes this question another one.
  private(set) var fingerprint: UInt64 = 0

  static let mostRecords = 1_000

  /// - Parameter principal: who asks; only its tenant's records are asked for, where it is bound to one.
  /// - Throws: `Problem`.
  init(_ kind: RecordKind, _ query: String?, from principal: Principal) throws {
    question = PageQuestion(kind)
    let fields = PageQuestion.fields(of: kind)
    let known = fields + ["since", "until", "limit", "cursor"]
    var cursor: String?
    for (name, value) in try QueryText.parameters(query) {
      guard known.contains(name) else {
        let meant = NearestName.nearest(to: name, in: known).map { " Write '\($0)' if that is meant." } ?? ""
        throw Problem.parameter(
          name, "UNKNOWN_PARAMETER",
          "There is no parameter '\(name)' here.\(meant) Known are \(known.joined(separator: ", ")).")
      }
      guard !value.isEmpty else { throw Problem.parameter(name, "EMPTY_PARAMETER", "'\(name)' says nothing.") }
      switch name {
      case "since": question.since = try PageRequest.instant(name, value)
      case "until": question.until = try PageRequest.instant(name, value)
      case "limit": question.limit = try PageRequest.limit(value)
      case "cursor": cursor = value
      default: question.matches.append((name, try PageRequest.checked(name, value, kind)))
      }
    }
    if let since = question.since, let until = question.until, since >= until {
      throw Problem.parameter("until", "EMPTY_WINDOW", "'until' is not after 'since': nothing can lie between them.")
    }
    try bind(to: principal)
    fingerprint = PageCursor.fingerprint(
      [kind.name, "\(question.since?.nanoseconds ?? .min)", "\(question.until?.nanoseconds ?? .max)"]
        + question.matches.sorted { $0.field < $1.field }.flatMap { [$0.field, $0.value] })
    if let cursor { try goOn(from: cursor) }
  }

  /// Kinds whose records say whose they are.
  static let kindsWithTenant: Set<RecordKind> = [.span, .incident]

  /// A key that is bound to a tenant sees its records and no others.
  private mutating func bind(to principal: Principal) throws {
    guard let tenant = principal.tenant else { return }
    guard PageRequest.kindsWithTenant.contains(question.kind) else {
      throw Problem(
        status: 403, code: "FORBIDDEN",
        detail: "No \(question.kind.name) says whose it is, and the key is bound to the tenant '\(tenant)'. Use a key "
          + "that is bound to none.")
    }
    if let asked = question.matches.first(where: { $0.field == "tenant" }) {
      guard asked.value.identifier == tenant.identifier else {
        throw Problem(
          status: 403, code: "FORBIDDEN",
          detail: "The key is bound to the tenant '\(tenant)' and sees no other's records.",
          parameter: "tenant")
      }
    } else {
      question.matches.append(("tenant", tenant))
    }
  }

  private mutating func goOn(from text: String) throws {
    guard let cursor = PageCursor(text) else { throw PageRequest.unreadableCursor }
    guard cursor.question == fingerprint else { throw PageRequest.cursorOfAnother }
    question.before = cursor.before
    asOf = cursor.asOf
  }

  static var unreadableCursor: Problem {
    Problem.parameter(
      "cursor", "CURSOR", "This is no cursor of this server. Send 'next' of an answer as it is, or leave it out.")
  }

  static var cursorOfAnother: Problem {
    Problem.parameter(
      "cursor", "CURSOR",
      "The cursor is of another question. Send it with the parameters of the request whose answer it came with; only "
        + "'limit' may change.")
  }

  private static func checked(_ name: String, _ value: String, _ kind: RecordKind) throws -> String {
    let choices: [String]? =
      switch (kind, name) {
      case (.span, "status"): SpanRecord.Status.allCases.map(\.rawValue)
      case (.finding, "verdict"): Finding.Verdict.allCases.map(\.rawValue)
      default: nil
      }
    guard let choices, !choices.contains(value) else { return value }
    throw Problem.parameter(name, "VALUE", "'\(value)' is no \(name): write \(choices.joined(separator: ", ")).")
  }

  static func limit(_ text: String) throws -> Int {
    guard let limit = Int(text), (1...mostRecords).contains(limit) else {
      throw Problem.parameter("limit", "LIMIT", "'limit' is a whole number from 1 to \(mostRecords).")
    }
    return limit
  }

  static func instant(_ name: String, _ text: String) throws -> Instant {
    guard let instant = Instant(text) else {
      throw Problem.parameter(
        name, "TIME",
        "'\(text)' is no time: write 2026-03-01T12:00:00Z, with an offset (+02:00) instead of Z, or a day.")
    }
    return instant
  }
}
