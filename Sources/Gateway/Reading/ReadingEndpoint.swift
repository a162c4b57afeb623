internal import Records
public import Store

/// A check as the API lists it.
public struct CheckSummary: Sendable {
  let id: String
  let question: String
  let manual: String?

  /// - Parameters:
  ///   - question: that the check answers.
  ///   - manual: what it reads, says and can be told.
  public init(id: String, question: String, manual: String?) {
    self.id = id
    self.question = question
    self.manual = manual
  }
}

/// The reading half of `/api/v1`: what the ledger holds, as JSON, a page at a time.
///
/// Every answer is of one state of the ledger and names it. What cannot be answered is said as problem details (RFC 9457).
public struct ReadingEndpoint: Sendable {
  private let ledger: Ledger
  private let summaries: [CheckSummary]

  /// Spans of a trace in one answer.
  static let mostSpans = 10_000

  public init(_ ledger: Ledger, checks: [CheckSummary]) {
    self.ledger = ledger
    summaries = checks
  }

  // MARK: Lists

  /// `GET /api/v1/spans`: spans, each with what it costs by the prices that were asked last.
  public func spans(_ query: String?, from principal: Principal) async -> Answer {
    await page(.span, query, principal)
  }

  /// `GET /api/v1/findings`: what checks said.
  public func findings(_ query: String?, from principal: Principal) async -> Answer {
    await page(.finding, query, principal)
  }

  /// `GET /api/v1/records/{kind}`.
  /// - Parameter kind: as lines of records call it, or as `tally sql` calls its view.
  public func records(_ kind: String, _ query: String?, from principal: Principal) async -> Answer {
    let word = QueryText.decoded(kind) ?? kind
    let known = RecordKind.allCases.first { $0.name == word || LedgerView.of($0)?.name == word }
    guard let known else {
      let names = RecordKind.allCases.map(\.name)
      let meant = NearestName.nearest(to: word, in: names).map { " Write '\($0)' if that is meant." } ?? ""
      return Problem(
        status: 404, code: "UNKNOWN_KIND",
        detail: "There is no kind of record '\(word)'.\(meant) There are \(names.joined(separator: ", "))."
      ).answer
    }
    return await page(known, query, principal)
  }

  private func page(_ kind: RecordKind, _ query: String?, _ principal: Principal) async -> Answer {
    do {
      let request = try PageRequest(kind, query, from: principal)
      return try await ledger.read(asOf: request.asOf) { snapshot in
        let page = try snapshot.page(request.question)
        let costs = kind == .span ? try snapshot.costs(of: page.records.compactMap { $0.record.span }) : []
        var answer = JSONObject()
        answer["records"] = .array(
          page.records.enumerated().map { place, entry in
            .object(ReadingEndpoint.document(entry.record, id: entry.id, cost: kind == .span ? costs[place] : nil))
          })
        if let before = page.next, let committed = snapshot.horizon.committedAt {
          answer["next"] = .string(PageCursor(asOf: committed, before: before, question: request.fingerprint).text)
        }
        answer["as_of"] = ReadingEndpoint.state(snapshot)
        return try Answer(compact: answer)
      }
    } catch {
      return Answer(problem: error)
    }
  }

  // MARK: One trace

