public import Guards
internal import Records

/// What a target was last told of a check and a subject.
public struct KeptNotice: Sendable, Equatable {
  /// What it is about, for whom.
  public struct Key: Sendable, Hashable {
    public let target: String
    public let check: String
    /// Empty for the check itself.
    public let subject: String

    public init(target: String, check: String, subject: String) {
      (self.target, self.check, self.subject) = (target, check, subject)
    }
  }

  public let key: Key
  public var state: NoticeState
  /// What was told, in words.
  public var sentence: String

  public init(_ key: Key, _ state: NoticeState, sentence: String) {
    (self.key, self.state, self.sentence) = (key, state, sentence)
  }
}

/// The rows of `notice_state`.
enum NoticeTable {
  private static let columns =
    "target, about_check, about_subject, told_verdict, told_code, pending, well, opened_at, told_at, sentence"

  static func all(_ engine: any EngineReader) throws -> [KeptNotice] {
    try engine.fetch(
      Query(
        Statement(
          "SELECT \(columns) FROM notice_state ORDER BY target, about_check, about_subject",
          columns: [.text, .text, .text, .text, .text, .integer, .integer, .integer, .integer, .text])
      ) { batch, row in
        func text(_ column: Int) -> String { batch.string(column, row) ?? "" }
        func instant(_ column: Int) -> Instant? {
          batch.integer(column, row).flatMap { $0 == 0 ? nil : Instant(nanoseconds: $0) }
        }
        let told = Finding.Verdict(rawValue: text(3)).map { NoticeCondition($0, text(4)) }
        return KeptNotice(
          KeptNotice.Key(target: text(0), check: text(1), subject: text(2)),
          NoticeState(
            told: told, pending: Int(batch.integer(5, row) ?? 0), well: Int(batch.integer(6, row) ?? 0),
            openedAt: instant(7), toldAt: instant(8)),
          sentence: text(9))
      })
  }

  /// Writes what is to be kept in place of what was; what is equal is not touched.
  static func replace(_ before: [KeptNotice], by after: [KeptNotice], _ engine: any EngineWriter) throws {
    let (old, new) = (before.byKey, after.filter { !$0.state.isBlank }.byKey)
    for (key, notice) in old where new[key] != notice {
      try engine.execute(
        Statement(
          "DELETE FROM notice_state WHERE target = ?1 AND about_check = ?2 AND about_subject = ?3",
          [.text(key.target), .text(key.check), .text(key.subject)]))
    }
    for (key, notice) in new where old[key] != notice {
      let state = notice.state
      try engine.execute(
        Statement(
          "INSERT INTO notice_state(\(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
          [
            .text(key.target), .text(key.check), .text(key.subject), .text(state.told?.verdict.rawValue ?? ""),
            .text(state.told?.code ?? ""), .integer(Int64(state.pending)), .integer(Int64(state.well)),
            .integer(state.openedAt?.nanoseconds ?? 0), .integer(state.toldAt?.nanoseconds ?? 0),
            .text(notice.sentence),
          ]))
    }
  }
}

extension [KeptNotice] {
  fileprivate var byKey: [KeptNotice.Key: KeptNotice] {
    Dictionary(map { ($0.key, $0) }) { first, _ in first }
  }
}
