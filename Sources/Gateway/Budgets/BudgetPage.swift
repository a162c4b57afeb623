internal import Guards
internal import Records
internal import Store

/// A page of the windows of budgets, as a client asks for it.
///
/// Windows are in the order of the file's budgets, then of those whom they count. Callers choose many of the names that are counted
/// apart, so that a budget may have any number. A page goes on behind a window, and not after so many: windows that begin between two
/// pages shift none of the others.
struct BudgetPage {
  /// What a page goes on behind.
  struct Place: Comparable {
    /// Of the budget, in the file.
    let number: Int
    let subject: String
    let start: Instant

    static func < (left: Place, right: Place) -> Bool {
      if left.number != right.number { return left.number < right.number }
      // Scalar by scalar, whatever two engines hold of letters.
      if left.subject != right.subject { return left.subject.utf8.lexicographicallyPrecedes(right.subject.utf8) }
      return left.start < right.start
    }
  }

  /// Where a client stopped reading, as it is handed out: opaque, no secret and no right.
  struct Cursor: Equatable {
    /// Of which all pages are.
    let at: Instant
    let place: Place
    /// Of the question.
    let question: UInt64

    private static let version = "b"
    private static let heads = 64

    var text: String {
      let numbers = [
        UInt64(bitPattern: at.nanoseconds), UInt64(place.number), UInt64(bitPattern: place.start.nanoseconds), question,
      ]
      return Cursor.version + numbers.map(PageCursor.digits).joined()
        + place.subject.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    init(at: Instant, place: Place, question: UInt64) { (self.at, self.place, self.question) = (at, place, question) }

    /// Nil for what was not handed out like this.
    init?(_ text: String) {
      guard text.hasPrefix(Cursor.version) else { return nil }
      let bytes = text.utf8.dropFirst()
      let digits = bytes.compactMap(QueryText.digit)
      guard digits.count == bytes.count, digits.count >= Cursor.heads, digits.count % 2 == 0 else { return nil }
      func number(_ place: Int) -> UInt64 { digits[place..<place + 16].reduce(0) { $0 << 4 | UInt64($1) } }
      let name = stride(from: Cursor.heads, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
      guard let index = Int(exactly: number(16)), let subject = String(validating: name, as: UTF8.self) else {
        return nil
      }
      self.init(
        at: Instant(nanoseconds: Int64(bitPattern: number(0))),
        place: Place(number: index, subject: subject, start: Instant(nanoseconds: Int64(bitPattern: number(32)))),
        question: number(48))
    }
  }

  /// A window, and where it stands.
  struct Line {
    let place: Place
    let status: BudgetStatus
  }

  let instant: Instant
  private let limit: Int
  private let after: Place?
  private let fingerprint: UInt64

  /// - Parameters:
  ///   - names: of the budgets in force.
  ///   - now: what is asked where nothing else is.
  /// - Throws: `Problem`.
  init(_ query: String?, budgets names: [String], now: Instant) throws {
    var (at, limit) = (nil as Instant?, 100)
    var cursor: String?
    for (name, value) in try QueryText.parameters(query) {
      switch name {
      case "at": at = try PageRequest.instant(name, value)
      case "limit": limit = try PageRequest.limit(value)
      case "cursor": cursor = value
      default:
        throw Problem.parameter(
          name, "UNKNOWN_PARAMETER", "There is no parameter '\(name)' here. Known are at, limit, cursor.")
      }
    }
    self.limit = limit
    fingerprint = PageCursor.fingerprint(["budgets", at.map { "\($0.nanoseconds)" } ?? ""] + names)
    guard let cursor else {
      (instant, after) = (at ?? now, nil)
      return
    }
    guard let cursor = Cursor(cursor), names.indices.contains(cursor.place.number) else {
      throw PageRequest.unreadableCursor
    }
    guard cursor.question == fingerprint else { throw PageRequest.cursorOfAnother }
    (instant, after) = (cursor.at, cursor.place)
  }

  /// What the page shows, by the number of the budget, and where others follow; nil after the last.
  ///
  /// A page shows the budgets from the one in which it goes on to the one in which it ends; the last one, all that follow.
  func cut(_ lines: [Line], of count: Int) -> (budgets: [(number: Int, windows: [BudgetStatus])], next: String?) {
    let following = lines.filter { line in after.map { $0 < line.place } ?? true }.sorted { $0.place < $1.place }
    let shown = following.prefix(limit)
    let hasMore = following.count > shown.count
    // One that ended with the page before is not said again.
    let first = after.map { $0.number + (shown.first?.place.number == $0.number ? 0 : 1) } ?? 0
    let end = hasMore ? (shown.last?.place.number ?? 0) + 1 : count
    var windows: [Int: [BudgetStatus]] = [:]
    for line in shown { windows[line.place.number, default: []].append(line.status) }
    let next = hasMore ? shown.last.map { Cursor(at: instant, place: $0.place, question: fingerprint).text } : nil
    return (first < end ? (first..<end).map { ($0, windows[$0] ?? []) } : [], next)
  }
}
