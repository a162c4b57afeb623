import Records
import SeededRandom
import Testing

@testable import Store

/// What was said is kept with the record that names it, once, and what is not there any more is said by name.
@Suite struct ContentTests {
  private let hour: Int64 = 3_600_000_000_000

  private func span(_ id: String, at: Int64 = 0, user: String? = nil, _ input: Content?, _ output: Content? = nil)
    -> SpanRecord
  {
    var span = SpanRecord(
      spanID: id, traceID: "t", name: "chat", spanKind: "chat", startedAt: Instant(nanoseconds: at), feature: "desk")
    span.userID = user
    (span.contents.input, span.contents.output) = (input?.sha256, output?.sha256)
    return span
  }

  private func content(_ text: String, at: Int64 = 0) -> Content {
    Content(Array(text.utf8), at: Instant(nanoseconds: at))
  }

  private func open(_ engine: EngineUnderTest, _ folder: TemporaryFolder) async throws -> Ledger {
    try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 1) }
  }

  private func answer(_ ledger: Ledger, _ content: Content, of span: String) async throws -> ContentAnswer {
    let named = self.span(span, at: content.at.nanoseconds, content)
    return try await ledger.read { try $0.content(content.sha256, of: named) }
  }

  /// Contents that are kept, in all packs.
  private func kept(_ ledger: Ledger) async throws -> Int64? {
    try await ledger.engine.read { try $0.integer("SELECT SUM(contents) FROM content") }
  }

  @Test(arguments: EngineUnderTest.all)
  func whatWasSaidComesBack(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    var random = SplitMix(seed: 4)
    // Empty, short, compressible, incompressible, large.
    let contents =
      [[], [0], Array(repeating: 7, count: 5_000)].map { Content($0, at: Instant(nanoseconds: 0)) }
      + [100, 70_000, 3_000_000].map { count in
        Content((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: Instant(nanoseconds: 0))
      }
    try await ledger.append(source: "test") { appender in
      for (place, content) in contents.enumerated() {
        appender.append(content)
        try appender.append(span("\(place)", content))
      }
    }
    for (place, content) in contents.enumerated() {
      #expect(try await answer(ledger, content, of: "\(place)") == .bytes(content.bytes))
    }
    #expect(try await ledger.verify().problems == [])
  }

  /// Equal contents of an hour are kept once, in a commit and between commits; in packs that hold many.
  @Test(arguments: EngineUnderTest.all)
  func itIsKeptOnce(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let prompt = content("Be brief.")
    for commit in 0..<3 {
      try await ledger.append(source: "test") { appender in
        for number in 0..<5_000 {
          let own = content("\(commit) \(number % 4_500)")
          appender.append(prompt)
          appender.append(own)
          try appender.append(span("\(commit) \(number)", prompt, own))
        }
      }
    }
    #expect(try await kept(ledger) == 1 + 3 * 4_500)
    let later = content("Be brief.", at: hour)
    try await ledger.append(source: "test") {
      $0.append(later)
      try $0.append(span("later", at: hour, later))
    }
    #expect(try await kept(ledger) == 2 + 3 * 4_500)
    #expect(try await ledger.engine.read { try $0.integer("SELECT COUNT(*) FROM content") } ?? 0 < 20)
    #expect(try await answer(ledger, later, of: "later") == .bytes(later.bytes))
    #expect(try await answer(ledger, prompt, of: "1 4999") == .bytes(prompt.bytes))
    #expect(try await ledger.verify().problems == [])
  }

  /// Words whose facts are refused, or that nothing names, or that come with a span that is there, are nowhere: nobody could
  /// find them to erase them.
  @Test(arguments: EngineUnderTest.all)
  func whatNoRecordNamesIsNotKept(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let (kept, refused, loose) = (content("kept"), content("refused"), content("loose"))
    var batch = RecordBatch()
    for content in [kept, refused, loose] { batch.receive(content) }
    var rich = span("1", refused)
    rich.cost = Money(units: MoneyColumns.largest + 1, currency: "USD")
    batch.receive(rich)
    batch.receive(span("2", kept))
    let receipt = try await GroupCommit(ledger).append(batch, source: "test")
    #expect(receipt.refusals.map(\.place) == [0] && receipt.kept == 1)
    #expect(try await self.kept(ledger) == 1)
    #expect(try await answer(ledger, kept, of: "2") == .bytes(kept.bytes))
    #expect(try await ledger.verify().problems == [])
    // Another process delivers it again, which remembers nothing.
    let other = try await Ledger(engine: ledger.engine, clock: { Instant(nanoseconds: 1) })
    try await other.append(source: "test") {
      $0.append(kept)
      try $0.append(span("2", kept))
    }
    #expect(try await self.kept(ledger) == 1)
  }

  @Test(arguments: EngineUnderTest.all)
  func aHashAloneIsKnownToBeElsewhereUntilTheBytesCome(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let said = content("said elsewhere, and long enough to be compressed: \(String(repeating: "x", count: 99))")
    try await ledger.append(source: "test") { try $0.append(span("1", said)) }
    #expect(try await answer(ledger, said, of: "1") == .elsewhere)
    #expect(try await ledger.verify().problems == [])
    let facts = try await ledger.answers().records[.span]
    try await ledger.append(source: "test") {
      $0.append(said)
      try $0.append(span("1", said))
    }
    #expect(try await answer(ledger, said, of: "1") == .bytes(said.bytes))
    #expect(try await ledger.answers().records[.span] == facts)
    #expect(try await kept(ledger) == 1)
    #expect(try await ledger.verify().problems == [])
  }

  /// A span that is replaced says what it said: the words are kept once, and both can be asked.
  @Test(arguments: EngineUnderTest.all)
  func aSpanThatChangesKeepsItsWords(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let (asked, first, second) = (content("a question"), content("half an"), content("half an answer"))
    try await ledger.append(source: "test") {
      for content in [asked, first] { $0.append(content) }
      try $0.append(span("1", asked, first))
    }
    let other = try await Ledger(engine: ledger.engine, clock: { Instant(nanoseconds: 1) })
    try await other.append(source: "test") {
      for content in [asked, second] { $0.append(content) }
      try $0.append(span("1", asked, second))
    }
    #expect(try await kept(ledger) == 3)
    for content in [asked, first, second] {
      #expect(try await answer(ledger, content, of: "1") == .bytes(content.bytes))
    }
    #expect(try await ledger.verify().problems == [])
  }

  /// A delivery says its words first: a record that is known already does not use them up for the next.
  @Test(arguments: EngineUnderTest.all)
  func wordsThatAKnownSpanNamesAreThereForTheNext(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let (prompt, own) = (content("Be brief."), content("mine"))
    try await ledger.append(source: "test") {
      $0.append(prompt)
      try $0.append(span("known", prompt))
    }
    // Another process, which remembers nothing.
    let other = try await Ledger(engine: ledger.engine, clock: { Instant(nanoseconds: 1) })
    var batch = RecordBatch()
    for content in [prompt, own] { batch.receive(content) }
    // A key that comes twice is looked up in between.
    for record in [span("known", prompt), span("twice", own), span("twice", own), span("new", prompt)] {
      batch.receive(record)
    }
    #expect(try await GroupCommit(other).append(batch, source: "test").kept == 4)
    #expect(try await answer(ledger, prompt, of: "new") == .bytes(prompt.bytes))
    #expect(try await ledger.verify().problems == [])
  }

  /// Who only knows a hash has not said what others said.
  @Test(arguments: EngineUnderTest.all)
  func aHashAloneBringsNobodysWords(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let mine = content("my secret")
    try await ledger.append(source: "test") {
      $0.append(mine)
      try $0.append(span("1", user: "ana", mine))
    }
    try await ledger.append(source: "test") { try $0.append(span("2", user: "ben", mine)) }
    #expect(try await answer(ledger, mine, of: "2") == .elsewhere)
    #expect(try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked").contents == 1)
    #expect(try await answer(ledger, mine, of: "1") == .erased)
  }

  /// Whatever version of a span comes late, what was erased of it stays erased.
  @Test(arguments: EngineUnderTest.all)
  func anEarlierVersionBringsNothingBack(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let (first, second) = (content("half a secret"), content("half a secret and the rest"))
    for said in [first, second] {
      try await ledger.append(source: "test") {
        $0.append(said)
        try $0.append(span("1", user: "ana", said))
      }
    }
    #expect(try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked").contents == 2)
    try await ledger.append(source: "test") {
      $0.append(first)
      var late = span("1", user: "ana", first)
      late.status = .error
      try $0.append(late)
    }
    #expect(try await answer(ledger, first, of: "1") == .erased)
    #expect(try await answer(ledger, second, of: "1") == .erased)
    #expect(try await ledger.verify().problems == [])
  }

  /// Times before 1970 have one place in the index of keys, but hours of their own.
  @Test(arguments: EngineUnderTest.all)
  func aSpanOfAnotherHourHasWordsOfItsOwn(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let said = [-20, -10].map { content("said long ago", at: $0 * hour) }
    for content in said {
      try await ledger.append(source: "test") {
        $0.append(content)
        try $0.append(span("1", at: content.at.nanoseconds, content))
      }
    }
    #expect(try await answer(ledger, said[1], of: "1") == .bytes(said[1].bytes))
    #expect(try await kept(ledger) == 2)
    #expect(try await ledger.verify().problems == [])
  }

  /// What cannot be read is not called erased.
  /// Full packs are compressed beside the commit that writes them: more of them than may wait, of several hours, some too random
  /// to become shorter.
  @Test(arguments: EngineUnderTest.all)
  func manyPacksOfOneCommitComeBack(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    var random = SplitMix(seed: 11)
    let contents = (0..<400).map { place in
      let letters: UInt8 = place % 5 == 0 ? 255 : 3
      return Content(
        (0..<20_000).map { _ in UInt8(truncatingIfNeeded: random.next()) & letters },
        at: Instant(nanoseconds: Int64(place % 3) * hour))
    }
    let spans = contents.enumerated().map { span("\($0)", at: $1.at.nanoseconds, $1) }
    try await ledger.append(source: "test") { appender in
      for (content, span) in zip(contents, spans) {
        appender.append(content)
        try appender.append(span)
      }
    }
    let packs = try await ledger.engine.read { try $0.integer("SELECT COUNT(*) FROM content") }
    #expect((packs ?? 0) > 40)
    let answers = try await ledger.read { snapshot in
      try zip(contents, spans).map { try snapshot.content($0.sha256, of: $1) }
    }
    #expect(answers == contents.map { .bytes($0.bytes) })
    #expect(try await ledger.verify().problems == [])
  }

  @Test(arguments: EngineUnderTest.all)
  func aDamagedPackIsNotPassedOver(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let mine = content("my secret")
    try await ledger.append(source: "test") {
      $0.append(mine)
      try $0.append(span("1", user: "ana", mine))
    }
    try await ledger.engine.write { try $0.execute(Statement("UPDATE content SET bytes = bytes + 1")) }
    await #expect {
      try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked")
    } throws: { ($0 as? LedgerError)?.cause == .damaged }
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsDamagedOrGoneIsNamed(_ engine: EngineUnderTest) async throws {
    for sql in [
      "UPDATE content SET body = x'00'", "UPDATE content SET bytes = bytes + 1", "UPDATE content SET form = 1",
      "UPDATE content SET form = 9", "UPDATE content SET body = NULL", "DELETE FROM content",
      "UPDATE content SET hour = hour + 1",
      "UPDATE content SET body = x'01000000080000006220736563726574'",
      "UPDATE span SET input_place = input_place + 1", "UPDATE span SET input_place = input_place + 4096",
    ] {
      let folder = TemporaryFolder()
      let ledger = try await open(engine, folder)
      let said = content("a secret")
      try await ledger.append(source: "test") {
        $0.append(said)
        try $0.append(span("1", said))
      }
      try await ledger.engine.write { try $0.execute(Statement(sql)) }
      guard case .damaged(let problem) = try await answer(ledger, said, of: "1") else {
        Issue.record("\(sql) is not noticed")
        continue
      }
      #expect(problem.contains(said.sha256.description))
      let problems = try await ledger.verify().problems
      #expect(problems.contains { $0.contains(said.sha256.description) }, "\(sql): \(problems)")
      try ledger.close()
    }
  }

  /// What one user said goes; what others said too, and every fact, stays.
  @Test(arguments: EngineUnderTest.all)
  func erasingTakesTheWordsOfOneAndLeavesTheFacts(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    let (prompt, mine, yours) = (content("Be brief."), content("my secret"), content("your secret"))
    try await ledger.append(source: "test") { appender in
      for content in [prompt, mine, yours] { appender.append(content) }
      try appender.append(span("1", user: "ana", prompt, mine))
      try appender.append(span("2", user: "ben", prompt, yours))
      try appender.append(span("3", nil))
    }
    let facts = try await ledger.answers().records[.span]
    #expect(
      try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked", dryRun: true)
        == Erasure(spans: 1, contents: 1, shared: 1))
    #expect(try await answer(ledger, mine, of: "1") == .bytes(mine.bytes))
    #expect(
      try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked") == Erasure(spans: 1, contents: 1, shared: 1))
    #expect(try await answer(ledger, mine, of: "1") == .erased)
    #expect(try await answer(ledger, prompt, of: "2") == .bytes(prompt.bytes))
    #expect(try await answer(ledger, yours, of: "2") == .bytes(yours.bytes))
    #expect(try await ledger.answers().records[.span] == facts)
    #expect(try await ledger.verify().problems == [])
    let changes = try await ledger.answers().records[.change] ?? []
    guard case .change(let change)? = changes.first, changes.count == 1 else {
      Issue.record("the erasure is not on record")
      return
    }
    #expect(change.actor == "dpo" && change.reason == "asked" && change.attributes?.contains("ana") == true)
    // Delivered again, also with other facts, it stays erased; erased again, nothing is left to do.
    for status in [SpanRecord.Status.ok, .error] {
      try await ledger.append(source: "test") {
        $0.append(mine)
        var again = span("1", user: "ana", prompt, mine)
        again.status = status
        try $0.append(again)
      }
      #expect(try await answer(ledger, mine, of: "1") == .erased)
    }
    #expect(try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked").contents == 0)
    // What she says from then on is said anew, though this process remembers where the same words lay.
    try await ledger.append(source: "test") {
      $0.append(mine)
      try $0.append(span("4", user: "ana", mine))
    }
    #expect(try await answer(ledger, mine, of: "4") == .bytes(mine.bytes))
    #expect(try await ledger.erase(.user("ana"), actor: "dpo", reason: "asked").contents == 1)
    #expect(try await answer(ledger, mine, of: "4") == .erased)
    #expect(try await answer(ledger, prompt, of: "2") == .bytes(prompt.bytes))
    #expect(try await ledger.verify().problems == [])
  }

  /// What is older than the limit goes, day by day, each told on record; what is younger stays, by the hour.
  @Test(arguments: EngineUnderTest.all)
  func whatIsOldIsPruned(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder)
    defer { try? ledger.close() }
    // Two on one day, one two days later, one in the last hour before the limit, one in the limit's hour; and before them
    // one of the last day before 1970, whose hours are negative.
    let contents = [-3, 0, 5, 48, 79, 80].map { content("said in hour \($0)", at: Int64($0) * hour + 1) }
    try await ledger.append(source: "test") { appender in
      for (place, content) in contents.enumerated() {
        appender.append(content)
        try appender.append(span("\(place)", at: content.at.nanoseconds, content))
      }
    }
    let limit = Instant(nanoseconds: 80 * hour + hour / 2)
    let counted = try await ledger.prune(before: limit, actor: "ada", reason: "retention", dryRun: true)
    #expect(counted.contents == 5 && counted.bytes > 0 && counted.before == Instant(nanoseconds: 80 * hour))
    #expect(try await answer(ledger, contents[0], of: "0") == .bytes(contents[0].bytes))
    let days = Atomic(0)
    let pruned = try await ledger.prune(before: limit, actor: "ada", reason: "retention") { _, _ in
      _ = days.increment()
    }
    #expect(pruned == counted && days.value == 4)
    for (place, content) in contents.dropLast().enumerated() {
      #expect(try await answer(ledger, content, of: "\(place)") == .erased)
    }
    #expect(try await answer(ledger, contents[5], of: "5") == .bytes(contents[5].bytes))
    let status = try await ledger.status()
    #expect(status.records[.change] == 4 && status.records[.span] == 6)
    #expect(try await ledger.verify().problems == [])
    // Delivered again it stays away; there is nothing left to prune.
    try await ledger.append(source: "test") { appender in
      appender.append(contents[0])
      try appender.append(span("0", at: contents[0].at.nanoseconds, contents[0]))
    }
    #expect(try await answer(ledger, contents[0], of: "0") == .erased)
    #expect(try await ledger.prune(before: limit, actor: "ada", reason: "retention").contents == 0)
    #expect(try await ledger.status().records[.change] == 4)
  }
}