  /// `GET /api/v1/traces/{trace_id}`: its spans in the order of a tree, what they cost, what was said of them; with
  /// `content=true` also prompts and answers.
  public func trace(_ id: String, _ query: String?, from principal: Principal) async -> Answer {
    do {
      guard let id = QueryText.decoded(id) else {
        throw Problem(status: 400, code: "ENCODING", detail: "The trace's id is not encoded as addresses are.")
      }
      let wantsContent = try ReadingEndpoint.wantsContent(query)
      return try await ledger.read(asOf: nil) { snapshot in
        let all = try snapshot.spans(ofTrace: id)
        let spans = principal.tenant.map { tenant in all.filter { $0.tenant == tenant.identifier } } ?? all
        guard !spans.isEmpty else {
          throw Problem(
            status: 404, code: "NO_TRACE", detail: "The ledger has no trace '\(id)'. GET /api/v1/spans lists spans.")
        }
        let shown = TraceOrder(spans).spans.prefix(ReadingEndpoint.mostSpans)
        let costs = try snapshot.costs(of: shown.map(\.span))
        // An annotation names its subject by an id that anybody may give a span, and says not whose it is: who is bound to
        // a tenant sees none.
        let subjects = principal.tenant == nil ? [id] + shown.map(\.span.spanID) : []
        var answer = JSONObject()
        answer["trace_id"] = .string(id)
        answer["spans"] = .array(
          try zip(shown, costs).map { entry, cost in
            var line = ReadingEndpoint.document(.span(entry.span), cost: cost)
            line["depth"] = .integer(Int64(entry.depth))
            if wantsContent { try ReadingEndpoint.add(entry.span.contents, of: entry.span, to: &line, snapshot) }
            return .object(line)
          })
        answer["spans_left_out"] = .integer(Int64(spans.count - shown.count))
        answer["annotations"] = .array(
          try snapshot.annotations(on: subjects).map { .object(Record.annotation($0).document) })
        answer["as_of"] = ReadingEndpoint.state(snapshot)
        return try Answer(compact: answer)
      }
    } catch {
      return Answer(problem: error)
    }
  }

  private static func wantsContent(_ query: String?) throws -> Bool {
    var wants = false
    for (name, value) in try QueryText.parameters(query) {
      guard name == "content" else {
        throw Problem.parameter(name, "UNKNOWN_PARAMETER", "There is no parameter '\(name)' here. Known is content.")
      }
      switch value {
      case "true": wants = true
      case "false": wants = false
      default: throw Problem.parameter(name, "VALUE", "'content' is true or false.")
      }
    }
    return wants
  }

  /// What was said in a span, as far as the ledger has it; the hashes are there in any case.
  private static func add(
    _ contents: SpanContents, of span: SpanRecord, to line: inout JSONObject, _ snapshot: Snapshot
  ) throws {
    for part in SpanContents.parts {
      guard let sha256 = contents[keyPath: part.path],
        case .bytes(let bytes) = try snapshot.content(sha256, of: span)
      else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      line[part.name] = (try? JSONValue(parsing: text)) ?? .string(text)
    }
  }

  // MARK: About the ledger

  /// `GET /api/v1/checks`: what can be judged.
  public func checks() -> Answer {
    var answer = JSONObject()
    answer["checks"] = .array(
      summaries.map { check in
        var object = JSONObject()
        object["id"] = .string(check.id)
        object["question"] = .string(check.question)
        object["manual"] = check.manual.map(JSONValue.string)
        return .object(object)
      })
    return Answer(status: 200, json: answer)
  }

  /// `GET /api/v1/ledger`: how much it holds, and the head of its chain.
  public func status() async -> Answer {
    do {
      let status = try await ledger.status()
      var records = JSONObject()
      for kind in RecordKind.allCases { records[kind.name] = .integer(status.records[kind] ?? 0) }
      var answer = JSONObject()
      answer["commits"] = .integer(status.commits)
      answer["last_commit"] = status.lastCommit.map { .string($0.description) }
      answer["head"] = .string(status.head.description)
      answer["records"] = .object(records)
      answer["replaced"] = .integer(status.superseded)
      return Answer(status: 200, json: answer)
    } catch {
      return Answer(problem: error)
    }
  }

  // MARK: Parts of answers

  private static func document(_ record: Record, id: RecordID? = nil, cost: CostRecord? = nil) -> JSONObject {
    var document = record.document
    document["record_id"] = id.map { .string($0.description) }
    if let cost {
      var priced = JSONObject()
      for member in cost.fields.members where member.key != "trace_id" && member.key != "span_id" {
        priced[member.key] = member.value
      }
      document["cost"] = .object(priced)
    }
    return document
  }

  private static func state(_ snapshot: Snapshot) -> JSONValue {
    var object = JSONObject()
    object["commit"] = .integer(snapshot.horizon.seq)
    object["at"] = snapshot.horizon.committedAt.map { .string($0.description) }
    return .object(object)
  }
}

extension Record {
  fileprivate var span: SpanRecord? { if case .span(let span) = self { span } else { nil } }
}

extension Answer {
  /// Answers that may be long go without spaces.
  fileprivate init(compact object: JSONObject) throws {
    self.init(
      status: 200, contentType: "application/json", body: Array((try JSONValue.object(object).line() + "\n").utf8))
  }
}
