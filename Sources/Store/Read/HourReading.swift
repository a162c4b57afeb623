import Records

/// On whose account spans are read.
final class SpanAccount {
  let question: SpanQuestion
  let ledger: Snapshot
  fileprivate var reach: SpanReach
  fileprivate var lookedAt = 0
  /// Whether a limit ended it.
  fileprivate var isOver = false

  init(_ question: SpanQuestion, _ ledger: Snapshot) {
    (self.question, self.ledger) = (question, ledger)
    reach = SpanReach(since: question.since, isWhole: true, spans: 0)
  }
}

/// Reads the spans of a stretch of time hour by hour, on the account of one question or of several that differ in their features.
///
/// The rows of several are read in one statement an hour and handed out to each in batches of its own: they are the ones that it
/// would have read alone, so that what it rests on does not depend on who reads with it.
final class HourReading {
  private let snapshot: Snapshot
  private let question: SpanQuestion
  private let accounts: [SpanAccount]
  /// Of the accounts that are still read.
  private var statement: HourStatement
  /// What belongs to the inputs of each account: the statement that it would run alone.
  private let noted: [Statement]
  private let last: Int64
  /// Of several accounts.
  private let batches: [RowBatch]
  /// By a feature's number, which account it stands for; nil inside for none that is still read.
  private var owners: [Int64: Int?] = [:]

  typealias Body = (_ account: Int, SpanRow) throws -> Void

  /// - Parameters:
  ///   - snapshot: reads, says how far it is and whether there are limits.
  ///   - question: what those of the accounts have in common.
  init(_ snapshot: Snapshot, _ question: SpanQuestion, _ accounts: [SpanAccount]) {
    (self.snapshot, self.question, self.accounts) = (snapshot, question, accounts)
    statement = HourReading.statement(snapshot, question, accounts)
    noted = accounts.map { account in
      HourStatement(question, features: [account.question.feature].compactMap(\.self), snapshot.horizon).reading(0)
    }
    last = SpanRecord.hour(of: question.until)
    let kinds = statement.columns.kinds
    batches = accounts.count > 1 ? accounts.map { _ in RowBatch(kinds) } : []
  }

  private static func statement(
    _ snapshot: Snapshot, _ question: SpanQuestion, _ accounts: [SpanAccount]
  ) -> HourStatement {
    let features = accounts.filter { !$0.isOver }.compactMap(\.question.feature)
    return HourStatement(question, features: features, snapshot.horizon)
  }

  /// How far each account was read.
  var reaches: [SpanReach] { accounts.map(\.reach) }

  func run(atHour start: (_ hour: Int64) throws -> Void, _ body: Body) throws {
    guard question.since <= question.until else { return }
    let first = try snapshot.scan.onProgress == nil ? last : snapshot.firstSpanHour(from: question.since)
    var coming: [(hour: Int64, rows: Snapshot.Expected)] = []
    defer { for hour in coming { snapshot.forget(hour.rows) } }
    let next = try hours()
    while true {
      // Further hours are read while one is handed out.
      while coming.count <= max(1, snapshot.expectable), let hour = try next() {
        coming.append((hour, snapshot.expect(statement.reading(hour))))
      }
      guard !coming.isEmpty else { return }
      let (hour, rows) = coming.removeFirst()
      try start(hour)
      try hand(rows, body)
      let behind = question.isOldestFirst ? hour - first : last - hour
      let spans = accounts.reduce(0) { $0 + $1.reach.spans }
      snapshot.scan.onProgress?(SpanScan.Progress(hours: behind + 1, of: last - first + 1, spans: spans))
      if !coming.isEmpty, try isLast(hour) { return }
    }
  }

  /// The hours that hold spans, one after the other.
  private func hours() throws -> () throws -> Int64? {
    if question.isOldestFirst {
      let (hours, reach) = try accounts[0].ledger.hours(of: accounts[0].question)
      accounts[0].reach = reach
      var rest = hours.reversed().makeIterator()
      return { rest.next() }
    }
    var newest = Int64?.some(last)
    return { [snapshot, question] in
      guard let hour = try newest.flatMap({ try snapshot.spanHour(atMost: $0, question) }) else { return nil }
      newest = hour - 1
      return hour
    }
  }

  /// Whether no account is read any further.
  private func isLast(_ hour: Int64) throws -> Bool {
    guard !question.isOldestFirst, snapshot.scan.hasLimits else { return false }
    let before = accounts.count(where: \.isOver)
    for account in accounts where !account.isOver {
      let asked = account.question
      if asked.isFiltered { account.lookedAt += try account.ledger.spanCount(ofHour: hour, asked) }
      let spans = account.reach.spans
      guard spans >= asked.most || max(account.lookedAt, spans) >= asked.mostLookedAt else { continue }
      (account.isOver, account.reach.since, account.reach.isWhole) = (true, SpanRecord.start(ofHour: hour), false)
    }
    let over = accounts.count(where: \.isOver)
    guard over < accounts.count else { return true }
    if over > before {
      // Hours that are expected already hold rows of those that are over: they are passed by.
      statement = HourReading.statement(snapshot, question, accounts)
      owners.removeAll()
    }
    return false
  }

  // MARK: Handing out

  private func hand(_ rows: Snapshot.Expected, _ body: Body) throws {
    for (account, noted) in zip(accounts, noted) where !account.isOver { account.ledger.note(noted) }
    guard accounts.count > 1 else {
      return try snapshot.forEachUnhashedBatch(rows) { try hand($0, to: 0, body) }
    }
    try snapshot.forEachUnhashedBatch(rows) { batch in
      for row in 0..<batch.count {
        guard let number = batch.integer(SpanColumns.feature, row), let owner = try owner(number) else { continue }
        batches[owner].append(row, of: batch)
        if batches[owner].isFull { try handAll(to: owner, body) }
      }
    }
    for owner in accounts.indices where batches[owner].count > 0 { try handAll(to: owner, body) }
  }

  private func owner(_ number: Int64) throws -> Int? {
    if let known = owners[number] { return known }
    let feature = try snapshot.unhashedTerms.text(number)
    let owner = accounts.firstIndex { $0.question.feature == feature && !$0.isOver }
    owners[number] = .some(owner)
    return owner
  }

  private func handAll(to owner: Int, _ body: Body) throws {
    try hand(batches[owner], to: owner, body)
    batches[owner].removeAll()
  }

  private func hand(_ batch: RowBatch, to owner: Int, _ body: Body) throws {
    let ledger = accounts[owner].ledger
    ledger.note(batch)
    accounts[owner].reach.spans += batch.count
    let (columns, terms) = (statement.columns, ledger.terms)
    for row in 0..<batch.count { try body(owner, SpanRow(batch: batch, row: row, columns: columns, terms: terms)) }
  }
}
